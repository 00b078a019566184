// The line to the server: one socket, resumed where it was cut, with waiting times that grow. It understands nothing of
// what it carries; frames are handed on once per painted frame, so that a flood of facts costs one redraw.

import type { Connection } from "./store";
import type { FactFrame, Frame, SignalFrame, SnapshotFrame } from "./types";

export interface Listener {
  snapshot(frame: SnapshotFrame): void;
  facts(frames: readonly FactFrame[]): void;
  signal(frame: SignalFrame): void;
  connection(now: Connection): void;
  refused(): void;
}

const WAIT_FIRST = 500;
const WAIT_MAX = 15_000;
const PING_EVERY = 20_000;
// A line that says nothing for this long is dead, whatever the browser believes.
const SILENCE_MAX = 45_000;
// A hidden tab is not painted; facts must still arrive for notifications and the title.
const HIDDEN_BATCH = 250;

export class Feed {
  private socket: WebSocket | null = null;
  private position = "";
  private tries = 0;
  private heard = 0;
  private wanted = false;
  private batch: FactFrame[] = [];
  private flushing = false;
  private timer = 0;

  constructor(
    private readonly address: string,
    private readonly listener: Listener,
  ) {
    window.addEventListener("online", () => this.retry());
    window.addEventListener("offline", () => {
      this.drop();
      if (this.wanted) listener.connection({ status: "offline" });
    });
    setInterval(() => this.ping(), PING_EVERY);
  }

  start(): void {
    // Being asked again must not cut a waiting time short.
    if (this.wanted) return;
    this.wanted = true;
    this.open();
  }

  stop(): void {
    this.wanted = false;
    clearTimeout(this.timer);
    this.drop();
  }

  retry(): void {
    this.tries = 0;
    this.open();
  }

  tell(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private open(): void {
    clearTimeout(this.timer);
    if (!this.wanted || this.socket) return;
    if (!navigator.onLine) return this.listener.connection({ status: "offline" });
    this.listener.connection({ status: "connecting" });
    const line = new WebSocket(`${this.address}?after=${encodeURIComponent(this.position)}`);
    this.socket = line;
    line.onopen = () => {
      this.tries = 0;
      this.heard = Date.now();
      this.listener.connection({ status: "live" });
    };
    line.onmessage = (event) => this.receive(String(event.data));
    line.onclose = () => {
      if (this.socket !== line) return;
      this.socket = null;
      this.again();
    };
  }

  private again(): void {
    if (!this.wanted) return;
    if (!navigator.onLine) return this.listener.connection({ status: "offline" });
    this.tries += 1;
    // A random part keeps a hundred desks from coming back in the same instant.
    const wait = Math.min(WAIT_MAX, WAIT_FIRST * 2 ** (this.tries - 1)) * (0.75 + Math.random() / 2);
    this.listener.connection({ status: "waiting", tries: this.tries, again_at: Date.now() + wait });
    this.timer = window.setTimeout(() => this.open(), wait);
    // A browser does not say why a socket was not let in: after a second failure somebody asks who we are.
    if (this.tries >= 2) this.listener.refused();
  }

  private receive(text: string): void {
    this.heard = Date.now();
    const frame = JSON.parse(text) as Frame;
    if (frame.kind === "snapshot") {
      this.batch = [];
      this.position = frame.position;
      this.listener.snapshot(frame);
    } else if (frame.kind === "fact") {
      this.position = frame.position;
      this.batch.push(frame);
      this.later();
    } else if (frame.kind === "signal") this.listener.signal(frame);
  }

  private later(): void {
    if (this.flushing) return;
    this.flushing = true;
    if (document.hidden) setTimeout(() => this.flush(), HIDDEN_BATCH);
    else requestAnimationFrame(() => this.flush());
  }

  private flush(): void {
    this.flushing = false;
    const frames = this.batch;
    this.batch = [];
    if (frames.length) this.listener.facts(frames);
  }

  private ping(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    if (Date.now() - this.heard <= SILENCE_MAX) return this.socket.send('{"kind":"ping"}');
    this.drop();
    this.again();
  }

  private drop(): void {
    const line = this.socket;
    this.socket = null;
    line?.close();
  }
}
