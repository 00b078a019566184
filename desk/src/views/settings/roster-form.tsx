// When one person works: as the brand is open, by a week of their own with breaks and days off, or not with customers.

import { useState } from "preact/hooks";
import { call } from "../../api";
import { isPlanned } from "../../cover";
import { useLive } from "../../live";
import { daysOff, notPlanned, ownRoster, sent, withDaysOff, withoutDaysOff } from "../../rosters";
import type { Hours, Person } from "../../types";
import { say } from "../../words";
import { Field, FormFoot, Group, useForm } from "../form";
import { ZoneChoice } from "../zones";
import { DaysOff } from "./days-off";
import { SpecialDays } from "./special-days";
import { Week } from "./week";

const CHATS_MAX = 8;
type Way = "brand" | "own" | "none";

function wayOf(roster: Hours | null): Way {
  return roster === null ? "brand" : isPlanned(roster) ? "own" : "none";
}

function OwnWeek({ hours, change }: { hours: Hours; change: (hours: Hours) => void }) {
  return (
    <>
      <Field name="zone" label={say("brand.zone")} hint={say("roster.zone_words")}>
        <ZoneChoice name="zone" value={hours.zone} change={(zone) => change({ ...hours, zone })} />
      </Field>
      <Week person week={hours.week ?? {}} change={(week) => change({ ...hours, week })} />
      <Group name="special_days" label={say("roster.special")} hint={say("roster.special_words")}>
        <SpecialDays worked days={hours.special_days ?? {}} change={(special_days) => change({ ...hours, special_days })} />
      </Group>
    </>
  );
}

export function RosterForm({ person, done }: { person: Person; done: () => void }) {
  const brandHours = useLive((state) => state.brand?.hours ?? { zone: "UTC" });
  const [way, setWay] = useState<Way>(wayOf(person.roster));
  const [hours, setHours] = useState<Hours>(ownRoster(way === "own" && person.roster ? person.roster : brandHours));
  const [chats, setChats] = useState(person.chats_at_once);
  const form = useForm(async () => {
    const roster = way === "brand" ? null : way === "none" ? notPlanned(hours.zone) : sent(hours);
    await call("PUT", `/people/${encodeURIComponent(person.id)}/roster`, { body: { roster, chats_at_once: chats } });
    done();
  });
  // A day off of somebody who follows the brand makes their week one of their own: the brand does not close for it.
  const off = (next: Hours) => {
    setHours(next);
    setWay("own");
  };
  return (
    <form class="card form roster-form" aria-label={say("roster.of", { name: person.name })} onSubmit={form.submit} onInput={form.touch}>
      <header class="card-head">
        <h2>{say("roster.of", { name: person.name })}</h2>
        <button type="button" class="button" onClick={done}>
          {say("roster.cancel")}
        </button>
      </header>
      <Group name="roster" label={say("roster.when")} hint={say(`roster.way_${way}_words`)} trouble={form.trouble}>
        <span class="choices">
          {(["brand", "own", "none"] as const).map((each) => (
            <button key={each} type="button" class="choice" aria-pressed={each === way} onClick={() => setWay(each)}>
              {say(`roster.way_${each}`)}
            </button>
          ))}
        </span>
      </Group>
      {way === "own" && <OwnWeek hours={hours} change={setHours} />}
      {way !== "none" && (
        <Group name="days_off" label={say("roster.off")} {...(way === "brand" ? { hint: say("roster.off_brand") } : {})}>
          <DaysOff spans={way === "own" ? daysOff(hours) : []} add={(span) => off(withDaysOff(way === "own" ? hours : ownRoster(brandHours), span))} remove={(span) => off(withoutDaysOff(hours, span))} />
        </Group>
      )}
      <Field name="chats_at_once" label={say("roster.chats")} hint={say("roster.chats_words")} trouble={form.trouble}>
        <input type="number" class="short" min={1} max={CHATS_MAX} required value={chats} onInput={(event) => setChats(Number(event.currentTarget.value))} />
      </Field>
      <FormFoot form={form} fields={["roster", "chats_at_once"]} />
    </form>
  );
}
