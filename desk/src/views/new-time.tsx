// A new promise: a time, a reason, and exactly what the customer will read before it is sent. The same form moves an open
// promise and puts a conversation aside until a follow-up.

import { useRef, useState } from "preact/hooks";
import { conversations } from "../api";
import { now } from "../clock";
import { useLive } from "../live";
import { fromLocalInput, localInput, moment } from "../times";
import { say, sayOne } from "../words";
import { attempt, show } from "../work";
import { DialogBox } from "./dialog";
import { type Kind, NobodyThere, usePreview, WhatTheyRead } from "./preview";

const REASONS = ["busy", "need_more_time", "person_away", "outage_on_our_side", "closed_now"];
const MINUTE = 60_000;

function nextMorning(hour: number, days: number): number {
  const at = new Date(now());
  at.setDate(at.getDate() + days);
  at.setHours(hour, 0, 0, 0);
  return at.getTime();
}

function monday(): number {
  const days = (8 - new Date(now()).getDay()) % 7 || 7;
  return nextMorning(10, days);
}

function choices(kind: Kind): [string, number][] {
  // Whole minutes, rounded down: the words round up again, and "in 15 minutes" reads as such.
  const soon = Math.floor(now() / MINUTE) * MINUTE;
  const quick: [string, number][] = [
    ["time.in_15_minutes", soon + 15 * MINUTE],
    ["time.in_1_hour", soon + 60 * MINUTE],
    ["time.tomorrow_10", nextMorning(10, 1)],
  ];
  if (kind === "renegotiate") return quick;
  const later: [string, number][] = [["time.in_1_hour", soon + 60 * MINUTE], ["time.in_3_hours", soon + 180 * MINUTE], ["time.tomorrow_10", nextMorning(10, 1)]];
  return monday() === nextMorning(10, 1) ? later : [...later, ["time.monday_10", monday()]];
}

export function NewTime({ kind, id }: { kind: Kind; id: string }) {
  const row = useLive((state) => state.rows.get(id));
  const quick = useRef(choices(kind)).current;
  const [due, setDue] = useState(quick[kind === "snooze" ? 2 : 0]?.[1] ?? now());
  const [chosen, setReason] = useState("need_more_time");
  const [words, setWords] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  // Who answers sooner than promised needs no excuse.
  const sooner = kind === "renegotiate" && row?.due_at != null && due < Date.parse(row.due_at) && now() < Date.parse(row.due_at);
  const reason = sooner ? "sooner" : chosen;
  const previewed = usePreview(kind, id, due, reason);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const at = new Date(due).toISOString();
    const done = await attempt(() =>
      kind === "snooze" ? conversations.snooze(id, { until: at, reason }) : conversations.renegotiate(id, { due_at: at, reason, ...(words === null ? {} : { words }) }),
    );
    setBusy(false);
    if (done) show(null);
  };
  return (
    <DialogBox title={say(`${kind}.title`)}>
      <form class="form" onSubmit={submit}>
        <p class="quiet">{say(`${kind}.words`, { old: row?.due_at ? moment(row.due_at, now()) : "" })}</p>
        <fieldset class="choices">
          <legend>{say("newtime.when")}</legend>
          {quick.map(([label, at], index) => (
            <button key={label} type="button" class="choice" aria-pressed={at === due} autofocus={index === 0} onClick={() => setDue(at)}>
              {say(label)}
            </button>
          ))}
          <input type="datetime-local" aria-label={say("newtime.free")} value={localInput(due)} onInput={(event) => setDue(fromLocalInput(event.currentTarget.value) || due)} />
        </fieldset>
        {!sooner && (
          <fieldset class="choices">
            <legend>{say("newtime.why")}</legend>
            {REASONS.map((each) => (
              <button key={each} type="button" class="choice" aria-pressed={each === reason} onClick={() => setReason(each)}>
                {sayOne("reason", each)}
              </button>
            ))}
          </fieldset>
        )}
        <WhatTheyRead previewed={previewed} words={words} {...(kind === "renegotiate" ? { change: setWords } : {})} />
        <NobodyThere previewed={previewed} take={setDue} />
        <footer>
          <button type="button" class="button" onClick={() => show(null)}>
            {say("dialog.cancel")}
          </button>
          <button type="submit" class="button button-main" disabled={busy || !previewed.fresh || previewed.trouble !== null}>
            {say(`${kind}.do`)}
          </button>
        </footer>
      </form>
    </DialogBox>
  );
}
