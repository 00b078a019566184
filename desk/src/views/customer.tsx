// The customer beside the conversation: how to reach them, in which language, what time it is where they are, and what
// was said before.

import { useNow, useLive } from "../live";
import { href } from "../route";
import { day, timeOfDay } from "../times";
import type { Customer, Row } from "../types";
import { languageName, say, sayOne } from "../words";
import { Moment, RowCountdown } from "./bits";
import { Icon, type IconName } from "./icons";

function Line({ icon, label, children }: { icon: IconName; label: string; children: preact.ComponentChildren }) {
  return (
    <div class="line">
      <dt title={label}>
        <Icon name={icon} />
        <span class="hidden">{label}</span>
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function LocalTime({ zone }: { zone: string }) {
  const now = useNow();
  return (
    <>
      <b>{timeOfDay(now, zone)}</b> <span class="quiet">{day(now, zone)}, {zone.replaceAll("_", " ")}</span>
    </>
  );
}

function Known({ customer, row }: { customer: Customer; row: Row }) {
  const zone = customer.zone ?? row.zone;
  return (
    <dl class="lines">
      {customer.email && (
        <Line icon="mail" label={say("customer.email")}>
          <bdi>{customer.email}</bdi>
        </Line>
      )}
      {customer.phone && (
        <Line icon="phone" label={say("customer.phone")}>
          <bdi>{customer.phone}</bdi>
        </Line>
      )}
      {customer.reference && (
        <Line icon="key" label={say("customer.reference")}>
          <bdi>{customer.reference}</bdi>
        </Line>
      )}
      {customer.visitor && (
        <Line icon="chat" label={say("customer.visitor")}>
          <bdi class="quiet">{say("customer.visitor")} {customer.visitor.slice(0, 8)}</bdi>
        </Line>
      )}
      <Line icon="globe" label={say("customer.language")}>
        {languageName(customer.language)}
      </Line>
      <Line icon="clock" label={say("customer.local_time")}>
        {zone ? <LocalTime zone={zone} /> : <span class="quiet">{say("customer.zone_unknown")}</span>}
      </Line>
      {customer.verified && (
        <Line icon="check" label={say("customer.verified")}>
          {say("customer.verified")}
        </Line>
      )}
    </dl>
  );
}

function Earlier({ rows }: { rows: readonly Row[] }) {
  if (rows.length === 0) return <p class="quiet">{say("customer.no_earlier")}</p>;
  return (
    <ul class="earlier">
      {rows.map((row) => (
        <li key={row.id}>
          <a href={href({ screen: "queue", view: row.status === "closed" ? "closed" : "all", conversation: row.id })}>
            <span class="earlier-words" dir="auto">
              {row.subject ?? row.preview}
            </span>
            <span class="quiet">
              <Moment at={row.last_at} short /> {row.outcome ? sayOne("outcome", row.outcome) : ""}
            </span>
            {row.status === "open" && <RowCountdown row={row} />}
          </a>
        </li>
      ))}
    </ul>
  );
}

export function CustomerPanel({ row }: { row: Row }) {
  const detail = useLive((state) => state.opened.get(row.id)?.detail);
  return (
    <aside class="panel" aria-label={say("customer.panel")}>
      <h2>{say("customer.panel")}</h2>
      {detail && <Known customer={detail.customer} row={row} />}
      {detail?.status_url && (
        <p>
          <a class="link" href={detail.status_url} target="_blank" rel="noopener">
            <Icon name="eye" />
            {say("customer.status_page")}
          </a>
        </p>
      )}
      <h2>{say("customer.earlier")}</h2>
      {detail && <Earlier rows={detail.earlier} />}
    </aside>
  );
}
