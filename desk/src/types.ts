// The shapes that travel between the server and the desk, as the contract writes them: snake case, instants as text.

export type Instant = string;
export type Role = "owner" | "lead" | "agent";
export type PromiseKind = "first_answer" | "next_answer" | "follow_up";
export type PromiseStatus = "open" | "kept" | "renegotiated" | "broken" | "released";
export type Outcome = "answered" | "resolved" | "withdrawn" | "no_answer_needed" | "spam" | "duplicate";
export type ChannelKind = "chat" | "mail" | "api";

/** One line of the queue; `status` is open (we owe a word), answered, or closed. */
export interface Row {
  id: string;
  version: number;
  channel: string;
  channel_kind: ChannelKind;
  status: "open" | "answered" | "closed";
  customer_id: string;
  customer: string | null;
  language: string;
  zone: string | null;
  subject: string | null;
  preview: string;
  last_by: string;
  last_at: Instant;
  opened_at: Instant;
  waiting_since: Instant | null;
  promise_id: string | null;
  promise_kind: PromiseKind | null;
  made_at: Instant | null;
  due_at: Instant | null;
  chance: number | null;
  instead: "mail" | "phone" | null;
  at_risk: boolean;
  step: number;
  revisions: number;
  assignee: string | null;
  responsible: string | null;
  snoozed_until: Instant | null;
  ignored: number;
  wants_person: boolean;
  outcome: Outcome | null;
}

export interface Letter {
  id: string;
  channel: string;
  received_at: Instant;
  reason: string;
  sender: string | null;
  subject: string | null;
  preview: string;
  outcome: "opened" | "dismissed" | null;
  conversation_id: string | null;
  handled_at: Instant | null;
  version: number;
}

export interface Person {
  id: string;
  name: string;
  email: string;
  role: Role;
  languages: string[];
  on_duty: boolean;
  joined: boolean;
  removed: boolean;
  /** When they work; null is whenever the brand is open, hours that never open plan no enquiry for them. */
  roster: Hours | null;
  chats_at_once: number;
}

/** From and to, as "09:00", "24:00", or "02:00+1" for two in the morning of the next day. */
export type Times = [string, string][];

/** Opening hours as the server writes and reads them; `week` by day name, each day a list of [opens, closes]. */
export interface Hours {
  zone: string;
  always_open?: boolean;
  week?: Record<string, Times>;
  holidays?: string[];
  special_days?: Record<string, Times>;
}

/** What a brand wants promised: a target, and how sure it wants to be of it (see the glossary: policy). */
export interface Policy {
  first_answer_seconds: number;
  next_answer_seconds: number;
  clock: "opening" | "always";
  chance: number;
  ceiling_seconds: number | null;
  instead: "mail" | "phone";
  wording: "exact" | "within" | "window";
  computed: boolean;
  overridden: string | null;
}

export interface Channel {
  key: string;
  kind: ChannelKind;
  name: string;
  live: boolean;
  address: string | null;
  policy: Policy | null;
  hours: Hours | null;
  team: string[];
  settings: [string, string][] | Record<string, string>;
}

export interface Canned {
  key: string;
  title: string;
  text: string;
  language: string;
}

export interface Key {
  id: string;
  name: string;
  role: Role;
  made_at: Instant;
  revoked: boolean;
}

export interface Brand {
  id: string;
  slug: string;
  name: string;
  zone: string;
  languages: string[];
  hours: Hours;
  demo: boolean;
  channels: Channel[];
  people: Person[];
  canned: Canned[];
  keys: Key[];
  colour: string;
  version: number;
}

export interface Attachment {
  blob: string;
  name: string;
  media_type: string;
  size: number;
}

export interface Message {
  id: string;
  text: string;
  html: string | null;
  folded: string | null;
  attachments: Attachment[];
  ref: string | null;
  raw: string | null;
  sender: string | null;
}

export interface Customer {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  language: string;
  zone: string | null;
  visitor: string | null;
  reference: string | null;
  verified: boolean;
}

/** A promise as the log holds it: what we said we'd do by when. */
export interface PromiseRecord {
  id: string;
  kind: PromiseKind;
  status: PromiseStatus;
  made_at: Instant;
  due_at: Instant;
  chance: number | null;
  basis: string;
  words: string;
  language: string;
  replaces?: string | null;
  reason?: string | null;
  ended_at?: Instant | null;
  instead?: "mail" | "phone" | null;
}

/** What each kind of fact of a conversation carries. */
export interface Facts {
  conversation_opened: { channel: string; channel_kind: ChannelKind; customer: Customer; subject: string | null };
  customer_wrote: { message: Message };
  enquiry_opened: { enquiry_id: string; message_id: string };
  promise_made: { enquiry_id: string; promise: PromiseRecord };
  promise_ended: { promise_id: string; status: PromiseStatus; reason: string | null };
  wait_ended: { started_at: Instant; wall_seconds: number; business_seconds: number };
  enquiry_answered: { enquiry_id: string; settles_at: Instant };
  enquiry_reopened: { enquiry_id: string };
  enquiry_ended: { enquiry_id: string; outcome: Outcome };
  customer_told: { message_id: string; why: string; text: string; promise_id: string | null; reason: string | null };
  person_wrote: { person_id: string | null; author: string; message: Message };
  bot_wrote: { message: Message };
  note_written: { note_id: string; person_id: string | null; text: string; mentions: string[] };
  assigned: { person_id: string | null; from_id: string | null; reason: string | null };
  responsible_set: { person_id: string; why: string };
  escalated: { promise_id: string; step: number; rung: string; people: string[] };
  at_risk: { enquiry_id: string; promise_id: string; chance: number; rung: string; people: string[] };
  conversation_closed: object;
  conversation_reopened: object;
  snoozed: { until: Instant };
  undoable: { what: string; by: string; until: Instant; steps: number; messages: string[] };
  undone: { what: string; withdrawn: string[] };
  felt_ignored: object;
  person_asked_for: object;
  contact_preferred: { how: string; address: string | null };
  customer_left: { unanswered: boolean; became: string | null };
  customer_returned: object;
  auto_reply_received: { message: Message; reason: string };
  delivery_changed: { message_id: string; status: string; detail: string | null };
  customer_saw: { message_id: string };
}

export type FactKind = keyof Facts;
interface Written {
  version: number;
  at: Instant;
  by: string;
}
/** One fact of a conversation, read back from its log. */
export type Fact = { [K in FactKind]: Written & { kind: K; event: Facts[K] } }[FactKind];

export interface FactFrame {
  kind: "fact";
  position: string;
  stream: string;
  stream_kind: "conversation" | "letter" | "brand";
  version: number;
  at: Instant;
  by: string;
  command_id?: string;
  event_kind: string;
  event: unknown;
  row?: Row | null;
  brand?: Brand | null;
  letter?: Letter | null;
}

export interface SnapshotFrame {
  kind: "snapshot";
  position: string;
  me?: Person | null;
  brand: Brand;
  rows: Row[];
  letters: Letter[];
}

export interface SignalFrame {
  kind: "signal";
  what: "typing" | "viewing";
  stream: string;
  who: { id: string; name: string };
  on: boolean;
}

export type Frame = FactFrame | SnapshotFrame | SignalFrame | { kind: "pong" };

export interface Undo {
  what: string;
  until: Instant;
}

export interface Clocks {
  wall_seconds: number;
  business_seconds: number;
  running: boolean;
}

/** Everything about one conversation, as GET /conversations/{id} answers. */
export interface Detail {
  conversation: Row;
  customer: Customer;
  promise: PromiseRecord | null;
  /** The chance of keeping it as it was foreseen when this was read. */
  chance_now: number | null;
  clocks: Clocks | null;
  events: Fact[];
  earlier: Row[];
  draft: { text: string; updated_at: Instant } | null;
  undo: Undo | null;
  status_url: string | null;
}

/** A message that could not be sent yet: to the customer, or (without `message_id`) a warning to people. */
export interface UnsentMessage {
  message_id: string | null;
  people: string[];
  conversation_id: string;
  conversation: Row | null;
  attempts: number;
  since: Instant;
  next_at: Instant;
  cause: string;
  words: string;
}

export interface Unsent {
  count: number;
  causes: { cause: string; count: number; since: Instant; next_at: Instant; words: string }[];
  items: UnsentMessage[];
}

export interface Wall {
  kept_today: number;
  broken_today: number;
  renegotiated_today: number;
  released_today: number;
  made_today: number;
  open: number;
  open_by_slack: { overdue: number; under_5_min: number; under_1_h: number; under_1_day: number; later: number };
  letters: number;
  waiting_longest: Row[];
}
