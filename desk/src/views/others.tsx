// Who else is here: colleagues who look at this conversation, and whoever types, the customer included.

import { useLive, useNow } from "../live";
import type { Presence } from "../store";
import { say } from "../words";
import { Icon } from "./icons";

// A typing signal that was not renewed means that somebody stopped, or their line was cut.
const TYPING_FOR = 8000;
const NOBODY: readonly Presence[] = [];

export function Others({ id }: { id: string }) {
  const me = useLive((state) => state.me?.id);
  const all = useLive((state) => state.presence.get(id) ?? NOBODY);
  const at = useNow();
  const others = all.filter((each) => each.id !== me);
  const typing = others.filter((each) => each.typing && at - each.at < TYPING_FOR);
  const looking = others.filter((each) => !typing.includes(each) && each.id !== "customer");
  return (
    <div class="others" aria-live="polite">
      {typing.map((each) => (
        <span key={each.id} class="other other-typing">
          <Icon name="pen" />
          {each.id === "customer" ? say("presence.customer_typing") : say("presence.typing", { name: each.name })}
        </span>
      ))}
      {looking.map((each) => (
        <span key={each.id} class="other">
          <Icon name="eye" />
          {say("presence.looking", { name: each.name })}
        </span>
      ))}
    </div>
  );
}
