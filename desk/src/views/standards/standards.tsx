// How the brand stands against what others keep or the law asks: where a promise is missing, rule packs, and the bars.

import { useEffect, useState } from "preact/hooks";
import { now } from "../../clock";
import { useLive } from "../../live";
import { type BarItem, type Missing, type Pack, standards } from "../../standards";
import { say } from "../../words";
import { wordsOf } from "../../work";
import { Empty, Skeleton } from "../bits";
import { Bars } from "./bars";
import { MissingPromises } from "./missing";
import { RulePacks } from "./packs";

const PERIODS = [7, 28, 91, 364] as const;

interface Found {
  bars: BarItem[];
  missing: Missing[];
  packs: Pack[];
  refused: { file: string; problem: string }[];
}

async function look(days: number): Promise<Found> {
  const [bars, missing, packs] = await Promise.all([standards.bars(), standards.missing(days, now()), standards.packs()]);
  return { bars: bars.items, missing: missing.items, packs: packs.items, refused: packs.refused };
}

/** Asked again for another period, and when the brand is set up differently. */
function useStandards(days: number): { found: Found | null; trouble: string | null } {
  const [found, setFound] = useState<Found | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const version = useLive((state) => state.brand?.version);
  useEffect(() => {
    let late = false;
    look(days).then(
      (next) => {
        if (late) return;
        setFound(next);
        setTrouble(null);
      },
      (error: unknown) => late || setTrouble(wordsOf(error)),
    );
    return () => {
      late = true;
    };
  }, [days, version]);
  return { found, trouble };
}

export function Standards() {
  const [days, setDays] = useState<number>(28);
  const { found, trouble } = useStandards(days);
  if (!found) return <main class="page">{trouble ? <Empty icon="offline" title={say("standards.trouble")}>{trouble}</Empty> : <Skeleton lines={8} />}</main>;
  return (
    <main class="page standards">
      <header class="page-head standards-head">
        <h1>{say("standards.title")}</h1>
        <label class="standards-period">
          <span class="quiet">{say("standards.period")}</span>
          <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
            {PERIODS.map((each) => (
              <option key={each} value={each}>
                {say("standards.weeks", { n: each / 7 })}
              </option>
            ))}
          </select>
        </label>
      </header>
      {trouble && (
        <p class="field-trouble" role="alert">
          {trouble}
        </p>
      )}
      <MissingPromises items={found.missing} />
      <RulePacks packs={found.packs} refused={found.refused} days={days} />
      <Bars items={found.bars} />
    </main>
  );
}
