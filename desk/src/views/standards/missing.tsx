// Hours of the week without a promise, or with one worse than the bar: a picture of each channel, in words beside it, and
// the one thing to do.

import { href, type SettingsPage } from "../../route";
import { strength, length, type Missing, type MissingHour, worst } from "../../standards";
import { clockWords, span } from "../../times";
import { say } from "../../words";
import { Icon } from "../icons";

const HOURS = 24;
const SHOWN_HOURS = [0, 6, 12, 18];
const WORST = 3;
const WHERE: Record<Missing["next"], SettingsPage> = { set_promise: "channels", go_live: "channels", shorten: "channels", open_hours: "hours" };

/** Monday is 0 here, Sunday the first of the week in the words. */
function dayName(weekday: number, short = false): string {
  return say(short ? "date.weekdays_short" : "date.weekdays").split(",")[(weekday + 1) % 7] ?? "";
}

function told(hour: MissingHour): string {
  const values = { day: dayName(hour.weekday), time: clockWords(hour.hour * 60), came: hour.enquiries, late: hour.late };
  return hour.promised_seconds === null ? say("standards.hour_none", values) : say("standards.hour", { ...values, promised: span(hour.promised_seconds) });
}

function Week({ item }: { item: Missing }) {
  const at = new Map(item.hours.map((each) => [each.weekday * HOURS + each.hour, each]));
  return (
    <div class="gap-week" role="img" aria-label={say("standards.map", { channel: item.name })}>
      <span />
      {SHOWN_HOURS.map((hour) => (
        <span key={hour} class="gap-hour" style={{ gridColumn: `${hour + 2} / span 6` }}>
          {clockWords(hour * 60)}
        </span>
      ))}
      {Array.from({ length: 7 }, (_, weekday) => [
        <span key={`day${weekday}`} class="gap-day">
          {dayName(weekday, true)}
        </span>,
        ...Array.from({ length: HOURS }, (_, hour) => {
          const gap = at.get(weekday * HOURS + hour);
          return <span key={hour} class={gap ? `gap gap-${gap.gap} gap-${strength(gap, item.hours)}` : "gap"} title={gap ? told(gap) : undefined} />;
        }),
      ])}
    </div>
  );
}

function Worst({ hours }: { hours: readonly MissingHour[] }) {
  if (!hours.length) return null;
  return (
    <ol class="gap-worst">
      {hours.map((each) => (
        <li key={`${each.weekday}-${each.hour}`}>{told(each)}</li>
      ))}
    </ol>
  );
}

function Channel({ item }: { item: Missing }) {
  const bar = length(item.bar.seconds);
  return (
    <li class="gap-channel">
      <header class="card-head">
        <Icon name={item.channel_kind === "phone" ? "phone" : item.channel_kind} />
        <h3 dir="auto">{item.name}</h3>
        <a class="button button-main" href={href({ screen: "settings", page: WHERE[item.next] })}>
          {say(`standards.next_${item.next}`)}
        </a>
      </header>
      <p>
        {item.enquiries ? say("standards.met", { n: item.enquiries, late: item.late, bar }) : say("standards.met_nobody", { bar })}
        {item.beyond_seconds > 0 && ` ${say("standards.beyond", { span: span(item.beyond_seconds) })}`}
      </p>
      <div class="gap-picture">
        <Week item={item} />
        <Worst hours={worst(item.hours, WORST)} />
      </div>
    </li>
  );
}

const LEGEND = [
  ["fine", "gap"],
  ["slower", "gap gap-slower"],
  ["none", "gap gap-none"],
  ["late", "gap gap-slower gap-4"],
] as const;

function Legend() {
  return (
    <p class="gap-legend quiet" aria-hidden="true">
      {LEGEND.map(([name, look]) => (
        <span key={name} class="gap-sign">
          <span class={look} />
          {say(`standards.legend_${name}`)}
        </span>
      ))}
    </p>
  );
}

export function MissingPromises({ items }: { items: readonly Missing[] }) {
  return (
    <section class="card gaps" aria-labelledby="missing-title">
      <header class="card-head">
        <h2 id="missing-title">{say("standards.missing")}</h2>
      </header>
      {items.length === 0 ? (
        <p class="standards-well">
          <Icon name="check" />
          {say("standards.missing_none")}
        </p>
      ) : (
        <>
          <p class="quiet">{say("standards.missing_words")}</p>
          <Legend />
          <ul class="gap-channels">
            {items.map((each) => (
              <Channel key={each.channel} item={each} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
