// What a person does with conversations: each is one call to the server; the screen changes when the fact comes back.

import { call, conversations, freshKey, Problem, search, Unreachable, upload } from "./api";
import { now } from "./clock";
import { forget, noteKey, restore } from "./drafts";
import { stopTyping } from "./line";
import { listed } from "./listing";
import { current, dispatch, set } from "./live";
import { href, type Route, type View } from "./route";
import type { Dialog, Upload } from "./store";
import { fold } from "./thread";
import type { Row } from "./types";
import { say } from "./words";

let toasts = 0;
const TOAST_FOR = 6000;

export function toast(words: string, tone: "calm" | "bad" = "calm"): void {
  const id = ++toasts;
  dispatch({ kind: "toast", toast: { id, words, tone } });
  setTimeout(() => dispatch({ kind: "toast_gone", id }), TOAST_FOR);
}

export function wordsOf(error: unknown): string {
  if (error instanceof Unreachable) return say("error.unreachable");
  // What is wrong with a field follows its name in the API; here it stands alone.
  if (error instanceof Problem) return error.message ? error.message[0]!.toUpperCase() + error.message.slice(1) : say("error.unknown");
  throw error;
}

/** Do something that may be refused; the refusal is told in the server's words. True when it went well. */
export async function attempt(act: () => Promise<{ conversation?: Row } | unknown>): Promise<boolean> {
  try {
    const answer = (await act()) as { conversation?: Row } | undefined;
    if (answer?.conversation?.id) dispatch({ kind: "row", row: answer.conversation });
    return true;
  } catch (error) {
    toast(wordsOf(error), "bad");
    return false;
  }
}

export function go(route: Route): void {
  const address = href(route);
  if (location.hash === address) return;
  location.hash = address;
}

export function goView(view: View): void {
  set({ query: "", found: null });
  go({ screen: "queue", view, conversation: null });
}

export function openConversation(id: string | null): void {
  const { route } = current();
  const view = route.screen === "queue" && route.view !== "letters" ? route.view : "all";
  if (id) set({ selected: id });
  go({ screen: "queue", view, conversation: id });
}

export function show(dialog: Dialog | null): void {
  set({ dialog });
}

const fetching = new Set<string>();

/** Fetch a conversation unless it is here and whole. */
export async function load(id: string, anew = false): Promise<void> {
  const known = current().opened.get(id);
  if (fetching.has(id) || (known && !known.stale && !anew)) return;
  fetching.add(id);
  try {
    const detail = await conversations.open(id);
    dispatch({ kind: "opened", id, detail, at: now() });
    restore(id, detail.draft);
  } catch (error) {
    dispatch({ kind: "open_failed", id, words: wordsOf(error) });
  } finally {
    fetching.delete(id);
  }
}

export function move(step: number): void {
  const state = current();
  const rows = listed(state);
  if (!rows.length) return;
  const here = state.route.screen === "queue" ? (state.route.conversation ?? state.selected) : null;
  const index = rows.findIndex((row) => row.id === here);
  const next = rows[index < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, index + step))];
  if (!next) return;
  set({ selected: next.id });
  if (state.route.screen === "queue" && state.route.conversation) openConversation(next.id);
}

/** The conversation that comes after one, judged before it leaves the list. */
export function following(id: string): string | null {
  const rows = listed(current());
  const index = rows.findIndex((row) => row.id === id);
  return rows[index + 1]?.id ?? rows[index - 1]?.id ?? null;
}

export function assign(id: string, person: string | null): Promise<boolean> {
  return attempt(() => conversations.assign(id, person));
}

export async function close(id: string, outcome: string): Promise<boolean> {
  return attempt(() => conversations.close(id, outcome));
}

export async function undo(): Promise<void> {
  const last = current().undo;
  if (!last) return;
  const words = await withdrawnWords(last.conversation);
  if (!(await attempt(() => conversations.undo(last.conversation)))) return;
  set({ undo: null });
  // What was taken back is there to be written better, unless something new is being written already.
  if (last.what === "reply" && words && !current().drafts.get(last.conversation))
    dispatch({ kind: "draft", key: last.conversation, text: words });
}

async function withdrawnWords(id: string): Promise<string | null> {
  await load(id);
  const opened = current().opened.get(id);
  const me = current().me?.id;
  const last = opened && [...fold(opened.facts).items].reverse().find((each) => each.kind === "said" && each.person === me);
  return last?.kind === "said" ? last.message.text : null;
}

export interface Sending {
  close?: string | null;
  next?: boolean;
  anyway?: boolean;
}

/** The message the person had read last; crossing answers are judged by it. */
export function lastSeen(id: string): string | null {
  const opened = current().opened.get(id);
  return opened ? fold(opened.facts).last_message : null;
}

export async function send(id: string, how: Sending = {}): Promise<void> {
  const state = current();
  const text = (state.drafts.get(id) ?? "").trim();
  const files = state.uploads.get(id) ?? [];
  if (state.sending.has(id) || (!text && !files.length)) return;
  if (files.some((each) => each.status !== "ready")) return toast(say("composer.files_not_ready"), "bad");
  const next = how.next ? following(id) : null;
  const seen = state.crossings.get(id)?.seen ?? lastSeen(id);
  const key = freshKey();
  dispatch({ kind: "sending", conversation: id, on: true });
  dispatch({ kind: "pending", message: { key, conversation: id, text, note: false, at: now() } });
  const body = {
    author: "person",
    text,
    attachments: files.map((each) => ({ blob: each.attachment?.blob, name: each.name })),
    seen_message: seen,
    ...(how.close ? { close: how.close } : {}),
    ...(how.anyway ? { anyway: true } : {}),
  };
  try {
    const answer = await conversations.write(id, body, key);
    dispatch({ kind: "row", row: answer.conversation });
    sent(id);
    if (how.next) openConversation(next);
  } catch (error) {
    refused(id, error, seen, how);
  } finally {
    dispatch({ kind: "settled", key });
    dispatch({ kind: "sending", conversation: id, on: false });
  }
}

function sent(id: string): void {
  stopTyping(id);
  forget(id);
  dispatch({ kind: "uploads", conversation: id, uploads: [] });
  dispatch({ kind: "crossing", conversation: id, crossing: null });
}

function refused(id: string, error: unknown, seen: string | null, how: Sending): void {
  if (error instanceof Problem && error.status === 409) {
    void load(id, true);
    const crossing = { words: error.message, seen, close: how.close ?? null, next: how.next ?? false };
    dispatch({ kind: "crossing", conversation: id, crossing });
  } else toast(`${wordsOf(error)} ${say("composer.draft_kept")}`, "bad");
}

export async function note(id: string): Promise<void> {
  const state = current();
  const text = (state.drafts.get(noteKey(id)) ?? "").trim();
  if (!text || state.sending.has(id)) return;
  const people = state.brand?.people ?? [];
  const mentions = people.filter((each) => !each.removed && text.includes(`@${each.name}`)).map((each) => each.id);
  dispatch({ kind: "sending", conversation: id, on: true });
  if (await attempt(() => conversations.note(id, text, mentions, freshKey()))) {
    forget(noteKey(id));
    set({ noting: false });
  }
  dispatch({ kind: "sending", conversation: id, on: false });
}

export const FILE_SIZE_MAX = 25 * 1024 * 1024;

export async function attach(id: string, files: readonly File[]): Promise<void> {
  await Promise.all(files.map((file) => attachOne(id, file)));
}

async function attachOne(id: string, file: File): Promise<void> {
  const change = (next: Upload) => {
    const others = (current().uploads.get(id) ?? []).filter((each) => each.key !== next.key);
    dispatch({ kind: "uploads", conversation: id, uploads: [...others, next] });
  };
  const entry: Upload = { key: freshKey(), name: file.name || "image.png", size: file.size, status: "uploading" };
  change(entry);
  if (file.size > FILE_SIZE_MAX) return change({ ...entry, status: "failed", words: say("composer.file_too_large") });
  try {
    change({ ...entry, status: "ready", attachment: await upload(file) });
  } catch (error) {
    change({ ...entry, status: "failed", words: wordsOf(error) });
  }
}

let asking: AbortController | null = null;
let askAfter = 0;
const SEARCH_WAIT = 120;

export function lookFor(query: string): void {
  set({ query });
  clearTimeout(askAfter);
  asking?.abort();
  if (!query.trim()) return set({ found: null });
  askAfter = window.setTimeout(() => void ask(query.trim()), SEARCH_WAIT);
}

async function ask(query: string): Promise<void> {
  asking = new AbortController();
  try {
    const { items } = await search(query, asking.signal);
    if (current().query.trim() === query) set({ found: { query, rows: items } });
  } catch (error) {
    if (error instanceof Problem) set({ found: { query, rows: [] } });
  }
}

export async function moreClosed(): Promise<void> {
  const { closed } = current();
  if (closed.loading || (closed.rows.length && !closed.cursor)) return;
  set({ closed: { ...closed, loading: true } });
  try {
    const page = await conversations.closed(closed.cursor);
    set({ closed: { rows: [...current().closed.rows, ...page.items], cursor: page.cursor, loading: false } });
  } catch (error) {
    set({ closed: { ...closed, loading: false } });
    toast(wordsOf(error), "bad");
  }
}

export async function setDuty(on_duty: boolean): Promise<void> {
  await attempt(() => call("PUT", "/me/duty", { body: { on_duty } }));
}
