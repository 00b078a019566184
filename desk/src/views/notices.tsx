// What the desk says by itself: the line is down, something was refused, and ten seconds to take the last action back.

import { now } from "../clock";
import { retryFeed } from "../line";
import { useLive, useNow } from "../live";
import { number, say, sayOne } from "../words";
import { undo } from "../work";
import { Keys } from "./bits";
import { Icon } from "./icons";

export function ConnectionNotice() {
  const connection = useLive((state) => state.connection);
  const loaded = useLive((state) => state.loaded);
  useNow();
  if (connection.status === "live" || connection.status === "connecting") return null;
  if (connection.status === "waiting" && connection.tries < 2) return null;
  const seconds = connection.status === "waiting" ? Math.max(0, Math.ceil((connection.again_at - Date.now()) / 1000)) : 0;
  return (
    <div class="connection" role="status">
      <Icon name="offline" />
      <span>
        <b>{say("connection.title")}</b> {loaded ? say("connection.words") : ""} {seconds > 0 && say("connection.again_in", { seconds })}
      </span>
      <button type="button" class="button" onClick={retryFeed}>
        {say("connection.now")}
      </button>
    </div>
  );
}

const WINDOW = 10;

function UndoToast() {
  const last = useLive((state) => state.undo);
  useNow();
  if (!last) return null;
  const left = Math.ceil((Date.parse(last.until) - now()) / 1000);
  if (left <= 0) return null;
  return (
    <div class="toast toast-undo">
      <svg class="ring" viewBox="0 0 16 16" aria-hidden="true">
        <circle class="ring-all" cx="8" cy="8" r="6" />
        <circle class="ring-left" cx="8" cy="8" r="6" stroke-dasharray={`${(Math.min(1, left / WINDOW) * 37.7).toFixed(1)} 37.7`} />
      </svg>
      <span>
        {sayOne("did", last.what)} <span class="quiet">{number(Math.min(left, WINDOW))}</span>
      </span>
      <button type="button" class="button" onClick={() => void undo()}>
        {say("action.undo")} <Keys keys="z" />
      </button>
    </div>
  );
}

export function Toasts() {
  const toasts = useLive((state) => state.toasts);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map((each) => (
        <div key={each.id} class={`toast toast-${each.tone}`}>
          {each.tone === "bad" && <Icon name="alert" />}
          <span>{each.words}</span>
        </div>
      ))}
      <UndoToast />
    </div>
  );
}
