// Where answers are written. The draft is never lost; what it will do stands on the button; a note looks like a note.

import { noteKey } from "../drafts";
import { set, useLive } from "../live";
import type { Thread } from "../thread";
import type { Row } from "../types";
import { say } from "../words";
import { attach, note, send } from "../work";
import { ComposerFoot } from "./composer-foot";
import { ComposerText } from "./composer-text";
import { CrossingNotice } from "./crossing";
import { Files } from "./files";

/** Tabs that say who will read it. */
function Kinds({ noting }: { noting: boolean }) {
  return (
    <div class="composer-kinds" role="tablist" aria-label={say("composer.kind")}>
      <button type="button" role="tab" aria-selected={!noting} onClick={() => set({ noting: false })}>
        {say("composer.reply")}
      </button>
      <button type="button" role="tab" aria-selected={noting} aria-keyshortcuts="n" onClick={() => set({ noting: true })}>
        {say("composer.note")}
      </button>
    </div>
  );
}

export function Composer({ id, row, thread }: { id: string; row: Row; thread: Thread | null }) {
  const noting = useLive((state) => state.noting);
  const draft = noting ? noteKey(id) : id;
  const text = useLive((state) => state.drafts.get(draft) ?? "");
  const sending = useLive((state) => state.sending.has(id));
  const take = (files: FileList | null | undefined, event: Event) => {
    if (!files?.length || noting) return;
    event.preventDefault();
    void attach(id, [...files]);
  };
  return (
    <form
      id="composer"
      class={`composer${noting ? " composer-note" : ""}`}
      onSubmit={(event) => {
        event.preventDefault();
        void (noting ? note(id) : send(id));
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => take(event.dataTransfer?.files, event)}
    >
      {!noting && <CrossingNotice id={id} thread={thread} />}
      <Kinds noting={noting} />
      <ComposerText id={id} row={row} thread={thread} draft={draft} text={text} noting={noting} sending={sending} take={take} />
      {!noting && <Files id={id} />}
      <ComposerFoot id={id} row={row} noting={noting} empty={!text.trim()} sending={sending} />
    </form>
  );
}
