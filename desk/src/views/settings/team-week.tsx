// The week of a team: who is planned when, against when there should be somebody, so that a gap is seen before it hurts.

import { useMemo, useState } from "preact/hooks";
import { now } from "../../clock";
import { coverOf, type CoverDay, cut, drawn, isGap, mondayOf, type Stretch } from "../../cover";
import { daysAfter } from "../../hours";
import { clockWords, dateOnly } from "../../times";
import type { Brand } from "../../types";
import { number, say } from "../../words";
import { usePersonName } from "../bits";
import { Icon } from "../icons";

type NameOf = (id: string) => string;
const DAY = { weekday: "short", day: "numeric", month: "short" } as const;

function timesWords({ from, to }: Stretch): string {
  return `${clockWords(from)}\u2013${clockWords(to)}`;
}

function whoWords(stretch: Stretch, nameOf: NameOf): string {
  return stretch.people.length ? stretch.people.map(nameOf).join(", ") : say("cover.nobody");
}

function Bar({ stretches, nameOf }: { stretches: readonly Stretch[]; nameOf: NameOf }) {
  return (
    <span class="cover-bar" aria-hidden="true">
      {stretches.map((each) => (
        <span
          key={each.from}
          class={isGap(each) ? "stretch stretch-gap" : each.open ? "stretch stretch-open" : each.people.length ? "stretch stretch-early" : "stretch"}
          style={{ flexGrow: each.to - each.from }}
          title={each.open || each.people.length ? `${timesWords(each)} ${whoWords(each, nameOf)}` : undefined}
        >
          {(each.open || each.people.length > 0) && number(each.people.length)}
        </span>
      ))}
    </span>
  );
}

function Day({ day, from, to, nameOf }: { day: CoverDay; from: number; to: number; nameOf: NameOf }) {
  const used = day.stretches.filter((each) => each.open || each.people.length);
  const gaps = day.stretches.filter(isGap);
  return (
    <li>
      <details class="cover-day">
        <summary>
          <span class="cover-date">{dateOnly(day.date, DAY)}</span>
          <Bar stretches={cut(day.stretches, from, to)} nameOf={nameOf} />
          <span class="hidden">{gaps.length ? say("cover.gaps", { count: gaps.length }) : used.length ? say("cover.covered") : say("cover.closed")}</span>
        </summary>
        <dl class="cover-who">
          {used.map((each) => (
            <div key={each.from} class={isGap(each) ? "cover-gap" : undefined}>
              <dt>{timesWords(each)}</dt>
              <dd>
                {whoWords(each, nameOf)} {!each.open && <span class="quiet">({say("cover.outside")})</span>}
              </dd>
            </div>
          ))}
          {used.length === 0 && <dd class="quiet">{say("cover.closed")}</dd>}
        </dl>
      </details>
    </li>
  );
}

function Scale({ from, to }: { from: number; to: number }) {
  const hours = (to - from) / 60;
  const every = hours > 14 ? 3 : hours > 7 ? 2 : 1;
  return (
    <div class="cover-scale" aria-hidden="true">
      {Array.from({ length: hours }, (_, index) => (
        <span key={index}>{index % every === 0 ? clockWords(from + index * 60) : ""}</span>
      ))}
    </div>
  );
}

function Gaps({ days }: { days: readonly CoverDay[] }) {
  const gaps = days.flatMap((day) => day.stretches.filter(isGap).map((each) => `${dateOnly(day.date, DAY)} ${timesWords(each)}`));
  const open = days.some((day) => day.stretches.some((each) => each.open));
  if (!gaps.length) return <p class={open ? "cover-well" : "quiet"}>{open ? say("cover.well") : say("cover.closed_week")}</p>;
  return (
    <div role="status" class="cover-gaps">
      <b>
        <Icon name="alert" /> {say("cover.gap_words")}
      </b>
      <ul class="chips">
        {gaps.map((each) => (
          <li key={each} class="chip chip-gap">
            {each}
          </li>
        ))}
      </ul>
    </div>
  );
}

export function TeamWeek({ brand }: { brand: Brand }) {
  const nameOf = usePersonName();
  const [key, setKey] = useState("");
  const [monday, setMonday] = useState(() => mondayOf(brand.zone, now()));
  const channel = brand.channels.find((each) => each.key === key) ?? null;
  const days = useMemo(() => coverOf(brand, channel, monday), [brand, channel, monday]);
  const { from, to } = drawn(days);
  return (
    <section class="card team-week" aria-label={say("cover.title")}>
      <header class="card-head">
        <h2>{say("cover.title")}</h2>
        <select aria-label={say("cover.channel")} value={key} onChange={(event) => setKey(event.currentTarget.value)}>
          <option value="">{say("cover.whole_brand")}</option>
          {brand.channels.map((each) => (
            <option key={each.key} value={each.key}>
              {each.name}
            </option>
          ))}
        </select>
        <span class="cover-weeks">
          <button type="button" class="tool" aria-label={say("cover.week_before")} title={say("cover.week_before")} onClick={() => setMonday(daysAfter(monday, -7))}>
            <Icon name="back" turn />
          </button>
          <span aria-live="polite">{say("cover.week_of", { date: dateOnly(monday, { day: "numeric", month: "short" }) })}</span>
          <button type="button" class="tool" aria-label={say("cover.week_after")} title={say("cover.week_after")} onClick={() => setMonday(daysAfter(monday, 7))}>
            <Icon name="forward" turn />
          </button>
        </span>
      </header>
      <p class="quiet">{say("cover.words", { zone: brand.zone.replaceAll("_", " ") })}</p>
      <div>
        <Scale from={from} to={to} />
        <ol class="cover-days">
          {days.map((day) => (
            <Day key={day.date} day={day} from={from} to={to} nameOf={nameOf} />
          ))}
        </ol>
      </div>
      <Gaps days={days} />
    </section>
  );
}
