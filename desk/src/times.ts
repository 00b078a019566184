// Spans and instants in words: short enough for a queue, exact enough for a promise, in the reader's language.

import { dateWords, number, say } from "./words";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;

/** "0:42", "14 min", "2 h 05", "3 d": as exact as one can still act on. Never negative. */
export function span(seconds: number): string {
  const left = Math.max(0, Math.abs(seconds));
  if (left < 10 * MINUTE) return minutesAndSeconds(left);
  if (left < HOUR) return say("time.minutes", { minutes: Math.floor(left / MINUTE) });
  if (left < DAY) {
    const hours = Math.floor(left / HOUR);
    const minutes = Math.floor((left % HOUR) / MINUTE);
    return minutes && hours < 10 ? say("time.hours_minutes", { hours, minutes }) : say("time.hours", { hours });
  }
  const days = Math.floor(left / DAY);
  const hours = Math.floor((left % DAY) / HOUR);
  return hours && days < 3 ? say("time.days_hours", { days, hours }) : say("time.days", { days });
}

function minutesAndSeconds(left: number): string {
  const two = { minimumIntegerDigits: 2 };
  return `${number(Math.floor(left / MINUTE))}:${number(Math.floor(left % MINUTE), two)}`;
}

/** Hours, minutes and seconds that tick: the two clocks of a wait. */
export function ticking(seconds: number): string {
  const two = { minimumIntegerDigits: 2 };
  const hours = Math.floor(seconds / HOUR);
  const rest = `${number(Math.floor((seconds % HOUR) / MINUTE), hours ? two : {})}:${number(Math.floor(seconds % MINUTE), two)}`;
  return hours ? `${number(hours, { useGrouping: false })}:${rest}` : rest;
}

export function timeOfDay(at: number | string, zone?: string | null): string {
  return dateWords(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, zone);
}

/** A time of day from its minutes: midnight at the end of a day is 24:00. */
export function clockWords(minutes: number): string {
  const two = { minimumIntegerDigits: 2 };
  return `${number(Math.floor(minutes / 60), two)}:${number(minutes % 60, two)}`;
}

/** A date as people write it; `date` is "2026-11-23", whatever the zone. */
export function dateOnly(date: string, options: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" }): string {
  return dateWords(`${date}T12:00:00Z`, options, "UTC");
}

export function day(at: number | string, zone?: string | null): string {
  return dateWords(at, { weekday: "short", day: "numeric", month: "short" }, zone);
}

function sameDay(one: number, two: number): boolean {
  return new Date(one).toDateString() === new Date(two).toDateString();
}

/** A time of day today, else the day with it. */
export function moment(at: number | string, now: number): string {
  const instant = typeof at === "string" ? Date.parse(at) : at;
  return sameDay(instant, now) ? timeOfDay(instant) : `${day(instant)} ${timeOfDay(instant)}`;
}

/** For lists: time today, day and month before. */
export function shortMoment(at: string, now: number): string {
  const instant = Date.parse(at);
  if (sameDay(instant, now)) return timeOfDay(instant);
  return dateWords(instant, { day: "numeric", month: "short" });
}

/** In full, for titles and screen readers. */
export function fullMoment(at: number | string, zone?: string | null): string {
  return dateWords(at, { dateStyle: "full", timeStyle: "medium", hourCycle: "h23" } as Intl.DateTimeFormatOptions, zone);
}

export function dayHeading(at: string, now: number): string {
  const instant = Date.parse(at);
  if (sameDay(instant, now)) return say("time.today");
  if (sameDay(instant, now - DAY * 1000)) return say("time.yesterday");
  return dateWords(instant, { weekday: "long", day: "numeric", month: "long" });
}

/** What an input type=datetime-local shows, and the instant it means (the zone of this machine). */
export function localInput(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

export function fromLocalInput(text: string): number {
  return new Date(text).getTime();
}
