// The state of the window and how each happening changes it: pure, so that a cut line, a second tab and a reload can be
// tested without a browser. Rule: a message of ours is on screen from the moment it was written until it is a fact.

import type { Before, Fact, FromServer, Message, Pledge } from "./frames";

export interface Outgoing {
  key: string;
  text: string;
  at: string;
  attachments: { token: string; name: string }[];
  refused?: string;
  accepted?: boolean;
}

export interface State {
  connection: "connecting" | "online" | "offline";
  /** The line was cut and is back: say so once. */
  back: boolean;
  conversation: string | null;
  version: number;
  facts: Fact[];
  outgoing: Outgoing[];
  promise: Pledge | null;
  before: Before | null;
  peopleHere: boolean;
  typing: string | null;
  seenVersion: number;
  email: string | null;
  statusUrl: string | null;
  visitor: string | null;
  /** Server time minus the time of this device, in milliseconds. */
  skew: number;
  open: boolean;
  unread: number;
  notice: { words: string; bad: boolean } | null;
  /** Files that will go with the next message, and how many are still on their way up. */
  files: Outgoing["attachments"];
  uploading: number;
  menu: "shut" | "open" | "asking";
}

export type Happening =
  | FromServer
  | { kind: "cut" }
  | { kind: "wrote"; outgoing: Outgoing }
  | { kind: "restored"; outgoing: Outgoing[] }
  | { kind: "again"; key: string }
  | { kind: "dropped"; key: string }
  | { kind: "shown"; open: boolean }
  | { kind: "noticed"; words: string; bad?: boolean }
  | { kind: "calm" }
  | { kind: "menu"; menu: State["menu"] }
  | { kind: "uploading"; by: number }
  | { kind: "files"; files: State["files"] };

export function begin(before: Before | null, peopleHere: boolean): State {
  return {
    connection: "connecting",
    back: false,
    conversation: null,
    version: 0,
    facts: [],
    outgoing: [],
    promise: null,
    before,
    peopleHere,
    typing: null,
    seenVersion: 0,
    email: null,
    statusUrl: null,
    visitor: null,
    skew: 0,
    open: false,
    unread: 0,
    notice: null,
    files: [],
    uploading: 0,
    menu: "shut",
  };
}

export function reduce(state: State, happening: Happening, now: number): State {
  switch (happening.kind) {
    case "welcome": {
      // Another conversation (signed in, or out): what was shown belongs to somebody else.
      const same = state.conversation === happening.conversation || state.conversation === null;
      const kept = same ? state : { ...state, facts: [], version: 0, unread: 0, seenVersion: 0 };
      const next: State = {
        ...kept,
        connection: "online",
        back: state.connection === "offline",
        visitor: happening.visitor,
        conversation: happening.conversation,
        promise: happening.promise,
        before: happening.promise_before,
        peopleHere: happening.people_here,
        email: happening.email,
        statusUrl: happening.status_url,
        skew: Date.parse(happening.now) - now,
      };
      const counted = state.version > 0 && same;
      return happening.facts.reduce((each, fact) => withFact(each, fact, counted), next);
    }
    case "fact":
      return withFact(state, happening, true);
    case "promise":
      return { ...state, promise: happening.promise, statusUrl: happening.status_url };
    case "typing":
      return { ...state, typing: happening.on ? happening.name : null };
    case "address":
      return { ...state, email: happening.email };
    case "seen":
      return { ...state, seenVersion: Math.max(state.seenVersion, happening.version) };
    case "pong": {
      const skew = Date.parse(happening.now) - now;
      return { ...state, before: happening.promise_before, peopleHere: happening.people_here, skew };
    }
    case "accepted":
      return withOutgoing(state, happening.key, { accepted: true });
    case "refused":
      return state.outgoing.some((each) => each.key === happening.key)
        ? withOutgoing(state, happening.key, { refused: happening.words })
        : { ...state, notice: { words: happening.words, bad: true } };
    case "cut":
      return { ...state, connection: "offline", typing: null };
    case "wrote":
      return { ...state, outgoing: [...state.outgoing, happening.outgoing], notice: null, files: [] };
    case "restored": {
      const known = new Set([...state.outgoing.map((each) => each.key), ...state.facts.map((each) => each.key)]);
      return { ...state, outgoing: [...state.outgoing, ...happening.outgoing.filter((each) => !known.has(each.key))] };
    }
    case "again":
      return {
        ...state,
        outgoing: state.outgoing.map(({ refused, ...each }) =>
          refused !== undefined && each.key !== happening.key ? { ...each, refused } : each,
        ),
      };
    case "dropped":
      return { ...state, outgoing: state.outgoing.filter((each) => each.key !== happening.key) };
    case "shown":
      return { ...state, open: happening.open, unread: happening.open ? 0 : state.unread };
    case "noticed":
      return { ...state, notice: { words: happening.words, bad: happening.bad ?? false } };
    case "calm":
      return { ...state, notice: null, back: false };
    case "menu":
      return { ...state, menu: happening.menu };
    case "uploading":
      return { ...state, uploading: state.uploading + happening.by };
    case "files":
      return { ...state, files: happening.files };
  }
}

function withFact(state: State, fact: Fact, fresh: boolean): State {
  if (fact.version <= state.version) return state;
  const outgoing = fact.key ? state.outgoing.filter((each) => each.key !== fact.key) : state.outgoing;
  const next: State = { ...state, version: fact.version, outgoing };
  if (fact.what === "withdrawn") {
    const gone = new Set(fact.messages);
    return { ...next, facts: state.facts.filter((each) => !each.message || !gone.has(each.message.id)) };
  }
  const fromUs = fact.what === "person" || fact.what === "bot";
  return {
    ...next,
    facts: [...state.facts, fact],
    typing: fromUs ? null : state.typing,
    unread: state.unread + (fresh && fromUs && !state.open ? 1 : 0),
  };
}

function withOutgoing(state: State, key: string, change: Partial<Outgoing>): State {
  return { ...state, outgoing: state.outgoing.map((each) => (each.key === key ? { ...each, ...change } : each)) };
}

/** What still has to reach the server: not accepted, and not refused for good. */
export function unsent(state: State): Outgoing[] {
  return state.outgoing.filter((each) => !each.accepted && each.refused === undefined);
}

/** The last message to the customer that says more than the promise on top: what "seen" is told about. */
export function lastFromDesk(state: State): Message | undefined {
  return state.facts.filter((each) => each.message && each.what !== "customer" && each.message.why !== "acknowledged").at(-1)?.message;
}
