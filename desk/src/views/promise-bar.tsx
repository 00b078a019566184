// What was promised, how long there is left, and how long the customer has waited on both clocks: always in sight.

import { useLive, useNow } from "../live";
import { isOpen } from "../hours";
import { ticking } from "../times";
import { openPromise, type PastPromise, type Thread } from "../thread";
import type { Clocks, Hours, Row } from "../types";
import { percent, say, sayOne } from "../words";
import { show } from "../work";
import { Countdown, Moment } from "./bits";
import { Icon } from "./icons";
import { Odds } from "./odds";

function useHours(row: Row): Hours | null {
  const brand = useLive((state) => state.brand);
  return brand?.channels.find((each) => each.key === row.channel)?.hours ?? brand?.hours ?? null;
}

interface Known {
  clocks: Clocks | null;
  at: number;
}

/** Business time as the server counted it, going on here while we are open. */
function businessSeconds(known: Known, hours: Hours | null, since: number, now: number): number {
  const base = known.clocks?.running ? known.clocks.business_seconds : 0;
  const from = known.clocks?.running ? Math.max(known.at, since) : since;
  return base + (hours && isOpen(hours, now) ? Math.max(0, (now - from) / 1000) : 0);
}

function TwoClocks({ row, since }: { row: Row; since: string }) {
  const now = useNow();
  const hours = useHours(row);
  const opened = useLive((state) => state.opened.get(row.id));
  const wall = Math.max(0, (now - Date.parse(since)) / 1000);
  const business = Math.min(wall, businessSeconds({ clocks: opened?.clocks ?? null, at: opened?.fetched_at ?? now }, hours, Date.parse(since), now));
  const open = hours ? isOpen(hours, now) : true;
  return (
    <dl class="clocks">
      <div title={say("clock.wall_words")}>
        <dt>{say("clock.wall")}</dt>
        <dd>{ticking(wall)}</dd>
      </div>
      <div title={say("clock.business_words")} class={open ? "" : "clock-still"}>
        <dt>{open ? say("clock.business") : say("clock.business_closed")}</dt>
        <dd>{ticking(business)}</dd>
      </div>
    </dl>
  );
}

const STATUS_MOOD: Record<string, string> = { open: "calm", kept: "kept", renegotiated: "soon", broken: "late", released: "none" };

function Past({ promise }: { promise: PastPromise }) {
  return (
    <li>
      <span class={`stamp mood-${STATUS_MOOD[promise.status] ?? "none"}`}>{say(`promise_status.${promise.status}`)}</span>
      <span>
        {say(`promise_kind.${promise.kind}`)}, {say("promise.due")} <Moment at={promise.due_at} />
      </span>
      <span class="quiet">
        {say("promise.made")} <Moment at={promise.made_at} />
        {promise.ended_at && (
          <>
            {" \u00b7 "}
            {say("promise.ended")} <Moment at={promise.ended_at} />
          </>
        )}
        {promise.reason && ` \u00b7 ${sayOne("reason", promise.reason)}`}
        {promise.chance !== null && ` \u00b7 ${say("odds.chance", { chance: percent(promise.chance) })}`}
      </span>
    </li>
  );
}

function History({ thread }: { thread: Thread }) {
  if (thread.promises.length === 0) return null;
  return (
    <details class="promise-past">
      <summary>{say("promise.history", { n: thread.promises.length })}</summary>
      <ol>
        {[...thread.promises].reverse().map((each) => (
          <Past key={each.id} promise={each} />
        ))}
      </ol>
    </details>
  );
}

function Settled({ row, thread }: { row: Row; thread: Thread | null }) {
  const last = thread?.promises.at(-1);
  return (
    <p class="promise-words">
      <Icon name={row.status === "closed" ? "check" : "hourglass"} />
      <span>
        {row.status === "closed"
          ? say("promise.closed", { outcome: row.outcome ? sayOne("outcome", row.outcome) : "" })
          : say("promise.answered")}
        {last && <span class="quiet"> {say("promise.last", { status: say(`promise_status.${last.status}`) })}</span>}
      </span>
    </p>
  );
}

export function PromiseBar({ row, thread }: { row: Row; thread: Thread | null }) {
  const promise = openPromise(thread);
  const owed = row.status === "open" && row.due_at !== null && row.made_at !== null;
  return (
    <section class="promise" aria-label={say("promise.label")}>
      {owed && row.due_at && row.made_at ? (
        <>
          <div class="promise-now">
            <Countdown made={row.made_at} due={row.due_at} large />
            <p class="promise-words">
              <span class="quiet">{say("promise.promised")}</span> <bdi lang={promise?.language}>{promise?.words ?? <Moment at={row.due_at} />}</bdi>
            </p>
            <button type="button" class="button" aria-keyshortcuts="p" onClick={() => show({ kind: "renegotiate", conversation: row.id })}>
              {say("action.renegotiate")}
            </button>
          </div>
        </>
      ) : (
        <Settled row={row} thread={thread} />
      )}
      <div class="promise-more">
        {owed && row.waiting_since && <TwoClocks row={row} since={row.waiting_since} />}
        {owed && <Odds row={row} />}
        {thread && <History thread={thread} />}
      </div>
    </section>
  );
}
