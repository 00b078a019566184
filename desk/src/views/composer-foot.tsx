// Under the text: files, canned replies, and the ways to send, the usual one first.

import { useRef } from "preact/hooks";
import type { Row } from "../types";
import { say } from "../words";
import { attach, send, show } from "../work";
import { Keys } from "./bits";
import { Icon } from "./icons";

interface Props {
  id: string;
  row: Row;
  noting: boolean;
  empty: boolean;
  sending: boolean;
}

export function ComposerFoot({ id, row, noting, empty, sending }: Props) {
  const picker = useRef<HTMLInputElement>(null);
  if (noting)
    return (
      <div class="composer-foot">
        <span class="quiet composer-hint">{say("composer.note_foot")}</span>
        <button type="submit" class="button button-main button-note" disabled={empty || sending}>
          {say("composer.save_note")} <Keys keys="Ctrl+Enter" />
        </button>
      </div>
    );
  return (
    <div class="composer-foot">
      <input ref={picker} type="file" multiple hidden onChange={(event) => void attach(id, [...(event.currentTarget.files ?? [])])} />
      <button type="button" class="tool" title={say("composer.attach")} aria-label={say("composer.attach")} onClick={() => picker.current?.click()}>
        <Icon name="clip" />
      </button>
      <button type="button" class="tool" title={say("action.canned")} aria-label={say("action.canned")} onClick={() => show({ kind: "palette", text: ";" })}>
        <Icon name="bolt" />
      </button>
      <span class="composer-gap" />
      <button type="button" class="button" disabled={sending} title={`${say("action.send_next")} (Ctrl Alt Enter)`} onClick={() => void send(id, { next: true })}>
        {say("composer.send_next")}
      </button>
      {row.status !== "closed" && (
        <button type="button" class="button" disabled={sending} title={`${say("action.send_close")} (Ctrl Shift Enter)`} onClick={() => void send(id, { close: "answered" })}>
          {say("composer.send_close")}
        </button>
      )}
      <button type="submit" class="button button-main" disabled={sending} aria-keyshortcuts="Control+Enter">
        <Icon name="send" turn />
        {sending ? say("message.sending") : say("composer.send")} <Keys keys="Ctrl+Enter" />
      </button>
    </div>
  );
}
