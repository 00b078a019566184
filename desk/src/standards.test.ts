// Standards as they are said and drawn: a share is never rounded up, a bar never rounded at all.

import assert from "node:assert/strict";
import { test } from "node:test";
import { barWords, strength, length, type MissingHour, ruleWords, shareWords, worst, type Bar, type Rule } from "./standards";

const hour = (values: Partial<MissingHour>): MissingHour => ({ weekday: 0, hour: 0, gap: "slower", promised_seconds: 3600, enquiries: 0, late: 0, median_wait_seconds: null, beyond_seconds: 0, ...values });
const bar: Bar = { key: "b", channel_kind: "phone", seconds: 90, strict: false, percent: 95, source: "s", year: 2009, cited: "", default: false };
const rule: Rule = { id: "r", words: "", measure: "share_answered_within", definition: "", channel_kinds: ["phone"], seconds: 180, strict: true, share: 0.95, language: null, against: null, least: 20 };

test("a share below 95 % never reads 95 %", () => {
  assert.equal(shareWords(9496, 10_000), "94.9%");
  assert.equal(shareWords(950, 1000), "95%");
  assert.equal(shareWords(19, 20), "95%");
  assert.equal(shareWords(99_999, 100_000), "99.9%");
  assert.equal(shareWords(0, 0), "0%");
});

test("a bar is said exactly", () => {
  assert.deepEqual([30, 90, 180, 900, 3600, 5400, 7200, 86_400].map(length), ["30 s", "90 s", "3 min", "15 min", "1 h", "1 h 30 min", "2 h", "1 d"]);
  assert.equal(barWords(bar), "Phone within 90 s \u00b7 95%");
  assert.equal(barWords({ ...bar, strict: true, percent: null }), "Phone in under 90 s");
});

test("a rule is said in the reader's words, whoever wrote the pack", () => {
  assert.equal(ruleWords(rule), "95% answered in under 3 min (Phone)");
  assert.equal(ruleWords({ ...rule, strict: false }), "95% answered within 3 min (Phone)");
  assert.equal(ruleWords({ ...rule, measure: "parity", channel_kinds: ["mail"], language: "cy", against: "en" }), "Welsh waits no longer than English (E-mail)");
  assert.equal(ruleWords({ ...rule, measure: "language", language: "cy" }), "95% of enquiries in Welsh answered by somebody who speaks it");
  assert.ok(ruleWords({ ...rule, measure: "person_on_request" }).includes("3 min"));
  assert.ok(!ruleWords({ ...rule, measure: "person_on_request", seconds: null }).includes("{"));
});

test("the hour with most people late is the strongest, one with none is not marked at all", () => {
  const hours = [hour({ late: 8 }), hour({ late: 1 }), hour({ enquiries: 5 })];
  assert.deepEqual(hours.map((each) => strength(each, hours)), [4, 1, 0]);
  assert.equal(strength(hour({}), [hour({})]), 0);
});

test("the worst hours come first, and only those in which somebody waited past the bar", () => {
  const hours = [hour({ hour: 1, beyond_seconds: 60 }), hour({ hour: 2 }), hour({ hour: 3, beyond_seconds: 900 })];
  assert.deepEqual(worst(hours, 3).map((each) => each.hour), [3, 1]);
});
