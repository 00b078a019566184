import assert from "node:assert/strict";
import { test } from "node:test";
import { clockName, daysWords, targetWords } from "./proving";

test("days in a row are said as a range, two as two, others one by one", () => {
  assert.equal(daysWords([0, 1, 2, 3, 4]), "Mon\u2013Fri");
  assert.equal(daysWords([6, 5]), "Sat, Sun");
  assert.equal(daysWords([0, 2, 3, 4, 6]), "Mon, Wed\u2013Fri, Sun");
});

test("a target is said in the largest unit that it is whole in", () => {
  assert.equal(targetWords(90), "90 seconds");
  assert.equal(targetWords(900), "15 minutes");
  assert.equal(targetWords(3 * 86_400), "3 days");
});

test("midnight at the end of a day is 24:00", () => {
  assert.equal(clockName("24:00"), "24:00");
  assert.equal(clockName("09:05"), "09:05");
});
