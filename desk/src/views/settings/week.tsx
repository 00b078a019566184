// The week editor: every day any number of intervals; a copy button, because most weeks have one shape.

import type { Hours } from "../../types";
import { dateWords, say } from "../../words";
import { Icon } from "../icons";

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
type Times = [string, string][];

/** The name of a weekday in the reader's language; the first of January 2024 was a Monday. */
export function dayName(index: number): string {
  return dateWords(Date.UTC(2024, 0, 1 + index, 12), { weekday: "long" }, "UTC");
}

function Interval({ time, day, change, remove }: { time: [string, string]; day: string; change: (time: [string, string]) => void; remove: () => void }) {
  // An input of type time knows no 24:00; midnight at the end of the day is shown as 00:00.
  const shown = time[1] === "24:00" ? "00:00" : time[1];
  return (
    <span class="interval">
      <input type="time" aria-label={say("hours.opens", { day })} value={time[0]} onInput={(event) => change([event.currentTarget.value, time[1]])} />
      {"\u2013"}
      <input type="time" aria-label={say("hours.closes", { day })} value={shown} onInput={(event) => change([time[0], event.currentTarget.value === "00:00" ? "24:00" : event.currentTarget.value])} />
      <button type="button" class="tool" aria-label={say("hours.remove", { day })} onClick={remove}>
        <Icon name="close" />
      </button>
    </span>
  );
}

function nextInterval(times: Times): [string, string] {
  const last = times.at(-1)?.[1];
  if (!last || last >= "20:00") return ["09:00", "17:00"];
  const from = Number(last.slice(0, 2)) + 1;
  return [`${String(from).padStart(2, "0")}:00`, `${String(Math.min(23, from + 4)).padStart(2, "0")}:00`];
}

export function Week({ week, change }: { week: NonNullable<Hours["week"]>; change: (week: NonNullable<Hours["week"]>) => void }) {
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
                {times.length === 0 && <span class="quiet">{say("hours.closed")}</span>}
                {times.map((time, place) => (
                  <Interval
                    key={place}
                    time={time}
                    day={day}
                    change={(next) => set(name, times.map((each, at) => (at === place ? next : each)))}
                    remove={() => set(name, times.filter((_, at) => at !== place))}
                  />
                ))}
                <button type="button" class="tool" aria-label={say("hours.add", { day })} title={say("hours.add", { day })} onClick={() => set(name, [...times, nextInterval(times)])}>
                  <Icon name="plus" />
                </button>
                {times.length > 0 && index < 6 && (
                  <button
                    type="button"
                    class="tool"
                    aria-label={say("hours.copy_down", { day })}
                    title={say("hours.copy_down", { day })}
                    onClick={() => change({ ...week, [DAYS[index + 1] ?? name]: times.map((each): [string, string] => [...each]) })}
                  >
                    <Icon name="copy" />
                  </button>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
