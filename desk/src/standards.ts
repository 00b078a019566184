// Bars, missing promises and rule packs as the server tells them, and how they are said and drawn. Pure but for the calls.

import { call } from "./api";
import { languageName, number, say } from "./words";

export type BarKind = "chat" | "mail" | "api" | "phone";
export const BAR_KINDS: readonly BarKind[] = ["mail", "chat", "phone", "api"];

export interface Bar {
  key: string;
  channel_kind: BarKind;
  seconds: number;
  strict: boolean;
  percent: number | null;
  source: string;
  year: number | null;
  cited: string;
  default: boolean;
}

export interface BarItem {
  bar: Bar;
  own: boolean;
  library: boolean;
}

export interface MissingHour {
  weekday: number;
  hour: number;
  gap: "none" | "slower";
  promised_seconds: number | null;
  enquiries: number;
  late: number;
  median_wait_seconds: number | null;
  beyond_seconds: number;
}

export interface Missing {
  channel: string;
  channel_kind: BarKind;
  name: string;
  live: boolean;
  bar: Bar;
  next: "set_promise" | "go_live" | "open_hours" | "shorten";
  enquiries: number;
  late: number;
  beyond_seconds: number;
  hours: MissingHour[];
}

export interface Rule {
  id: string;
  words: string;
  measure: "share_answered_within" | "parity" | "person_on_request" | "language";
  definition: string;
  channel_kinds: string[];
  seconds: number | null;
  strict: boolean;
  share: number | null;
  language: string | null;
  against: string | null;
  least: number;
}

export interface Pack {
  id: string;
  title: string;
  source: string;
  year: number | null;
  caution: string;
  own: boolean;
}

export interface Verdict {
  rule: Rule;
  pass: boolean | null;
  why: "passed" | "failed" | "too_few" | "nothing_to_measure" | "unclear";
  numerator: number;
  denominator: number;
  undecided: number;
  share: number | null;
  ratio: number | null;
  interval: [number | null, number | null] | null;
  medians: [number, number] | null;
  measured_on: string[];
  stand_in: boolean;
}

const DAY = 86_400_000;
const since = (days: number, now: number) => `from=${encodeURIComponent(new Date(now - days * DAY).toISOString())}`;

export const standards = {
  bars: () => call<{ items: BarItem[] }>("GET", "/bars"),
  set: ({ key, ...body }: Bar) => call<{ bar: Bar }>("PUT", `/bars/${encodeURIComponent(key)}`, { body }),
  drop: (key: string) => call<unknown>("DELETE", `/bars/${encodeURIComponent(key)}`),
  missing: (days: number, now: number) => call<{ items: Missing[] }>("GET", `/promises/missing?${since(days, now)}`),
  packs: () => call<{ items: Pack[]; refused: { file: string; problem: string }[] }>("GET", "/rules"),
  verdicts: (pack: string, days: number, now: number) => call<{ pack: Pack; verdicts: Verdict[] }>("GET", `/rules/${encodeURIComponent(pack)}?${since(days, now)}`),
};

/** "30 s", "15 min", "2 h": a bar is exact, so nothing is rounded. */
export function length(seconds: number): string {
  if (seconds % 60) return say("time.seconds", { seconds });
  const minutes = seconds / 60;
  if (minutes < 60) return say("time.minutes", { minutes });
  if (seconds % 86_400 === 0) return say("time.days", { days: seconds / 86_400 });
  const hours = Math.floor(minutes / 60);
  return minutes % 60 ? say("time.hours_minutes", { hours, minutes: minutes % 60 }) : say("time.hours", { hours });
}

/** A share in tenths of a percent, never rounded up: 94.96 % must not read 95. */
export function shareWords(count: number, of: number): string {
  return percentWords(of ? Math.floor((count * 1000) / of) / 1000 : 0);
}

export function percentWords(share: number): string {
  return number(share, { style: "percent", maximumFractionDigits: 1 });
}

export function kindWords(kinds: readonly string[]): string {
  return kinds.map((each) => say(each === "phone" ? "standards.kind_phone" : `channel.new_${each}`)).join(", ");
}

export function barWords(bar: Bar): string {
  const words = say(bar.strict ? "standards.bar_under" : "standards.bar_within", { kind: kindWords([bar.channel_kind]), length: length(bar.seconds) });
  return bar.percent ? `${words} \u00b7 ${percentWords(bar.percent / 100)}` : words;
}

/** What a rule asks for, in the reader's language; made of its parts, since a pack may be anybody's. */
export function ruleWords(rule: Rule): string {
  const kinds = kindWords(rule.channel_kinds);
  const share = percentWords(rule.share ?? 0);
  const within = rule.seconds ? length(rule.seconds) : "";
  switch (rule.measure) {
    case "share_answered_within":
      return say(rule.strict ? "standards.rule_under" : "standards.rule_within", { share, kinds, length: within });
    case "person_on_request":
      return rule.seconds ? say("standards.rule_person", { share, length: within }) : say("standards.rule_person_any", { share });
    case "parity":
      return say("standards.rule_parity", { kinds, language: languageName(rule.language ?? ""), against: languageName(rule.against ?? "") });
    case "language":
      return rule.language ? say("standards.rule_language_one", { share, language: languageName(rule.language) }) : say("standards.rule_language", { share });
  }
}

/** How strong an hour is drawn: not at all where nobody was late, then four steps up to the worst of the channel. */
export function strength(hour: MissingHour, hours: readonly MissingHour[]): number {
  const most = Math.max(0, ...hours.map((each) => each.late));
  return hour.late && most ? Math.ceil((hour.late / most) * 4) : 0;
}

/** The hours in which customers waited longest beyond the bar, the worst first. */
export function worst(hours: readonly MissingHour[], count: number): MissingHour[] {
  return hours.filter((each) => each.beyond_seconds > 0).sort((one, two) => two.beyond_seconds - one.beyond_seconds).slice(0, count);
}
