// A share with its range, said the same way wherever it stands, and a link to the conversations behind it.

import type { ComponentChildren } from "preact";
import { type Asked, type Figure, narrowed, roundedDown, roundedUp, type Share, writeAsked } from "../../keeping";
import { href } from "../../route";
import { span } from "../../times";
import { number, say } from "../../words";

const PERCENT: Intl.NumberFormatOptions = { style: "percent", maximumFractionDigits: 1 };

export function percent(share: number): string {
  return number(roundedDown(share), PERCENT);
}

export function range(low: number, high: number): string {
  return say("promises.range", { low: percent(low), high: number(roundedUp(high), PERCENT) });
}

export function shareWords({ share }: Share): string {
  return share === null ? "\u2013" : percent(share);
}

export function rangeWords(share: Share): string {
  return share.of ? range(share.low, share.high) : "";
}

export function secondsWords(figure: Figure | null): string {
  if (!figure) return "\u2013";
  return span(figure.value);
}

export function secondsRange(figure: Figure | null): string {
  if (!figure || figure.low === null || figure.high === null) return "";
  return say("promises.range", { low: span(Math.max(0, figure.low)), high: span(figure.high) });
}

export function behindHref(asked: Asked, choice: Readonly<Record<string, string>>): string {
  return href({ screen: "promises", asked: writeAsked(narrowed(asked, choice)) });
}

export function Behind({ asked, choice, label, children }: { asked: Asked; choice: Readonly<Record<string, string>>; label?: string; children: ComponentChildren }) {
  return (
    <a class="behind" href={behindHref(asked, choice)} aria-label={label} title={say("promises.behind")}>
      {children}
    </a>
  );
}
