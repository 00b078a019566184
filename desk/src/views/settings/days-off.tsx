// The days on which somebody does not work: a list of spans, from the first day to the last.

import { useState } from "preact/hooks";
import type { DaySpan } from "../../rosters";
import { dateOnly } from "../../times";
import { say } from "../../words";
import { Icon } from "../icons";

export function spanWords({ from, to }: DaySpan): string {
  return from === to ? dateOnly(from) : `${dateOnly(from)} \u2013 ${dateOnly(to)}`;
}

export function DaysOff({ spans, add, remove }: { spans: readonly DaySpan[]; add: (span: DaySpan) => void; remove: (span: DaySpan) => void }) {
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const put = () => {
    add({ from, to: to || from });
    setFrom("");
    setTo("");
  };
  return (
    <div class="days-off">
      <div class="holidays-add">
        <label>
          {say("roster.off_from")}
          <input type="date" aria-label={say("roster.off_from")} value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
        </label>
        <label>
          {say("roster.off_to")}
          <input type="date" aria-label={say("roster.off_to")} min={from} value={to} onInput={(event) => setTo(event.currentTarget.value)} />
        </label>
        <button type="button" class="button" disabled={!from || (to !== "" && to < from)} onClick={put}>
          <Icon name="plus" />
          {say("roster.off_add")}
        </button>
      </div>
      <ul class="chips">
        {spans.map((span) => (
          <li key={span.from} class="chip">
            {spanWords(span)}
            <button type="button" class="tool" aria-label={say("hours.remove", { day: spanWords(span) })} onClick={() => remove(span)}>
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
