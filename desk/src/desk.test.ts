// The pure parts of the desk: order of the queue, urgency, keys, completions, opening hours, the thread.

import assert from "node:assert/strict";
import { test } from "node:test";
import { askedAt, cannedFor, filled, inserted } from "./completion";
import { isOpen } from "./hours";
import { keyOf } from "./keys";
import { bySlack, counts, inView, ordered } from "./queue";
import { href, parse } from "./route";
import { slackOf } from "./slack";
import { fold, openPromise, since } from "./thread";
import type { Canned, Fact, Hours, Row } from "./types";

const row = (id: string, values: Partial<Row> = {}) =>
  ({ id, version: 1, status: "open", assignee: null, responsible: null, due_at: null, last_at: "2026-11-20T10:00:00Z", ...values }) as Row;

test("the least slack comes first, what owes nothing last and newest first", () => {
  const rows = [
    row("quiet", { status: "answered" }),
    row("quieter", { status: "answered", last_at: "2026-11-20T09:00:00Z" }),
    row("later", { due_at: "2026-11-20T10:05:00Z" }),
    row("soon", { due_at: "2026-11-20T10:00:00.5Z" }),
    row("sooner", { due_at: "2026-11-20T10:00:00Z" }),
  ];
  assert.deepEqual([...rows].sort(bySlack).map((each) => each.id), ["sooner", "soon", "later", "quiet", "quieter"]);
});

test("the order before changes nothing but the work it takes", () => {
  const rows = Array.from({ length: 300 }, (_, index) => row(`r${index}`, { due_at: new Date(1e12 + ((index * 7919) % 997) * 1000).toISOString() }));
  const map = new Map(rows.map((each) => [each.id, each]));
  const fresh = ordered(map, "all", null, []);
  map.set("r7", row("r7", { version: 2, due_at: "2040-01-01T00:00:00Z" }));
  map.delete("r9");
  assert.deepEqual(ordered(map, "all", null, fresh), ordered(map, "all", null, []));
});

test("mine is what I have, and what rests on me while nobody has it", () => {
  assert.ok(inView(row("a", { assignee: "me" }), "mine", "me"));
  assert.ok(inView(row("a", { responsible: "me" }), "mine", "me"));
  assert.ok(!inView(row("a", { responsible: "me", assignee: "you" }), "mine", "me"));
  assert.ok(!inView(row("a", { responsible: "me", status: "answered" }), "mine", "me"));
  const map = new Map([row("a", { assignee: "me" }), row("b"), row("c", { status: "answered" }), row("d", { status: "closed" })].map((each) => [each.id, each]));
  assert.deepEqual(counts(map, new Map(), "me"), { mine: 1, unassigned: 1, waiting: 1, all: 3, closed: null, letters: 0 });
});

test("a promise turns from calm over soon and urgent to late", () => {
  const mood = (left: number, whole: number) => slackOf(0, whole * 1000, (whole - left) * 1000).mood;
  assert.equal(mood(100, 120), "calm");
  assert.equal(mood(50, 120), "soon");
  assert.equal(mood(20, 120), "urgent");
  assert.equal(mood(0, 120), "late");
  assert.equal(mood(5 * 3600, 30 * 24 * 3600), "calm");
  assert.equal(mood(3600, 30 * 24 * 3600), "soon");
});

const pressed = (key: string, code = "", held: Partial<KeyboardEvent> = {}) =>
  keyOf({ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

test("keys are the same on every layout", () => {
  assert.equal(pressed("j", "KeyJ"), "j");
  assert.equal(pressed("\u043e", "KeyJ"), "j");
  assert.equal(pressed("\u062a", "KeyJ"), "j");
  assert.equal(pressed("A", "KeyA", { shiftKey: true }), "Shift+A");
  assert.equal(pressed("\u0424", "KeyA", { shiftKey: true }), "Shift+A");
  assert.equal(pressed("?", "Slash", { shiftKey: true }), "?");
  assert.equal(pressed("Enter", "Enter", { metaKey: true, shiftKey: true }), "Ctrl+Shift+Enter");
  assert.equal(pressed("\u043b", "KeyK", { ctrlKey: true }), "Ctrl+k");
});

test("a semicolon at the start of a word asks for canned replies, an e-mail address does not", () => {
  assert.deepEqual(askedAt("Hello ;si", 9, [";"]), { sign: ";", word: "si", from: 6 });
  assert.equal(askedAt("Hello;si", 8, [";"]), null);
  assert.equal(askedAt("a@b", 3, ["@"]), null);
  assert.deepEqual(askedAt("@\u0410\u0439", 3, ["@"]), { sign: "@", word: "\u0410\u0439", from: 0 });
  assert.deepEqual(inserted("Hello ;si you", 6, 9, "there"), { text: "Hello there you", caret: 11 });
});

test("replies in the customer's language come first, variables are filled, a name we don't know leaves no hole", () => {
  const canned = [
    { key: "a", title: "Hi", text: "Hello {customer}, {promise}", language: "en" },
    { key: "b", title: "Hi", text: "x", language: "ar" },
  ] as Canned[];
  assert.deepEqual(cannedFor(canned, "hi", "ar").map((each) => each.key), ["b", "a"]);
  assert.equal(filled("Hello {customer}, by {promise}. {agent}", row("a", { customer: "Megan" }), null, null, "10:20"), "Hello Megan, by 10:20. ");
  assert.equal(filled("Hello {customer}, hi", row("a", { customer: "m@example.test" }), null, null, ""), "Hello, hi");
});

test("we are open in lunch-broken weeks, over midnight, not on holidays", () => {
  const hours: Hours = { zone: "Europe/London", week: { friday: [["09:00", "12:30"], ["13:30", "17:00"]], saturday: [["22:00", "02:00+1"]] }, holidays: ["2026-11-27"] };
  const at = (text: string) => isOpen(hours, Date.parse(text));
  assert.ok(at("2026-11-20T09:00:00Z"));
  assert.ok(!at("2026-11-20T12:45:00Z"));
  assert.ok(!at("2026-11-20T17:00:00Z"));
  assert.ok(at("2026-11-22T01:59:00Z"));
  assert.ok(!at("2026-11-22T02:00:00Z"));
  assert.ok(!at("2026-11-27T10:00:00Z"));
  assert.ok(isOpen({ zone: "Asia/Almaty", always_open: true }, 0));
});

test("every address leads back to where it came from", () => {
  for (const address of ["#/mine", "#/closed/abc", "#/wall", "#/settings/hours", "#/guide", "#/letters/x"]) assert.equal(href(parse(address)), address);
  assert.deepEqual(parse("#/all/100%"), { screen: "queue", view: "all", conversation: "100%" });
  assert.deepEqual(parse("#/nonsense"), { screen: "queue", view: "mine", conversation: null });
});

const at = "2026-11-20T10:00:00Z";
const message = (id: string) => ({ id, text: id, html: null, folded: null, attachments: [], ref: null, raw: null, sender: null });
const promise = (id: string) => ({ id, kind: "first_answer", status: "open", made_at: at, due_at: at, chance: null, basis: "", words: "", language: "en" });
const story = (...facts: [string, object][]) => facts.map(([kind, event], index) => ({ version: index + 1, at, by: "customer", kind, event }) as unknown as Fact);

test("an undone answer is shown as taken back and its promise is open again", () => {
  const facts = story(
    ["customer_wrote", { message: message("m1") }],
    ["promise_made", { promise: promise("p1") }],
    ["undoable", { what: "reply", steps: 3, messages: ["m2"] }],
    ["person_wrote", { person_id: "p", author: "A", message: message("m2") }],
    ["promise_ended", { promise_id: "p1", status: "kept", reason: null }],
    ["wait_ended", {}],
  );
  const before = fold(facts);
  assert.equal(openPromise(before), null);
  assert.equal(before.waiting_since, null);
  assert.equal(before.last_message, "m2");
  const after = fold([...facts, ...story(["undone", { what: "reply", withdrawn: ["m2"] }])]);
  assert.equal(openPromise(after)?.id, "p1");
  assert.equal(after.waiting_since, at);
  assert.equal(after.last_message, "m1");
  assert.ok(after.items.some((each) => each.kind === "said" && each.id === "m2" && each.withdrawn));
});

test("whoever crossed sees exactly what came in between", () => {
  const thread = fold(story(["customer_wrote", { message: message("m1") }], ["person_wrote", { person_id: "p", author: "A", message: message("m2") }], ["customer_wrote", { message: message("m3") }]));
  assert.deepEqual(since(thread, "m1").map((each) => each.id), ["m2", "m3"]);
});

test("what the customer has seen marks our words up to there", () => {
  const thread = fold(story(["person_wrote", { message: message("m1") }], ["person_wrote", { message: message("m2") }], ["customer_saw", { message_id: "m1" }]));
  assert.deepEqual(thread.items.map((each) => each.kind === "said" && each.seen), [true, false]);
});
