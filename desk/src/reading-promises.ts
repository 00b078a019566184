// Asks the server for what the Promises page shows. The figures are kept while the conversations behind one are read, so
// that the way back is at once.

import { useEffect, useState } from "preact/hooks";
import { call, Problem } from "./api";
import { now } from "./clock";
import { type Asked, type Promised, queryOf, type ReportAnswer, writeAsked } from "./keeping";
import { wordsOf } from "./work";

interface Kept<T> {
  of: string;
  answer: T;
}

const FRESH_FOR = 60_000;
let latest: (Kept<ReportAnswer> & { at: number }) | null = null;

function reported(asked: Asked, show: (found: ReportAnswer) => void, complain: (words: string) => void): () => void {
  const of = writeAsked({ ...asked, behind: null });
  let wanted = true;
  call<ReportAnswer>("GET", `/promises/report?${queryOf({ ...asked, behind: null }, now())}`).then(
    (answer) => {
      latest = { of, answer, at: now() };
      if (wanted) show(answer);
    },
    (error: unknown) => {
      if (error instanceof Problem && wanted) complain(wordsOf(error));
    },
  );
  return () => {
    wanted = false;
  };
}

export function useReport(asked: Asked): { found: ReportAnswer | null; trouble: string | null } {
  const of = writeAsked({ ...asked, behind: null });
  const kept = latest?.of === of ? latest : null;
  const [found, setFound] = useState<Kept<ReportAnswer> | null>(kept);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    setTrouble(null);
    if (kept) setFound(kept);
    if (kept && now() - kept.at < FRESH_FOR) return;
    return reported(asked, (answer) => setFound({ of, answer }), setTrouble);
  }, [of]);
  return { found: found?.of === of ? found.answer : null, trouble };
}

interface Listed {
  items: Promised[];
  cursor: string | null;
}

export function useBehind(asked: Asked): { items: readonly Promised[] | null; more: (() => void) | null; trouble: string | null } {
  const of = writeAsked(asked);
  const [found, setFound] = useState<Kept<Listed> | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const read = (before: Promised[], cursor: string | null) =>
    call<Listed>("GET", `/promises?${queryOf(asked, now(), cursor)}`).then(
      (answer) => setFound({ of, answer: { items: [...before, ...answer.items], cursor: answer.cursor } }),
      (error: unknown) => {
        if (error instanceof Problem) setTrouble(wordsOf(error));
      },
    );
  useEffect(() => {
    setTrouble(null);
    void read([], null);
  }, [of]);
  const here = found?.of === of ? found.answer : null;
  return { items: here?.items ?? null, more: here?.cursor ? () => void read(here.items, here.cursor) : null, trouble };
}
