// Promised against actual waits, and what telling a new time caught, missed and cost.

import { type Asked, type Figure, type Report, type Share } from "../../keeping";
import { number, say } from "../../words";
import { Behind, rangeWords, secondsRange, secondsWords, shareWords } from "./share";

const MEASURES = ["mean", "median", "p90"] as const;

function Length({ figure }: { figure: Figure | null }) {
  return (
    <td>
      <b>{secondsWords(figure)}</b> <small class="quiet">{secondsRange(figure)}</small>
    </td>
  );
}

function ratio(figure: Figure | null): string {
  const words = (value: number) => number(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  if (!figure) return "\u2013";
  if (figure.low === null || figure.high === null) return words(figure.value);
  return `${words(figure.value)} (${say("promises.range", { low: words(figure.low), high: words(figure.high) })})`;
}

export function Waits({ waits }: { waits: Report["waits"] }) {
  return (
    <section class="card promises-card">
      <h2>{say("promises.waits")}</h2>
      <div class="wide">
        <table class="figures-table">
          <thead>
            <tr>
              <td />
              <th scope="col">{say("promises.promised")}</th>
              <th scope="col">{say("promises.actual")}</th>
            </tr>
          </thead>
          <tbody>
            {MEASURES.map((each) => (
              <tr key={each}>
                <th scope="row">{say(`promises.${each}`)}</th>
                <Length figure={waits.promised[each]} />
                <Length figure={waits.actual[each]} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>{say("promises.ratio", { means: ratio(waits.ratio_of_means), medians: ratio(waits.ratio_of_medians) })}</p>
      {waits.still_waiting > 0 && <p class="quiet">{say("promises.still_waiting", { n: waits.still_waiting })}</p>}
    </section>
  );
}

interface Line {
  name: string;
  share: Share;
  of: "missed" | "told" | "all";
  choice?: Readonly<Record<string, string>>;
}

export function Renegotiations({ moved, asked }: { moved: Report["renegotiations"]; asked: Asked }) {
  const lines: Line[] = [
    { name: "caught", share: moved.caught, of: "missed", choice: { status: "caught" } },
    { name: "late", share: moved.late, of: "missed", choice: { status: "late" } },
    { name: "silent", share: moved.silent, of: "missed", choice: { status: "silent" } },
    { name: "needless", share: moved.needless, of: "told", choice: { status: "needless" } },
    { name: "alarms", share: moved.alarms, of: "all" },
    { name: "one_at_most", share: moved.one_at_most, of: "all" },
  ];
  return (
    <section class="card promises-card">
      <h2>{say("promises.renegotiations")}</h2>
      <div class="wide">
        <table class="figures-table">
          <tbody>
            {lines.map(({ name, share, of, choice }) => (
              <tr key={name}>
                <th scope="row">{say(`promises.${name}`)}</th>
                <td>
                  <b>{shareWords(share)}</b> <small class="quiet">{rangeWords(share)}</small>
                </td>
                <td>
                  {choice && share.count > 0 ? (
                    <Behind asked={asked} choice={choice}>
                      {say(`promises.of_${of}`, { count: share.count, of: share.of })}
                    </Behind>
                  ) : (
                    say(`promises.of_${of}`, { count: share.count, of: share.of })
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
