// When I work, as my lead has set it: to read, not to change.

import { isPlanned } from "../../cover";
import { DAY_MINUTES, DAYS, minutesOf } from "../../hours";
import { useLive } from "../../live";
import { daysOff } from "../../rosters";
import { clockWords } from "../../times";
import type { Person } from "../../types";
import { say } from "../../words";
import { spanWords } from "./days-off";
import { rosterWords } from "./rosters";
import { dayName } from "./week";

function timesWords([opens, closes]: [string, string]): string {
  const end = minutesOf(closes);
  return `${clockWords(minutesOf(opens))}\u2013${clockWords(end > DAY_MINUTES ? end - DAY_MINUTES : end)}`;
}

export function MyRoster({ me }: { me: Person }) {
  const hours = useLive((state) => me.roster ?? state.brand?.hours);
  if (!hours) return null;
  const off = daysOff(hours);
  return (
    <section class="card form">
      <h2>{say("roster.mine")}</h2>
      <p class="quiet">
        {rosterWords(me)} {"\u00b7"} {say("roster.mine_words")}
      </p>
      {isPlanned(hours) && !hours.always_open && (
        <dl class="my-week">
          {DAYS.map((name, index) => (
            <div key={name}>
              <dt>{dayName(index)}</dt>
              <dd>{(hours.week?.[name] ?? []).map(timesWords).join(", ") || say("roster.free")}</dd>
            </div>
          ))}
        </dl>
      )}
      {off.length > 0 && <p>{say("roster.next_off", { days: off.map(spanWords).join(", ") })}</p>}
    </section>
  );
}
