// Two answers must not cross unnoticed: what came in while this one was written, and one click to send it anyway.

import { dispatch, useLive } from "../live";
import { since, type Thread } from "../thread";
import { say } from "../words";
import { send } from "../work";
import { Moment, usePersonName } from "./bits";
import { Icon } from "./icons";

export function CrossingNotice({ id, thread }: { id: string; thread: Thread | null }) {
  const crossing = useLive((state) => state.crossings.get(id));
  const nameOf = usePersonName();
  if (!crossing) return null;
  const items = thread ? since(thread, crossing.seen) : [];
  return (
    <div class="crossing" role="alert">
      <p>
        <Icon name="alert" /> <b>{say("crossing.title")}</b> {crossing.words}
      </p>
      <ul>
        {items.map((item) =>
          item.kind === "said" ? (
            <li key={item.id}>
              <b>{item.who === "customer" ? say("who.customer") : item.who === "person" ? nameOf(item.person) || item.author : say("message.bot")}</b>{" "}
              <Moment at={item.at} /> <span dir="auto">{item.message.text}</span>
            </li>
          ) : null,
        )}
      </ul>
      <p class="crossing-ways">
        <button type="button" class="button" onClick={() => dispatch({ kind: "crossing", conversation: id, crossing: null })}>
          {say("crossing.edit")}
        </button>
        <button type="button" class="button button-main" onClick={() => void send(id, { close: crossing.close, next: crossing.next, anyway: true })}>
          {say("crossing.send_anyway")}
        </button>
      </p>
    </div>
  );
}
