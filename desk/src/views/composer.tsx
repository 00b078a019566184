// Where answers are written. The draft is never lost; what it will do stands on the button; a note looks like a note.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { askedAt, cannedFor, filled, inserted, peopleFor, type Asked } from "../completion";
import { noteKey } from "../drafts";
import { tellTyping } from "../line";
import { current, dispatch, set, useLive } from "../live";
import type { Thread } from "../thread";
import { openPromise } from "../thread";
import type { Row } from "../types";
import { languageName, say } from "../words";
import { attach, note, send } from "../work";
import { Completions, type Choice } from "./completions";
import { ComposerFoot } from "./composer-foot";
import { CrossingNotice } from "./crossing";
import { Files } from "./files";

function choicesFor(asked: Asked, row: Row, thread: Thread | null): Choice[] {
  const { brand, me } = current();
  if (asked.sign === "@") return peopleFor(brand?.people ?? [], asked.word).map((each) => ({ key: each.id, title: each.name, words: each.email, insert: `@${each.name} ` }));
  const promise = openPromise(thread)?.words ?? "";
  return cannedFor(brand?.canned ?? [], asked.word, row.language).map((each) => {
    const insert = filled(each.text, row, me, brand, promise);
    return { key: each.key, title: each.title, words: insert, insert };
  });
}

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
  const key = noting ? noteKey(id) : id;
  const text = useLive((state) => state.drafts.get(key) ?? "");
  const sending = useLive((state) => state.sending.has(id));
  const box = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [chosen, setChosen] = useState(0);
  const choices = asked ? choicesFor(asked, row, thread) : [];

  const write = (next: string) => dispatch({ kind: "draft", key, text: next });
  const look = () => {
    const at = box.current;
    setAsked(at ? askedAt(at.value, at.selectionStart, noting ? ["@"] : [";"]) : null);
    setChosen(0);
  };
  const choose = (choice: Choice) => {
    const at = box.current;
    if (!at || !asked) return;
    const next = inserted(at.value, asked.from, at.selectionStart, choice.insert);
    caret.current = next.caret;
    write(next.text);
    setAsked(null);
  };
  // As soon as the new words are there, so that typing on continues after them.
  useLayoutEffect(() => {
    if (caret.current === null) return;
    box.current?.focus();
    box.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [text]);
  const keys = (event: KeyboardEvent) => {
    if (!choices.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const picked = choices[chosen];
    if (step) setChosen((chosen + step + choices.length) % choices.length);
    else if ((event.key === "Enter" || event.key === "Tab") && picked && !event.ctrlKey && !event.metaKey) choose(picked);
    else if (event.key === "Escape") setAsked(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
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
      <div class="composer-box">
        <textarea
          id="composer-text"
          ref={box}
          dir="auto"
          rows={3}
          value={text}
          readOnly={sending}
          aria-label={noting ? say("composer.note") : say("composer.reply")}
          aria-autocomplete="list"
          aria-controls={choices.length ? "completions" : undefined}
          aria-activedescendant={choices.length ? `completion-${chosen}` : undefined}
          placeholder={noting ? say("composer.note_hint") : say("composer.reply_hint", { language: languageName(row.language) })}
          onInput={(event) => {
            write(event.currentTarget.value);
            look();
            if (!noting) tellTyping(id);
          }}
          onClick={look}
          onBlur={() => setTimeout(() => document.activeElement !== box.current && setAsked(null), 150)}
          onKeyDown={keys}
          onPaste={(event) => take(event.clipboardData?.files, event)}
        />
        {asked && <Completions choices={choices} chosen={chosen} choose={choose} sign={asked.sign} />}
      </div>
      {!noting && <Files id={id} />}
      <ComposerFoot id={id} row={row} noting={noting} empty={!text.trim()} sending={sending} />
    </form>
  );
}
