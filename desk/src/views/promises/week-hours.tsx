// Kept by hour of the week: a strip for each day. Figures stand in the cells, so that the colour is never alone; one stop
// for the tab key, arrows inside.

import { useRef, useState } from "preact/hooks";
import { type Asked, type Group, levelOf, type Report } from "../../keeping";
import { dateWords, number, say } from "../../words";
import { behindHref, rangeWords, shareWords } from "./share";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const MONDAY = Date.UTC(2024, 0, 1);
const DAY = 86_400_000;

export function dayName(weekday: number, length: "short" | "long" = "short"): string {
  return dateWords(MONDAY + weekday * DAY, { weekday: length }, "UTC");
}

export function hourName(hour: number): string {
  return dateWords(MONDAY + hour * 3_600_000, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, "UTC");
}

function Cell({ group, asked, weekday, hour, least, chosen, choose }: { group: Group; asked: Asked; weekday: number; hour: number; least: number; chosen: boolean; choose: () => void }) {
  const { kept } = group;
  const label = say("promises.cell", { day: dayName(weekday, "long"), hour: hourName(hour), share: shareWords(kept), range: rangeWords(kept), count: kept.of });
  return (
    <a
      class={`heat heat-${levelOf(kept.share ?? 0)}${kept.of < least ? " heat-thin" : ""}`}
      href={behindHref(asked, { weekday: String(weekday), hour: String(hour) })}
      tabIndex={chosen ? 0 : -1}
      data-cell={group.key}
      aria-label={label}
      title={label}
      onFocus={choose}
    >
      {number(Math.floor((kept.share ?? 0) * 100 + 1e-9))}
    </a>
  );
}

const STEPS: Record<string, readonly [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** The nearest cell that has promises in the direction of an arrow key; along the day first. */
function next(from: string, key: string, known: ReadonlyMap<string, Group>): string | null {
  const [down, along] = STEPS[key] ?? [0, 0];
  const forward = document.documentElement.dir === "rtl" ? -along : along;
  let [weekday = 0, hour = 0] = from.split("-").map(Number);
  while (down || forward) {
    weekday += down;
    hour += forward;
    if (weekday < 0 || weekday > 6 || hour < 0 || hour > 23) return null;
    const found = `${weekday}-${String(hour).padStart(2, "0")}`;
    if (known.has(found)) return found;
  }
  return null;
}

export function WeekHours({ report, asked, zone }: { report: Report; asked: Asked; zone: string }) {
  const known = new Map(report.week_hours.map((each) => [each.key, each]));
  const [picked, pick] = useState<string | null>(null);
  const chosen = picked && known.has(picked) ? picked : report.week_hours[0]?.key;
  const table = useRef<HTMLTableElement>(null);
  const move = (event: KeyboardEvent) => {
    const cell = chosen && event.key in STEPS ? next(chosen, event.key, known) : null;
    if (!cell) return;
    event.preventDefault();
    event.stopPropagation();
    table.current?.querySelector<HTMLElement>(`[data-cell="${cell}"]`)?.focus();
  };
  return (
    <section class="card promises-card promises-wide">
      <h2>{say("promises.week")}</h2>
      <p class="quiet">{say("promises.week_words", { zone: zone.replaceAll("_", " "), least: report.evidence_min })}</p>
      <div class="wide">
        <table class="heat-table" ref={table} onKeyDown={move}>
          <thead>
            <tr>
              <td />
              {HOURS.map((hour) => (
                <th key={hour} scope="col">
                  {number(hour)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {HOURS.slice(0, 7).map((weekday) => (
              <tr key={weekday}>
                <th scope="row">{dayName(weekday)}</th>
                {HOURS.map((hour) => {
                  const group = known.get(`${weekday}-${String(hour).padStart(2, "0")}`);
                  return (
                    <td key={hour}>
                      {group && <Cell group={group} asked={asked} weekday={weekday} hour={hour} least={report.evidence_min} chosen={group.key === chosen} choose={() => pick(group.key)} />}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
