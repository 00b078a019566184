// What the simulator found about a promise: a verdict, the week by hour, where it breaks, and what would make it hold.

import { levelOf } from "../../keeping";
import { breakingWords, changeWords, clockName, dayName, type Found, seatsWords, type Suggestion } from "../../proving";
import { href } from "../../route";
import { number, percent, say } from "../../words";
import { Icon } from "../icons";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const SHOWN_HOURS = [0, 6, 12, 18];
const BREAKING_SHOWN = 6;

function Verdict({ found }: { found: Found }) {
  const [low, high] = found.interval ?? [0, 1];
  const holds = found.verdict === "holds";
  const values = { share: percent(found.keep_rate ?? 0), low: percent(low), high: percent(high), chance: percent(found.chance ?? 0) };
  return (
    <>
      <p class={`gate-verdict ${holds ? "gate-holds" : "gate-fails"}`}>
        <Icon name={holds ? "check" : "alert"} />
        <b>{say(holds ? "gate.holds" : "gate.fails", values)}</b>
      </p>
      <p class="quiet">
        {say("gate.basis", { n: number(found.conversations ?? 0), weeks: number(found.weeks ?? 0) })} {say(found.learned ? "gate.learned" : "gate.profile")}
      </p>
    </>
  );
}

function Week({ found }: { found: Found }) {
  return (
    <div class="gap-week gate-week" role="img" aria-label={say("gate.week")}>
      <span />
      {SHOWN_HOURS.map((hour) => (
        <span key={hour} class="gap-hour" style={{ gridColumn: `${hour + 2} / span 6` }}>
          {clockName(`${hour}:00`)}
        </span>
      ))}
      {Array.from({ length: 7 }, (_, day) => [
        <span key={`day${day}`} class="gap-day">
          {dayName(day)}
        </span>,
        ...HOURS.map((hour) => {
          const share = found.by_hour[day * 24 + hour] ?? null;
          const told = share === null ? undefined : say("gate.cell", { day: dayName(day), time: clockName(`${hour}:00`), share: percent(share) });
          return <span key={hour} class={share === null ? "gap" : `gap heat-${levelOf(share)}`} title={told} />;
        }),
      ])}
    </div>
  );
}

function Change({ each, apply }: { each: Suggestion; apply: (each: Suggestion) => void }) {
  return (
    <li class="gate-change">
      <div>
        <b>{changeWords(each)}</b> <span class="quiet">{say("gate.would", { share: percent(each.keep_rate) })}</span>
        {each.seats.length > 0 && (
          <ul class="gate-seats">
            {each.seats.map((seat) => (
              <li key={seatsWords(seat)}>{seatsWords(seat)}</li>
            ))}
          </ul>
        )}
      </div>
      {each.change === "people" ? (
        <a class="button" href={href({ screen: "settings", page: "rosters" })}>
          {say("gate.rosters")}
        </a>
      ) : (
        <button type="button" class="button" onClick={() => apply(each)}>
          {say("gate.apply")}
        </button>
      )}
    </li>
  );
}

function Changes({ found, apply }: { found: Found; apply: (each: Suggestion) => void }) {
  return (
    <div>
      <h3>{say("gate.changes")}</h3>
      {found.suggestions.length > 0 && (
        <ul class="gate-changes">
          {found.suggestions.map((each) => (
            <Change key={each.change} each={each} apply={apply} />
          ))}
        </ul>
      )}
      {!found.done && <p class="quiet">{say("gate.looking")}</p>}
      {found.done && !found.suggestions.length && <p class="quiet">{say("gate.no_changes")}</p>}
    </div>
  );
}

export function PromiseFound({ found, apply }: { found: Found; apply: (each: Suggestion) => void }) {
  if (!found.verdict) return found.done && !found.trouble ? <p class="quiet">{say("gate.nobody")}</p> : null;
  return (
    <div class="gate-found">
      <Verdict found={found} />
      <Week found={found} />
      {found.breaking_hours.length > 0 && (
        <div>
          <h3>{say("gate.breaking")}</h3>
          <ul class="gap-worst">
            {found.breaking_hours.slice(0, BREAKING_SHOWN).map((each) => (
              <li key={breakingWords(each)}>{breakingWords(each)}</li>
            ))}
          </ul>
        </div>
      )}
      {found.verdict === "fails" && <Changes found={found} apply={apply} />}
    </div>
  );
}
