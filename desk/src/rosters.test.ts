// Rosters and the cover they make: breaks, nights, days off, zones, the hours in which nobody is planned.

import assert from "node:assert/strict";
import { test } from "node:test";
import { coverOf, cut, drawn, isGap, isPlanned, mondayOf } from "./cover";
import { clockOf, instantOf, intervalOf, isOpen, minutesOf } from "./hours";
import { daysOff, minutesOfDay, minutesOfWeek, notPlanned, ownRoster, sent, withBreak, withDaysOff, withoutDaysOff } from "./rosters";
import type { Brand, Channel, Hours, Person } from "./types";

const NINE: Hours = { zone: "Europe/London", week: { monday: [["09:00", "17:00"]], tuesday: [["09:00", "17:00"]] }, holidays: ["2026-11-24"], special_days: {} };
const person = (id: string, roster: Hours | null, values: Partial<Person> = {}) => ({ id, name: id, removed: false, roster, chats_at_once: 1, ...values }) as Person;
const brand = (people: Person[]) => ({ zone: "Europe/London", hours: NINE, people, channels: [] }) as unknown as Brand;

test("a time of day can be read and written, the morning after included", () => {
  for (const time of ["00:00", "09:05", "24:00", "02:00+1", "17:30"]) assert.equal(clockOf(minutesOf(time)), time);
  assert.deepEqual(intervalOf("22:00", "02:00"), ["22:00", "02:00+1"]);
  assert.deepEqual(intervalOf("09:00", "02:00+1"), ["09:00", "02:00+1"]);
  assert.deepEqual(intervalOf("01:00", "02:00+1"), ["01:00", "02:00"]);
  assert.deepEqual(intervalOf("09:00", "00:00"), ["09:00", "24:00"]);
  assert.deepEqual(intervalOf("", "02:00"), ["", "02:00"]);
});

test("a night shift goes on after midnight", () => {
  const night: Hours = { zone: "Europe/London", week: { saturday: [["22:00", "02:00+1"]] } };
  assert.ok(isOpen(night, Date.parse("2026-11-22T01:59:00Z")));
  assert.ok(!isOpen(night, Date.parse("2026-11-22T02:00:00Z")));
  assert.ok(!isOpen(night, Date.parse("2026-11-21T01:00:00Z")));
});

test("the clock on the wall leads back to the instant, on the nights it is changed too", () => {
  assert.equal(instantOf("Europe/London", "2026-11-23", 540), Date.parse("2026-11-23T09:00:00Z"));
  assert.equal(instantOf("Europe/London", "2026-06-23", 540), Date.parse("2026-06-23T08:00:00Z"));
  assert.equal(instantOf("Europe/London", "2026-03-29", 180), Date.parse("2026-03-29T02:00:00Z"));
  assert.equal(instantOf("Asia/Kolkata", "2026-11-23", 0), Date.parse("2026-11-22T18:30:00Z"));
  assert.equal(mondayOf("Europe/London", Date.parse("2026-11-29T23:59:00Z")), "2026-11-23");
});

test("the week shows who is there, and where nobody is", () => {
  const lunch: Hours = { ...NINE, week: { monday: [["09:00", "12:30"], ["13:00", "17:00"]] } };
  const days = coverOf(brand([person("ann", lunch), person("ben", notPlanned("Europe/London")), person("left", null, { removed: true })]), null, "2026-11-23");
  const monday = days[0]?.stretches.filter((each) => each.open || each.people.length);
  assert.deepEqual(monday, [
    { from: 540, to: 750, open: true, people: ["ann"] },
    { from: 750, to: 780, open: true, people: [] },
    { from: 780, to: 1020, open: true, people: ["ann"] },
  ]);
  // Tuesday is a holiday: closed, and nobody is missed.
  assert.equal(days[1]?.stretches.filter((each) => isGap(each) || each.people.length).length, 0);
  assert.deepEqual(drawn(days), { from: 540, to: 1020 });
  assert.deepEqual(cut(days[0]?.stretches ?? [], 720, 780).map((each) => [each.from, each.to]), [[720, 750], [750, 780]]);
});

test("somebody in another zone is counted when they are there, not when their clock says so", () => {
  const almaty: Hours = { zone: "Asia/Almaty", week: { monday: [["14:00", "22:00"]] } };
  const days = coverOf(brand([person("aru", almaty)]), null, "2026-11-23");
  assert.deepEqual(days[0]?.stretches.filter((each) => each.open), [{ from: 540, to: 1020, open: true, people: ["aru"] }]);
});

test("a channel has its own team and hours", () => {
  const chat = { team: ["ann"], hours: { zone: "Europe/London", always_open: true } } as unknown as Channel;
  const days = coverOf(brand([person("ann", null), person("ben", null)]), chat, "2026-11-23");
  assert.deepEqual(days[0]?.stretches.map((each) => [each.from, each.open, each.people.length]), [[0, true, 0], [540, true, 1], [1020, true, 0]]);
});

test("a break splits the day once, at noon where that is inside", () => {
  assert.deepEqual(withBreak([["09:00", "17:00"]]), [["09:00", "12:00"], ["12:30", "17:00"]]);
  assert.deepEqual(withBreak([["14:00", "22:00"]]), [["14:00", "18:00"], ["18:30", "22:00"]]);
  assert.deepEqual(withBreak([["09:00", "10:00"]]), [["09:00", "10:00"]]);
  assert.deepEqual(withBreak([]), []);
  assert.deepEqual(withBreak([["22:00", "06:00+1"]]), [["22:00", "06:00+1"]]);
  assert.equal(minutesOfDay(withBreak([["09:00", "17:00"]])), 450);
  assert.equal(minutesOfWeek(NINE), 960);
});

test("days off come and go in spans and leave other special days alone", () => {
  const other: Hours = { ...NINE, special_days: { "2026-12-24": [["09:00", "12:00"]] } };
  const off = withDaysOff(withDaysOff(other, { from: "2026-11-30", to: "2026-12-02" }), { from: "2026-12-03", to: "2026-12-03" });
  assert.deepEqual(daysOff(off), [{ from: "2026-11-30", to: "2026-12-03" }]);
  assert.deepEqual(withoutDaysOff(off, { from: "2026-11-30", to: "2026-12-31" }), other);
  assert.equal(Object.keys(withDaysOff(NINE, { from: "2026-01-01", to: "9999-01-01" }).special_days ?? {}).length, 366);
});

test("following the brand, one's own week and not being planned are three things", () => {
  const always: Hours = { zone: "UTC", always_open: true };
  assert.equal(minutesOfWeek(ownRoster(always)), 7 * 1440);
  assert.ok(isPlanned(always) && isPlanned(ownRoster(NINE)) && !isPlanned(notPlanned("UTC")));
  assert.deepEqual(sent({ ...NINE, always_open: true }), { zone: "Europe/London", always_open: true });
});
