// Whether a channel has people at an instant, for the clock that stands still when it has none. What business time a
// span holds is the server's to count; here is only the question "now?".

import type { Hours } from "./types";

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const formats = new Map<string, Intl.DateTimeFormat>();

interface Local {
  date: string;
  weekday: string;
  minute: number;
}

function local(zone: string, at: number): Local {
  let format = formats.get(zone);
  if (!format) {
    const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
    formats.set(zone, (format = new Intl.DateTimeFormat("en-GB", { ...parts, hourCycle: "h23", timeZone: zone })));
  }
  const part = Object.fromEntries(format.formatToParts(at).map((each) => [each.type, each.value]));
  const date = `${part.year}-${part.month}-${part.day}`;
  const weekday = DAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7] ?? "monday";
  return { date, weekday, minute: Number(part.hour) * 60 + Number(part.minute) };
}

function minutes(time: string): number {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return hour * 60 + minute;
}

function intervals(hours: Hours, day: Local): [number, number][] {
  const special = hours.special_days?.[day.date];
  const times = special ?? (hours.holidays?.includes(day.date) ? [] : (hours.week?.[day.weekday] ?? []));
  return times.map(([opens, closes]) => [minutes(opens), minutes(closes)]);
}

export function isOpen(hours: Hours, at: number): boolean {
  if (hours.always_open) return true;
  try {
    const today = local(hours.zone, at);
    const yesterday = local(hours.zone, at - 24 * 3600_000);
    const now = today.minute;
    return (
      intervals(hours, today).some(([opens, closes]) => opens <= now && (closes <= opens || now < closes)) ||
      // An interval that runs over midnight belongs to the day on which it opens.
      intervals(hours, yesterday).some(([opens, closes]) => closes <= opens && now < closes)
    );
  } catch {
    return false;
  }
}
