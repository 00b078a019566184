// Whether a promise would hold, as the server works it out in its simulator, and how that is said. Pure but for the calls.

import { call } from "./api";
import type { Channel, Hours, Policy } from "./types";
import { language, number, percent, say } from "./words";

export interface Breaking {
  days: number[];
  begins: string;
  ends: string;
  keep_rate: number;
}

export interface Seats {
  days: number[];
  begins: string;
  ends: string;
  people: number;
}

export interface Suggestion {
  change: "people" | "longer" | "opening";
  keep_rate: number;
  policy: Policy;
  hours: Hours | null;
  seats: Seats[];
}

export interface Found {
  id: string;
  progress: number;
  done: boolean;
  verdict: "holds" | "fails" | null;
  keep_rate: number | null;
  interval: [number, number] | null;
  chance: number | null;
  conversations: number | null;
  weeks: number | null;
  learned: boolean | null;
  by_hour: (number | null)[];
  breaking_hours: Breaking[];
  suggestions: Suggestion[];
  trouble: string | null;
}

const LOOK_AGAIN = 300;

/** What of a channel a check depends on; when it changes, what was found says nothing any more. */
export function asked(draft: Channel, hours: Hours | null, expected: number | null): object {
  const demand = expected === null ? null : { a_day: expected };
  return { channel: draft.key, kind: draft.kind, policy: draft.policy, hours, team: draft.team, demand };
}

/** Begin a check, and tell how far it is until all of it is found. Stops when nobody listens any more. */
export async function prove(body: object, stop: AbortSignal, tell: (found: Found) => void): Promise<void> {
  const { id } = await call<{ id: string }>("POST", "/plan/gate", { body, signal: stop });
  await follow(id, stop, tell);
}

/** Tell how far a check is that has begun, until all of it is found. */
export async function follow(id: string, stop: AbortSignal, tell: (found: Found) => void): Promise<void> {
  for (;;) {
    const found = await call<Found>("GET", `/plan/gate/${encodeURIComponent(id)}`, { signal: stop });
    if (stop.aborted) return;
    tell(found);
    if (found.done) return;
    await new Promise((go) => setTimeout(go, LOOK_AGAIN));
  }
}

/** Monday is 0 here, Sunday the first of the week in the words. */
export function dayName(weekday: number): string {
  return say("date.weekdays_short").split(",")[(weekday + 1) % 7] ?? "";
}

/** "Mon-Fri, Sun": days in a row as a range. */
export function daysWords(days: readonly number[]): string {
  const runs: [number, number][] = [];
  const comma = language().startsWith("ar") ? "\u060c " : ", ";
  for (const day of [...days].sort()) {
    const last = runs.at(-1);
    if (last && last[1] === day - 1) last[1] = day;
    else runs.push([day, day]);
  }
  const said = runs.map(([first, last]) => (first === last ? dayName(first) : `${dayName(first)}${last - first > 1 ? "\u2013" : comma}${dayName(last)}`));
  return said.join(comma);
}

/** "17:00" in the digits of the language. */
export function clockName(clock: string): string {
  return clock
    .split(":")
    .map((part) => number(Number(part), { minimumIntegerDigits: 2 }))
    .join(":");
}

/** A target as people say it: "15 minutes", "2 days". */
export function targetWords(seconds: number): string {
  const units = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]] as const;
  const [unit, size] = units.find(([, each]) => seconds % each === 0) ?? units[3];
  return number(seconds / size, { style: "unit", unit, unitDisplay: "long" });
}

export function breakingWords(each: Breaking): string {
  return say("gate.breaking_row", { days: daysWords(each.days), from: clockName(each.begins), to: clockName(each.ends), share: percent(each.keep_rate) });
}

export function seatsWords(each: Seats): string {
  return say("gate.seats", { days: daysWords(each.days), from: clockName(each.begins), to: clockName(each.ends), people: number(each.people) });
}

export function changeWords(each: Suggestion): string {
  if (each.change === "people") return say("gate.people");
  const target = targetWords(Math.min(each.policy.first_answer_seconds, each.policy.next_answer_seconds));
  return say(each.change === "longer" ? "gate.longer" : "gate.opening", { target });
}
