// What travels between the chat window and the server: the shapes of the frames, and of what the page was given.

export interface Attachment {
  url: string;
  name: string;
  media_type: string;
  size: number;
}

export interface Message {
  id: string;
  text: string;
  author?: string;
  /** Why the desk told something by itself: "acknowledged", "renegotiated", ... */
  why?: string | null;
  attachments: Attachment[];
}

/** Something that happened, as far as a customer may see it. `key` names our own message that became this fact. */
export interface Fact {
  kind: "fact";
  version: number;
  at: string;
  what: "customer" | "person" | "bot" | "told" | "withdrawn" | "closed";
  key?: string;
  message?: Message;
  messages?: string[];
}

export interface Pledge {
  id: string;
  made_at: string;
  due_at: string;
  words: string;
  sentence: string;
  absolute: string;
}

/** What would be promised now, and whether somebody is there. */
export interface Before {
  due_at: string;
  sentence: string;
}

export interface Welcome {
  kind: "welcome";
  visitor: string;
  conversation: string | null;
  facts: Fact[];
  promise: Pledge | null;
  promise_before: Before | null;
  people_here: boolean;
  email: string | null;
  status_url: string | null;
  now: string;
}

export interface Pong {
  kind: "pong";
  now: string;
  promise_before: Before | null;
  people_here: boolean;
}

export type FromServer =
  | Welcome
  | Fact
  | Pong
  | { kind: "promise"; promise: Pledge | null; status_url: string }
  | { kind: "typing"; name: string; on: boolean }
  | { kind: "seen"; by_person: true; version: number }
  | { kind: "address"; email: string }
  | { kind: "accepted"; key: string; version: number }
  | { kind: "refused"; key: string; words: string };

export type Act = "ignored" | "release" | "person";

export type ToServer =
  | { kind: "hello"; language: string; zone: string; identity?: string; page?: string }
  | { kind: "write"; key: string; text: string; attachments: string[] }
  | { kind: "typing"; on: boolean }
  | { kind: "seen"; message: string }
  | { kind: "address"; key: string; email: string }
  | { kind: "act"; key: string; action: Act }
  | { kind: "ping" };

/** What the server wrote into the page, so that the words need not be bundled five times. */
export interface Setup {
  brand: string;
  slug: string;
  channel: string;
  colour: string;
  ink: string;
  language: string;
  languages: [string, string][];
  digits: string;
  words: Record<string, string | Record<string, string>>;
  before: Before | null;
  /** How promises were kept here, and when it is quieter: one line each. */
  record: string[];
  people_here: boolean;
  file_bytes_max: number;
  files_max: number;
  text_length_max: number;
}
