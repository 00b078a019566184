// Which conversations a view shows and in which order, the same rules as the server's: least slack first; what owes
// nothing comes after that, newest first.

import type { Letter, Row } from "./types";
import type { View } from "./route";

const instants = new WeakMap<Row, { due: number; last: number }>();

/** Parsed once per row: ten thousand rows are put in order at every change. */
function times(row: Row): { due: number; last: number } {
  let known = instants.get(row);
  if (!known) {
    known = { due: row.due_at ? Date.parse(row.due_at) : Number.POSITIVE_INFINITY, last: Date.parse(row.last_at) };
    instants.set(row, known);
  }
  return known;
}

export function inView(row: Row, view: View, me: string | null): boolean {
  if (view === "closed") return row.status === "closed";
  if (row.status === "closed") return false;
  switch (view) {
    case "mine":
      return row.assignee === me || (row.assignee === null && row.responsible === me && row.status === "open");
    case "unassigned":
      return row.status === "open" && row.assignee === null;
    case "waiting":
      return row.status === "answered";
    default:
      return view === "all";
  }
}

export function bySlack(a: Row, b: Row): number {
  const one = times(a);
  const two = times(b);
  if (one.due !== two.due) return one.due < two.due ? -1 : 1;
  if (one.last !== two.last) return two.last - one.last;
  return a.id < b.id ? -1 : 1;
}

export function byLastWord(a: Row, b: Row): number {
  return times(b).last - times(a).last || (a.id < b.id ? -1 : 1);
}

/** The rows of a view in order. Beginning from the order before makes the sort nearly free: most rows stay put. */
export function ordered(rows: ReadonlyMap<string, Row>, view: View, me: string | null, before: readonly Row[]): Row[] {
  const seen = new Set<string>();
  const list: Row[] = [];
  for (const old of before) {
    const row = rows.get(old.id);
    if (row && inView(row, view, me)) {
      seen.add(row.id);
      list.push(row);
    }
  }
  for (const row of rows.values()) if (!seen.has(row.id) && inView(row, view, me)) list.push(row);
  return list.sort(view === "closed" ? byLastWord : bySlack);
}

export type Counts = Record<View, number | null>;

export function counts(rows: ReadonlyMap<string, Row>, letters: ReadonlyMap<string, Letter>, me: string | null): Counts {
  const found = { mine: 0, unassigned: 0, waiting: 0, all: 0, closed: null, letters: 0 };
  for (const row of rows.values()) {
    if (row.status === "closed") continue;
    found.all++;
    if (inView(row, "mine", me)) found.mine++;
    if (row.status === "answered") found.waiting++;
    else if (row.assignee === null) found.unassigned++;
  }
  for (const letter of letters.values()) if (letter.outcome === null) found.letters++;
  return found;
}

/** Fast search in what is here already, while the server looks through everything. */
export function matches(row: Row, query: string): boolean {
  const text = `${row.customer ?? ""} ${row.subject ?? ""} ${row.preview} ${row.id}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
