// Rosters: the team's week, and when each person works. Promises are computed from these.

import { useState } from "preact/hooks";
import { now } from "../../clock";
import { isPlanned } from "../../cover";
import { local } from "../../hours";
import { useLive } from "../../live";
import { daysOff, minutesOfWeek } from "../../rosters";
import type { Person } from "../../types";
import { number, say } from "../../words";
import { Face } from "../bits";
import { spanWords } from "./days-off";
import { RosterForm } from "./roster-form";
import { TeamWeek } from "./team-week";

/** A roster in one line. */
export function rosterWords({ roster }: Person): string {
  if (roster === null) return say("roster.way_brand");
  if (!isPlanned(roster)) return say("roster.way_none");
  if (roster.always_open) return say("hours.always");
  return say("roster.hours_a_week", { hours: number(minutesOfWeek(roster) / 60, { maximumFractionDigits: 2 }) });
}

function nextOff({ roster }: Person): string {
  if (!roster) return "";
  const today = local(roster.zone, now()).date;
  const next = daysOff(roster).find((span) => span.to >= today);
  return next ? say("roster.next_off", { days: spanWords(next) }) : "";
}

function RosterRow({ person, edit }: { person: Person; edit: () => void }) {
  return (
    <li class="person-row">
      <Face name={person.name} />
      <div>
        <b>{person.name}</b>
        <p class="quiet">
          {[rosterWords(person), nextOff(person)].filter(Boolean).join(" \u00b7 ")}
          {person.chats_at_once > 1 && <span> {"\u00b7"} {say("roster.chats_short", { count: person.chats_at_once })}</span>}
        </p>
      </div>
      <button type="button" class="button" aria-label={say("roster.edit", { name: person.name })} onClick={edit}>
        {say("form.edit")}
      </button>
    </li>
  );
}

export function RosterSettings() {
  const brand = useLive((state) => state.brand);
  const [editing, setEditing] = useState<string | null>(null);
  if (!brand) return null;
  const people = brand.people.filter((each) => !each.removed);
  return (
    <>
      <TeamWeek brand={brand} />
      <ul class="card people" aria-label={say("settings.people")}>
        {people.map((each) =>
          each.id === editing ? (
            <li key={each.id} class="roster-open">
              <RosterForm person={each} done={() => setEditing(null)} />
            </li>
          ) : (
            <RosterRow key={each.id} person={each} edit={() => setEditing(each.id)} />
          ),
        )}
      </ul>
    </>
  );
}
