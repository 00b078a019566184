// Rules of laws and leaders on the period: passed, failed, or what stands in the way of telling; how each was counted.

import { useEffect, useState } from "preact/hooks";
import { now } from "../../clock";
import { kindWords, type Pack, percentWords, ruleWords, shareWords, standards, type Verdict } from "../../standards";
import { span } from "../../times";
import { languageName, number, say } from "../../words";
import { wordsOf } from "../../work";
import { Skeleton } from "../bits";
import { Icon } from "../icons";

/** The house's packs have names in every language; another is called what its file says. */
function packName(pack: Pack): string {
  const key = `standards.pack_${pack.id}`;
  const words = say(key);
  return words === key ? pack.title : words;
}

function useVerdicts(pack: string, days: number): { verdicts: Verdict[] | null; trouble: string | null } {
  const [state, setState] = useState<{ of: string; verdicts: Verdict[] | null; trouble: string | null }>({ of: "", verdicts: null, trouble: null });
  const wanted = `${pack} ${days}`;
  useEffect(() => {
    let late = false;
    standards.verdicts(pack, days, now()).then(
      (next) => late || setState({ of: wanted, verdicts: next.verdicts, trouble: null }),
      (error: unknown) => late || setState({ of: wanted, verdicts: null, trouble: wordsOf(error) }),
    );
    return () => {
      late = true;
    };
  }, [pack, days]);
  return state.of === wanted ? state : { verdicts: null, trouble: null };
}

function Figure({ verdict }: { verdict: Verdict }) {
  const { rule, interval, medians, ratio } = verdict;
  const [low, high] = interval ?? [null, null];
  if (rule.measure === "parity") {
    if (!ratio || !medians) return null;
    const ends = low !== null && high !== null ? ` (${number(low, { maximumFractionDigits: 2 })}\u2013${number(high, { maximumFractionDigits: 2 })})` : "";
    return (
      <span class="rule-figure">
        <b>
          {number(ratio, { maximumFractionDigits: 2 })}
          {"\u00d7"}
          <span class="quiet">{ends}</span>
        </b>
        <span class="quiet">{say("standards.medians", { language: languageName(rule.language ?? ""), ours: span(medians[0]), against: languageName(rule.against ?? ""), theirs: span(medians[1]) })}</span>
      </span>
    );
  }
  if (!verdict.denominator) return null;
  return (
    <span class="rule-figure">
      <b>
        {shareWords(verdict.numerator, verdict.denominator)}
        {low !== null && high !== null && <span class="quiet">{` (${percentWords(low)}\u2013${percentWords(high)})`}</span>}
      </b>
      <span class="quiet">{say("standards.count", { count: verdict.numerator, of: verdict.denominator })}</span>
    </span>
  );
}

function Judged({ verdict }: { verdict: Verdict }) {
  const { rule, pass } = verdict;
  const mood = pass === null ? "none" : pass ? "kept" : "late";
  return (
    <li class="rule">
      <span class={`stamp mood-${mood}`}>
        <Icon name={pass === null ? "hourglass" : pass ? "check" : "alert"} />
        {say(pass === null ? "standards.untold" : pass ? "standards.passed" : "standards.failed")}
      </span>
      <div>
        <h3>{ruleWords(rule)}</h3>
        {pass === null && <p>{say(`standards.why_${verdict.why}`, { least: rule.least })}</p>}
        {verdict.undecided > 0 && <p class="quiet">{say("standards.undecided", { n: verdict.undecided })}</p>}
        {verdict.stand_in && <p class="quiet">{say("standards.stand_in", { kinds: kindWords(verdict.measured_on), wanted: kindWords(rule.channel_kinds) })}</p>}
        <details>
          <summary>{say("standards.definition")}</summary>
          <p lang="en" dir="auto">
            {rule.words} {rule.definition}
          </p>
        </details>
      </div>
      <Figure verdict={verdict} />
    </li>
  );
}

export function RulePacks({ packs, refused, days }: { packs: readonly Pack[]; refused: readonly { file: string; problem: string }[]; days: number }) {
  const [chosen, setChosen] = useState("market_leader");
  const pack = packs.find((each) => each.id === chosen) ?? packs[0];
  const { verdicts, trouble } = useVerdicts(pack?.id ?? chosen, days);
  if (!pack) return null;
  return (
    <section class="card rules" aria-labelledby="rules-title">
      <header class="card-head">
        <h2 id="rules-title">{say("standards.rules")}</h2>
      </header>
      <div class="choices" role="group" aria-labelledby="rules-title">
        {packs.map((each) => (
          <button key={each.id} type="button" class="choice" aria-pressed={each.id === pack.id} onClick={() => setChosen(each.id)}>
            <bdi>{packName(each)}</bdi>
          </button>
        ))}
      </div>
      {trouble && (
        <p class="field-trouble" role="alert">
          {trouble}
        </p>
      )}
      {verdicts ? <ul class="rule-list">{verdicts.map((each) => <Judged key={each.rule.id} verdict={each} />)}</ul> : !trouble && <Skeleton lines={3} />}
      <footer class="quiet">
        <p lang="en" dir="auto">
          {pack.source}. {pack.caution}
        </p>
        {pack.own && <p>{say("standards.own_pack")}</p>}
      </footer>
      {refused.map((each) => (
        <p key={each.file} class="field-trouble" role="alert">
          {say("standards.refused", { file: each.file, problem: each.problem })}
        </p>
      ))}
    </section>
  );
}
