// Words, numbers and times in the language of the page. A key that is missing is shown as nothing rather than as a key.

import type { Setup } from "./frames";

const ISOLATE = "\u2068";
const POP = "\u2069";

export type Say = (key: string, values?: Record<string, string | number>) => string;

export interface Voice {
  say: Say;
  time(at: string): string;
  day(at: string): string;
  /** A running clock such as 12:34, or 1:02:03; null once nothing is left. */
  left(milliseconds: number): string | null;
}

export function voice(setup: Pick<Setup, "language" | "digits" | "words">): Voice {
  const locale = `${setup.language}-u-nu-${setup.digits}`;
  const plurals = new Intl.PluralRules(setup.language);
  const numbers = new Intl.NumberFormat(locale, { useGrouping: false });
  const padded = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2, useGrouping: false });
  const times = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const days = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
  // What may run the other way is isolated, so that it can't turn the sentence around.
  const plain = setup.digits === "latn" ? /^[ -~]*$/ : /^$/;
  const shown = (value: string | number) =>
    typeof value === "number" ? numbers.format(value) : plain.test(value) ? value : `${ISOLATE}${value}${POP}`;
  const say: Say = (key, values = {}) => {
    const entry = setup.words[key] ?? "";
    const form = typeof entry === "string" ? entry : entry[plurals.select(Number(values.n))] ?? entry.other ?? "";
    return form.replace(/\{(\w+)\}/g, (_, name: string) => shown(values[name] ?? ""));
  };
  return {
    say,
    time: (at) => times.format(new Date(at)),
    day: (at) => {
      const midnight = (when: Date) => new Date(when).setHours(0, 0, 0, 0);
      const ago = Math.round((midnight(new Date()) - midnight(new Date(at))) / 864e5);
      return ago === 0 ? say("chat.today") : ago === 1 ? say("chat.yesterday") : days.format(new Date(at));
    },
    left: (milliseconds) => {
      const seconds = Math.ceil(milliseconds / 1000);
      if (seconds <= 0) return null;
      const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
      const tail = `${hours ? padded.format(minutes) : numbers.format(minutes)}:${padded.format(seconds % 60)}`;
      return hours ? `${numbers.format(hours)}:${tail}` : tail;
    },
  };
}
