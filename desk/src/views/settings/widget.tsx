// The chat on the brand's own pages: one line to copy. And the page that needs no line at all.

import { useLive } from "../../live";
import type { Channel } from "../../types";
import { say } from "../../words";
import { Empty } from "../bits";
import { Copy } from "./copy";

const NONE: Channel[] = [];

export function WidgetSettings() {
  const slug = useLive((state) => state.brand?.slug ?? "");
  const channels = useLive((state) => state.brand?.channels ?? NONE);
  const chats = channels.filter((each) => each.kind === "chat");
  const contact = `${location.origin}/contact/${slug}`;
  return (
    <>
      {chats.length === 0 && (
        <Empty icon="chat" title={say("widget.no_chat")}>
          {say("widget.no_chat_words")}
        </Empty>
      )}
      {chats.map((each) => (
        <section key={each.key} class="card form">
          <h2>{each.name}</h2>
          <Copy label={say("widget.snippet")} lines={3} text={`<script src="${location.origin}/loader.js" data-brand="${slug}" data-channel="${each.key}" async></script>`} />
        </section>
      ))}
      <section class="card form">
        <h2>{say("widget.contact")}</h2>
        <Copy label={say("widget.contact_words")} lines={1} text={contact} />
        <p>
          <a class="button" href={contact} target="_blank" rel="noopener">
            {say("widget.try")}
          </a>
        </p>
      </section>
    </>
  );
}
