// What is foreseen of a promise, and who is warned: said once for the conversation, the queue and notifications. Pure.

import type { Fact, FactFrame, Row } from "./types";

/** Below this chance it is worth saying without being asked: the desk acts inside from here on. */
const SAY_BELOW = 0.8;

/** The chance as it was last foreseen: just now (`seen`), when people were warned, or when the promise was made. */
export function chanceOf(row: Row, facts: readonly Fact[], seen: number | null = null): number | null {
  if (seen !== null) return seen;
  const warnings = facts.flatMap((each) => (each.kind === "at_risk" && each.event.promise_id === row.promise_id ? [each.event.chance] : []));
  return warnings.at(-1) ?? row.chance;
}

export function isLow(row: Row, chance: number): boolean {
  return row.at_risk || chance < SAY_BELOW;
}

/** Whether a fact warns this person: of a promise that runs out, or of one that may well not be kept. */
export function warns(frame: FactFrame, person: string): boolean {
  const known = frame.event_kind === "escalated" || frame.event_kind === "at_risk";
  return known && (frame.event as { people: string[] }).people.includes(person);
}
