// Whether a channel has people at an instant, for the clock that stands still when it has none, and for the team's week.
// What business time a span holds is the server's to count; here is only the question "then?".

import type { Hours, Times } from "./types";

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export const DAY_MINUTES = 24 * 60;
const DAY_MS = DAY_MINUTES * 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clock on the wall shows: a date as "2026-11-23", and the minute of the day. */
export interface Local {
  date: string;
  minute: number;
}

export function local(zone: string, at: number): Local {
  let format = formats.get(zone);
  if (!format) {
    const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
    formats.set(zone, (format = new Intl.DateTimeFormat("en-GB", { ...parts, hourCycle: "h23", timeZone: zone })));
  }
  const part = Object.fromEntries(format.formatToParts(at).map((each) => [each.type, each.value]));
  return { date: `${part.year}-${part.month}-${part.day}`, minute: Number(part.hour) * 60 + Number(part.minute) };
}

/** The instant at which the clock on the wall of a zone shows a date and a minute; an hour it skips is the one after. */
export function instantOf(zone: string, date: string, minute: number): number {
  const shown = Date.parse(`${date}T00:00:00Z`) + minute * 60_000;
  const offset = (at: number) => {
    const there = local(zone, at);
    return Date.parse(`${there.date}T00:00:00Z`) + there.minute * 60_000 - Math.floor(at / 60_000) * 60_000;
  };
  const guess = shown - offset(shown);
  return shown - offset(guess);
}

export function daysAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** 0 for Monday to 6 for Sunday. */
export function weekdayOf(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** Minutes after midnight of "09:30", "24:00", or "02:00+1". */
export function minutesOf(time: string): number {
  const [clock = "", over] = time.split("+");
  const [hour = 0, minute = 0] = clock.split(":").map(Number);
  return hour * 60 + minute + (over ? DAY_MINUTES : 0);
}

/** The other way round. */
export function clockOf(minutes: number): string {
  const shown = minutes > DAY_MINUTES ? minutes - DAY_MINUTES : minutes;
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(shown / 60))}:${two(shown % 60)}${minutes > DAY_MINUTES ? "+1" : ""}`;
}

/** An interval from two fields of a form: one that does not end after it begins ends on the next day. */
export function intervalOf(opens: string, closes: string): [string, string] {
  const plain = closes.split("+")[0] === "00:00" ? "24:00" : (closes.split("+")[0] ?? "");
  if (!opens || !plain) return [opens, plain];
  return [opens, minutesOf(plain) > minutesOf(opens) ? plain : clockOf(minutesOf(plain) + DAY_MINUTES)];
}

/** The intervals that begin on a date. */
export function timesOn(hours: Hours, date: string): Times {
  if (hours.always_open) return [["00:00", "24:00"]];
  const special = hours.special_days?.[date];
  return special ?? (hours.holidays?.includes(date) ? [] : (hours.week?.[DAYS[weekdayOf(date)] ?? "monday"] ?? []));
}

function holds(times: Times, minute: number): boolean {
  return times.some(([opens, closes]) => minutesOf(opens) <= minute && minute < minutesOf(closes));
}

export function isOpenAt(hours: Hours, there: Local): boolean {
  // An interval that runs over midnight belongs to the day on which it opens.
  return holds(timesOn(hours, there.date), there.minute) || holds(timesOn(hours, daysAfter(there.date, -1)), there.minute + DAY_MINUTES);
}

export function isOpen(hours: Hours, at: number): boolean {
  if (hours.always_open) return true;
  try {
    return isOpenAt(hours, local(hours.zone, at));
  } catch {
    return false;
  }
}
