// The small parts every screen is made of: buttons with their key, faces, the countdown, times, notices, empty states.

import type { ComponentChildren } from "preact";
import { useLive, useNow } from "../live";
import { type Mood, slackOf } from "../slack";
import { fullMoment, moment, shortMoment, span } from "../times";
import type { Row } from "../types";
import { say } from "../words";
import { Icon, type IconName } from "./icons";

/** Keys as they are printed on a keyboard. */
function shownKey(keys: string): string {
  const control = /Mac|iP/.test(navigator.platform) ? "\u2318" : "Ctrl";
  return keys.replace("Ctrl", control).replace(/\+(\w)$/, (_, letter: string) => `+${letter.toUpperCase()}`).replaceAll("+", " ");
}

export function Keys({ keys }: { keys: string }) {
  return (
    <kbd class="keys">
      {keys.split(" ").map((key) => (
        <span key={key}>{shownKey(key)}</span>
      ))}
    </kbd>
  );
}

const HUES = 8;

export function Face({ name, small }: { name: string; small?: boolean }) {
  const letters = name
    .split(/\s+/)
    .filter((word) => /^[\p{L}\p{N}]/u.test(word))
    .slice(0, 2)
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();
  const hue = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % HUES;
  return (
    <span class={`face face-${hue}${small ? " face-small" : ""}`} aria-hidden="true">
      {letters}
    </span>
  );
}

const MOOD_ICON: Record<Mood, IconName> = { calm: "clock", soon: "clock", urgent: "alert", late: "late" };
const ROUND = 2 * Math.PI * 6;

/** The share of the promise that is left, as a ring that empties; from urgent on it becomes a sign. */
export function Ring({ mood, share }: { mood: Mood; share: number }) {
  if (mood === "urgent" || mood === "late") return <Icon name={MOOD_ICON[mood]} />;
  return (
    <svg class="ring" viewBox="0 0 16 16" aria-hidden="true">
      <circle class="ring-all" cx="8" cy="8" r="6" />
      <circle class="ring-left" cx="8" cy="8" r="6" stroke-dasharray={`${(share * ROUND).toFixed(2)} ${ROUND.toFixed(2)}`} />
    </svg>
  );
}

/** Time left to an open promise: ring or sign, words, colour. */
export function Countdown({ made, due, large }: { made: string; due: string; large?: boolean }) {
  const { seconds, share, mood } = slackOf(Date.parse(made), Date.parse(due), useNow());
  const left = span(seconds);
  return (
    <span class={`countdown mood-${mood}${large ? " countdown-large" : ""}`} title={fullMoment(due)}>
      <Ring mood={mood} share={share} />
      <span>{mood === "late" ? say("countdown.late", { span: left }) : left}</span>
      <span class="hidden">{say(`countdown.${mood}_words`)}</span>
    </span>
  );
}

export function RowCountdown({ row }: { row: Row }) {
  if (row.due_at && row.made_at && row.status === "open") return <Countdown made={row.made_at} due={row.due_at} />;
  const status = row.status === "closed" ? "closed" : "answered";
  return (
    <span class="countdown mood-none">
      <Icon name={status === "closed" ? "check" : "hourglass"} />
      {say(`row.${status}`)}
    </span>
  );
}

export function Moment({ at, short }: { at: string; short?: boolean }) {
  const now = useNow();
  return (
    <time dateTime={at} title={fullMoment(at)}>
      {short ? shortMoment(at, now) : moment(at, now)}
    </time>
  );
}

export function usePersonName(): (id: string | null | undefined) => string {
  const people = useLive((state) => state.brand?.people);
  const me = useLive((state) => state.me?.id);
  return (id) => {
    if (!id) return "";
    if (id === me) return say("person.you");
    return people?.find((each) => each.id === id)?.name ?? say("person.former");
  };
}

export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <h2>{title}</h2>
      <p>{children}</p>
    </div>
  );
}

export function Skeleton({ lines }: { lines: number }) {
  return (
    <div class="skeleton" aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} />
      ))}
    </div>
  );
}

export function Switch({ on, label, change, disabled }: { on: boolean; label: string; change: (on: boolean) => void; disabled?: boolean }) {
  return (
    <button type="button" role="switch" class="switch" aria-checked={on} disabled={disabled} onClick={() => change(!on)}>
      <span class="switch-track" aria-hidden="true" />
      <span>{label}</span>
    </button>
  );
}
