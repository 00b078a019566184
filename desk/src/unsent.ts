// What could not be sent yet. It is no fact of the log, so the feed doesn't bring it: the desk asks now and then, and sooner
// when something was written that may not leave, or left at last.

import { fetchUnsent, tryUnsent } from "./api";
import { now } from "./clock";
import { current, set } from "./live";
import type { FactFrame, Unsent, UnsentMessage } from "./types";
import { attempt } from "./work";

const ASK_EVERY = 30_000;
const ASK_IN_TROUBLE = 10_000;
// An answer is held back for ten seconds in which it may be undone; a mail server that is away is noticed at once.
const AFTER_ANSWER = 12_000;
const AFTER_TOLD = 2_000;
const AFTER_TRYING = 1_500;
// Trouble that passes by itself within seconds is no news to anybody.
const NEWS_AFTER = 20_000;

let timer = 0;
let asksAt = Infinity;

function askWithin(wait: number): void {
  const at = Date.now() + wait;
  if (at >= asksAt) return;
  clearTimeout(timer);
  asksAt = at;
  timer = window.setTimeout(() => void ask(), wait);
}

async function ask(): Promise<void> {
  asksAt = Infinity;
  const { phase, route } = current();
  if (phase !== "in") return;
  const here = route.screen === "queue" && route.view !== "letters" ? route.conversation : null;
  const found = document.hidden ? null : await fetchUnsent(here).catch(() => null);
  // The same answer draws nothing anew.
  if (found && JSON.stringify(found) !== JSON.stringify(current().unsent)) set({ unsent: found });
  askWithin(current().unsent.count ? ASK_IN_TROUBLE : ASK_EVERY);
}

/** After a snapshot: the desk has just begun, or was away for a while. */
export function askUnsent(): void {
  askWithin(0);
}

export function watchUnsent(): void {
  document.addEventListener("visibilitychange", () => document.hidden || askWithin(0));
  // More may wait than is shown; of the conversation that is looked at everything is.
  window.addEventListener("hashchange", () => current().unsent.count && askWithin(0));
}

export function noticeUnsent(frames: readonly FactFrame[]): void {
  for (const { event_kind } of frames) {
    if (event_kind === "person_wrote") askWithin(AFTER_ANSWER);
    else if (event_kind === "customer_told" || (event_kind === "delivery_changed" && current().unsent.count)) askWithin(AFTER_TOLD);
  }
}

export async function tryNow(): Promise<void> {
  if (await attempt(tryUnsent)) {
    await ask();
    askWithin(AFTER_TRYING);
  }
}

export function unsentOf(unsent: Unsent, message: string): UnsentMessage | null {
  return unsent.items.find((each) => each.message_id === message) ?? null;
}

/** Since when the oldest waits, and when the next one is tried; null while one is being tried. */
export function unsentTimes(unsent: Unsent): { since: string; next: string | null } {
  const earliest = (instants: string[]) => instants.reduce((one, other) => (Date.parse(other) < Date.parse(one) ? other : one));
  const next = earliest(unsent.causes.map((each) => each.next_at));
  return { since: earliest(unsent.causes.map((each) => each.since)), next: isDue(next) ? null : next };
}

export function isDue(next_at: string): boolean {
  return Date.parse(next_at) <= now();
}

export function isNews(unsent: Unsent): boolean {
  return unsent.causes.some((each) => now() - Date.parse(each.since) > NEWS_AFTER);
}
