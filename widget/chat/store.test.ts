// The state of the window: what a cut, a second tab, an undo and a sign-in do to it.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fact, Welcome } from "./frames";
import { begin, lastFromDesk, type Outgoing, reduce, type State, unsent } from "./store";

const AT = "2026-11-16T10:00:00Z";
const NOW = Date.parse(AT);

const fact = (version: number, what: Fact["what"], text = "", key?: string): Fact => ({
  kind: "fact",
  version,
  at: AT,
  what,
  ...(key ? { key } : {}),
  message: { id: `m${version}`, text, attachments: [] },
});

const welcome = (facts: Fact[], conversation: string | null = "c1"): Welcome => ({
  kind: "welcome",
  visitor: "v",
  conversation,
  facts,
  promise: null,
  promise_before: null,
  people_here: true,
  email: null,
  status_url: null,
  now: AT,
});

const written = (key: string): Outgoing => ({ key, text: key, at: AT, attachments: [] });
const after = (...happenings: Parameters<typeof reduce>[1][]): State =>
  happenings.reduce((state, each) => reduce(state, each, NOW), begin(null, false));

test("a message is on screen from the moment it was written until it is a fact", () => {
  let state = after({ kind: "wrote", outgoing: written("k1") });
  assert.deepEqual(unsent(state).map((each) => each.key), ["k1"]);
  state = reduce(state, { kind: "accepted", key: "k1", version: 2 }, NOW);
  assert.equal(state.outgoing.length, 1);
  assert.deepEqual(unsent(state), []);
  state = reduce(state, fact(2, "customer", "k1", "k1"), NOW);
  assert.deepEqual(state.outgoing, []);
  assert.equal(state.facts.length, 1);
});

test("a fact that comes twice is shown once", () => {
  const state = after(welcome([fact(2, "customer")]), fact(2, "customer"), fact(3, "person"), welcome([fact(3, "person")]));
  assert.deepEqual(state.facts.map((each) => each.version), [2, 3]);
});

test("the welcome after a cut adds what was missed and says that nothing was lost", () => {
  const state = after(welcome([fact(2, "customer")]), { kind: "cut" }, welcome([fact(5, "person", "hello")]));
  assert.deepEqual(state.facts.map((each) => each.version), [2, 5]);
  assert.equal(state.back, true);
  assert.equal(state.unread, 1);
  assert.equal(lastFromDesk(state)?.text, "hello");
});

test("another conversation replaces what was shown", () => {
  const state = after(welcome([fact(2, "customer", "mine")]), welcome([fact(2, "customer", "yours")], "c2"));
  assert.deepEqual(state.facts.map((each) => each.message?.text), ["yours"]);
});

test("what was taken back disappears", () => {
  const gone: Fact = { kind: "fact", version: 4, at: AT, what: "withdrawn", messages: ["m3"] };
  const state = after(welcome([fact(2, "customer"), fact(3, "person")]), gone);
  assert.deepEqual(state.facts.map((each) => each.version), [2]);
  assert.equal(state.version, 4);
});

test("unread messages are counted while the window is closed, and only those of people", () => {
  const state = after(welcome([]), { kind: "shown", open: false }, fact(2, "customer"), fact(3, "told"), fact(4, "person"));
  assert.equal(state.unread, 1);
  assert.equal(reduce(state, { kind: "shown", open: true }, NOW).unread, 0);
});

test("a refused message stays with the reason, until it is sent again or discarded", () => {
  let state = after({ kind: "wrote", outgoing: written("k1") }, { kind: "refused", key: "k1", words: "too fast" });
  assert.equal(state.outgoing[0]?.refused, "too fast");
  assert.deepEqual(unsent(state), []);
  state = reduce(state, { kind: "again", key: "k1" }, NOW);
  assert.deepEqual(unsent(state).map((each) => each.key), ["k1"]);
  assert.deepEqual(reduce(state, { kind: "dropped", key: "k1" }, NOW).outgoing, []);
});

test("what waited from an earlier visit is not added twice", () => {
  const state = after(welcome([fact(2, "customer", "k1", "k1")]), {
    kind: "restored",
    outgoing: [written("k1"), written("k2")],
  });
  assert.deepEqual(state.outgoing.map((each) => each.key), ["k2"]);
});

test("typing ends when the answer is there", () => {
  const state = after(welcome([]), { kind: "typing", name: "Ann", on: true });
  assert.equal(state.typing, "Ann");
  assert.equal(reduce(state, fact(2, "person"), NOW).typing, null);
});

test("the server's clock counts", () => {
  const state = reduce(begin(null, false), welcome([]), NOW - 90_000);
  assert.equal(state.skew, 90_000);
});
