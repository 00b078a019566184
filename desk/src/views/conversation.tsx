// One conversation: who it is, what was promised, the thread, the composer; the customer beside it where there is room.

import { useEffect, useMemo } from "preact/hooks";
import { rowHere } from "../actions";
import { useLive } from "../live";
import { href } from "../route";
import { fold } from "../thread";
import type { Row } from "../types";
import { say } from "../words";
import { load, show } from "../work";
import { Empty, Face, Skeleton, usePersonName } from "./bits";
import { Composer } from "./composer";
import { CustomerPanel } from "./customer";
import { Icon, type IconName } from "./icons";
import { PromiseBar } from "./promise-bar";
import { Others } from "./others";
import { ThreadLog } from "./thread-log";

function Tool({ icon, label, keys, act }: { icon: IconName; label: string; keys: string; act: () => void }) {
  return (
    <button type="button" class="tool" title={`${label} (${keys})`} aria-keyshortcuts={keys} onClick={act}>
      <Icon name={icon} />
      <span class="tool-label">{label}</span>
    </button>
  );
}

function Tools({ row }: { row: Row }) {
  const nameOf = usePersonName();
  const dialog = (kind: "assign" | "transfer" | "snooze" | "close") => () => show({ kind, conversation: row.id });
  return (
    <div class="tools" role="toolbar" aria-label={say("tools.label")}>
      <Tool icon="person" label={row.assignee ? nameOf(row.assignee) : say("tools.assign")} keys="i" act={dialog("assign")} />
      {row.status !== "closed" && row.assignee && <Tool icon="swap" label={say("action.transfer")} keys="t" act={dialog("transfer")} />}
      {row.status !== "closed" && <Tool icon="moon" label={say("action.snooze")} keys="s" act={dialog("snooze")} />}
      {row.status !== "closed" && <Tool icon="check" label={say("action.close")} keys="e" act={dialog("close")} />}
    </div>
  );
}

function Head({ row }: { row: Row }) {
  const view = useLive((state) => (state.route.screen === "queue" ? state.route.view : "all"));
  const channel = useLive((state) => state.brand?.channels.find((each) => each.key === row.channel)?.name ?? row.channel);
  const name = row.customer ?? say("customer.unnamed");
  return (
    <header class="talk-head">
      <a class="tool talk-back" href={href({ screen: "queue", view, conversation: null })} aria-label={say("action.back")}>
        <Icon name="back" turn />
      </a>
      <Face name={name} />
      <div class="talk-who">
        <h1>
          <bdi>{name}</bdi>
        </h1>
        <p class="quiet" dir="auto">
          {channel}
          {row.subject && ` \u00b7 ${row.subject}`}
        </p>
      </div>
      <Tools row={row} />
    </header>
  );
}

export function Conversation({ id }: { id: string }) {
  const row = useLive((state) => (state.route.screen === "queue" && state.route.conversation === id ? rowHere(state) : null));
  const opened = useLive((state) => state.opened.get(id));
  const failed = useLive((state) => state.failed.get(id));
  const stale = opened?.stale ?? true;
  const facts = opened?.facts;
  const thread = useMemo(() => (facts ? fold(facts) : null), [facts]);
  useEffect(() => {
    if (stale) void load(id);
  }, [id, stale]);

  if (failed && !opened)
    return (
      <main class="talk">
        <Empty icon="offline" title={say("error.conversation")}>
          {failed}{" "}
          <button type="button" class="button" onClick={() => void load(id, true)}>
            {say("error.again")}
          </button>
        </Empty>
      </main>
    );
  if (!row) return <main class="talk">{<Skeleton lines={7} />}</main>;
  return (
    <main class="talk" key={id}>
      <div class="talk-middle">
        <Head row={row} />
        <PromiseBar row={row} thread={thread} />
        {thread ? <ThreadLog id={id} thread={thread} row={row} /> : <Skeleton lines={6} />}
        <Others id={id} />
        <Composer id={id} row={row} thread={thread} />
      </div>
      <CustomerPanel row={row} />
    </main>
  );
}
