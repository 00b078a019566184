// The list that is on the screen: the view's rows in order, or what a search found. Worked out once per change, whoever asks.

import { bySlack, matches, ordered } from "./queue";
import type { State } from "./store";
import type { Row } from "./types";

let given: readonly unknown[] = [];
let list: readonly Row[] = [];
let listView = "";
const NO_ROWS: readonly Row[] = [];

export function listed(state: State): readonly Row[] {
  const { rows, route, query, found, closed, me } = state;
  if (route.screen !== "queue" || route.view === "letters") return NO_ROWS;
  const now = [rows, route.view, query, found, closed, me?.id];
  if (now.length === given.length && now.every((each, index) => each === given[index])) return list;
  // The order before helps the sort only while it is the same view.
  const before = listView === `${route.view}|${query}` ? list : NO_ROWS;
  given = now;
  listView = `${route.view}|${query}`;
  list = query.trim() ? searched(state) : route.view === "closed" ? closedRows(state) : ordered(rows, route.view, me?.id ?? null, before);
  return list;
}

function closedRows(state: State): Row[] {
  const all = new Map(state.closed.rows.map((row) => [row.id, row]));
  for (const row of state.rows.values()) {
    const known = all.get(row.id);
    if (!known || row.version >= known.version) all.set(row.id, row);
  }
  return ordered(all, "closed", null, []);
}

function searched(state: State): Row[] {
  const query = state.query.trim();
  const all = new Map<string, Row>();
  for (const row of state.rows.values()) if (matches(row, query)) all.set(row.id, row);
  if (state.found?.query === query) for (const row of state.found.rows) if (!all.has(row.id)) all.set(row.id, state.rows.get(row.id) ?? row);
  const rank = { open: 0, answered: 1, closed: 2 };
  return [...all.values()].sort((a, b) => rank[a.status] - rank[b.status] || bySlack(a, b));
}
