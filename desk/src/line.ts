// The one feed of this window, and what it is told about the person: what they look at, that they type.

import { now } from "./clock";
import { Feed } from "./feed";
import { current, dispatch, set } from "./live";
import type { FactFrame } from "./types";

let feed: Feed | null = null;
const listeners: ((frames: readonly FactFrame[]) => void)[] = [];

export function onFacts(listener: (frames: readonly FactFrame[]) => void): void {
  listeners.push(listener);
}

export function startFeed(onRefused: () => void, onSnapshot: () => void): void {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  feed ??= new Feed(`${scheme}://${location.host}/feed`, {
    snapshot(frame) {
      dispatch(frame);
      onSnapshot();
    },
    facts(frames) {
      dispatch({ kind: "facts", frames });
      for (const listener of listeners) listener(frames);
    },
    signal: (signal) => dispatch({ kind: "signal", signal, at: now() }),
    connection(connection) {
      set({ connection });
      if (connection.status === "live") tellViewing();
    },
    refused: onRefused,
  });
  feed.start();
}

export function stopFeed(): void {
  feed?.stop();
}

export function retryFeed(): void {
  feed?.retry();
}

export function tellViewing(): void {
  const { route } = current();
  feed?.tell({ kind: "viewing", conversation: route.screen === "queue" && route.view !== "letters" ? route.conversation : null });
}

let typedAt = 0;
let still = 0;
const TYPING_EVERY = 3000;

export function tellTyping(conversation: string): void {
  if (Date.now() - typedAt > TYPING_EVERY) {
    typedAt = Date.now();
    feed?.tell({ kind: "typing", conversation, on: true });
  }
  clearTimeout(still);
  still = window.setTimeout(() => stopTyping(conversation), TYPING_EVERY * 1.5);
}

export function stopTyping(conversation: string): void {
  clearTimeout(still);
  if (typedAt) feed?.tell({ kind: "typing", conversation, on: false });
  typedAt = 0;
}
