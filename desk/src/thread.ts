// A conversation as people read it, folded from its facts: what was said, what happened quietly, each promise with its
// history, the wait that runs. Pure; an undo puts back what stood before it.

import type { Fact, Message, PromiseRecord, Row } from "./types";

export type Item =
  | { kind: "said"; id: string; at: string; who: "customer" | "person" | "bot" | "machine"; person: string | null; author: string | null; message: Message; withdrawn: boolean; delivery: { status: string; detail: string | null } | null; seen: boolean }
  | { kind: "told"; id: string; at: string; why: string; text: string; withdrawn: boolean; delivery: { status: string; detail: string | null } | null }
  | { kind: "note"; id: string; at: string; person: string | null; text: string; mentions: readonly string[] }
  | { kind: "fact"; id: string; at: string; fact: Fact };

export interface PastPromise extends PromiseRecord {
  ended_by?: string | null;
}

export interface Thread {
  items: readonly Item[];
  promises: readonly PastPromise[];
  waiting_since: string | null;
  last_message: string | null;
  version: number;
}

interface Standing {
  promises: PastPromise[];
  waiting_since: string | null;
  last_message: string | null;
}

// Facts whose words another item already says, or that only matter to machines.
const UNSHOWN = new Set(["undoable", "wait_ended", "enquiry_answered", "enquiry_opened", "enquiry_reopened", "customer_saw", "delivery_changed"]);

export function fold(facts: readonly Fact[]): Thread {
  const items: Item[] = [];
  let now: Standing = { promises: [], waiting_since: null, last_message: null };
  let before: Standing | null = null;
  for (const fact of facts) {
    if (fact.kind === "undoable") before = { ...now, promises: [...now.promises] };
    if (fact.kind === "undone") {
      if (before) now = before;
      before = null;
      withdraw(items, new Set(fact.event.withdrawn));
    } else now = stand(now, fact);
    show(items, fact);
  }
  return { items, promises: now.promises, waiting_since: now.waiting_since, last_message: now.last_message, version: facts.at(-1)?.version ?? 0 };
}

function stand(now: Standing, fact: Fact): Standing {
  switch (fact.kind) {
    case "promise_made":
      return { ...now, promises: [...now.promises, fact.event.promise], waiting_since: now.waiting_since ?? fact.at };
    case "promise_ended": {
      const { promise_id, status, reason } = fact.event;
      const promises = now.promises.map((each) =>
        each.id === promise_id ? { ...each, status, ended_at: fact.at, ended_by: reason } : each,
      );
      return { ...now, promises };
    }
    case "wait_ended":
      return { ...now, waiting_since: null };
    case "customer_wrote":
    case "person_wrote":
    case "bot_wrote":
      return { ...now, last_message: fact.event.message.id };
    default:
      return now;
  }
}

function show(items: Item[], fact: Fact): void {
  const said = { at: fact.at, withdrawn: false, delivery: null, seen: false, person: null, author: null } as const;
  switch (fact.kind) {
    case "customer_wrote":
      items.push({ kind: "said", who: "customer", id: fact.event.message.id, message: fact.event.message, ...said });
      return;
    case "person_wrote": {
      const { person_id, author, message } = fact.event;
      items.push({ kind: "said", who: "person", id: message.id, message, ...said, person: person_id, author });
      return;
    }
    case "bot_wrote":
      items.push({ kind: "said", who: "bot", id: fact.event.message.id, message: fact.event.message, ...said });
      return;
    case "auto_reply_received":
      items.push({ kind: "said", who: "machine", id: fact.event.message.id, message: fact.event.message, ...said });
      return;
    case "customer_told":
      items.push({ kind: "told", id: fact.event.message_id, at: fact.at, why: fact.event.why, text: fact.event.text, withdrawn: false, delivery: null });
      return;
    case "note_written":
      items.push({ kind: "note", id: fact.event.note_id, at: fact.at, person: fact.event.person_id, text: fact.event.text, mentions: fact.event.mentions });
      return;
    case "delivery_changed":
      mark(items, fact.event.message_id, { delivery: { status: fact.event.status, detail: fact.event.detail } });
      return;
    case "customer_saw":
      seen(items, fact.event.message_id);
      return;
    default:
      if (!UNSHOWN.has(fact.kind)) items.push({ kind: "fact", id: `v${fact.version}`, at: fact.at, fact });
  }
}

function mark(items: Item[], id: string, values: { delivery: { status: string; detail: string | null } }): void {
  const index = items.findIndex((each) => each.id === id);
  const item = items[index];
  if (item && (item.kind === "said" || item.kind === "told")) items[index] = { ...item, ...values };
}

function seen(items: Item[], id: string): void {
  const upTo = items.findIndex((each) => each.id === id);
  for (let index = upTo; index >= 0; index--) {
    const item = items[index];
    if (item?.kind === "said" && item.who === "person") {
      if (item.seen) return;
      items[index] = { ...item, seen: true };
    }
  }
}

function withdraw(items: Item[], gone: ReadonlySet<string>): void {
  items.forEach((item, index) => {
    if ((item.kind === "said" || item.kind === "told") && gone.has(item.id)) items[index] = { ...item, withdrawn: true };
  });
}

/** What came in since a message, for somebody whose answer crossed it. */
export function since(thread: Thread, seenMessage: string | null): Item[] {
  const index = thread.items.findIndex((each) => each.id === seenMessage);
  return thread.items.slice(index + 1).filter((each) => each.kind === "said");
}

/** The open promise of a row, when the thread itself is not here yet. */
export function openPromise(thread: Thread | null): PastPromise | null {
  const last = thread?.promises.at(-1);
  return last && last.status === "open" ? last : null;
}

export function rowName(row: Pick<Row, "customer" | "customer_id">, fallback: string): string {
  return row.customer ?? fallback;
}
