// What is being completed at the caret: a canned reply after ";", a colleague after "@". Pure.

import type { Brand, Canned, Person, Row } from "./types";

export interface Asked {
  sign: ";" | "@";
  word: string;
  from: number;
}

/** The sign and the word before the caret, if the person has just begun one. */
export function askedAt(text: string, caret: number, signs: readonly string[]): Asked | null {
  const before = text.slice(0, caret);
  const match = /(?:^|[\s(])([;@])([\p{L}\p{N}_-]*)$/u.exec(before);
  const [, sign, word = ""] = match ?? [];
  if (!sign || !signs.includes(sign)) return null;
  return { sign: sign as Asked["sign"], word, from: caret - word.length - 1 };
}

export function cannedFor(canned: readonly Canned[], word: string, language: string): Canned[] {
  const wanted = word.toLowerCase();
  return canned
    .filter((each) => `${each.key} ${each.title} ${each.text}`.toLowerCase().includes(wanted))
    .sort((a, b) => rank(a, wanted, language) - rank(b, wanted, language) || a.title.localeCompare(b.title))
    .slice(0, 8);
}

/** The customer's language first, then what begins with the word. */
function rank(canned: Canned, word: string, language: string): number {
  const begins = canned.key.toLowerCase().startsWith(word) || canned.title.toLowerCase().startsWith(word);
  return (canned.language === language ? 0 : 2) + (begins ? 0 : 1);
}

export function peopleFor(people: readonly Person[], word: string): Person[] {
  const wanted = word.toLowerCase();
  return people.filter((each) => !each.removed && each.name.toLowerCase().includes(wanted)).slice(0, 8);
}

/** The variables of a canned reply, filled with what is known now. */
export function filled(text: string, row: Row, me: Person | null, brand: Brand | null, promise: string): string {
  const values: Record<string, string> = {
    customer: row.customer && !row.customer.includes("@") ? row.customer : "",
    agent: me?.name ?? "",
    brand: brand?.name ?? "",
    promise,
  };
  return text
    .replace(/\{(customer|agent|brand|promise)\}/g, (_, name: string) => values[name] ?? "")
    .replace(/ +([,!.\u060c\u0964])/g, "$1");
}

export function inserted(text: string, from: number, to: number, piece: string): { text: string; caret: number } {
  return { text: text.slice(0, from) + piece + text.slice(to), caret: from + piece.length };
}
