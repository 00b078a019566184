// The line to the server on a network that fails: everything written arrives, once.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import type { Setup } from "./frames";
import { Keep } from "./keep";
import { Session } from "./session";

class FakeSocket {
  static all: FakeSocket[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  sent: { kind: string; key?: string; text?: string }[] = [];
  closed = false;
  constructor(readonly address: string) {
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.closed = true;
  }
  hear(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  written(): (string | undefined)[] {
    return this.sent.filter((each) => each.kind === "write").map((each) => each.text);
  }
}

const setup: Setup = {
  brand: "Shop",
  slug: "shop",
  channel: "chat",
  colour: "#000000",
  ink: "#ffffff",
  language: "en",
  languages: [["en", "English"]],
  digits: "latn",
  words: {},
  before: null,
  record: [],
  people_here: true,
  file_bytes_max: 1,
  files_max: 1,
  text_length_max: 1000,
};
let kept: Map<string, string>;

beforeEach(() => {
  kept = new Map();
  FakeSocket.all = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  Object.assign(globalThis, {
    WebSocket: FakeSocket,
    localStorage: {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, text: string) => kept.set(name, text),
      removeItem: (name: string) => kept.delete(name),
    },
    document: { hasFocus: () => true },
  });
});

const socket = (): FakeSocket => FakeSocket.all.at(-1) as FakeSocket;
const session = (): Session => {
  const made = new Session(setup, "ws://shop.test/socket", new Keep("test:"), () => undefined);
  made.connect();
  return made;
};

function greet(facts: object[] = [], conversation: string | null = null): void {
  socket().onopen?.();
  const now = new Date().toISOString();
  const rest = { promise: null, promise_before: null, people_here: true, email: null, status_url: null, now };
  socket().hear({ kind: "welcome", visitor: "token", conversation, facts, ...rest });
}

const mine = (version: number, key: string | undefined): object => ({
  kind: "fact",
  version,
  at: "2026-11-16T10:00:00Z",
  what: "customer",
  key,
  message: { id: `m${version}`, text: "", attachments: [] },
});

test("what was written before the line stood is sent as soon as it stands", () => {
  session().write("hello", []);
  assert.deepEqual(socket().written(), []);
  greet();
  assert.deepEqual(socket().written(), ["hello"]);
});

test("a message that was not accepted before the cut is sent again under the same key", () => {
  const chat = session();
  greet();
  chat.write("hello", []);
  const key = socket().sent.at(-1)?.key;
  socket().onclose?.();
  assert.equal(chat.state.connection, "offline");
  mock.timers.tick(1000);
  greet();
  assert.equal(FakeSocket.all.length, 2);
  assert.deepEqual(socket().written(), ["hello"]);
  assert.equal(socket().sent.at(-1)?.key, key);
});

test("a message that arrived although its acceptance was lost is not sent again", () => {
  const chat = session();
  greet();
  chat.write("hello", []);
  const key = socket().sent.at(-1)?.key;
  socket().onclose?.();
  mock.timers.tick(1000);
  greet([mine(2, key)], "c1");
  assert.deepEqual(socket().written(), []);
  assert.deepEqual(chat.state.outgoing, []);
  assert.equal(kept.get("test:outgoing"), undefined);
});

test("what was not sent outlives a reload", () => {
  session().write("hello", []);
  const reloaded = session();
  greet();
  assert.deepEqual(socket().written(), ["hello"]);
  socket().hear({ kind: "accepted", key: reloaded.state.outgoing[0]?.key, version: 2 });
  assert.equal(kept.get("test:outgoing"), undefined);
});

test("it resumes after the version it has", () => {
  session();
  greet([mine(7, undefined)], "c1");
  socket().onclose?.();
  mock.timers.tick(1000);
  assert.match(socket().address, /visitor=token&after=7&conversation=c1$/);
});

test("a line that died without a word is noticed", () => {
  const chat = session();
  greet();
  for (let second = 0; second < 60 && chat.state.connection === "online"; second += 1) mock.timers.tick(1000);
  assert.equal(chat.state.connection, "offline");
  assert.equal(FakeSocket.all[0]?.closed, true);
});

test("a message nobody accepts makes the line begin anew", () => {
  const chat = session();
  greet();
  chat.write("hello", []);
  mock.timers.tick(10_001);
  assert.equal(chat.state.connection, "offline");
});

test("waiting between attempts grows, and ends at once when the network is back", () => {
  const chat = session();
  for (let attempt = 0; attempt < 6; attempt += 1) {
    socket().onclose?.();
    mock.timers.tick(20_000);
  }
  const attempts = FakeSocket.all.length;
  socket().onclose?.();
  mock.timers.tick(5000);
  assert.equal(FakeSocket.all.length, attempts);
  chat.online(true);
  assert.equal(FakeSocket.all.length, attempts + 1);
});

test("storage that is forbidden stops nothing", () => {
  Object.assign(globalThis, {
    localStorage: {
      getItem: () => {
        throw new Error("forbidden");
      },
      setItem: () => {
        throw new Error("forbidden");
      },
    },
  });
  session().write("hello", []);
  greet();
  assert.deepEqual(socket().written(), ["hello"]);
});
