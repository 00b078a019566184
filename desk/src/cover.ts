// Who is planned when, against when there should be somebody: the week of a team, in the brand's own time, cut where
// something changes. Pure; the promise itself is computed by the server from the same rosters.

import { DAY_MINUTES, daysAfter, instantOf, isOpenAt, local, type Local, weekdayOf } from "./hours";
import type { Brand, Channel, Hours, Person } from "./types";

/** A stretch of a day in which the same people are planned; minutes after midnight. */
export interface Stretch {
  from: number;
  to: number;
  open: boolean;
  people: readonly string[];
}

export interface CoverDay {
  date: string;
  stretches: readonly Stretch[];
}

/** Rosters are looked at this often; nobody plans by less. */
const STEP = 15;

export function teamOf(brand: Brand, channel: Channel | null): Person[] {
  return brand.people.filter((each) => !each.removed && (!channel?.team.length || channel.team.includes(each.id)));
}

export function rosterOf(brand: Brand, person: Person): Hours {
  return person.roster ?? brand.hours;
}

/** Whether enquiries are planned for a person at all. */
export function isPlanned(hours: Hours): boolean {
  return Boolean(hours.always_open || [...Object.values(hours.week ?? {}), ...Object.values(hours.special_days ?? {})].some((times) => times.length));
}

export function mondayOf(zone: string, at: number): string {
  const { date } = local(zone, at);
  return daysAfter(date, -weekdayOf(date));
}

export function coverOf(brand: Brand, channel: Channel | null, monday: string): CoverDay[] {
  const open = channel?.hours ?? brand.hours;
  const people = teamOf(brand, channel).map((each): [string, Hours] => [each.id, rosterOf(brand, each)]);
  return Array.from({ length: 7 }, (_, index) => {
    const date = daysAfter(monday, index);
    const stretches: Stretch[] = [];
    for (let minute = 0; minute < DAY_MINUTES; minute += STEP) {
      const there = clocks(instantOf(brand.zone, date, minute));
      const now = people.filter(([, hours]) => isOpenAt(hours, there(hours.zone))).map(([id]) => id);
      join(stretches, { from: minute, to: minute + STEP, open: isOpenAt(open, there(open.zone)), people: now });
    }
    return { date, stretches };
  });
}

/** One instant on the walls of several zones, each asked for once. */
function clocks(at: number): (zone: string) => Local {
  const known = new Map<string, Local>();
  return (zone) => {
    const there = known.get(zone) ?? local(zone, at);
    known.set(zone, there);
    return there;
  };
}

function join(stretches: Stretch[], next: Stretch): void {
  const last = stretches.at(-1);
  if (last && last.open === next.open && last.people.join() === next.people.join()) stretches[stretches.length - 1] = { ...last, to: next.to };
  else stretches.push(next);
}

export function isGap(stretch: Stretch): boolean {
  return stretch.open && stretch.people.length === 0;
}

/** The hours worth drawing: all that are open or covered on some day, in whole hours. */
export function drawn(days: readonly CoverDay[]): { from: number; to: number } {
  const used = days.flatMap((day) => day.stretches).filter((each) => each.open || each.people.length);
  if (!used.length) return { from: 0, to: DAY_MINUTES };
  return { from: Math.floor(Math.min(...used.map((each) => each.from)) / 60) * 60, to: Math.ceil(Math.max(...used.map((each) => each.to)) / 60) * 60 };
}

export function cut(stretches: readonly Stretch[], from: number, to: number): Stretch[] {
  return stretches.filter((each) => each.to > from && each.from < to).map((each) => ({ ...each, from: Math.max(from, each.from), to: Math.min(to, each.to) }));
}
