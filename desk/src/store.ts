// What the desk knows, and how each thing that happens changes it: one pure function, no fetch, no clock, no screen.
// The law it keeps, tested on the simulator's fixtures: a snapshot plus the facts after it is the next snapshot.

import type { Attachment, Brand, Clocks, Detail, Fact, FactFrame, Letter, Person, Row, SignalFrame, SnapshotFrame, Undo, Unsent } from "./types";
import type { Route } from "./route";

export interface Presence {
  id: string;
  name: string;
  typing: boolean;
  at: number;
}

export interface Upload {
  key: string;
  name: string;
  size: number;
  status: "uploading" | "ready" | "failed";
  words?: string;
  attachment?: Attachment;
}

/** A message that was sent from here and has not come back through the feed yet. */
export interface Pending {
  key: string;
  conversation: string;
  text: string;
  note: boolean;
  at: number;
}

/** An answer the server held back because something came in between. */
export interface Crossing {
  words: string;
  seen: string | null;
  close: string | null;
  next: boolean;
}

export interface Opened {
  detail: Detail;
  facts: readonly Fact[];
  clocks: Clocks | null;
  fetched_at: number;
  stale: boolean;
}

export interface Toast {
  id: number;
  words: string;
  tone: "calm" | "bad";
}

export interface Page {
  rows: readonly Row[];
  cursor: string | null;
  loading: boolean;
}

export type Connection =
  | { status: "connecting" | "live" }
  | { status: "waiting"; tries: number; again_at: number }
  | { status: "offline" };

export type Phase = "starting" | "signed_out" | "first_run" | "invited" | "in" | "failed";

export type Dialog =
  | { kind: "renegotiate" | "snooze" | "assign" | "transfer" | "close"; conversation: string }
  | { kind: "palette"; text?: string }
  | { kind: "shortcuts" | "play" };

export interface Preferences {
  theme: "auto" | "light" | "dark";
  density: "comfortable" | "compact";
  language: string | null;
  notifications: boolean;
  single_keys: boolean;
  system_facts: boolean;
}

export interface State {
  phase: Phase;
  trouble: string | null;
  me: Person | null;
  brand: Brand | null;
  position: string;
  rows: ReadonlyMap<string, Row>;
  letters: ReadonlyMap<string, Letter>;
  loaded: boolean;
  connection: Connection;
  opened: ReadonlyMap<string, Opened>;
  failed: ReadonlyMap<string, string>;
  presence: ReadonlyMap<string, readonly Presence[]>;
  drafts: ReadonlyMap<string, string>;
  uploads: ReadonlyMap<string, readonly Upload[]>;
  crossings: ReadonlyMap<string, Crossing>;
  pending: readonly Pending[];
  sending: ReadonlySet<string>;
  undo: (Undo & { conversation: string }) | null;
  unsent: Unsent;
  route: Route;
  selected: string | null;
  query: string;
  found: { query: string; rows: readonly Row[] } | null;
  closed: Page;
  dialog: Dialog | null;
  toasts: readonly Toast[];
  noting: boolean;
  preferences: Preferences;
}

export const PREFERENCES: Preferences = {
  theme: "auto",
  density: "comfortable",
  language: null,
  notifications: false,
  single_keys: true,
  system_facts: false,
};

export const EMPTY: State = {
  phase: "starting",
  trouble: null,
  me: null,
  brand: null,
  position: "",
  rows: new Map(),
  letters: new Map(),
  loaded: false,
  connection: { status: "connecting" },
  opened: new Map(),
  failed: new Map(),
  presence: new Map(),
  drafts: new Map(),
  uploads: new Map(),
  crossings: new Map(),
  pending: [],
  sending: new Set(),
  undo: null,
  unsent: { count: 0, causes: [], items: [] },
  route: { screen: "queue", view: "mine", conversation: null },
  selected: null,
  query: "",
  found: null,
  closed: { rows: [], cursor: null, loading: false },
  dialog: null,
  toasts: [],
  noting: false,
  preferences: PREFERENCES,
};

export type Change =
  | SnapshotFrame
  | { kind: "facts"; frames: readonly FactFrame[] }
  | { kind: "signal"; signal: SignalFrame; at: number }
  | { kind: "set"; values: Partial<State> }
  | { kind: "opened"; id: string; detail: Detail; at: number }
  | { kind: "open_failed"; id: string; words: string }
  | { kind: "draft"; key: string; text: string }
  | { kind: "uploads"; conversation: string; uploads: readonly Upload[] }
  | { kind: "crossing"; conversation: string; crossing: Crossing | null }
  | { kind: "sending"; conversation: string; on: boolean }
  | { kind: "pending"; message: Pending }
  | { kind: "settled"; key: string }
  | { kind: "row"; row: Row }
  | { kind: "preferences"; values: Partial<Preferences> }
  | { kind: "toast"; toast: Toast }
  | { kind: "toast_gone"; id: number };

/** How many conversations stay open in memory: going back is instant, a long day does not grow without end. */
const OPENED_MAX = 30;

export function reduce(state: State, change: Change): State {
  switch (change.kind) {
    case "snapshot":
      return snapshot(state, change);
    case "facts":
      return facts(state, change.frames);
    case "signal":
      return { ...state, presence: present(state.presence, change.signal, change.at) };
    case "set":
      return { ...state, ...change.values };
    case "opened":
      return opened(state, change.id, change.detail, change.at);
    case "open_failed":
      return { ...state, failed: put(state.failed, change.id, change.words) };
    case "draft":
      return { ...state, drafts: change.text ? put(state.drafts, change.key, change.text) : drop(state.drafts, change.key) };
    case "uploads":
      return { ...state, uploads: put(state.uploads, change.conversation, change.uploads) };
    case "crossing":
      return {
        ...state,
        crossings: change.crossing
          ? put(state.crossings, change.conversation, change.crossing)
          : drop(state.crossings, change.conversation),
      };
    case "sending": {
      const sending = new Set(state.sending);
      if (change.on) sending.add(change.conversation);
      else sending.delete(change.conversation);
      return { ...state, sending };
    }
    case "pending":
      return { ...state, pending: [...state.pending, change.message] };
    case "settled":
      return { ...state, pending: state.pending.filter((each) => each.key !== change.key) };
    case "row":
      return newer(state.rows.get(change.row.id), change.row) ? { ...state, rows: put(state.rows, change.row.id, change.row) } : state;
    case "preferences":
      return { ...state, preferences: { ...state.preferences, ...change.values } };
    case "toast":
      return { ...state, toasts: [...state.toasts.slice(-2), change.toast] };
    case "toast_gone":
      return { ...state, toasts: state.toasts.filter((each) => each.id !== change.id) };
  }
}

function put<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value);
}

function drop<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

function newer(old: { version: number } | undefined, row: { version: number }): boolean {
  return old === undefined || row.version > old.version;
}

/** A snapshot replaces what the feed owns; what the person is doing here stays. Open threads may have gaps: stale. */
function snapshot(state: State, frame: SnapshotFrame): State {
  const stale = new Map([...state.opened].map(([id, each]) => [id, { ...each, stale: true }]));
  return {
    ...state,
    me: frame.me ? { ...state.me, ...frame.me } : state.me,
    brand: frame.brand,
    position: frame.position,
    rows: new Map(frame.rows.map((row) => [row.id, row])),
    letters: new Map(frame.letters.map((letter) => [letter.id, letter])),
    loaded: true,
    opened: stale,
  };
}

/** Several facts at once: one copy of the maps per screen frame, however busy the feed is. */
function facts(state: State, frames: readonly FactFrame[]): State {
  const rows = new Map(state.rows);
  const letters = new Map(state.letters);
  let { brand, me, position, opened, undo } = state;
  for (const frame of frames) {
    position = frame.position;
    if (frame.row && newer(rows.get(frame.row.id), frame.row)) rows.set(frame.row.id, frame.row);
    if (frame.letter && newer(letters.get(frame.letter.id), frame.letter)) letters.set(frame.letter.id, frame.letter);
    if (frame.brand && (brand === null || frame.brand.version > brand.version)) brand = frame.brand;
    if (frame.stream_kind !== "conversation") continue;
    opened = extended(opened, frame);
    undo = undone(undo, frame, me);
  }
  if (brand !== state.brand && me) me = brand?.people.find((each) => each.id === me?.id) ?? me;
  return { ...state, rows, letters, brand, me, position, opened, undo };
}

function asFact(frame: FactFrame): Fact {
  return { version: frame.version, at: frame.at, by: frame.by, kind: frame.event_kind, event: frame.event } as Fact;
}

/** An open thread grows by its next fact; one that skipped a version asks to be fetched anew. */
function extended(opened: State["opened"], frame: FactFrame): State["opened"] {
  const thread = opened.get(frame.stream);
  if (!thread) return opened;
  const last = thread.facts.at(-1)?.version ?? 0;
  if (frame.version <= last) return opened;
  if (frame.version > last + 1) return put(opened, frame.stream, { ...thread, stale: true });
  return put(opened, frame.stream, { ...thread, facts: [...thread.facts, asFact(frame)] });
}

function undone(undo: State["undo"], frame: FactFrame, me: Person | null): State["undo"] {
  if (frame.event_kind === "undone" && undo?.conversation === frame.stream) return null;
  if (frame.event_kind !== "undoable" || !me || frame.by !== `person:${me.id}`) return undo;
  const { what, until } = frame.event as Undo;
  return { what, until, conversation: frame.stream };
}

function opened(state: State, id: string, detail: Detail, at: number): State {
  const map = new Map(state.opened);
  const before = map.get(id);
  map.delete(id);
  const last = detail.events.at(-1)?.version ?? 0;
  // The feed may have been faster than the answer to our question.
  const since = before && !before.stale ? before.facts.filter((each) => each.version > last) : [];
  map.set(id, { detail, facts: [...detail.events, ...since], clocks: detail.clocks, fetched_at: at, stale: false });
  const oldest = map.keys().next().value;
  if (map.size > OPENED_MAX && oldest !== undefined) map.delete(oldest);
  const row = detail.conversation;
  const rows = newer(state.rows.get(id), row) ? put(state.rows, id, row) : state.rows;
  return { ...state, opened: map, rows, failed: drop(state.failed, id) };
}

function present(presence: State["presence"], signal: SignalFrame, at: number): State["presence"] {
  const others = (presence.get(signal.stream) ?? []).filter((each) => each.id !== signal.who.id);
  const before = presence.get(signal.stream)?.find((each) => each.id === signal.who.id);
  const gone = signal.what === "viewing" && !signal.on;
  if (gone) return put(presence, signal.stream, others);
  const typing = signal.what === "typing" ? signal.on : (before?.typing ?? false);
  return put(presence, signal.stream, [...others, { ...signal.who, typing, at }]);
}

/** What a fresh snapshot would hold: everything that is not closed, letters nobody handled. */
export function snapshotOf(state: State): { rows: Row[]; letters: Letter[]; brand: Brand | null } {
  return {
    rows: [...state.rows.values()].filter((row) => row.status !== "closed"),
    letters: [...state.letters.values()].filter((letter) => letter.outcome === null),
    brand: state.brand,
  };
}
