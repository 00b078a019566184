// The messages, oldest first: what is written down, then what is still on its way.

import type { Attachment, Fact } from "./frames";
import type { Session } from "./session";
import type { Outgoing } from "./store";
import type { Voice } from "./words";

export function Thread({ session, voice }: { session: Session; voice: Voice }) {
  const { state } = session;
  const { say } = voice;
  const facts = state.facts.filter((each) => each.message || each.what === "closed");
  const lastOurs = state.facts.filter((each) => each.what === "customer").at(-1);
  let day = "";
  return (
    <div class="thread" role="log" aria-label={say("chat.log_label")} tabIndex={0}>
      {!facts.length && !state.outgoing.length && <p class="empty">{say("chat.empty")}</p>}
      {facts.map((fact) => {
        const today = voice.day(fact.at);
        const begins = today !== day;
        day = today;
        return (
          <div key={fact.version} class="entry">
            {begins && <p class="day">{today}</p>}
            {fact.what === "closed" ? (
              <p class="day">{say("chat.ended")}</p>
            ) : (
              <Bubble fact={fact} voice={voice} mark={fact === lastOurs ? mark(fact, state.seenVersion) : ""} />
            )}
          </div>
        );
      })}
      {state.outgoing.map((each) => (
        <OnItsWay key={each.key} outgoing={each} session={session} voice={voice} />
      ))}
    </div>
  );
}

const mark = (fact: Fact, seen: number) => (seen >= fact.version ? "chat.seen" : "chat.delivered");

function Bubble({ fact, voice, mark }: { fact: Fact; voice: Voice; mark: string }) {
  const { say } = voice;
  const message = fact.message;
  if (!message) return null;
  const author =
    fact.what === "person" ? message.author : fact.what === "bot" ? say("chat.bot") : fact.what === "told" ? say("status.automatic") : "";
  return (
    <article class={`bubble ${fact.what} ${message.why ?? ""}`}>
      <p class="meta">
        <span class={author ? "author" : "hidden"} dir="auto">
          {author || say("status.you")}
        </span>{" "}
        <time dateTime={fact.at}>{voice.time(fact.at)}</time>
      </p>
      {message.text && (
        <p class="text" dir="auto">
          {message.text}
        </p>
      )}
      {message.attachments.map((each) => (
        <File key={each.url} file={each} voice={voice} />
      ))}
      {mark && <p class="mark">{say(mark)}</p>}
    </article>
  );
}

function File({ file, voice }: { file: Attachment; voice: Voice }) {
  const image = /^image\/(png|jpeg|gif|webp)$/.test(file.media_type);
  return (
    <a class="file" href={file.url} target="_blank" rel="noopener noreferrer" aria-label={voice.say("chat.download", { name: file.name })}>
      {image ? <img src={file.url} alt="" loading="lazy" /> : null}
      <bdi>{file.name}</bdi>
    </a>
  );
}

function OnItsWay({ outgoing, session, voice }: { outgoing: Outgoing; session: Session; voice: Voice }) {
  const { say } = voice;
  const { key, refused } = outgoing;
  return (
    <article class="bubble customer waiting">
      <p class="text" dir="auto">
        {outgoing.text}
      </p>
      {outgoing.attachments.map((each) => (
        <p class="file" key={each.token}>
          <bdi>{each.name}</bdi>
        </p>
      ))}
      <p class="mark">{refused === undefined ? say("chat.sending") : `${say("chat.not_sent")}: ${refused}`}</p>
      {refused !== undefined && (
        <p class="row">
          <button type="button" class="plain" onClick={() => session.again(key)}>
            {say("chat.try_again")}
          </button>
          <button type="button" class="plain" onClick={() => session.discard(key)}>
            {say("chat.discard")}
          </button>
        </p>
      )}
    </article>
  );
}
