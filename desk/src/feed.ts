// The line to the server: one socket, resumed where it was cut, with waiting times that grow. It understands nothing of
// what it carries; frames are handed on once per painted frame, so that a flood of facts costs one redraw.

import type { FactFrame, Frame, SignalFrame, SnapshotFrame } from "./types";
import type { Connection } from "./store";

export interface Listener {
  snapshot(frame: SnapshotFrame): void;
  facts(frames: readonly FactFrame[]): void;
  signal(frame: SignalFrame): void;
  connection(now: Connection): void;
  refused(): void;
}

export interface Feed {
  start(): void;
  stop(): void;
  retry(): void;
  tell(message: object): void;
}

const WAIT_FIRST = 500;
const WAIT_MAX = 15_000;
const PING_EVERY = 20_000;
// A line that says nothing for this long is dead, whatever the browser believes.
const SILENCE_MAX = 45_000;
// A hidden tab is not painted; facts must still arrive for notifications and the title.
const HIDDEN_BATCH = 250;

export function connect(address: string, listener: Listener): Feed {
  let socket: WebSocket | null = null;
  let position = "";
  let tries = 0;
  let heard = 0;
  let wanted = false;
  let batch: FactFrame[] = [];
  let flushing = false;
  let timer = 0;

  function flush(): void {
    flushing = false;
    const frames = batch;
    batch = [];
    if (frames.length) listener.facts(frames);
  }

  function later(): void {
    if (flushing) return;
    flushing = true;
    if (document.hidden) setTimeout(flush, HIDDEN_BATCH);
    else requestAnimationFrame(flush);
  }

  function receive(text: string): void {
    heard = Date.now();
    const frame = JSON.parse(text) as Frame;
    if (frame.kind === "snapshot") {
      batch = [];
      position = frame.position;
      listener.snapshot(frame);
    } else if (frame.kind === "fact") {
      position = frame.position;
      batch.push(frame);
      later();
    } else if (frame.kind === "signal") listener.signal(frame);
  }

  function open(): void {
    clearTimeout(timer);
    if (!wanted || socket) return;
    if (!navigator.onLine) {
      listener.connection({ status: "offline" });
      return;
    }
    listener.connection({ status: "connecting" });
    const line = new WebSocket(`${address}?after=${encodeURIComponent(position)}`);
    socket = line;
    line.onopen = () => {
      tries = 0;
      heard = Date.now();
      listener.connection({ status: "live" });
    };
    line.onmessage = (event) => receive(String(event.data));
    line.onclose = () => {
      if (socket !== line) return;
      socket = null;
      again();
      // A browser does not say why a socket was not let in: after a second failure somebody asks who we are.
      if (tries >= 2) listener.refused();
    };
  }

  function again(): void {
    if (!wanted) return;
    if (!navigator.onLine) {
      listener.connection({ status: "offline" });
      return;
    }
    tries += 1;
    // A random part keeps a hundred desks from coming back in the same instant.
    const wait = Math.min(WAIT_MAX, WAIT_FIRST * 2 ** (tries - 1)) * (0.75 + Math.random() / 2);
    listener.connection({ status: "waiting", tries, again_at: Date.now() + wait });
    timer = window.setTimeout(open, wait);
  }

  function drop(): void {
    const line = socket;
    socket = null;
    line?.close();
  }

  window.addEventListener("online", () => {
    tries = 0;
    open();
  });
  window.addEventListener("offline", () => {
    drop();
    if (wanted) listener.connection({ status: "offline" });
  });
  setInterval(() => {
    if (!socket || socket.readyState !== WebSocket.OPEN) return;
    if (Date.now() - heard > SILENCE_MAX) {
      drop();
      again();
    } else socket.send('{"kind":"ping"}');
  }, PING_EVERY);

  return {
    start() {
      // Being asked again must not cut a waiting time short.
      if (wanted) return;
      wanted = true;
      open();
    },
    stop() {
      wanted = false;
      clearTimeout(timer);
      drop();
    },
    retry() {
      tries = 0;
      open();
    },
    tell(message) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
  };
}
