// Quiet facts in words: who took it, what was promised, who was warned. One line each.

import type { Fact } from "../types";
import { moment } from "../times";
import { now } from "../clock";
import { percent, say, sayOne } from "../words";
import { Moment, usePersonName } from "./bits";

type NameOf = (id: string | null | undefined) => string;

function who(by: string, nameOf: NameOf): string {
  if (by.startsWith("person:")) return nameOf(by.slice(7));
  return by === "customer" ? say("who.customer") : by.startsWith("key:") ? say("who.key") : say("who.system");
}

function assignedWords(fact: Extract<Fact, { kind: "assigned" }>, nameOf: NameOf): string {
  const { person_id, reason } = fact.event;
  const by = who(fact.by, nameOf);
  const self = fact.by === `person:${person_id}`;
  const words = person_id === null ? say("fact.let_go", { who: by }) : self ? say("fact.took", { who: by }) : say("fact.assigned", { who: by, to: nameOf(person_id) });
  return reason && reason !== "answered" ? `${words}: ${reason}` : words;
}

export function factWords(fact: Fact, nameOf: NameOf): string {
  switch (fact.kind) {
    case "conversation_opened":
      return say("fact.opened");
    case "promise_made":
      return say("fact.promise_made", { moment: moment(fact.event.promise.due_at, now()) });
    case "promise_ended":
      return say("fact.promise_ended", { status: say(`promise_status.${fact.event.status}`) });
    case "enquiry_ended":
      return say("fact.enquiry_ended", { outcome: sayOne("outcome", fact.event.outcome) });
    case "assigned":
      return assignedWords(fact, nameOf);
    case "responsible_set":
      return say("fact.responsible", { name: nameOf(fact.event.person_id) });
    case "escalated":
      return say("fact.escalated", { rung: sayOne("rung", fact.event.rung), names: fact.event.people.map(nameOf).join(", ") });
    case "at_risk":
      return say("fact.at_risk", { chance: percent(fact.event.chance), names: fact.event.people.map(nameOf).join(", ") });
    case "snoozed":
      return say("fact.snoozed", { who: who(fact.by, nameOf), moment: moment(fact.event.until, now()) });
    case "undone":
      return say("fact.undone", { who: who(fact.by, nameOf) });
    case "contact_preferred":
      return say("fact.contact_preferred", { how: sayOne("contact", fact.event.how), address: fact.event.address ?? "" });
    case "customer_left":
      return fact.event.became ? say("fact.left_mail") : fact.event.unanswered ? say("fact.left_unanswered") : say("fact.left");
    case "conversation_closed":
      return say("fact.closed", { who: who(fact.by, nameOf) });
    default:
      return sayOne("fact", fact.kind);
  }
}

export function FactLine({ fact, bare }: { fact: Fact; bare?: boolean }) {
  const nameOf = usePersonName();
  const loud = fact.kind === "felt_ignored" || fact.kind === "person_asked_for" || fact.kind === "escalated" || fact.kind === "at_risk";
  const words = (
    <>
      <span class="fact-words" dir="auto">
        {factWords(fact, nameOf)}
      </span>{" "}
      <Moment at={fact.at} />
    </>
  );
  const name = loud ? "fact fact-loud" : "fact";
  return bare ? <span class={name}>{words}</span> : <li class={name}>{words}</li>;
}
