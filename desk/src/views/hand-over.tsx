// Giving a conversation to somebody: assign, or transfer with a reason. People on duty come first.

import { useState } from "preact/hooks";
import { conversations } from "../api";
import { useLive } from "../live";
import type { Person } from "../types";
import { ownName, say } from "../words";
import { assign, attempt, show } from "../work";
import { Face } from "./bits";
import { DialogBox } from "./dialog";

const NOBODY: Person[] = [];

function usePeople(language: string | undefined): Person[] {
  const people = useLive((state) => state.brand?.people ?? NOBODY);
  const rank = (each: Person) => (each.on_duty ? 0 : 2) + (language && each.languages.includes(language) ? 0 : 1);
  return people.filter((each) => !each.removed).sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

function PersonChoice({ person, chosen, pick, first }: { person: Person; chosen: boolean; pick: () => void; first: boolean }) {
  const me = useLive((state) => state.me?.id);
  return (
    <button type="button" class="person-choice" aria-pressed={chosen} onClick={pick} autofocus={first}>
      <Face name={person.name} small />
      <span>
        {person.name} {person.id === me && <span class="quiet">({say("person.you")})</span>}
      </span>
      <span class="quiet">{person.languages.map(ownName).join(", ")}</span>
      <span class={person.on_duty ? "duty duty-on" : "duty"}>{person.on_duty ? say("duty.on") : say("duty.off")}</span>
    </button>
  );
}

export function AssignDialog({ id }: { id: string }) {
  const row = useLive((state) => state.rows.get(id) ?? state.opened.get(id)?.detail.conversation);
  const people = usePeople(row?.language);
  const give = async (person: string | null) => {
    if (await assign(id, person)) show(null);
  };
  return (
    <DialogBox title={say("assign.title")}>
      <div class="form">
        {people.map((each, index) => (
          <PersonChoice key={each.id} person={each} chosen={each.id === row?.assignee} first={index === 0} pick={() => void give(each.id)} />
        ))}
        {row?.assignee && (
          <button type="button" class="person-choice" onClick={() => void give(null)}>
            {say("action.let_go")}
          </button>
        )}
      </div>
    </DialogBox>
  );
}

export function TransferDialog({ id }: { id: string }) {
  const row = useLive((state) => state.rows.get(id) ?? state.opened.get(id)?.detail.conversation);
  const people = usePeople(row?.language).filter((each) => each.id !== row?.assignee);
  const [person, setPerson] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const submit = async (event: Event) => {
    event.preventDefault();
    if (person && (await attempt(() => conversations.transfer(id, person, reason)))) show(null);
  };
  return (
    <DialogBox title={say("transfer.title")}>
      <form class="form" onSubmit={submit}>
        <p class="quiet">{say("transfer.words")}</p>
        {people.map((each, index) => (
          <PersonChoice key={each.id} person={each} chosen={each.id === person} first={index === 0} pick={() => setPerson(each.id)} />
        ))}
        <label>
          {say("transfer.reason")}
          <textarea rows={2} required value={reason} dir="auto" onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        <footer>
          <button type="submit" class="button button-main" disabled={!person || !reason.trim()}>
            {say("transfer.do")}
          </button>
        </footer>
      </form>
    </DialogBox>
  );
}
