import assert from "node:assert/strict";
import { test } from "node:test";
import { axisFrom, levelOf, narrowed, queryOf, readAsked, roundedDown, roundedUp, writeAsked } from "./keeping";
import { href, parse } from "./route";

test("every choice on the promises page has an address that leads back to it", () => {
  for (const address of ["#/promises", "#/promises/days=7&channel=mail&language=ar", "#/promises/days=30&status=missed&hour=9&behind=1"]) assert.equal(href(parse(address)), address);
  const asked = { days: 90, channel: "chat", language: null, behind: { status: "late", chance_from: "0.9" } };
  assert.deepEqual(readAsked(writeAsked(asked)), asked);
  assert.deepEqual(readAsked("days=12&nonsense=1"), { days: 30, channel: null, language: null, behind: null });
});

test("a figure leads to its own conversations within what is chosen already", () => {
  const all = readAsked("days=7&language=cy");
  assert.deepEqual(narrowed(all, { channel: "mail", status: "missed" }), { days: 7, channel: "mail", language: "cy", behind: { status: "missed" } });
  const query = new URLSearchParams(queryOf(narrowed(all, { hour: "9" }), Date.parse("2026-06-08T12:00:00Z"), "c1"));
  assert.deepEqual(Object.fromEntries(query), { from: "2026-06-01T12:00:00.000Z", language: "cy", hour: "9", cursor: "c1" });
});

test("a share is never rounded up, and its range outwards", () => {
  assert.equal(roundedDown(0.96999), 0.969);
  assert.equal(roundedDown(0.97), 0.97);
  assert.equal(roundedDown(1), 1);
  assert.equal(roundedDown(0.9999), 0.999);
  assert.equal(roundedUp(0.9701), 0.971);
  assert.equal(roundedUp(0.29), 0.29);
});

test("levels and the axis follow the shares", () => {
  assert.deepEqual([1, 0.98, 0.979, 0.95, 0.9, 0.8, 0.79, 0].map(levelOf), [4, 4, 3, 3, 2, 1, 0, 0]);
  assert.equal(axisFrom([]), 0.9);
  assert.equal(axisFrom([0.95, 0.71]), 0.7);
  assert.equal(axisFrom([0.7, 0.03]), 0);
});
