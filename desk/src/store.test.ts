// The law of the store, on the simulator's stories: a snapshot plus the facts after it is the next snapshot.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { EMPTY, reduce, snapshotOf, type State } from "./store";
import type { Detail, FactFrame, Row, SnapshotFrame } from "./types";

interface Story {
  snapshot: SnapshotFrame;
  facts: FactFrame[];
  snapshot_after: SnapshotFrame;
}

const folder = process.env.WAADA_FIXTURES ?? join(process.cwd(), "build", "fixtures");
const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Story;
const byId = <T extends { id: string }>(list: readonly T[]) => [...list].sort((a, b) => (a.id < b.id ? -1 : 1));

function same(state: State, after: SnapshotFrame): void {
  const ours = snapshotOf(state);
  assert.deepEqual(byId(ours.rows), byId(after.rows));
  assert.deepEqual(byId(ours.letters), byId(after.letters));
  assert.deepEqual(ours.brand, after.brand);
  assert.equal(state.position, after.position);
}

test("the simulator's stories are here", { skip: process.env.WAADA_FIXTURES ? false : "no stories were written for this run" }, () => {
  assert.ok(names.length >= 4, `no stories in ${folder}`);
});

for (const name of names) {
  test(`a screen that saw every fact shows what a fresh one shows: ${name}`, () => {
    const story = read(name);
    assert.ok(story.facts.length > 20);
    let state = reduce(EMPTY, story.snapshot);
    for (const frame of story.facts) state = reduce(state, { kind: "facts", frames: [frame] });
    same(state, story.snapshot_after);
  });

  test(`however the facts are bundled, and if some come twice: ${name}`, () => {
    const story = read(name);
    let state = reduce(EMPTY, story.snapshot);
    for (let from = 0; from < story.facts.length; from += 7) {
      const frames = story.facts.slice(from, from + 7);
      state = reduce(state, { kind: "facts", frames });
      state = reduce(state, { kind: "facts", frames });
    }
    same(state, story.snapshot_after);
  });
}

const row = (version: number, values: Partial<Row> = {}) => ({ id: "c1", version, status: "open", ...values }) as Row;
const fact = (version: number, values: Partial<FactFrame> = {}) =>
  ({ kind: "fact", position: `${version}`, stream: "c1", stream_kind: "conversation", version, at: "2026-11-20T10:00:00Z", by: "customer", event_kind: "customer_saw", event: {}, ...values }) as FactFrame;
const detail = (versions: number[]) => ({ conversation: row(versions.length), events: versions.map((version) => ({ version, at: "", by: "", kind: "customer_saw", event: {} })) }) as unknown as Detail;

test("an old answer never overwrites what the feed said since", () => {
  const state = reduce(reduce(EMPTY, { kind: "facts", frames: [fact(5, { row: row(5, { preview: "new" }) })] }), { kind: "row", row: row(4, { preview: "old" }) });
  assert.equal(state.rows.get("c1")?.preview, "new");
});

test("an open thread grows by each fact once, and asks anew after a gap", () => {
  let state = reduce(EMPTY, { kind: "opened", id: "c1", detail: detail([1, 2]), at: 0 });
  state = reduce(state, { kind: "facts", frames: [fact(3), fact(3)] });
  assert.deepEqual(state.opened.get("c1")?.facts.map((each) => each.version), [1, 2, 3]);
  assert.equal(state.opened.get("c1")?.stale, false);
  state = reduce(state, { kind: "facts", frames: [fact(5)] });
  assert.equal(state.opened.get("c1")?.stale, true);
});

test("an answer to opening keeps the facts that overtook it", () => {
  let state = reduce(EMPTY, { kind: "opened", id: "c1", detail: detail([1]), at: 0 });
  state = reduce(state, { kind: "facts", frames: [fact(2), fact(3)] });
  state = reduce(state, { kind: "opened", id: "c1", detail: detail([1, 2]), at: 1 });
  assert.deepEqual(state.opened.get("c1")?.facts.map((each) => each.version), [1, 2, 3]);
});

test("only my own action can be taken back by me, and once", () => {
  const me = { id: "p1" } as NonNullable<State["me"]>;
  const until = "2026-11-20T10:00:10Z";
  const undoable = (by: string) => fact(2, { event_kind: "undoable", by, event: { what: "close", until } });
  const start = { ...EMPTY, me };
  assert.equal(reduce(start, { kind: "facts", frames: [undoable("person:p2")] }).undo, null);
  const mine = reduce(start, { kind: "facts", frames: [undoable("person:p1")] });
  assert.deepEqual(mine.undo, { what: "close", until, conversation: "c1" });
  assert.equal(reduce(mine, { kind: "facts", frames: [fact(3, { event_kind: "undone" })] }).undo, null);
});
