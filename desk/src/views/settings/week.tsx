// The week editor: every day any number of intervals; copy buttons, because most weeks have one shape.

import { DAYS, intervalOf } from "../../hours";
import { minutesOfDay, withBreak } from "../../rosters";
import type { Hours, Times } from "../../types";
import { dateWords, number, say } from "../../words";
import { Icon, type IconName } from "../icons";

/** The name of a weekday in the reader's language; the first of January 2024 was a Monday. */
export function dayName(index: number): string {
  return dateWords(Date.UTC(2024, 0, 1 + index, 12), { weekday: "long" }, "UTC");
}

interface IntervalProps {
  time: [string, string];
  day: string;
  change: (time: [string, string]) => void;
  remove: () => void;
}

function Interval({ time, day, change, remove }: IntervalProps) {
  // An input of type time knows neither 24:00 nor the next day; the day is told beside it.
  const closes = time[1].split("+")[0] ?? "";
  return (
    <span class="interval">
      <input type="time" required aria-label={say("hours.opens", { day })} value={time[0]} onInput={(event) => change(intervalOf(event.currentTarget.value, time[1]))} />
      {"\u2013"}
      <input type="time" required aria-label={say("hours.closes", { day })} value={closes === "24:00" ? "00:00" : closes} onInput={(event) => change(intervalOf(time[0], event.currentTarget.value))} />
      {time[1].includes("+") && <span class="tag">{say("hours.next_day")}</span>}
      <button type="button" class="tool" aria-label={say("hours.remove", { day })} onClick={remove}>
        <Icon name="close" />
      </button>
    </span>
  );
}

/** The intervals of one day. */
export function Intervals({ times, day, change }: { times: Times; day: string; change: (times: Times) => void }) {
  return (
    <>
      {times.map((time, place) => (
        <Interval
          key={place}
          time={time}
          day={day}
          change={(next) => change(times.map((each, at) => (at === place ? next : each)))}
          remove={() => change(times.filter((_, at) => at !== place))}
        />
      ))}
    </>
  );
}

function nextInterval(times: Times): [string, string] {
  const last = times.at(-1)?.[1];
  if (!last || last >= "20:00" || last.includes("+")) return ["09:00", "17:00"];
  const from = Number(last.slice(0, 2)) + 1;
  return [`${String(from).padStart(2, "0")}:00`, `${String(Math.min(23, from + 4)).padStart(2, "0")}:00`];
}

function Tool({ icon, words, act }: { icon: IconName; words: string; act: () => void }) {
  return (
    <button type="button" class="tool" aria-label={words} title={words} onClick={act}>
      <Icon name={icon} />
    </button>
  );
}

const copied = (times: Times): Times => times.map((each): [string, string] => [...each]);

interface WeekProps {
  week: NonNullable<Hours["week"]>;
  change: (week: NonNullable<Hours["week"]>) => void;
  /** A person's week: what is empty is free, breaks can be put in, and the length of each day is told. */
  person?: boolean;
}

export function Week({ week, change, person }: WeekProps) {
  const set = (name: string, times: Times) => change({ ...week, [name]: times });
  return (
    <table class="week">
      <tbody>
        {DAYS.map((name, index) => {
          const times = week[name] ?? [];
          const day = dayName(index);
          return (
            <tr key={name}>
              <th scope="row">{day}</th>
              <td>
                {times.length === 0 && <span class="quiet">{say(person ? "roster.free" : "hours.closed")}</span>}
                <Intervals times={times} day={day} change={(next) => set(name, next)} />
                <Tool icon="plus" words={say("hours.add", { day })} act={() => set(name, [...times, nextInterval(times)])} />
                {person && times.length > 0 && <Tool icon="cup" words={say("roster.break", { day })} act={() => set(name, withBreak(times))} />}
                {times.length > 0 && index < 6 && <Tool icon="copy" words={say("hours.copy_down", { day })} act={() => change({ ...week, [DAYS[index + 1] ?? name]: copied(times) })} />}
                {times.length > 0 && index === 0 && (
                  <button type="button" class="link" onClick={() => change({ ...week, ...Object.fromEntries(DAYS.slice(1, 5).map((each) => [each, copied(times)])) })}>
                    {say("hours.copy_week", { first: day, last: dayName(4) })}
                  </button>
                )}
                {person && times.length > 0 && <span class="week-length quiet">{say("roster.hours", { hours: number(minutesOfDay(times) / 60, { maximumFractionDigits: 2 }) })}</span>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
