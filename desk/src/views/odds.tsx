// The chance that a promise will be kept, quietly; louder only where it has become small, or where people were warned.

import { useLive } from "../live";
import { chanceOf, isLow } from "../odds";
import type { Fact, Row } from "../types";
import { percent, say } from "../words";
import { Icon } from "./icons";

const NONE: Fact[] = [];

export function Odds({ row }: { row: Row }) {
  const chance = chanceOf(row, useLive((state) => state.opened.get(row.id)?.facts ?? NONE));
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
