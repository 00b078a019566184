// The chance that a promise will be kept, quietly; louder only where it has become small, or where people were warned.

import { useLive } from "../live";
import { chanceOf, isLow } from "../odds";
import type { Detail, Fact, Row } from "../types";
import { percent, say } from "../words";
import { Icon } from "./icons";

const NONE: Fact[] = [];

/** What was foreseen when the conversation was opened, as long as the same promise stands and nobody was warned since. */
function seenOf(detail: Detail | undefined, row: Row): number | null {
  return detail && detail.promise?.id === row.promise_id && detail.conversation.at_risk === row.at_risk ? detail.chance_now : null;
}

export function Odds({ row }: { row: Row }) {
  const facts = useLive((state) => state.opened.get(row.id)?.facts ?? NONE);
  const seen = useLive((state) => seenOf(state.opened.get(row.id)?.detail, row));
  const chance = chanceOf(row, facts, seen);
  return (
    <>
      {chance !== null && (
        <span class={isLow(row, chance) ? "odds odds-low" : "odds"} title={say("odds.chance_words")}>
          <Icon name={row.at_risk ? "alert" : "odds"} />
          {say(row.at_risk ? "odds.at_risk" : "odds.chance", { chance: percent(chance) })}
        </span>
      )}
      {row.instead && <span class="odds">{say(`odds.instead_${row.instead}`)}</span>}
    </>
  );
}
