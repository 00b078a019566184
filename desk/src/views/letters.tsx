// Letters: mail that opened nothing by itself. A person looks, reads the raw text if need be, and decides.

import { useState } from "preact/hooks";
import { call } from "../api";
import { useLive } from "../live";
import { href } from "../route";
import type { State } from "../store";
import type { Letter } from "../types";
import { say, sayOne } from "../words";
import { attempt, go } from "../work";
import { Empty, Moment } from "./bits";
import { Icon } from "./icons";

let given: unknown = null;
let waiting: Letter[] = [];

function open(state: State): Letter[] {
  if (given !== state.letters) {
    given = state.letters;
    waiting = [...state.letters.values()].filter((each) => each.outcome === null).sort((a, b) => a.received_at.localeCompare(b.received_at));
  }
  return waiting;
}

function LetterView({ letter }: { letter: Letter }) {
  const [busy, setBusy] = useState(false);
  const act = async (what: "open" | "dismiss") => {
    setBusy(true);
    let conversation: string | undefined;
    await attempt(async () => {
      const answer = await call<{ conversation?: { id: string } }>("POST", `/letters/${encodeURIComponent(letter.id)}/${what}`, { body: {} });
      conversation = answer?.conversation?.id;
      return answer;
    });
    setBusy(false);
    if (conversation) go({ screen: "queue", view: "all", conversation });
  };
  return (
    <main class="talk">
      <div class="talk-middle letter">
        <header class="talk-head">
          <a class="tool talk-back" href={href({ screen: "queue", view: "letters", conversation: null })} aria-label={say("action.back")}>
            <Icon name="back" turn />
          </a>
          <div class="talk-who">
            <h1 dir="auto">{letter.subject || say("letter.no_subject")}</h1>
            <p class="quiet">
              <bdi>{letter.sender || say("letter.no_sender")}</bdi> {"\u00b7"} <Moment at={letter.received_at} />
            </p>
          </div>
        </header>
        <p class="letter-why">
          <Icon name="alert" />
          <span>
            <b>{say("letter.why")}</b> {sayOne("letter_reason", letter.reason)}
          </span>
        </p>
        <div class="letter-body" dir="auto">
          {letter.preview || say("letter.empty")}
        </div>
        <footer class="letter-foot">
          <a class="button" href={`/api/v1/letters/${encodeURIComponent(letter.id)}/raw`} download>
            {say("letter.raw")}
          </a>
          <span class="composer-gap" />
          <button type="button" class="button" disabled={busy} onClick={() => void act("dismiss")}>
            {say("letter.dismiss")}
          </button>
          <button type="button" class="button button-main" disabled={busy} onClick={() => void act("open")}>
            {say("letter.open")}
          </button>
        </footer>
      </div>
    </main>
  );
}

export function Letters() {
  const letters = useLive(open);
  const chosen = useLive((state) => (state.route.screen === "queue" ? state.route.conversation : null));
  const letter = useLive((state) => (chosen ? state.letters.get(chosen) : undefined));
  return (
    <>
      <section class="queue" aria-label={say("view.letters")}>
        <header class="queue-head">
          <h1>{say("view.letters")}</h1>
        </header>
        {letters.length === 0 ? (
          <Empty icon="letter" title={say("empty.letters")}>
            {say("empty.letters_words")}
          </Empty>
        ) : (
          <ul class="letters">
            {letters.map((each) => (
              <li key={each.id}>
                <a href={href({ screen: "queue", view: "letters", conversation: each.id })} aria-current={each.id === chosen ? "true" : undefined}>
                  <b dir="auto">{each.subject || say("letter.no_subject")}</b>
                  <Moment at={each.received_at} short />
                  <bdi class="quiet">{each.sender || say("letter.no_sender")}</bdi>
                  <span class="quiet">{sayOne("letter_reason", each.reason)}</span>
                </a>
              </li>
            ))}
          </ul>
        )}
      </section>
      {letter ? (
        <LetterView letter={letter} />
      ) : (
        <main class="talk talk-none">
          <Empty icon="letter" title={say("letter.choose")}>
            {say("letter.choose_words")}
          </Empty>
        </main>
      )}
    </>
  );
}
