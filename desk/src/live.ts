// The state that is on the screen now: the pure reducer in a box, and hooks that draw a part again only when it changed.

import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { now } from "./clock";
import { type Change, EMPTY, reduce, type State } from "./store";

let state: State = EMPTY;
const watchers = new Set<() => void>();

export function current(): State {
  return state;
}

export function dispatch(change: Change): void {
  const next = reduce(state, change);
  if (next === state) return;
  state = next;
  for (const watcher of [...watchers]) watcher();
}

export function set(values: Partial<State>): void {
  dispatch({ kind: "set", values });
}

export function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** A part of the state; the component draws again when that part is another one. */
export function useLive<T>(select: (state: State) => T): T {
  const [, again] = useReducer((count: number) => count + 1, 0);
  const latest = useRef(select);
  latest.current = select;
  const part = select(state);
  const drawn = useRef(part);
  drawn.current = part;
  useEffect(() => {
    const look = () => {
      if (!Object.is(latest.current(state), drawn.current)) again(undefined as never);
    };
    look();
    return watch(look);
  }, []);
  return part;
}

const tickers = new Set<() => void>();
setInterval(() => {
  for (const tick of [...tickers]) tick();
}, 1000);

/** The server's time, moving once a second, all clocks in step. */
export function useNow(): number {
  const [at, tick] = useState(now);
  useEffect(() => {
    const move = () => tick(now());
    tickers.add(move);
    return () => void tickers.delete(move);
  }, []);
  return at;
}
