// The text of an answer or a note, with what can be completed at the caret.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Asked, askedAt, cannedFor, filled, inserted, peopleFor } from "../completion";
import { tellTyping } from "../line";
import { current, dispatch } from "../live";
import { openPromise, type Thread } from "../thread";
import type { Row } from "../types";
import { languageName, say } from "../words";
import { type Choice, Completions } from "./completions";

function choicesFor(asked: Asked, row: Row, thread: Thread | null): Choice[] {
  const { brand, me } = current();
  if (asked.sign === "@") return peopleFor(brand?.people ?? [], asked.word).map((each) => ({ key: each.id, title: each.name, words: each.email, insert: `@${each.name} ` }));
  const promise = openPromise(thread)?.words ?? "";
  return cannedFor(brand?.canned ?? [], asked.word, row.language).map((each) => {
    const insert = filled(each.text, row, me, brand, promise);
    return { key: each.key, title: each.title, words: insert, insert };
  });
}

interface Props {
  id: string;
  row: Row;
  thread: Thread | null;
  draft: string;
  text: string;
  noting: boolean;
  sending: boolean;
  take: (files: FileList | null | undefined, event: Event) => void;
}

interface Completing {
  asked: Asked | null;
  choices: readonly Choice[];
  chosen: number;
  look: () => void;
  leave: () => void;
  choose: (choice: Choice) => void;
  keys: (event: KeyboardEvent) => void;
}

function useCompletion(box: { current: HTMLTextAreaElement | null }, { row, thread, draft, text, noting }: Props): Completing {
  const caret = useRef<number | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [chosen, setChosen] = useState(0);
  const choices = asked ? choicesFor(asked, row, thread) : [];
  // As soon as the new words are there, so that typing on continues after them.
  useLayoutEffect(() => {
    if (caret.current === null) return;
    box.current?.focus();
    box.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [text]);
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
    dispatch({ kind: "draft", key: draft, text: next.text });
    setAsked(null);
  };
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
  const leave = () => void setTimeout(() => document.activeElement !== box.current && setAsked(null), 150);
  return { asked, choices, chosen, look, leave, choose, keys };
}

export function ComposerText(props: Props) {
  const { id, row, draft, text, noting, sending, take } = props;
  const box = useRef<HTMLTextAreaElement>(null);
  const { asked, choices, chosen, look, leave, choose, keys } = useCompletion(box, props);
  const write = (next: string) => {
    dispatch({ kind: "draft", key: draft, text: next });
    look();
    if (!noting) tellTyping(id);
  };
  return (
    <div class="composer-box">
      <textarea
        id="composer-text"
        ref={box}
        // While it is empty its hint reads in the direction of the desk.
        dir={text ? "auto" : undefined}
        rows={3}
        value={text}
        readOnly={sending}
        aria-label={noting ? say("composer.note") : say("composer.reply")}
        aria-autocomplete="list"
        aria-controls={choices.length ? "completions" : undefined}
        aria-activedescendant={choices.length ? `completion-${chosen}` : undefined}
        placeholder={noting ? say("composer.note_hint") : say("composer.reply_hint", { language: languageName(row.language) })}
        onInput={(event) => write(event.currentTarget.value)}
        onClick={look}
        onBlur={leave}
        onKeyDown={keys}
        onPaste={(event) => take(event.clipboardData?.files, event)}
      />
      {asked && <Completions choices={choices} chosen={chosen} choose={choose} sign={asked.sign} />}
    </div>
  );
}
