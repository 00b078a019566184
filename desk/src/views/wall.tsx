// The lead's wall: today's promises, what is open by slack, who waits longest. Counted by the server, asked again when
// something happens; the urgent figures come from the rows themselves and move with the clock.

import { useEffect, useState } from "preact/hooks";
import { wall as fetchWall, Problem } from "../api";
import { useLive, useNow } from "../live";
import { href } from "../route";
import { slackOf } from "../slack";
import { span } from "../times";
import type { Row, Wall as Figures } from "../types";
import { number, say } from "../words";
import { wordsOf } from "../work";
import { Empty, RowCountdown, Skeleton, usePersonName } from "./bits";
import { Icon, type IconName } from "./icons";
import { UnsentCard } from "./unsent";

const FRESH_FOR = 15_000;
const AFTER_FACTS = 1500;

function useWall(): { figures: Figures | null; trouble: string | null } {
  const [figures, setFigures] = useState<Figures | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const rows = useLive((state) => state.rows);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    fetchWall().then(
      (next) => {
        setFigures(next);
        setTrouble(null);
      },
      (error: unknown) => {
        if (error instanceof Problem) setTrouble(wordsOf(error));
      },
    );
    const again = setTimeout(() => setTurn(turn + 1), FRESH_FOR);
    return () => clearTimeout(again);
  }, [turn]);
  useEffect(() => {
    const soon = setTimeout(() => setTurn((now) => now + 1), AFTER_FACTS);
    return () => clearTimeout(soon);
  }, [rows]);
  return { figures, trouble };
}

function Figure({ value, label, tone, icon }: { value: number; label: string; tone: string; icon: IconName }) {
  return (
    <div class={`figure figure-${tone}`}>
      <dt>
        <Icon name={icon} />
        {label}
      </dt>
      <dd>{number(value)}</dd>
    </div>
  );
}

const BUCKETS = ["overdue", "under_5_min", "under_1_h", "under_1_day", "later"] as const;
const EDGES = [0, 300, 3600, 86_400, Number.POSITIVE_INFINITY];
const MOODS = ["late", "urgent", "soon", "calm", "none"];

function bySlack(rows: ReadonlyMap<string, Row>, now: number): number[] {
  const found = [0, 0, 0, 0, 0];
  for (const row of rows.values()) {
    if (row.status !== "open" || !row.due_at || !row.made_at) continue;
    const { seconds } = slackOf(Date.parse(row.made_at), Date.parse(row.due_at), now);
    const bucket = EDGES.findIndex((edge) => seconds <= edge);
    found[bucket] = (found[bucket] ?? 0) + 1;
  }
  return found;
}

function Slack() {
  const rows = useLive((state) => state.rows);
  const counts = bySlack(rows, useNow());
  const most = Math.max(1, ...counts);
  return (
    <section class="card">
      <h2>{say("wall.by_slack")}</h2>
      <ul class="bars">
        {BUCKETS.map((bucket, index) => (
          <li key={bucket} class={`mood-${MOODS[index]}`}>
            <span>{say(`wall.${bucket}`)}</span>
            <span class="bar" aria-hidden="true">
              <span style={{ inlineSize: `${((counts[index] ?? 0) / most) * 100}%` }} />
            </span>
            <b>{number(counts[index] ?? 0)}</b>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Longest({ rows }: { rows: readonly Row[] }) {
  const now = useNow();
  const nameOf = usePersonName();
  return (
    <section class="card">
      <h2>{say("wall.longest")}</h2>
      {rows.length === 0 && <p class="quiet">{say("wall.nobody_waits")}</p>}
      <ol class="longest">
        {rows.map((row) => (
          <li key={row.id}>
            <a href={href({ screen: "queue", view: "all", conversation: row.id })}>
              <bdi class="row-name">{row.customer ?? say("customer.unnamed")}</bdi>
              <span class="quiet">{nameOf(row.assignee ?? row.responsible)}</span>
              <b>{row.waiting_since ? span((now - Date.parse(row.waiting_since)) / 1000) : ""}</b>
              <RowCountdown row={row} />
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function Wall() {
  const { figures, trouble } = useWall();
  const duty = useLive((state) => state.brand?.people.filter((each) => each.on_duty && !each.removed).length ?? 0);
  if (!figures) return <main class="page">{trouble ? <Empty icon="offline" title={say("error.wall")}>{trouble}</Empty> : <Skeleton lines={8} />}</main>;
  return (
    <main class="page wall">
      <header class="page-head">
        <h1>{say("wall.title")}</h1>
        <span class="quiet">{say("wall.on_duty", { n: duty })}</span>
      </header>
      <UnsentCard />
      <dl class="figures">
        <Figure icon="check" tone="kept" value={figures.kept_today} label={say("wall.kept")} />
        <Figure icon="loop" tone="soon" value={figures.renegotiated_today} label={say("wall.renegotiated")} />
        <Figure icon="late" tone={figures.broken_today ? "late" : "none"} value={figures.broken_today} label={say("wall.broken")} />
        <Figure icon="clock" tone="none" value={figures.made_today} label={say("wall.made")} />
        <Figure icon="letter" tone={figures.letters ? "soon" : "none"} value={figures.letters} label={say("view.letters")} />
      </dl>
      <div class="wall-cards">
        <Slack />
        <Longest rows={figures.waiting_longest} />
      </div>
    </main>
  );
}
