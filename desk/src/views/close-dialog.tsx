// Ending a conversation: exactly one outcome. While the customer is owed a word, only the honest ones are offered.

import { useLive } from "../live";
import type { Outcome } from "../types";
import { say } from "../words";
import { close, show } from "../work";
import { DialogBox } from "./dialog";

const ANSWERED: Outcome[] = ["resolved", "answered", "withdrawn", "duplicate", "spam"];
const OWED: Outcome[] = ["no_answer_needed", "withdrawn", "duplicate", "spam"];

export function CloseDialog({ id }: { id: string }) {
  const row = useLive((state) => state.rows.get(id) ?? state.opened.get(id)?.detail.conversation);
  const owed = row?.status === "open";
  const end = async (outcome: Outcome) => {
    if (await close(id, outcome)) show(null);
  };
  return (
    <DialogBox title={say("close.title")}>
      <div class="form">
        <p class="quiet">{owed ? say("close.owed") : say("close.words")}</p>
        {(owed ? OWED : ANSWERED).map((outcome, index) => (
          <button key={outcome} type="button" class="outcome-choice" autofocus={index === 0} onClick={() => void end(outcome)}>
            <b>{say(`outcome.${outcome}`)}</b>
            <span class="quiet">{say(`outcome_words.${outcome}`)}</span>
          </button>
        ))}
      </div>
    </DialogBox>
  );
}
