// The search above the queue: as one types, in what is here and in everything the server has.

import { listed } from "../listing";
import { current, useLive } from "../live";
import { say } from "../words";
import { lookFor, openConversation } from "../work";
import { Icon } from "./icons";

export function Search() {
  const query = useLive((state) => state.query);
  return (
    <div class="search">
      <Icon name="search" />
      <input
        id="search"
        type="search"
        value={query}
        placeholder={say("search.placeholder")}
        aria-label={say("search.label")}
        aria-controls="queue"
        onInput={(event) => lookFor(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && query) lookFor("");
          const first = listed(current())[0];
          if (event.key === "Enter" && first) openConversation(first.id);
          if (event.key === "ArrowDown") {
            event.preventDefault();
            document.querySelector<HTMLElement>("[role=option]")?.focus();
          }
        }}
      />
      <kbd class="keys">
        <span>/</span>
      </kbd>
    </div>
  );
}
