// The conversations behind a figure, the latest due first.

import { type Asked, type Promised, writeAsked } from "../../keeping";
import { useLive } from "../../live";
import { useBehind } from "../../reading-promises";
import { href } from "../../route";
import { moment, span } from "../../times";
import { dateWords, languageName, say } from "../../words";
import { Empty, Skeleton } from "../bits";
import { Icon } from "../icons";
import { percent, range } from "./share";
import { dayName, hourName } from "./week-hours";

const MOODS = { kept: "calm", missed: "late", released: "none" } as const;

/** What was chosen, in words, from the widest to the narrowest. */
function chosenWords({ behind, channel, language }: Asked, nameOf: (key: string) => string): string {
  const { status, weekday, hour, day, chance_from: from, chance_to: to } = behind ?? {};
  const words = [
    status ? say(`promises.${status}`) : null,
    channel ? nameOf(channel) : null,
    language ? languageName(language) : null,
    weekday ? dayName(Number(weekday), "long") : null,
    hour ? hourName(Number(hour)) : null,
    day ? dateWords(`${day}T12:00:00Z`, { weekday: "long", day: "numeric", month: "long" }, "UTC") : null,
    from && to ? say("promises.stated_between", { range: range(Number(from), Number(to)) }) : null,
  ];
  return words.filter(Boolean).join(" \u00b7 ");
}

function Line({ promise, now, nameOf }: { promise: Promised; now: number; nameOf: (key: string) => string }) {
  const waited = promise.ended_at ? (Date.parse(promise.ended_at) - Date.parse(promise.made_at)) / 1000 : null;
  return (
    <tr>
      <th scope="row">
        <a href={href({ screen: "queue", view: "all", conversation: promise.conversation_id })}>
          <bdi>{promise.conversation?.customer ?? say("customer.unnamed")}</bdi>
        </a>
        {promise.conversation?.subject && (
          <small class="quiet" dir="auto">
            {promise.conversation.subject}
          </small>
        )}
      </th>
      <td>
        <bdi>{nameOf(promise.channel)}</bdi>
      </td>
      <td>{moment(promise.made_at, now)}</td>
      <td>{moment(promise.due_at, now)}</td>
      <td>{waited === null ? say("promises.waits_still") : span(waited)}</td>
      <td>{promise.chance === null ? "\u2013" : percent(promise.chance)}</td>
      <td>
        <span class={`stamp mood-${MOODS[promise.status]}`}>{say(`promises.${promise.status}`)}</span>
        {promise.telling !== "none" && <small class="quiet">{say(`promises.${promise.telling}`)}</small>}
      </td>
    </tr>
  );
}

const HEADS = ["conversation", "channel", "made", "due", "actual", "stated", "verdict"];

export function BehindList({ asked, nameOf, now }: { asked: Asked; nameOf: (key: string) => string; now: number }) {
  const { items, more, trouble } = useBehind(asked);
  const language = useLive((state) => state.preferences.language);
  return (
    <main class="page promises">
      <header class="page-head promises-head">
        <div>
          <a class="link" href={href({ screen: "promises", asked: writeAsked({ ...asked, behind: null }) })}>
            <Icon name="back" turn /> {say("promises.back")}
          </a>
          <h1>{say("promises.behind")}</h1>
          <p class="quiet">{[say("promises.days", { n: asked.days }), chosenWords(asked, nameOf)].filter(Boolean).join(" \u00b7 ")}</p>
        </div>
      </header>
      {!items && !trouble && <Skeleton lines={8} />}
      {trouble && <Empty icon="offline" title={say("error.promises")}>{trouble}</Empty>}
      {items && items.length === 0 && <p>{say("promises.nothing_behind")}</p>}
      {items && items.length > 0 && (
        <div class="card wide" tabIndex={0} role="region" aria-label={say("promises.behind")}>
          <table class="figures-table behind-table" key={language}>
            <thead>
              <tr>
                {HEADS.map((each) => (
                  <th key={each} scope="col">
                    {say(`promises.${each}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {items.map((each) => (
                <Line key={each.promise_id} promise={each} now={now} nameOf={nameOf} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {more && (
        <button type="button" class="button promises-more" onClick={more}>
          {say("promises.more")}
        </button>
      )}
    </main>
  );
}
