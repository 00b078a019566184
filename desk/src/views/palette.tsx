// The command palette: every action that is possible now, canned replies after ";", conversations by name; made from the
// same list as the keyboard.

import { useMemo, useRef, useState } from "preact/hooks";
import { ACTIONS, focusOn, rowHere } from "../actions";
import { filled } from "../completion";
import { current, dispatch, set, useLive } from "../live";
import { matches } from "../queue";
import { fold, openPromise } from "../thread";
import { say } from "../words";
import { openConversation, show } from "../work";
import { Keys } from "./bits";
import { DialogBox } from "./dialog";

interface Entry {
  key: string;
  label: string;
  more: string;
  keys: string | undefined;
  act: () => void;
}

function actionEntries(query: string): Entry[] {
  return ACTIONS.filter((each) => each.name !== "palette" && each.when(current()))
    .map((each) => ({ key: each.name, label: say(`action.${each.name}`), more: say(`group.${each.group}`), keys: each.keys[0], act: each.perform }))
    .filter((each) => each.label.toLowerCase().includes(query));
}

function filledHere(text: string): string {
  const { me, brand, opened } = current();
  const row = rowHere(current());
  if (!row) return text;
  const facts = opened.get(row.id)?.facts;
  return filled(text, row, me, brand, openPromise(facts ? fold(facts) : null)?.words ?? "");
}

function insertCanned(piece: string): void {
  const row = rowHere(current());
  if (!row) return;
  const before = current().drafts.get(row.id) ?? "";
  set({ noting: false });
  openConversation(row.id);
  dispatch({ kind: "draft", key: row.id, text: before ? `${before.trimEnd()}\n\n${piece}` : piece });
  focusOn("#composer-text");
}

function cannedEntries(query: string): Entry[] {
  return (current().brand?.canned ?? [])
    .filter((each) => `${each.key} ${each.title} ${each.text}`.toLowerCase().includes(query))
    .map((each) => ({ each, piece: filledHere(each.text) }))
    .map(({ each, piece }) => ({ key: `canned-${each.key}`, label: each.title, more: piece, keys: undefined, act: () => insertCanned(piece) }));
}

function rowEntries(query: string): Entry[] {
  if (query.length < 2) return [];
  const found: Entry[] = [];
  for (const row of current().rows.values()) {
    if (found.length >= 6) break;
    if (matches(row, query)) found.push({ key: row.id, label: row.customer ?? say("customer.unnamed"), more: row.subject ?? row.preview, keys: undefined, act: () => openConversation(row.id) });
  }
  return found;
}

function entriesFor(text: string): Entry[] {
  const query = text.trim().toLowerCase();
  if (query.startsWith(";")) return cannedEntries(query.slice(1).trim());
  return [...actionEntries(query), ...(query ? cannedEntries(query).slice(0, 4) : []), ...rowEntries(query)];
}

export function Palette({ text: begun = "" }: { text?: string }) {
  const [text, setText] = useState(begun);
  const [chosen, setChosen] = useState(0);
  const rows = useLive((state) => state.rows);
  const entries = useMemo(() => entriesFor(text), [text, rows]);
  const list = useRef<HTMLUListElement>(null);
  const act = (entry: Entry | undefined) => {
    if (!entry) return;
    show(null);
    // After the dialog has given the focus back.
    setTimeout(entry.act, 0);
  };
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && entries.length) {
      event.preventDefault();
      const next = (chosen + step + entries.length) % entries.length;
      setChosen(next);
      list.current?.children[next]?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      act(entries[chosen]);
    }
  };
  return (
    <DialogBox title={say("action.palette")} bare>
      <input
        class="palette-text"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={entries.length ? `palette-${chosen}` : undefined}
        aria-label={say("palette.label")}
        placeholder={say("palette.placeholder")}
        autofocus
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={keys}
      />
      <ul id="palette-list" ref={list} class="palette-list" role="listbox" aria-label={say("palette.label")}>
        {entries.map((entry, index) => (
          <li key={entry.key} id={`palette-${index}`} role="option" aria-selected={index === chosen} onClick={() => act(entry)} onMouseMove={() => index !== chosen && setChosen(index)}>
            <span class="palette-label" dir="auto">{entry.label}</span>
            <span class="quiet palette-more" dir="auto">{entry.more}</span>
            {entry.keys && <Keys keys={entry.keys} />}
          </li>
        ))}
        {entries.length === 0 && <li class="quiet" role="option" aria-selected="false">{say("palette.none")}</li>}
      </ul>
    </DialogBox>
  );
}
