// What could not be sent yet: one calm line above the desk, a card on the wall, a sign beside the message itself.

import { useState } from "preact/hooks";
import { useLive, useNow } from "../live";
import { href } from "../route";
import { moment } from "../times";
import type { Unsent, UnsentMessage } from "../types";
import { isDue, isNews, tryNow, unsentOf, unsentTimes } from "../unsent";
import { number, say, sayOne } from "../words";
import { Moment } from "./bits";
import { Icon } from "./icons";

function TryNow() {
  const [busy, setBusy] = useState(false);
  const act = async () => {
    setBusy(true);
    await tryNow();
    setBusy(false);
  };
  return (
    <button type="button" class="button" disabled={busy} onClick={() => void act()}>
      <Icon name="loop" />
      {say("unsent.try")}
    </button>
  );
}

function whenWords(unsent: Unsent, now: number): string {
  const { since, next } = unsentTimes(unsent);
  return `${say("unsent.since", { since: moment(since, now) })} ${nextWords(next, now)}`;
}

function nextWords(next: string | null, now: number): string {
  return next ? say("unsent.next", { next: moment(next, now) }) : say("unsent.now");
}

/** For those who can do something about it, wherever they are at the desk. */
export function UnsentNotice() {
  const unsent = useLive((state) => state.unsent);
  const shown = useLive((state) => state.me?.role !== "agent" && state.route.screen !== "wall");
  const now = useNow();
  if (!shown || !unsent.count || !isNews(unsent)) return null;
  return (
    <div class="connection" role="status">
      <Icon name="letter" />
      <span>
        <a href={href({ screen: "wall" })}>{say("unsent.title", { n: unsent.count })}</a> {sayOne("unsent_why", unsent.causes[0]?.cause ?? "other")}{" "}
        {whenWords(unsent, now)}
      </span>
      <TryNow />
    </div>
  );
}

function Line({ item }: { item: UnsentMessage }) {
  const now = useNow();
  const { conversation } = item;
  return (
    <li>
      <a href={href({ screen: "queue", view: "all", conversation: item.conversation_id })}>
        <span class="row-name">
          <bdi>{conversation?.customer ?? say("customer.unnamed")}</bdi>
        </span>
        <span class="quiet">
          <bdi>{item.message_id ? (conversation?.subject ?? conversation?.preview) : say("unsent.alert", { people: item.people.join(", ") })}</bdi>
        </span>
        <Moment at={item.since} />
        <span>{nextWords(isDue(item.next_at) ? null : item.next_at, now)}</span>
      </a>
    </li>
  );
}

export function UnsentCard() {
  const unsent = useLive((state) => state.unsent);
  const now = useNow();
  if (!unsent.count) return null;
  return (
    <section class="card unsent" aria-labelledby="unsent-title">
      <header>
        <h2 id="unsent-title">
          <Icon name="letter" />
          {say("unsent.title", { n: unsent.count })}
        </h2>
        <TryNow />
      </header>
      <p class="quiet">
        {whenWords(unsent, now)} {say("unsent.kept")}
      </p>
      <ul>
        {unsent.causes.map((each) => (
          <li key={each.cause}>
            <b>{sayOne("unsent_why", each.cause)}</b> {unsent.causes.length > 1 && <span class="tag">{number(each.count)}</span>}
            <q class="quiet">
              <bdi dir="ltr">{each.words}</bdi>
            </q>
          </li>
        ))}
      </ul>
      <ol class="longest">
        {unsent.items.map((item) => (
          <Line key={item.message_id ?? `${item.conversation_id} ${item.people.join()}`} item={item} />
        ))}
      </ol>
    </section>
  );
}

/** Instead of a message looking as if it had left. */
export function NotSentYet({ message }: { message: string }) {
  const item = useLive((state) => unsentOf(state.unsent, message));
  const now = useNow();
  if (!item) return null;
  return (
    <span class="fate fate-waits" title={item.words}>
      <Icon name="clock" />
      {say("unsent.yet")} {sayOne("unsent_why", item.cause)} {nextWords(isDue(item.next_at) ? null : item.next_at, now)}
    </span>
  );
}
