// How our word was kept, as the server counted it, and the pure mapping between the address of the page and what it
// asks for. A share is never rounded up, its range always outwards.

import type { Row } from "./types";

/** `count` of `of`, with the 95 % range of the share behind it. */
export interface Share {
  count: number;
  of: number;
  share: number | null;
  low: number;
  high: number;
}

export interface Figure {
  value: number;
  low: number | null;
  high: number | null;
}

export interface Group {
  key: string;
  kept: Share;
}

export interface Bin {
  chance_from: number;
  chance_to: number;
  stated: number;
  kept: Share;
}

export interface Lengths {
  mean: Figure | null;
  median: Figure | null;
  p90: Figure | null;
}

export interface Worst {
  groups: Group[];
  surely: string[];
  compared: number;
  known: number;
  tenth: number | null;
}

export interface Report {
  kept: Share;
  released: number;
  calibration: { stated: number | null; kept: Share; gap: number | null; gap_by_luck: number | null; bins: Bin[] };
  week_hours: Group[];
  channels: Group[];
  languages: Group[];
  waits: { waits: number; still_waiting: number; promised: Lengths; actual: Lengths; ratio_of_means: Figure | null; ratio_of_medians: Figure | null };
  renegotiations: Record<"caught" | "late" | "silent" | "told_before_due" | "alarms" | "needless" | "one_at_most", Share> & { revisions_max: number };
  worst_hours: Worst;
  worst_days: Worst;
  evidence_min: number;
}

export interface ReportAnswer {
  from: string;
  to: string;
  zone: string;
  report: Report;
}

export type Verdict = "kept" | "missed" | "released";
export type Telling = "caught" | "late" | "silent" | "needless" | "none";

export interface Promised {
  promise_id: string;
  conversation_id: string;
  conversation: Row | null;
  channel: string;
  language: string;
  made_at: string;
  due_at: string;
  chance: number | null;
  status: Verdict;
  telling: Telling;
  ended_at: string | null;
  revisions: number;
}

export const PERIODS = [7, 30, 90] as const;

/** What the page is asked for; `behind` is the choice of a figure whose conversations are shown, null for the figures. */
export interface Asked {
  days: number;
  channel: string | null;
  language: string | null;
  behind: Readonly<Record<string, string>> | null;
}

const CHOICES = ["status", "hour", "weekday", "day", "chance_from", "chance_to"] as const;

export function readAsked(text: string): Asked {
  const given = new URLSearchParams(text);
  const days = Number(given.get("days"));
  const behind: Record<string, string> = {};
  for (const name of CHOICES) {
    const value = given.get(name);
    if (value !== null) behind[name] = value;
  }
  return {
    days: PERIODS.find((each) => each === days) ?? 30,
    channel: given.get("channel"),
    language: given.get("language"),
    behind: given.has("behind") ? behind : null,
  };
}

export function writeAsked({ days, channel, language, behind }: Asked): string {
  const text = new URLSearchParams({ days: String(days), ...(channel && { channel }), ...(language && { language }), ...(behind && { ...behind, behind: "1" }) });
  return text.toString();
}

/** The same promises, chosen further: what a figure on the page leads to. */
export function narrowed(asked: Asked, choice: Readonly<Record<string, string>>): Asked {
  const { channel, language, ...behind } = choice;
  return { days: asked.days, channel: channel ?? asked.channel, language: language ?? asked.language, behind };
}

/** The question as the server understands it. */
export function queryOf(asked: Asked, now: number, cursor: string | null = null): string {
  const from = new Date(now - asked.days * 86_400_000).toISOString();
  const { days: _, behind, channel, language } = asked;
  return new URLSearchParams({ from, ...(channel && { channel }), ...(language && { language }), ...behind, ...(cursor && { cursor }) }).toString();
}

/** Tenths of a percent, rounded down: 96.96 % is 96.9 %, and only all of them are 100 %. */
export function roundedDown(share: number): number {
  return Math.floor(share * 1000 + 1e-9) / 1000;
}

export function roundedUp(share: number): number {
  return Math.ceil(share * 1000 - 1e-9) / 1000;
}

/** How good a share is, in five steps; the highest two are what brands promise themselves. */
export function levelOf(share: number): number {
  return [0.98, 0.95, 0.9, 0.8].reduce((level, edge, index) => (share >= edge && level === 0 ? 4 - index : level), 0);
}

/** Where the axis of shares begins: a whole tenth below everything that is drawn. */
export function axisFrom(shares: readonly number[]): number {
  const least = Math.min(0.9, ...shares);
  return Math.max(0, Math.floor(least * 10 + 1e-9) / 10);
}
