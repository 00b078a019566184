// The line to the server: connects, says who we are, resumes by version, sends again what was not accepted.
// Rule: a message leaves the queue only when the server has accepted it under its key, so a cut line loses nothing and
// doubles nothing.

import type { Act, FromServer, Setup, ToServer } from "./frames";
import type { Keep } from "./keep";
import { begin, type Happening, lastFromDesk, type Outgoing, reduce, type State, unsent } from "./store";

const PING_EVERY = 20_000;
const SILENCE_MAX = 35_000; // a ping went unanswered: the line is dead although nobody told us
const ACCEPT_WITHIN = 10_000;
const BACKOFF = [300, 1000, 2000, 4000, 8000, 15_000];
const TYPING_EVERY = 3000;

export interface Line {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onclose: (() => void) | null;
}

export interface World {
  now(): number;
  connect(address: string): Line;
  later(perform: () => void, milliseconds: number): number;
  never(timer: number): void;
  fresh(): string;
  zone(): string;
  /** Whether somebody looks at the window now. */
  looked(): boolean;
}

export class Session {
  state: State;
  identity: string | undefined;
  page: string | undefined;
  private line: Line | null = null;
  private attempt = 0;
  private timer = 0;
  private pinging = 0;
  private heardAt = 0;
  private typingAt = 0;
  private seen = "";
  private onceOpen = false;

  constructor(
    private readonly setup: Setup,
    private readonly address: string,
    private readonly keep: Keep,
    private readonly world: World,
    private readonly changed: (state: State) => void,
  ) {
    this.state = begin(setup.before, setup.people_here);
    this.state = reduce(this.state, { kind: "restored", outgoing: keep.outgoing }, world.now());
  }

  happen(happening: Happening): void {
    this.state = reduce(this.state, happening, this.world.now());
    this.changed(this.state);
  }

  notice(words: string, bad = false): void {
    this.happen({ kind: "noticed", words, bad });
  }

  get draft(): string {
    return this.keep.draft;
  }
  set draft(text: string) {
    this.keep.draft = text;
  }

  connect(): void {
    this.world.never(this.timer);
    this.drop();
    const query = new URLSearchParams({ visitor: this.keep.visitor ?? "" });
    if (this.state.version && this.state.conversation) {
      query.set("after", String(this.state.version));
      query.set("conversation", this.state.conversation);
    }
    const line = this.world.connect(`${this.address}?${query}`);
    this.line = line;
    this.heardAt = this.world.now();
    line.onopen = () => {
      const hello: ToServer = { kind: "hello", language: this.setup.language, zone: this.world.zone() };
      if (this.identity) hello.identity = this.identity;
      if (this.page) hello.page = this.page;
      this.send(hello);
    };
    line.onmessage = (event) => this.hear(JSON.parse(event.data) as FromServer);
    line.onclose = () => this.cut();
    this.beat();
  }

  /** The network is gone, or back: do not wait for a time-out to find out. */
  online(there: boolean): void {
    this.attempt = 0;
    if (there) this.connect();
    else this.cut();
  }

  cut(): void {
    this.drop();
    this.onceOpen = false;
    this.happen({ kind: "cut" });
    const wait = BACKOFF[Math.min(this.attempt, BACKOFF.length - 1)] ?? 0;
    this.attempt += 1;
    this.world.never(this.timer);
    this.timer = this.world.later(() => this.connect(), wait * (0.75 + Math.random() / 2));
  }

  /** End for good. */
  leave(): void {
    this.world.never(this.timer);
    this.drop();
  }

  private drop(): void {
    this.world.never(this.pinging);
    const line = this.line;
    this.line = null;
    if (!line) return;
    line.onclose = line.onmessage = line.onopen = null;
    line.close();
  }

  private beat(): void {
    this.world.never(this.pinging);
    this.pinging = this.world.later(() => {
      if (this.world.now() - this.heardAt > SILENCE_MAX) return this.cut();
      this.send({ kind: "ping" });
      this.beat();
    }, PING_EVERY);
  }

  private send(frame: ToServer): boolean {
    if (!this.line || (!this.onceOpen && frame.kind !== "hello")) return false;
    this.line.send(JSON.stringify(frame));
    return true;
  }

  private hear(frame: FromServer): void {
    this.heardAt = this.world.now();
    if (frame.kind === "welcome") {
      this.onceOpen = true;
      this.attempt = 0;
      this.keep.visitor = frame.visitor;
      this.seen = "";
    }
    const before = this.state;
    this.happen(frame);
    if (frame.kind === "accepted") this.keep.change([], new Set([frame.key]));
    if (frame.kind === "welcome" || frame.kind === "fact") this.forget(before);
    if (frame.kind === "welcome") {
      for (const each of unsent(this.state)) this.push(each);
      if (this.state.back) this.world.later(() => this.happen({ kind: "calm" }), 4000);
    }
    this.look();
  }

  /** What has become a fact needs no queue any more, even if its "accepted" was lost with the line. */
  private forget(before: State): void {
    const left = new Set(this.state.outgoing.map((each) => each.key));
    const done = before.outgoing.filter((each) => !left.has(each.key)).map((each) => each.key);
    if (done.length) this.keep.change([], new Set(done));
  }

  write(text: string, attachments: Outgoing["attachments"]): void {
    const outgoing = { key: this.world.fresh(), text, attachments, at: new Date(this.world.now()).toISOString() };
    this.keep.change([outgoing], new Set());
    this.happen({ kind: "wrote", outgoing });
    this.push(outgoing);
    this.typingAt = 0;
  }

  again(key: string): void {
    this.happen({ kind: "again", key });
    const outgoing = this.state.outgoing.find((each) => each.key === key);
    if (outgoing) this.push(outgoing);
  }

  discard(key: string): void {
    this.keep.change([], new Set([key]));
    this.happen({ kind: "dropped", key });
  }

  private push(outgoing: Outgoing): void {
    const { key, text } = outgoing;
    const sent = this.send({ kind: "write", key, text, attachments: outgoing.attachments.map((each) => each.token) });
    const line = this.line;
    if (!sent) return;
    this.world.later(() => {
      // Sent into a line that has died without a word: begin anew and send again.
      if (this.line === line && unsent(this.state).some((each) => each.key === key)) this.cut();
    }, ACCEPT_WITHIN);
  }

  typing(on: boolean): void {
    const now = this.world.now();
    if (on && now - this.typingAt < TYPING_EVERY) return;
    this.typingAt = on ? now : 0;
    if (this.state.conversation) this.send({ kind: "typing", on });
  }

  leaveAddress(email: string): void {
    this.send({ kind: "address", key: this.world.fresh(), email });
  }

  act(action: Act): boolean {
    return this.send({ kind: "act", key: this.world.fresh(), action });
  }

  /** Tell that the last message was on screen; only while the window is open and looked at. */
  look(): void {
    const last = lastFromDesk(this.state);
    if (!last || last.id === this.seen || !this.state.open || !this.world.looked()) return;
    if (this.send({ kind: "seen", message: last.id })) this.seen = last.id;
  }
}
