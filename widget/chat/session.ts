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

/** A name for a message that nobody has used. Not every page is on https, where randomUUID would be there. */
const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(36)).join("");

type Timer = ReturnType<typeof setTimeout> | undefined;

export class Session {
  state: State;
  identity: string | undefined;
  page: string | undefined;
  private line: WebSocket | null = null;
  private attempt = 0;
  private timer: Timer;
  private pinging: Timer;
  private heardAt = 0;
  private typingAt = 0;
  private seen = "";
  private onceOpen = false;

  constructor(
    private readonly setup: Setup,
    private readonly address: string,
    readonly keep: Keep,
    private readonly changed: (state: State) => void,
  ) {
    this.state = begin(setup.before, setup.people_here);
    this.state = reduce(this.state, { kind: "restored", outgoing: keep.outgoing() }, Date.now());
  }

  happen(happening: Happening): void {
    this.state = reduce(this.state, happening, Date.now());
    this.changed(this.state);
  }

  notice(words: string, bad = false): void {
    this.happen({ kind: "noticed", words, bad });
  }

  connect(): void {
    clearTimeout(this.timer);
    this.drop();
    const query = new URLSearchParams({ visitor: this.keep.get("visitor") });
    if (this.state.version && this.state.conversation) {
      query.set("after", String(this.state.version));
      query.set("conversation", this.state.conversation);
    }
    const line = new WebSocket(`${this.address}?${query}`);
    this.line = line;
    this.heardAt = Date.now();
    line.onopen = () => {
      const hello: ToServer = { kind: "hello", language: this.setup.language, zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
      if (this.identity) hello.identity = this.identity;
      if (this.page) hello.page = this.page;
      this.send(hello);
    };
    line.onmessage = (event) => this.hear(JSON.parse(event.data as string) as FromServer);
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
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), wait * (0.75 + Math.random() / 2));
  }

  /** End for good. */
  leave(): void {
    clearTimeout(this.timer);
    this.drop();
  }

  private drop(): void {
    clearTimeout(this.pinging);
    const line = this.line;
    this.line = null;
    if (!line) return;
    line.onclose = line.onmessage = line.onopen = null;
    line.close();
  }

  private beat(): void {
    clearTimeout(this.pinging);
    this.pinging = setTimeout(() => {
      if (Date.now() - this.heardAt > SILENCE_MAX) return this.cut();
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
    this.heardAt = Date.now();
    if (frame.kind === "welcome") {
      this.onceOpen = true;
      this.attempt = 0;
      this.keep.set("visitor", frame.visitor);
      this.seen = "";
    }
    const before = this.state;
    this.happen(frame);
    if (frame.kind === "accepted") this.keep.change([], [frame.key]);
    if (frame.kind === "welcome" || frame.kind === "fact") this.forget(before);
    if (frame.kind === "welcome") {
      for (const each of unsent(this.state)) this.push(each);
      if (this.state.back) setTimeout(() => this.happen({ kind: "calm" }), 4000);
    }
    this.look();
  }

  /** What has become a fact needs no queue any more, even if its "accepted" was lost with the line. */
  private forget(before: State): void {
    const left = new Set(this.state.outgoing.map((each) => each.key));
    const done = before.outgoing.filter((each) => !left.has(each.key)).map((each) => each.key);
    if (done.length) this.keep.change([], done);
  }

  write(text: string, attachments: Outgoing["attachments"]): void {
    const outgoing = { key: fresh(), text, attachments, at: new Date(Date.now()).toISOString() };
    this.keep.change([outgoing], []);
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
    this.keep.change([], [key]);
    this.happen({ kind: "dropped", key });
  }

  private push(outgoing: Outgoing): void {
    const { key, text } = outgoing;
    const sent = this.send({ kind: "write", key, text, attachments: outgoing.attachments.map((each) => each.token) });
    const line = this.line;
    if (!sent) return;
    setTimeout(() => {
      // Sent into a line that has died without a word: begin anew and send again.
      if (this.line === line && unsent(this.state).some((each) => each.key === key)) this.cut();
    }, ACCEPT_WITHIN);
  }

  typing(on: boolean): void {
    const now = Date.now();
    if (on && now - this.typingAt < TYPING_EVERY) return;
    this.typingAt = on ? now : 0;
    if (this.state.conversation) this.send({ kind: "typing", on });
  }

  leaveAddress(email: string): void {
    this.send({ kind: "address", key: fresh(), email });
  }

  act(action: Act): boolean {
    return this.send({ kind: "act", key: fresh(), action });
  }

  /** Tell that the last message was on screen; only while the window is open and looked at. */
  look(): void {
    const last = lastFromDesk(this.state);
    if (!last || last.id === this.seen || !this.state.open || !document.hasFocus()) return;
    if (this.send({ kind: "seen", message: last.id })) this.seen = last.id;
  }
}
