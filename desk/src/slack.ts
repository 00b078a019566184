// How urgent a promise is: the share of it that is left, and in seconds. Said once, so that queue, conversation and wall
// never disagree. A short promise turns urgent by its share, a long one by the clock on the wall.

export type Mood = "calm" | "soon" | "urgent" | "late";

export interface Slack {
  seconds: number;
  share: number;
  mood: Mood;
}

const SOON_SHARE = 0.5;
const URGENT_SHARE = 0.2;
// With hours left nobody need hurry, however long the promise was; below these somebody should.
const CALM_SECONDS = 2 * 3600;
const URGENT_SECONDS_MAX = 15 * 60;

export function slackOf(made: number, due: number, now: number): Slack {
  const seconds = (due - now) / 1000;
  const share = due > made ? Math.min(1, Math.max(0, (due - now) / (due - made))) : 0;
  return { seconds, share, mood: moodOf(seconds, share) };
}

function moodOf(seconds: number, share: number): Mood {
  if (seconds <= 0) return "late";
  if (share < URGENT_SHARE && seconds < URGENT_SECONDS_MAX) return "urgent";
  if (share < SOON_SHARE && seconds < CALM_SECONDS) return "soon";
  return "calm";
}
