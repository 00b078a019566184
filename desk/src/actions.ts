// Everything that can be done by a key, as data: the shortcut sheet, the command palette and the keyboard all read this
// list, so that none of them can promise what another doesn't know.

import { listed } from "./listing";
import { current, dispatch, set } from "./live";
import { href } from "./route";
import type { State } from "./store";
import type { Row } from "./types";
import { tryNow } from "./unsent";
import { assign, go, goView, move, openConversation, send, setDuty, show, undo } from "./work";

export interface Action {
  name: string;
  keys: readonly string[];
  group: "go" | "conversation" | "answer" | "desk";
  /** Works while writing, too. */
  anywhere?: boolean;
  when: (state: State) => boolean;
  perform: () => void;
}

export function conversationHere(state: State): string | null {
  if (state.route.screen !== "queue" || state.route.view === "letters") return null;
  return state.route.conversation ?? state.selected;
}

export function rowHere(state: State): Row | null {
  const id = conversationHere(state);
  if (!id) return null;
  return state.rows.get(id) ?? listed(state).find((each) => each.id === id) ?? state.opened.get(id)?.detail.conversation ?? null;
}

const always = () => true;
const inQueue = (state: State) => state.route.screen === "queue";
const onRow = (state: State) => rowHere(state) !== null;
const onOpen = (state: State) => state.route.screen === "queue" && state.route.view !== "letters" && state.route.conversation !== null;
const owed = (state: State) => rowHere(state)?.status === "open";
const notClosed = (state: State) => onRow(state) && rowHere(state)?.status !== "closed";
const leads = (state: State) => state.me?.role === "lead" || state.me?.role === "owner";

function here(act: (id: string) => void): () => void {
  return () => {
    const id = conversationHere(current());
    if (id) act(id);
  };
}

const dialog = (kind: "renegotiate" | "snooze" | "assign" | "transfer" | "close") => here((conversation) => show({ kind, conversation }));

export function focusOn(selector: string): void {
  const focus = () => document.querySelector<HTMLElement>(selector)?.focus();
  // At once, or the next keys would go elsewhere while a slow screen is drawn; and again when it has followed the state.
  focus();
  requestAnimationFrame(focus);
}

function write(noting: boolean): () => void {
  return here((id) => {
    set({ noting });
    openConversation(id);
    focusOn("#composer-text");
  });
}

export function leave(): void {
  const { route, query } = current();
  if (route.screen !== "queue") return goView("mine");
  if (route.conversation) {
    go({ ...route, conversation: null });
    focusOn("[role=option][tabindex='0']");
  } else if (query) set({ query: "", found: null });
}

function nextTheme(): void {
  const order = ["auto", "light", "dark"] as const;
  const theme = order[(order.indexOf(current().preferences.theme) + 1) % 3] ?? "auto";
  dispatch({ kind: "preferences", values: { theme } });
}

function nextDensity(): void {
  const density = current().preferences.density === "compact" ? "comfortable" : "compact";
  dispatch({ kind: "preferences", values: { density } });
}

export const ACTIONS: readonly Action[] = [
  { name: "next", keys: ["j"], group: "go", when: inQueue, perform: () => move(1) },
  { name: "previous", keys: ["k"], group: "go", when: inQueue, perform: () => move(-1) },
  { name: "open", keys: ["Enter"], group: "go", when: (state) => onRow(state) && !onOpen(state), perform: here(openConversation) },
  { name: "back", keys: ["u", "Escape"], group: "go", when: always, perform: leave },
  { name: "search", keys: ["/"], group: "go", when: always, perform: searchNow },
  { name: "go_mine", keys: ["g m"], group: "go", when: always, perform: () => goView("mine") },
  { name: "go_unassigned", keys: ["g u"], group: "go", when: always, perform: () => goView("unassigned") },
  { name: "go_waiting", keys: ["g h"], group: "go", when: always, perform: () => goView("waiting") },
  { name: "go_all", keys: ["g a"], group: "go", when: always, perform: () => goView("all") },
  { name: "go_closed", keys: ["g c"], group: "go", when: always, perform: () => goView("closed") },
  { name: "go_letters", keys: ["g l"], group: "go", when: always, perform: () => goView("letters") },
  { name: "go_wall", keys: ["g w"], group: "go", when: leads, perform: () => go({ screen: "wall" }) },
  { name: "go_promises", keys: ["g p"], group: "go", when: leads, perform: () => go({ screen: "promises", asked: "" }) },
  { name: "go_standards", keys: ["g b"], group: "go", when: leads, perform: () => go({ screen: "standards" }) },
  { name: "go_settings", keys: ["g s"], group: "go", when: always, perform: () => go({ screen: "settings", page: "me" }) },
  { name: "assign_me", keys: ["a"], group: "conversation", when: onRow, perform: here((id) => void assign(id, current().me?.id ?? null)) },
  { name: "assign", keys: ["i"], group: "conversation", when: onRow, perform: dialog("assign") },
  { name: "let_go", keys: ["Shift+A"], group: "conversation", when: (state) => Boolean(rowHere(state)?.assignee), perform: here((id) => void assign(id, null)) },
  { name: "transfer", keys: ["t"], group: "conversation", when: notClosed, perform: dialog("transfer") },
  { name: "renegotiate", keys: ["p"], group: "conversation", when: owed, perform: dialog("renegotiate") },
  { name: "snooze", keys: ["s"], group: "conversation", when: notClosed, perform: dialog("snooze") },
  { name: "close", keys: ["e"], group: "conversation", when: notClosed, perform: dialog("close") },
  { name: "undo", keys: ["z"], group: "conversation", when: (state) => state.undo !== null, perform: () => void undo() },
  { name: "copy_link", keys: ["y"], group: "conversation", when: onRow, perform: copyLink },
  { name: "reply", keys: ["r"], group: "answer", when: onRow, perform: write(false) },
  { name: "note", keys: ["n"], group: "answer", when: onRow, perform: write(true) },
  { name: "send", keys: ["Ctrl+Enter"], group: "answer", anywhere: true, when: onOpen, perform: () => submit({}) },
  { name: "send_close", keys: ["Ctrl+Shift+Enter"], group: "answer", anywhere: true, when: onOpen, perform: () => submit({ close: "answered" }) },
  { name: "send_next", keys: ["Ctrl+Alt+Enter"], group: "answer", anywhere: true, when: onOpen, perform: () => submit({ next: true }) },
  { name: "canned", keys: [";"], group: "answer", when: onRow, perform: here((id) => (openConversation(id), show({ kind: "palette", text: ";" }))) },
  { name: "palette", keys: ["Ctrl+k"], group: "desk", anywhere: true, when: always, perform: () => show({ kind: "palette" }) },
  { name: "shortcuts", keys: ["?"], group: "desk", when: always, perform: () => show({ kind: "shortcuts" }) },
  { name: "duty", keys: ["d"], group: "desk", when: (state) => state.me !== null, perform: () => void setDuty(!current().me?.on_duty) },
  { name: "theme", keys: ["Shift+D"], group: "desk", when: always, perform: nextTheme },
  { name: "density", keys: ["Shift+C"], group: "desk", when: always, perform: nextDensity },
  { name: "try_unsent", keys: [], group: "desk", when: (state) => leads(state) && state.unsent.count > 0, perform: () => void tryNow() },
  { name: "play", keys: [], group: "desk", when: (state) => state.brand?.demo === true, perform: () => show({ kind: "play" }) },
];

function submit(how: { close?: string; next?: boolean }): void {
  const id = conversationHere(current());
  if (!id) return;
  if (current().noting) document.querySelector<HTMLFormElement>("#composer")?.requestSubmit();
  else void send(id, how);
}

function searchNow(): void {
  const { route } = current();
  if (route.screen !== "queue" || route.view === "letters") goView("all");
  focusOn("#search");
}

function copyLink(): void {
  const id = conversationHere(current());
  if (id) void navigator.clipboard?.writeText(`${location.origin}/${href({ screen: "queue", view: "all", conversation: id })}`);
}
