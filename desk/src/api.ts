// The one place that fetches. Every POST carries an idempotency key, so that a retry on a bad line writes nothing twice;
// every refusal comes back as a Problem with the server's own words and, where there is one, the field.

import { learnTime } from "./clock";
import type { Attachment, Detail, Row, Unsent, Wall } from "./types";

export class Problem extends Error {
  readonly status: number;
  readonly field: string | null;
  /** What was found when a promise was tried that is refused. */
  readonly check: unknown;

  constructor(status: number, words: string, field: string | null = null, check: unknown = null) {
    super(words);
    this.status = status;
    this.field = field;
    this.check = check;
  }
}

/** Nothing came back: the line is down, or the server. Worth trying again. */
export class Unreachable extends Problem {
  constructor() {
    super(0, "");
  }
}

let csrf = "";
export function useCsrf(token: string): void {
  csrf = token;
}

let onSignedOut: () => void = () => {};
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

interface Options {
  body?: unknown;
  raw?: Blob;
  headers?: Record<string, string>;
  key?: string;
  signal?: AbortSignal;
}

export async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  if (method !== "GET") headers["X-Waada-CSRF"] = csrf;
  if (method === "POST") headers["Idempotency-Key"] = options.key ?? freshKey();
  const request: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.signal) request.signal = options.signal;
  if (options.raw) request.body = options.raw;
  else if (options.body !== undefined) {
    headers["Content-Type"] ??= "application/json";
    request.body = typeof options.body === "string" ? options.body : JSON.stringify(options.body);
  }
  const asked = Date.now();
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Unreachable();
  }
  learnTime(answer.headers.get("Date"), asked);
  if (!answer.ok) throw await problemOf(answer, path);
  if (answer.status === 204) return undefined as T;
  return (await answer.json()) as T;
}

async function problemOf(answer: Response, path: string): Promise<Problem> {
  const problem = (await answer.json().catch(() => ({}))) as { title?: string; detail?: string; field?: string; check?: unknown };
  if (answer.status === 401 && !path.startsWith("/session") && !path.startsWith("/me")) onSignedOut();
  return new Problem(answer.status, problem.detail ?? problem.title ?? answer.statusText, problem.field ?? null, problem.check ?? null);
}

export function freshKey(): string {
  // randomUUID is missing on plain http from another machine.
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const at = (id: string, rest = "") => `/conversations/${encodeURIComponent(id)}${rest}`;

export interface Answer {
  conversation: Row;
  message?: { id: string };
}

export const conversations = {
  open: (id: string) => call<Detail>("GET", at(id)),
  closed: (cursor: string | null) =>
    call<{ items: Row[]; cursor: string | null }>("GET", `/conversations?view=closed&limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`),
  write: (id: string, body: object, key: string) => call<Answer>("POST", at(id, "/messages"), { body, key }),
  note: (id: string, text: string, mentions: string[], key: string) => call<Answer>("POST", at(id, "/notes"), { body: { text, mentions }, key }),
  assign: (id: string, person_id: string | null) => call<Answer>("POST", at(id, "/assign"), { body: { person_id } }),
  transfer: (id: string, person_id: string, reason: string) => call<Answer>("POST", at(id, "/transfer"), { body: { person_id, reason } }),
  renegotiate: (id: string, body: { due_at: string; reason: string; words?: string }) => call<Answer>("POST", at(id, "/renegotiate"), { body }),
  snooze: (id: string, body: { until: string; reason?: string }) => call<Answer>("POST", at(id, "/snooze"), { body }),
  close: (id: string, outcome: string) => call<Answer>("POST", at(id, "/close"), { body: { outcome } }),
  undo: (id: string) => call<Answer>("POST", at(id, "/undo"), { body: {} }),
  keepDraft: (id: string, text: string) => call<unknown>("PUT", at(id, "/draft"), { body: { text } }),
  dropDraft: (id: string) => call<unknown>("DELETE", at(id, "/draft")),
};

export interface Preview {
  words: string;
  text: string;
  language: string;
  direction: "ltr" | "rtl";
}

/** What a customer would read of a time that a person chose: the chance of keeping it, and whether anybody is there then. */
export interface NewTimePreview extends Preview {
  chance: number | null;
  nobody: { opens: boolean; again_at: string | null; take_at: string | null } | null;
}

export const previews = {
  renegotiate: (id: string, due_at: string, reason: string, signal: AbortSignal) =>
    call<NewTimePreview>("POST", at(id, "/renegotiate/preview"), { body: { due_at, reason }, signal }),
  snooze: (id: string, until: string, reason: string, signal: AbortSignal) =>
    call<NewTimePreview>("POST", at(id, "/snooze/preview"), { body: { until, reason }, signal }),
};

/** What somebody who writes now would be promised. */
export interface Quote extends Omit<Preview, "text"> {
  due_at: string;
  chance: number | null;
  instead: "mail" | "phone" | null;
}

export const quote = (channel: string, body: object, signal: AbortSignal) => call<Quote>("POST", `/channels/${encodeURIComponent(channel)}/preview`, { body, signal });

export const search = (query: string, signal: AbortSignal) => call<{ items: Row[] }>("GET", `/search?q=${encodeURIComponent(query)}`, { signal });
export const fetchUnsent = (conversation: string | null) => call<Unsent>("GET", `/unsent${conversation ? `?conversation=${encodeURIComponent(conversation)}` : ""}`);
export const tryUnsent = () => call<{ tried: number }>("POST", "/unsent/try", { body: {} });
export const wall = () => call<Wall>("GET", "/wall");

export function upload(file: File): Promise<Attachment> {
  const headers = { "Content-Type": file.type || "application/octet-stream", "X-File-Name": encodeURIComponent(file.name) };
  return call<Attachment>("POST", "/attachments", { raw: file, headers });
}

export function attachmentAddress(attachment: Attachment): string {
  return `/api/v1/attachments/${encodeURIComponent(attachment.blob)}?name=${encodeURIComponent(attachment.name)}`;
}
