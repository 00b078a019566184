// Dates that are unlike their weekday: Christmas Eve until noon, a Sunday before the holidays, a day that is closed.

import { useState } from "preact/hooks";
import { dateOnly } from "../../times";
import type { Times } from "../../types";
import { say } from "../../words";
import { Icon } from "../icons";
import { Intervals } from "./week";

interface Props {
  days: Record<string, Times>;
  change: (days: Record<string, Times>) => void;
  /** In a roster, days without any time are days off, which have a list of their own. */
  worked?: boolean;
}

export function SpecialDays({ days, change, worked }: Props) {
  const [day, setDay] = useState("");
  const shown = Object.entries(days).filter(([, times]) => !worked || times.length > 0).sort();
  return (
    <div class="special-days">
      <div class="holidays-add">
        <input type="date" aria-label={say("hours.special_day")} value={day} onInput={(event) => setDay(event.currentTarget.value)} />
        <button type="button" class="button" disabled={!day || (days[day]?.length ?? 0) > 0} onClick={() => change({ ...days, [day]: [["09:00", "13:00"]] })}>
          {say("hours.special_add")}
        </button>
      </div>
      {shown.length > 0 && (
        <ul class="special-list">
          {shown.map(([date, times]) => (
            <SpecialDay key={date} date={date} times={times} change={(next) => change({ ...days, [date]: next })} remove={() => change(Object.fromEntries(Object.entries(days).filter(([each]) => each !== date)))} />
          ))}
        </ul>
      )}
    </div>
  );
}

function SpecialDay({ date, times, change, remove }: { date: string; times: Times; change: (times: Times) => void; remove: () => void }) {
  const name = dateOnly(date, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
  return (
    <li>
      <b>{name}</b>
      {times.length === 0 && <span class="quiet">{say("hours.closed")}</span>}
      <Intervals times={times} day={name} change={change} />
      <button type="button" class="tool" aria-label={say("hours.add", { day: name })} title={say("hours.add", { day: name })} onClick={() => change([...times, times.length ? ["14:00", "17:00"] : ["09:00", "13:00"]])}>
        <Icon name="plus" />
      </button>
      <button type="button" class="tool" aria-label={say("hours.special_drop", { day: name })} title={say("hours.special_drop", { day: name })} onClick={remove}>
        <Icon name="trash" />
      </button>
    </li>
  );
}
