// What is foreseen of a promise: the last word counts, for the promise that is open; warnings reach whom they name.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chanceOf, isLow, warns } from "./odds";
import type { Fact, FactFrame, Row } from "./types";

const row = { promise_id: "p2", chance: 0.96, at_risk: false } as Row;
const warned = (promise_id: string, chance: number) => ({ kind: "at_risk", event: { promise_id, chance, people: ["ann"] } }) as unknown as Fact;

test("the chance is the one told with the promise until somebody was warned", () => {
  assert.equal(chanceOf(row, []), 0.96);
  assert.equal(chanceOf(row, [warned("p1", 0.4)]), 0.96);
  assert.equal(chanceOf(row, [warned("p2", 0.7), warned("p2", 0.62)]), 0.62);
  assert.equal(chanceOf({ ...row, chance: null }, []), null);
});

test("only a small chance, or a warning, is said loudly", () => {
  assert.ok(!isLow(row, 0.8));
  assert.ok(isLow(row, 0.79));
  assert.ok(isLow({ ...row, at_risk: true }, 0.9));
});

test("a warning is for the people it names, whosever the conversation is", () => {
  const frame = (event_kind: string, people: string[]) => ({ event_kind, event: { people } }) as unknown as FactFrame;
  assert.ok(warns(frame("at_risk", ["ann"]), "ann"));
  assert.ok(warns(frame("escalated", ["ben", "ann"]), "ann"));
  assert.ok(!warns(frame("at_risk", ["ben"]), "ann"));
  assert.ok(!warns(frame("customer_wrote", ["ann"]), "ann"));
});
