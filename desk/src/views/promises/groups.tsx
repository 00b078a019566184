// Shares side by side, each with its range on one common axis, each leading to its conversations.

import { type Asked, axisFrom, type Group, type Share, type Worst } from "../../keeping";
import { dateWords, number, say } from "../../words";
import { Behind, percent, rangeWords, shareWords } from "./share";
import { hourName } from "./week-hours";

function Track({ share, from }: { share: Share; from: number }) {
  const place = (value: number) => `${(((value - from) / (1 - from)) * 100).toFixed(2)}%`;
  return (
    <span class="track" aria-hidden="true">
      <span class="track-range" style={{ insetInlineStart: place(share.low), inlineSize: `${(((share.high - share.low) / (1 - from)) * 100).toFixed(2)}%` }} />
      <span class="track-share" style={{ insetInlineStart: place(share.share ?? from) }} />
    </span>
  );
}

interface Shown {
  key: string;
  name: string;
  kept: Share;
  choice: Readonly<Record<string, string>>;
  note?: string | undefined;
}

function Lines({ lines, asked }: { lines: readonly Shown[]; asked: Asked }) {
  const from = axisFrom(lines.map((each) => each.kept.low));
  return (
    <ul class="tracks">
      {lines.map((each) => (
        <li key={each.key}>
          <Behind asked={asked} choice={each.choice}>
            <span class="track-name">
              <bdi>{each.name}</bdi>
              {each.note && <small class="stamp mood-late">{each.note}</small>}
            </span>
            <Track share={each.kept} from={from} />
            <b>{shareWords(each.kept)}</b>
            <small class="quiet">{say("promises.range_of", { range: rangeWords(each.kept), count: each.kept.of })}</small>
          </Behind>
        </li>
      ))}
    </ul>
  );
}

export function Groups({ title, groups, asked, by, nameOf }: { title: string; groups: readonly Group[]; asked: Asked; by: "channel" | "language"; nameOf: (key: string) => string }) {
  return (
    <section class="card promises-card">
      <h2>{title}</h2>
      <Lines lines={groups.map((each) => ({ key: each.key, name: nameOf(each.key), kept: each.kept, choice: { [by]: each.key } }))} asked={asked} />
    </section>
  );
}

function nameOfDay(key: string): string {
  return dateWords(`${key}T12:00:00Z`, { weekday: "short", day: "numeric", month: "short" }, "UTC");
}

export function WorstOf({ title, worst, asked, by, least }: { title: string; worst: Worst; asked: Asked; by: "hour" | "day"; least: number }) {
  const lines = worst.groups.map((each) => ({
    key: each.key,
    name: by === "hour" ? hourName(Number(each.key)) : nameOfDay(each.key),
    kept: each.kept,
    choice: { [by]: by === "hour" ? String(Number(each.key)) : each.key },
    note: worst.surely.includes(each.key) ? say("promises.surely") : undefined,
  }));
  return (
    <section class="card promises-card">
      <h2>{title}</h2>
      <p class="quiet">{say("promises.compared", { compared: number(worst.compared), known: number(worst.known), least })}</p>
      {lines.length > 0 ? <Lines lines={lines} asked={asked} /> : worst.compared > 0 && <p>{say("promises.none_worse")}</p>}
      {worst.tenth !== null && worst.compared >= 10 && <p class="quiet">{say(`promises.tenth_${by}`, { share: percent(worst.tenth) })}</p>}
    </section>
  );
}
