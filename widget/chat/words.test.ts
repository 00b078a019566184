// Words, digits and running clocks in the languages of the customers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { voice } from "./words";

const english = voice({ language: "en", digits: "latn", words: { hi: "Hello {name}", n: { one: "{n} file", other: "{n} files" } } });
const arabic = voice({ language: "ar", digits: "arab", words: { n: { two: "ملفان", other: "{n} ملف" } } });

test("a name is isolated, so that it can't turn the sentence around", () => {
  assert.equal(english.say("hi", { name: "\u202eevil" }), "Hello \u2068\u202eevil\u2069");
});

test("plurals and digits are those of the language", () => {
  assert.equal(english.say("n", { n: 1 }), "1 file");
  assert.equal(english.say("n", { n: 5 }), "5 files");
  assert.equal(arabic.say("n", { n: 2 }), "ملفان");
  assert.equal(arabic.say("n", { n: 100 }), "١٠٠ ملف");
});

test("the time that is left runs down to nothing", () => {
  assert.equal(english.left(3_723_000), "1:02:03");
  assert.equal(english.left(65_000), "1:05");
  assert.equal(arabic.left(65_000), "١:٠٥");
  assert.equal(english.left(0), null);
});

test("a word that is missing shows nothing rather than a key", () => {
  assert.equal(english.say("chat.unknown"), "");
});
