// The thread as people read it: days, what was said, what the desk told by itself, notes, and quiet facts folded up.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useLive } from "../live";
import type { Pending } from "../store";
import type { Item, Thread } from "../thread";
import { dayHeading } from "../times";
import type { Row } from "../types";
import { say } from "../words";
import { useNow } from "../live";
import { FactLine } from "./fact-line";
import { MessageView, NoteView, PendingView, ToldView } from "./message";

// Reading begins at the end; older parts are drawn when asked for.
const SHOWN = 80;

type Group = { kind: "item"; item: Item } | { kind: "facts"; items: Extract<Item, { kind: "fact" }>[] } | { kind: "day"; at: string };

function grouped(items: readonly Item[]): Group[] {
  const groups: Group[] = [];
  let day = "";
  for (const item of items) {
    const today = new Date(item.at).toDateString();
    if (today !== day) groups.push({ kind: "day", at: item.at });
    day = today;
    const last = groups.at(-1);
    if (item.kind !== "fact") groups.push({ kind: "item", item });
    else if (last?.kind === "facts") last.items.push(item);
    else groups.push({ kind: "facts", items: [item] });
  }
  return groups;
}

function FactsGroup({ items }: { items: Extract<Item, { kind: "fact" }>[] }) {
  const all = useLive((state) => state.preferences.system_facts);
  const lines = items.map((item) => <FactLine key={item.id} fact={item.fact} />);
  if (all || items.length === 1) return <ul class="facts">{lines}</ul>;
  const last = items.at(-1);
  return (
    <details class="facts-folded">
      <summary>
        {last && <FactLine fact={last.fact} bare />} <span class="facts-more">{say("thread.more_facts", { n: items.length - 1 })}</span>
      </summary>
      <ul class="facts">{lines}</ul>
    </details>
  );
}

function Drawn({ group, row }: { group: Group; row: Row }) {
  const now = useNow();
  if (group.kind === "day") return <h2 class="thread-day">{dayHeading(group.at, now)}</h2>;
  if (group.kind === "facts") return <FactsGroup items={group.items} />;
  const { item } = group;
  if (item.kind === "said") return <MessageView item={item} customer={row.customer} />;
  if (item.kind === "told") return <ToldView item={item} />;
  return item.kind === "note" ? <NoteView item={item} /> : null;
}

const NONE: readonly Pending[] = [];
let mine: readonly Pending[] = NONE;

function pendingOf(all: readonly Pending[], id: string): readonly Pending[] {
  const next = all.filter((each) => each.conversation === id);
  if (next.length !== mine.length || next.some((each, index) => each !== mine[index])) mine = next;
  return mine;
}

/** Keeps the end in sight while it is in sight; somebody reading further up is left alone. */
function useStayAtEnd(id: string, length: number): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 80;
    };
    const follow = () => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    };
    element.addEventListener("scroll", look, { passive: true });
    // Pictures and mails grow after they are drawn; the box shrinks when the answer grows.
    const watcher = new ResizeObserver(follow);
    watcher.observe(element);
    if (element.firstElementChild) watcher.observe(element.firstElementChild);
    return () => watcher.disconnect();
  }, [id]);
  useLayoutEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [id, length]);
  return box;
}

export function ThreadLog({ id, thread, row }: { id: string; thread: Thread; row: Row }) {
  const pending = useLive((state) => pendingOf(state.pending, id));
  const [shown, setShown] = useState(SHOWN);
  const box = useStayAtEnd(id, thread.version + pending.length);
  const hidden = Math.max(0, thread.items.length - shown);
  return (
    <div class="thread" ref={box} role="log" aria-label={say("thread.label")} tabIndex={0}>
      <div class="thread-all">
        {hidden > 0 && (
          <button type="button" class="button thread-earlier" onClick={() => setShown(shown + 200)}>
            {say("thread.earlier", { n: hidden })}
          </button>
        )}
        {grouped(thread.items.slice(hidden)).map((group) => (
          <Drawn key={group.kind === "item" ? group.item.id : group.kind === "day" ? group.at : group.items[0]?.id} group={group} row={row} />
        ))}
        {pending.map((each) => (
          <PendingView key={each.key} text={each.text} />
        ))}
      </div>
    </div>
  );
}
