// Drafts survive everything: each keystroke is in this browser at once, and on the server a moment later, so that a
// reload, a crash or another machine brings them back. The newer one wins.

import { conversations } from "./api";
import { current, dispatch, watch } from "./live";

const WAIT = 800;
const waiting = new Map<string, number>();
let saved: ReadonlyMap<string, string> = new Map();

/** Notes are kept beside answers under a key of their own, in this browser only. */
export function noteKey(id: string): string {
  return `${id}:note`;
}

function place(key: string): string {
  return `waada.draft.${current().me?.id ?? ""}.${key}`;
}

interface Kept {
  text: string;
  at: number;
}

export function kept(key: string): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(place(key)) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

/** Bring back what was being written here; `server` is what the server kept. */
export function restore(id: string, server: { text: string; updated_at: string } | null): void {
  if (!current().drafts.has(noteKey(id))) {
    const note = kept(noteKey(id));
    if (note?.text) dispatch({ kind: "draft", key: noteKey(id), text: note.text });
  }
  if (current().drafts.has(id)) return;
  const mine = kept(id);
  const newest = mine && (!server || mine.at >= Date.parse(server.updated_at)) ? mine.text : (server?.text ?? "");
  if (!newest) return;
  saved = new Map(saved).set(id, newest);
  dispatch({ kind: "draft", key: id, text: newest });
}

function keep(key: string, text: string): void {
  // An emptied draft is kept as empty for a while, so that an older one from the server does not come back.
  localStorage.setItem(place(key), JSON.stringify({ text, at: Date.now() } satisfies Kept));
  if (key.endsWith(":note")) return;
  clearTimeout(waiting.get(key));
  waiting.set(key, window.setTimeout(() => void store(key), WAIT));
}

async function store(key: string): Promise<void> {
  waiting.delete(key);
  const text = current().drafts.get(key) ?? "";
  try {
    if (text) await conversations.keepDraft(key, text);
    else await conversations.dropDraft(key);
  } catch {
    // Kept in this browser already; the next keystroke tries again.
  }
}

/** It was sent: no draft is left anywhere. */
export function forget(key: string): void {
  clearTimeout(waiting.get(key));
  waiting.delete(key);
  saved = new Map([...saved].filter(([each]) => each !== key));
  localStorage.removeItem(place(key));
  dispatch({ kind: "draft", key, text: "" });
  saved = current().drafts;
  localStorage.removeItem(place(key));
}

export function watchDrafts(): void {
  watch(() => {
    const drafts = current().drafts;
    if (drafts === saved) return;
    const before = saved;
    saved = drafts;
    for (const [key, text] of drafts) if (before.get(key) !== text) keep(key, text);
    for (const key of before.keys()) if (!drafts.has(key)) keep(key, "");
  });
}
