// The Promises page: how often our word was kept. Every figure carries its range and leads to its conversations; with too
// few promises the page says so instead of looking sure.

import { useState } from "preact/hooks";
import { type Asked, PERIODS, readAsked, type Report, type ReportAnswer, type Share, writeAsked } from "../../keeping";
import { now } from "../../clock";
import { useLive } from "../../live";
import { useReport } from "../../reading-promises";
import { href } from "../../route";
import { languageName, number, say } from "../../words";
import { go } from "../../work";
import { Empty, Skeleton } from "../bits";
import { BehindList } from "./behind";
import { Calibration } from "./calibration";
import { Groups, WorstOf } from "./groups";
import { Behind, rangeWords, shareWords } from "./share";
import { Renegotiations, Waits } from "./told";
import { WeekHours } from "./week-hours";

function Choice({ label, value, all, options, change }: { label: string; value: string | null; all: string; options: readonly (readonly [string, string])[]; change: (value: string | null) => void }) {
  return (
    <label class="promises-choice">
      <span class="hidden">{label}</span>
      <select value={value ?? ""} onChange={(event) => change(event.currentTarget.value || null)}>
        <option value="">{all}</option>
        {options.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Head({ asked, nameOf }: { asked: Asked; nameOf: (key: string) => string }) {
  const channels = useLive((state) => state.brand?.channels);
  const languages = useLive((state) => state.brand?.languages);
  const ask = (change: Partial<Asked>) => go({ screen: "promises", asked: writeAsked({ ...asked, ...change }) });
  return (
    <header class="page-head promises-head">
      <div>
        <h1>{say("promises.title")}</h1>
        <p class="quiet">{say("promises.explained")}</p>
      </div>
      <nav class="choices" aria-label={say("promises.period")}>
        {PERIODS.map((days) => (
          <a key={days} class="choice" href={href({ screen: "promises", asked: writeAsked({ ...asked, days }) })} aria-current={asked.days === days ? "page" : undefined}>
            {say("promises.days", { n: days })}
          </a>
        ))}
      </nav>
      <div class="choices">
        <Choice label={say("promises.channel")} value={asked.channel} all={say("promises.all_channels")} options={(channels ?? []).map((each) => [each.key, nameOf(each.key)])} change={(channel) => ask({ channel })} />
        <Choice label={say("promises.language")} value={asked.language} all={say("promises.all_languages")} options={(languages ?? []).map((each) => [each, languageName(each)])} change={(language) => ask({ language })} />
      </div>
    </header>
  );
}

function Large({ label, value, more, tone, asked, choice }: { label: string; value: string; more: string; tone: string; asked: Asked; choice: Readonly<Record<string, string>> }) {
  return (
    <div class={`figure figure-${tone}`}>
      <dt>{label}</dt>
      <dd>
        <Behind asked={asked} choice={choice}>
          {value}
        </Behind>
        <small class="quiet">{more}</small>
      </dd>
    </div>
  );
}

function outOf(share: Share): string {
  return say("promises.range_of", { range: rangeWords(share), count: share.of });
}

function Largest({ report, asked }: { report: Report; asked: Asked }) {
  const missed = report.kept.of - report.kept.count;
  const told = report.renegotiations.told_before_due;
  return (
    <dl class="figures">
      <Large label={say("promises.kept")} value={shareWords(report.kept)} more={outOf(report.kept)} tone="kept" asked={asked} choice={{ status: "kept" }} />
      <Large label={say("promises.missed")} value={number(missed)} more={say("promises.of_all", { count: missed, of: report.kept.of })} tone={missed ? "late" : "none"} asked={asked} choice={{ status: "missed" }} />
      <Large label={say("promises.told_before_due")} value={shareWords(told)} more={told.of ? outOf(told) : say("promises.none_missed")} tone="none" asked={asked} choice={{ status: "missed" }} />
      <Large label={say("promises.released")} value={number(report.released)} more={say("promises.not_scored")} tone="none" asked={asked} choice={{ status: "released" }} />
    </dl>
  );
}

function Figures({ found, asked, nameOf }: { found: ReportAnswer; asked: Asked; nameOf: (key: string) => string }) {
  const { report, zone } = found;
  const least = report.evidence_min;
  if (report.kept.of === 0) {
    return (
      <Empty icon="check" title={say("promises.empty")}>
        {say("promises.empty_words")}
      </Empty>
    );
  }
  return (
    <>
      {report.kept.of < least && <p class="card promises-few">{say("promises.few", { n: report.kept.of })}</p>}
      <Largest report={report} asked={asked} />
      <div class="promises-cards">
        <Calibration calibration={report.calibration} asked={asked} least={least} />
        <div class="promises-stack">
          <Groups title={say("promises.by_channel")} groups={report.channels} asked={asked} by="channel" nameOf={nameOf} />
          <Groups title={say("promises.by_language")} groups={report.languages} asked={asked} by="language" nameOf={languageName} />
        </div>
        <WeekHours report={report} asked={asked} zone={zone} />
        <Waits waits={report.waits} />
        <Renegotiations moved={report.renegotiations} asked={asked} />
        <WorstOf title={say("promises.worst_hours")} worst={report.worst_hours} asked={asked} by="hour" least={least} />
        <WorstOf title={say("promises.worst_days")} worst={report.worst_days} asked={asked} by="day" least={least} />
      </div>
    </>
  );
}

export function Promises({ asked: text }: { asked: string }) {
  const asked = readAsked(text);
  const channels = useLive((state) => state.brand?.channels);
  const nameOf = (key: string) => channels?.find((each) => each.key === key)?.name ?? key;
  const [opened] = useState(now);
  const { found, trouble } = useReport(asked);
  if (asked.behind) return <BehindList key={text} asked={asked} nameOf={nameOf} now={opened} />;
  return (
    <main class="page promises">
      <Head asked={asked} nameOf={nameOf} />
      {found ? <Figures found={found} asked={asked} nameOf={nameOf} /> : trouble ? <Empty icon="offline" title={say("error.promises")}>{trouble}</Empty> : <Skeleton lines={8} />}
    </main>
  );
}
