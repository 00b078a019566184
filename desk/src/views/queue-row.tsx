// One line of the queue: who, first words, where, how long there is left, who is on it, and what makes it special.

import { set, useLive, useNow } from "../live";
import { shortMoment } from "../times";
import type { Row } from "../types";
import { languageName, say } from "../words";
import { Face, RowCountdown, usePersonName } from "./bits";
import { Icon, type IconName } from "./icons";

const CHANNEL_ICON: Record<string, IconName> = { chat: "chat", mail: "mail", api: "api" };

function Sign({ icon, words, tone, count }: { icon: IconName; words: string; tone: string; count?: number | undefined }) {
  return (
    <span class={`sign sign-${tone}`} title={words}>
      <Icon name={icon} />
      {count !== undefined && count > 1 ? <span aria-hidden="true">{count}</span> : null}
      <span class="hidden">{words}</span>
    </span>
  );
}

export function Signs({ row, now }: { row: Row; now: number }) {
  return (
    <span class="signs">
      {row.ignored > 0 && <Sign icon="heart" tone="bad" words={say("sign.ignored", { n: row.ignored })} count={row.ignored} />}
      {row.wants_person && <Sign icon="hand" tone="warn" words={say("sign.wants_person")} />}
      {row.at_risk && row.status === "open" && <Sign icon="odds" tone="bad" words={say("sign.at_risk")} />}
      {row.instead && row.status === "open" && <Sign icon={row.instead} tone="quiet" words={say(`odds.instead_${row.instead}`)} />}
      {row.step > 0 && row.status === "open" && <Sign icon="ladder" tone="warn" words={say("sign.step", { step: row.step })} count={row.step} />}
      {row.revisions > 0 && <Sign icon="loop" tone="quiet" words={say("sign.revisions", { n: row.revisions })} count={row.revisions} />}
      {row.last_by === "bot" && <Sign icon="bot" tone="quiet" words={say("sign.bot")} />}
      {row.snoozed_until && Date.parse(row.snoozed_until) > now && <Sign icon="moon" tone="quiet" words={say("sign.snoozed", { moment: shortMoment(row.snoozed_until, now) })} />}
    </span>
  );
}

function Holder({ row }: { row: Row }) {
  const nameOf = usePersonName();
  const people = useLive((state) => state.brand?.people);
  const others = useLive((state) => state.presence.get(row.id));
  const typing = others?.find((each) => each.typing);
  if (typing) return <span class="holder holder-typing">{say("presence.typing_short", { name: typing.name.split(" ")[0] })}</span>;
  const id = row.assignee ?? row.responsible;
  if (!id || row.status === "closed") return null;
  const words = row.assignee ? say("row.assigned_to", { name: nameOf(id) }) : say("row.rests_on", { name: nameOf(id) });
  return (
    <span class={row.assignee ? "holder" : "holder holder-loose"} title={words}>
      <Face name={people?.find((each) => each.id === id)?.name ?? "?"} small />
      <span class="hidden">{words}</span>
    </span>
  );
}

interface Props {
  row: Row;
  top: number;
  index: number;
  count: number;
  selected: boolean;
  open: boolean;
  focusable: boolean;
  choose: (id: string) => void;
}

export function QueueRow({ row, top, index, count, selected, open, focusable, choose }: Props) {
  const now = useNow();
  const languages = useLive((state) => state.brand?.languages);
  const other = row.language !== languages?.[0];
  const words = row.last_by === "person" ? say("row.you_wrote", { text: row.preview }) : row.preview;
  return (
    <div
      id={`row-${row.id}`}
      role="option"
      class={`row${selected ? " row-selected" : ""}${open ? " row-open" : ""}`}
      style={{ top: `${top}px` }}
      aria-selected={selected}
      aria-setsize={count}
      aria-posinset={index + 1}
      tabIndex={focusable ? 0 : -1}
      data-id={row.id}
      onClick={() => choose(row.id)}
      onFocus={() => open || selected || set({ selected: row.id })}
    >
      <span class="row-who">
        <Icon name={CHANNEL_ICON[row.channel_kind] ?? "chat"} />
        <bdi class="row-name">{row.customer ?? say("customer.unnamed")}</bdi>
        {other && (
          <span class="tag" title={languageName(row.language)}>
            {row.language.slice(0, 2).toUpperCase()}
          </span>
        )}
        <Signs row={row} now={now} />
      </span>
      <RowCountdown row={row} />
      <span class="row-words" dir="auto">
        {row.subject && <b>{row.subject} </b>}
        {words}
      </span>
      <Holder row={row} />
    </div>
  );
}
