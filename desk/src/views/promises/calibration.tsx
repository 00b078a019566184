// Stated chance against what was kept, with the range of each: dots on the line are promises that meant what they said.

import { type Asked, axisFrom, type Bin, type Report } from "../../keeping";
import { number, say } from "../../words";
import { Behind, behindHref, percent, range, rangeWords, shareWords } from "./share";

const WIDTH = 360;
const HEIGHT = 300;
const START = 46;
const BOTTOM = 36;
const EDGE = 22;

/** Percentage points, to a tenth. */
function points(share: number): string {
  return number(share * 100, { maximumFractionDigits: 1 });
}

function ticks(from: number): number[] {
  const step = from >= 0.8 ? 0.05 : from >= 0.5 ? 0.1 : 0.2;
  const count = Math.round((1 - from) / step);
  return Array.from({ length: count + 1 }, (_, index) => 1 - index * step).filter((each) => each >= from - 1e-9);
}

function choiceOf(bin: Bin): Record<string, string> {
  return { chance_from: String(bin.chance_from), chance_to: String(bin.chance_to) };
}

function Dot({ bin, asked, x, y, most, thin }: { bin: Bin; asked: Asked; x: (share: number) => number; y: (share: number) => number; most: number; thin: boolean }) {
  const label = say("promises.dot", { stated: percent(bin.stated), share: shareWords(bin.kept), range: rangeWords(bin.kept), count: bin.kept.of });
  const at = x(bin.stated);
  return (
    <a href={behindHref(asked, choiceOf(bin))} aria-label={label}>
      <title>{label}</title>
      <line class="whisker" x1={at} x2={at} y1={y(bin.kept.low)} y2={y(bin.kept.high)} />
      <circle class={thin ? "dot dot-thin" : "dot"} cx={at} cy={y(bin.kept.share ?? 0)} r={4 + 6 * Math.sqrt(bin.kept.of / most)} />
    </a>
  );
}

function Diagram({ bins, asked, least }: { bins: readonly Bin[]; asked: Asked; least: number }) {
  // A few promises have a range of half the diagram: it is cut off rather than all others pressed together.
  const from = axisFrom(bins.flatMap((bin) => [bin.stated, bin.kept.of < least ? (bin.kept.share ?? 1) : bin.kept.low]));
  const inside = (share: number) => Math.max(0, (share - from) / (1 - from));
  const x = (share: number) => START + inside(share) * (WIDTH - START - EDGE);
  const y = (share: number) => HEIGHT - BOTTOM - inside(share) * (HEIGHT - BOTTOM - EDGE);
  const most = Math.max(...bins.map((bin) => bin.kept.of));
  return (
    <svg class="calibration" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label={say("promises.calibration")}>
      {ticks(from).map((tick) => (
        <g key={tick} aria-hidden="true">
          <line class="grid" x1={START} x2={WIDTH - EDGE} y1={y(tick)} y2={y(tick)} />
          <text class="tick" x={START - 6} y={y(tick) + 4} text-anchor="end">
            {percent(tick)}
          </text>
          <text class="tick" x={x(tick)} y={HEIGHT - BOTTOM + 16} text-anchor="middle">
            {percent(tick)}
          </text>
        </g>
      ))}
      <line class="ideal" x1={x(from)} y1={y(from)} x2={x(1)} y2={y(1)} />
      <text class="axis" x={(START + WIDTH) / 2} y={HEIGHT - 4} text-anchor="middle">
        {say("promises.stated")}
      </text>
      {bins.map((bin) => (
        <Dot key={bin.chance_from} bin={bin} asked={asked} x={x} y={y} most={most} thin={bin.kept.of < least} />
      ))}
    </svg>
  );
}

function Table({ bins, asked }: { bins: readonly Bin[]; asked: Asked }) {
  return (
    <details>
      <summary>{say("promises.as_table")}</summary>
      <div class="wide" tabIndex={0} role="region" aria-label={say("promises.calibration")}>
        <table class="figures-table">
          <thead>
            <tr>
              {["promises.stated", "promises.mean", "promises.kept", "promises.surely_within", "promises.count"].map((key) => (
                <th key={key} scope="col">
                  {say(key)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bins.map((bin) => (
              <tr key={bin.chance_from}>
                <th scope="row">{range(bin.chance_from, bin.chance_to)}</th>
                <td>{percent(bin.stated)}</td>
                <td>{shareWords(bin.kept)}</td>
                <td>{rangeWords(bin.kept)}</td>
                <td>
                  <Behind asked={asked} choice={choiceOf(bin)}>
                    {number(bin.kept.of)}
                  </Behind>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

export function Calibration({ calibration, asked, least }: { calibration: Report["calibration"]; asked: Asked; least: number }) {
  const { bins, gap, gap_by_luck: luck } = calibration;
  return (
    <section class="card promises-card">
      <h2>{say("promises.calibration")}</h2>
      {bins.length === 0 || gap === null || luck === null ? (
        <p class="quiet">{say("promises.no_chances")}</p>
      ) : (
        <>
          <p class="quiet">{say("promises.calibration_words")}</p>
          <Diagram bins={bins} asked={asked} least={least} />
          <p>{say("promises.gap", { gap: points(gap), luck: points(luck) })}</p>
          <Table bins={bins} asked={asked} />
        </>
      )}
    </section>
  );
}
