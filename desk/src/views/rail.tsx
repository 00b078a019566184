// The rail: where one can go, with what waits there; at its foot who I am and whether I am on duty.

import { useLive } from "../live";
import { counts } from "../queue";
import { href, type Route, VIEWS } from "../route";
import type { State } from "../store";
import { number, say } from "../words";
import { setDuty, show } from "../work";
import { Face, Keys, Switch } from "./bits";
import { Icon, type IconName } from "./icons";

const ICONS: Record<string, IconName> = { mine: "inbox", unassigned: "tray", waiting: "hourglass", all: "stack", closed: "check", letters: "letter" };

let given: readonly unknown[] = [];
let counted = counts(new Map(), new Map(), null);

function countsOf(state: State) {
  const now = [state.rows, state.letters, state.me?.id];
  if (now.some((each, index) => each !== given[index])) {
    given = now;
    counted = counts(state.rows, state.letters, state.me?.id ?? null);
  }
  return counted;
}

function Link({ to, icon, here, count, label }: { to: Route; icon: IconName; here: boolean; count?: number | null; label: string }) {
  return (
    <a class="rail-link" href={href(to)} aria-current={here ? "page" : undefined} title={label}>
      <Icon name={icon} />
      <span class="rail-label">{label}</span>
      {count ? <span class="rail-count">{number(count)}</span> : null}
    </a>
  );
}

function Duty() {
  const me = useLive((state) => state.me);
  if (!me) return null;
  return (
    <div class="rail-me">
      <Switch on={me.on_duty} label={me.on_duty ? say("duty.on") : say("duty.off")} change={(on) => void setDuty(on)} />
      <a class="rail-person" href={href({ screen: "settings", page: "me" })} title={say("settings.me")}>
        <Face name={me.name} small />
        <span class="rail-label">{me.name}</span>
      </a>
    </div>
  );
}

export function Rail() {
  const route = useLive((state) => state.route);
  const brand = useLive((state) => state.brand);
  const lead = useLive((state) => state.me?.role !== "agent");
  const count = useLive(countsOf);
  return (
    <nav class="rail" aria-label={say("rail.label")}>
      <div class="rail-brand">
        <span class="rail-mark" aria-hidden="true">
          W
        </span>
        <span class="rail-label rail-name">{brand?.name ?? "Waada"}</span>
      </div>
      {VIEWS.map((view) => (
        <Link
          key={view}
          to={{ screen: "queue", view, conversation: null }}
          icon={ICONS[view] ?? "stack"}
          here={route.screen === "queue" && route.view === view}
          count={count[view]}
          label={say(`view.${view}`)}
        />
      ))}
      <span class="rail-gap" />
      {lead && <Link to={{ screen: "wall" }} icon="wall" here={route.screen === "wall"} label={say("wall.title")} />}
      {lead && <Link to={{ screen: "standards" }} icon="bars" here={route.screen === "standards"} label={say("standards.title")} />}
      {lead && <Link to={{ screen: "promises", asked: "" }} icon="pledge" here={route.screen === "promises"} label={say("promises.title")} />}
      <Link to={{ screen: "settings", page: "me" }} icon="gear" here={route.screen === "settings"} label={say("settings.title")} />
      {brand?.demo && (
        <button type="button" class="rail-link" onClick={() => show({ kind: "play" })} title={say("play.title")}>
          <Icon name="play" />
          <span class="rail-label">{say("play.title")}</span>
        </button>
      )}
      <button type="button" class="rail-link rail-palette" onClick={() => show({ kind: "palette" })}>
        <Icon name="bolt" />
        <span class="rail-label">{say("action.palette")}</span>
        <Keys keys="Ctrl+K" />
      </button>
      <Duty />
    </nav>
  );
}
