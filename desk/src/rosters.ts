// What a roster editor does to hours: breaks, days off, the length of a week. Pure; hours in, hours out.

import { clockOf, DAYS, daysAfter, minutesOf } from "./hours";
import type { Hours, Times } from "./types";

const BREAK_MINUTES = 30;
const NOON = 12 * 60;
/** Days off in one go; longer leave is entered in parts, so that a slip of the pen doesn't empty a year. */
export const DAYS_OFF_MAX = 366;

export type DaySpan = { from: string; to: string };

/** A roster to begin with: the brand's week and holidays, the person's own from here on. */
export function ownRoster(hours: Hours): Hours {
  const week = hours.always_open ? Object.fromEntries(DAYS.map((day): [string, Times] => [day, [["00:00", "24:00"]]])) : (hours.week ?? {});
  return { zone: hours.zone, week, holidays: hours.holidays ?? [], special_days: hours.special_days ?? {} };
}

export function notPlanned(zone: string): Hours {
  return { zone, week: {}, holidays: [], special_days: {} };
}

/** Half an hour off: at noon where that lies well inside the longest stretch of the day, else in its middle. */
export function withBreak(times: Times): Times {
  const lengths = times.map(([opens, closes]) => minutesOf(closes) - minutesOf(opens));
  const longest = lengths.indexOf(Math.max(...lengths));
  const [opens, closes] = times[longest] ?? ["", ""];
  if (!opens || (lengths[longest] ?? 0) < 4 * BREAK_MINUTES) return times;
  const [first, last] = [minutesOf(opens), minutesOf(closes)];
  const noon = first + 60 <= NOON && NOON + BREAK_MINUTES + 60 <= last;
  const begins = noon ? NOON : Math.round((first + last - BREAK_MINUTES) / 2 / BREAK_MINUTES) * BREAK_MINUTES;
  // Both parts must still be written on the day on which they begin.
  if (begins + BREAK_MINUTES >= 24 * 60) return times;
  const parts: Times = [[opens, clockOf(begins)], [clockOf(begins + BREAK_MINUTES), closes]];
  return times.flatMap((each, index) => (index === longest ? parts : [each]));
}

export function minutesOfDay(times: Times): number {
  // A field that is being typed in has no time yet and counts for nothing.
  const lengths = times.map(([opens, closes]) => minutesOf(closes) - minutesOf(opens));
  return lengths.reduce((sum, length) => (length > 0 ? sum + length : sum), 0);
}

export function minutesOfWeek(hours: Hours): number {
  return DAYS.reduce((sum, day) => sum + minutesOfDay(hours.week?.[day] ?? []), 0);
}

/** The days off of a roster, in spans. */
export function daysOff(hours: Hours): DaySpan[] {
  const days = Object.keys(hours.special_days ?? {}).filter((day) => hours.special_days?.[day]?.length === 0).sort();
  const spans: DaySpan[] = [];
  for (const day of days) {
    const last = spans.at(-1);
    if (last && daysAfter(last.to, 1) === day) last.to = day;
    else spans.push({ from: day, to: day });
  }
  return spans;
}

function daysOf({ from, to }: DaySpan): string[] {
  const days: string[] = [];
  for (let day = from; day <= to && days.length < DAYS_OFF_MAX; day = daysAfter(day, 1)) days.push(day);
  return days;
}

export function withDaysOff(hours: Hours, span: DaySpan): Hours {
  return { ...hours, special_days: { ...hours.special_days, ...Object.fromEntries(daysOf(span).map((day) => [day, []])) } };
}

export function withoutDaysOff(hours: Hours, span: DaySpan): Hours {
  const gone = new Set(daysOf(span));
  const left = Object.entries(hours.special_days ?? {}).filter(([day, times]) => times.length || !gone.has(day));
  return { ...hours, special_days: Object.fromEntries(left) };
}

/** What the server is sent: a week that is always open has no days of its own. */
export function sent(hours: Hours): Hours {
  if (hours.always_open) return { zone: hours.zone, always_open: true };
  return { zone: hours.zone, week: hours.week ?? {}, holidays: hours.holidays ?? [], special_days: hours.special_days ?? {} };
}
