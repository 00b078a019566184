// The chance that a promise will be kept, quietly; louder only where it has become small, or where people were warned.

import { useLive } from "../live";
import type { Opened } from "../store";
import type { Row } from "../types";
import { percent, say } from "../words";
import { Icon } from "./icons";

/** Below this chance it is worth saying without being asked: the desk acts inside from here on. */
const SAY_BELOW = 0.8;

/** The chance as it was last foreseen: when the promise was made, or when people were warned. */
export function chanceOf(row: Row, opened: Opened | undefined): number | null {
  const warnings = (opened?.facts ?? []).flatMap((each) => (each.kind === "at_risk" && each.event.promise_id === row.promise_id ? [each.event.chance] : []));
  return warnings.at(-1) ?? row.chance;
}

export function Odds({ row }: { row: Row }) {
  const opened = useLive((state) => state.opened.get(row.id));
  const chance = chanceOf(row, opened);
  return (
    <>
      {chance !== null && (
        <span class={row.at_risk || chance < SAY_BELOW ? "odds odds-low" : "odds"} title={say("odds.chance_words")}>
          <Icon name={row.at_risk ? "alert" : "odds"} />
          {say(row.at_risk ? "odds.at_risk" : "odds.chance", { chance: percent(chance) })}
        </span>
      )}
      {row.instead && <span class="odds">{say(`odds.instead_${row.instead}`)}</span>}
    </>
  );
}
