// The whole window: who it is, the promise, the messages, the field to write in. State in, markup out.

import { Composer } from "./composer";
import { EmailForLater } from "./email";
import type { Setup } from "./frames";
import { Cross } from "./icons";
import { Menu } from "./menu";
import { PromiseCard } from "./promise";
import type { Session } from "./session";
import { Thread } from "./thread";
import type { Voice } from "./words";

export interface Shown {
  session: Session;
  setup: Setup;
  voice: Voice;
  /** The time now on the server's clock. */
  now: number;
  speak: (language: string) => void;
  close: (() => void) | undefined;
}

export function ChatWindow({ session, setup, voice, now, speak, close }: Shown) {
  const { state } = session;
  const { say } = voice;

  return (
    <div class="window">
      <header>
        <span class="badge" aria-hidden="true">
          {[...setup.brand][0]}
        </span>
        <div class="who">
          <h1 dir="auto">{setup.brand}</h1>
          <p class={state.peopleHere ? "here" : "away"}>{say(state.peopleHere ? "chat.people_here" : "chat.nobody_here")}</p>
        </div>
        <Menu session={session} setup={setup} voice={voice} speak={speak} />
        {close && (
          <button type="button" class="icon" aria-label={say("chat.close")} title={say("chat.close")} onClick={close}>
            <Cross />
          </button>
        )}
      </header>
      <PromiseCard state={state} voice={voice} now={now} record={setup.record} />
      <div class="scroll" id="scroll">
        <Thread session={session} voice={voice} />
        <p class="typing" aria-live="polite">
          {state.typing !== null && (
            <>
              <i aria-hidden="true" />
              {state.typing ? say("chat.typing", { name: state.typing }) : say("chat.typing_somebody")}
            </>
          )}
        </p>
        <EmailForLater session={session} voice={voice} />
      </div>
      <div class="notices" role="status">
        {state.connection === "offline" && <p class="notice warn">{say("chat.reconnecting")}</p>}
        {state.connection === "online" && state.back && <p class="notice good">{say("chat.reconnected")}</p>}
        {state.notice && (
          <p class={`notice ${state.notice.bad ? "warn" : "good"}`}>
            {state.notice.words}
            <button type="button" class="icon small" aria-label={say("chat.dismiss")} onClick={() => session.happen({ kind: "calm" })}>
              <Cross />
            </button>
          </p>
        )}
      </div>
      <Composer key={session} session={session} setup={setup} voice={voice} />
    </div>
  );
}
