// What a customer may want besides writing: a person, to be heard when ignored, to stop, the status page, a language.

import type { Act, Setup } from "./frames";
import { Dots } from "./icons";
import type { Session } from "./session";
import type { Voice } from "./words";

interface Shown {
  session: Session;
  setup: Setup;
  voice: Voice;
  speak: (language: string) => void;
}

export function Menu({ session, setup, voice, speak }: Shown) {
  const { promise, menu, statusUrl } = session.state;
  const { say } = voice;
  const turn = (to: typeof menu) => session.happen({ kind: "menu", menu: to });
  const shut = () => {
    turn("shut");
    document.getElementById("menu")?.focus();
  };
  const choice = (words: string, perform: () => void) => (
    <button type="button" onClick={perform}>
      {say(words)}
    </button>
  );
  const act = (action: Act, thanks: string) => () => {
    shut();
    const sent = session.act(action);
    session.notice(say(sent ? thanks : "chat.reconnecting"), !sent);
  };

  return (
    <div
      class="menu"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || menu === "shut") return;
        event.preventDefault();
        shut();
      }}
      onFocusOut={(event) => {
        const next = event.relatedTarget as Node | null;
        if (next && !event.currentTarget.contains(next)) turn("shut");
      }}
    >
      <button
        type="button"
        class="icon"
        id="menu"
        aria-label={say("chat.menu")}
        title={say("chat.menu")}
        aria-expanded={menu !== "shut"}
        aria-controls="choices"
        onClick={() => turn(menu === "shut" ? "open" : "shut")}
      >
        <Dots />
      </button>
      <div id="choices" class="choices" hidden={menu === "shut"}>
        {menu === "asking" ? (
          <>
            <p>{say("status.not_needed_sure")}</p>
            {choice("status.yes_stop", act("release", "status.thanks_not_needed"))}
            {choice("status.no_go_on", () => turn("open"))}
          </>
        ) : (
          promise && (
            <>
              {choice("status.want_person", act("person", "status.thanks_person"))}
              {choice("status.ignored", act("ignored", "status.thanks_ignored"))}
              {choice("status.not_needed", () => turn("asking"))}
            </>
          )
        )}
        {statusUrl && (
          <a href={statusUrl} target="_blank" rel="noopener">
            {say("chat.status_link")}
          </a>
        )}
        {setup.languages.length > 1 && (
          <label>
            {say("contact.language_label")}
            <select value={setup.language} onChange={(event) => speak(event.currentTarget.value)}>
              {setup.languages.map(([code, name]) => (
                <option key={code} value={code} lang={code}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
    </div>
  );
}
