// "Check this promise": tried in the simulator before it is published, with what is missing, and an owner's way past it.

import { useEffect, useState } from "preact/hooks";
import { useLive } from "../../live";
import { asked, follow, type Found, prove, type Suggestion } from "../../proving";
import { sent } from "../../rosters";
import type { Channel } from "../../types";
import { percent, say } from "../../words";
import { wordsOf } from "../../work";
import { Field } from "../form";
import { Icon } from "../icons";
import { PromiseFound } from "./promise-found";

/** What goes with a promise when it is published, besides the promise. */
export interface Terms {
  expected: number | null;
  reason: string;
}

export const NO_TERMS: Terms = { expected: null, reason: "" };

export function termsSent({ expected, reason }: Terms): object {
  return { demand: expected === null ? null : { a_day: expected }, override_reason: reason.trim() || null };
}

/** A check of what the form says now; `refused` is one that the server made when it was to be published. */
function useCheck(draft: Channel, terms: Terms, refused: Found | null) {
  const body = JSON.stringify(asked(draft, draft.hours && sent(draft.hours), terms.expected));
  const [running, setRunning] = useState<AbortController | null>(null);
  const [known, setKnown] = useState<{ of: string; found: Found } | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => () => running?.abort(), [running]);
  useEffect(() => {
    if (!refused) return;
    setKnown({ of: body, found: refused });
    if (!refused.done) listen((stop, tell) => follow(refused.id, stop, tell));
  }, [refused]);
  const listen = (to: (stop: AbortSignal, tell: (found: Found) => void) => Promise<void>) => {
    const stop = new AbortController();
    setRunning(stop);
    setTrouble(null);
    to(stop.signal, (found) => {
      setKnown({ of: body, found });
      setTrouble(found.trouble);
    })
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setTrouble(wordsOf(error));
      })
      .finally(() => setRunning((now) => (now === stop ? null : now)));
  };
  const begin = () => {
    setKnown(null);
    listen((stop, tell) => prove(JSON.parse(body) as object, stop, tell));
  };
  return { found: known?.of === body ? known.found : null, busy: running !== null, trouble, begin };
}

function Override({ terms, change }: { terms: Terms; change: (terms: Terms) => void }) {
  const owner = useLive((state) => state.me?.role === "owner");
  if (!owner) return null;
  return (
    <Field name="override_reason" label={say("gate.reason")} hint={say("gate.reason_hint")}>
      <textarea rows={2} dir="auto" value={terms.reason} onInput={(event) => change({ ...terms, reason: event.currentTarget.value })} />
    </Field>
  );
}

function Expected({ terms, change }: { terms: Terms; change: (terms: Terms) => void }) {
  const set = (value: string) => change({ ...terms, expected: Number(value) > 0 ? Number(value) : null });
  return (
    <Field name="demand" label={say("gate.a_day")} hint={say("gate.a_day_hint")}>
      <input type="number" min={1} max={100_000} dir="ltr" value={terms.expected ?? ""} onInput={(event) => set(event.currentTarget.value)} />
    </Field>
  );
}

interface Props {
  draft: Channel;
  terms: Terms;
  refused: Found | null;
  setTerms: (terms: Terms) => void;
  apply: (each: Suggestion) => void;
}

export function PromiseCheck({ draft, terms, refused, setTerms, apply }: Props) {
  const { found, busy, trouble, begin } = useCheck(draft, terms, refused);
  const waiting = busy && !found?.verdict;
  return (
    <div class="gate-check">
      <div class="gate-ask">
        <Expected terms={terms} change={setTerms} />
        <button type="button" class="button" disabled={busy} onClick={begin}>
          <Icon name="check" />
          {say("gate.check")}
        </button>
      </div>
      <div role="status">
        {waiting && (
          <label class="gate-progress">
            <span class="quiet">{say("gate.checking", { share: percent(found?.progress ?? 0) })}</span>
            <progress max={1} value={found?.progress ?? 0} />
          </label>
        )}
        {found && <PromiseFound found={found} apply={apply} />}
      </div>
      {trouble && (
        <p class="field-trouble" role="alert">
          {trouble}
        </p>
      )}
      {found?.verdict === "fails" && <Override terms={terms} change={setTerms} />}
    </div>
  );
}
