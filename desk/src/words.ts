// What people at the desk read: the same catalogues as everywhere else, plurals by Intl.PluralRules, numbers and dates
// by Intl in the digits of the language. English is in the bundle; another language is one small file more.

import english from "../../.make/catalogues/desk.en.json";

type Forms = Partial<Record<Intl.LDMLPluralRule, string>>;
export interface Catalogue {
  language: string;
  direction: string;
  digits: string;
  words: Record<string, string | Forms>;
}

export const LANGUAGES: readonly string[] = ["en", "kk", "cy", "hi", "ar"];
const KEPT = "waada.words";
const ENGLISH: Catalogue["words"] = english.words;

let spoken: Catalogue = english;
let locale = "en-GB";
let plural: (count: number) => Intl.LDMLPluralRule = () => "other";
let ownDates = false;
let formats = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

/** CLDR's rule for Welsh, for browsers that come without it. */
const WELSH: Record<number, Intl.LDMLPluralRule> = { 0: "zero", 1: "one", 2: "two", 3: "few", 6: "many" };

/** Browsers leave out the names of months and days of languages they have no menus in: Kazakh and Welsh, mostly. */
function lacksDates(base: string): boolean {
  const format = new Intl.DateTimeFormat(base, { month: "long", timeZone: "UTC" });
  return !format.resolvedOptions().locale.startsWith(base.slice(0, 2)) || /^M?\d/.test(format.format(0));
}

export function speak(catalogue: Catalogue): void {
  spoken = catalogue;
  // English dates as most of the world writes them: day, month, 24 hours.
  const base = catalogue.language === "en" ? "en-GB" : catalogue.language;
  locale = `${base}-u-nu-${catalogue.digits}`;
  const rules = new Intl.PluralRules(base);
  const known = rules.resolvedOptions().locale.startsWith(base.slice(0, 2));
  plural = known ? (count) => rules.select(count) : (count) => (base === "cy" ? (WELSH[count] ?? "other") : count === 1 ? "one" : "other");
  ownDates = lacksDates(base);
  formats = new Map();
  document.documentElement.lang = catalogue.language;
  document.documentElement.dir = catalogue.direction;
}

export function language(): string {
  return spoken.language;
}

export function say(key: string, values: Record<string, string | number | null | undefined> = {}): string {
  const text = spoken.words[key] ?? ENGLISH[key] ?? key;
  const form = typeof text === "string" ? text : (text[plural(Number(values.n))] ?? text.other ?? key);
  return form.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : (value ?? "");
  });
}

/** Words for one of several known codes, or the code itself when somebody taught the server a new one. */
export function sayOne(prefix: string, code: string): string {
  const key = `${prefix}.${code}`;
  const text = say(key);
  return text === key ? code.replaceAll("_", " ") : text;
}

export function number(value: number, options: Intl.NumberFormatOptions = {}): string {
  const key = `n${JSON.stringify(options)}`;
  let format = formats.get(key) as Intl.NumberFormat | undefined;
  if (!format) formats.set(key, (format = new Intl.NumberFormat(locale, options)));
  return format.format(value);
}

/** "62 %", as the language writes it. Never said as certain: nobody can know that a promise will be kept. */
export function percent(share: number): string {
  return number(Math.min(0.99, Math.max(0.01, share)), { style: "percent", maximumFractionDigits: 0 });
}

export function dateWords(at: number | string, options: Intl.DateTimeFormatOptions, zone?: string | null): string {
  const key = `d${zone ?? ""}${JSON.stringify(options)}`;
  let format = formats.get(key) as Intl.DateTimeFormat | undefined;
  if (!format) formats.set(key, (format = dateFormat(options, zone)));
  const instant = typeof at === "string" ? Date.parse(at) : at;
  return ownDates ? ownWords(format.formatToParts(instant)) : format.format(instant);
}

/** An English date with the names of the language; the order of day and month is the same in both. */
function ownWords(parts: readonly Intl.DateTimeFormatPart[]): string {
  const named = (list: string, value: string) => {
    const english = String(ENGLISH[`date.${list}`]).split(",").findIndex((name) => name.slice(0, 3) === value.slice(0, 3));
    return say(value.length > 4 ? `date.${list}` : `date.${list}_short`).split(",")[english] ?? value;
  };
  return parts
    .map(({ type, value }) => (type === "weekday" ? named("weekdays", value) : type === "month" && /[a-z]/i.test(value) ? named("months", value) : value))
    .join("");
}

function dateFormat(options: Intl.DateTimeFormatOptions, zone?: string | null): Intl.DateTimeFormat {
  const spelled = ownDates ? "en-GB" : locale;
  try {
    return new Intl.DateTimeFormat(spelled, zone ? { ...options, timeZone: zone } : options);
  } catch {
    // A zone this browser does not know must not take the screen down.
    return new Intl.DateTimeFormat(spelled, options);
  }
}

export function languageName(code: string): string {
  const key = `language.${code.slice(0, 2)}`;
  const known = say(key);
  return known === key ? displayName("language", code) : known;
}

/** The name of a language or a country; in English where the browser has no other. */
export function displayName(type: "language" | "region", code: string): string {
  try {
    const name = new Intl.DisplayNames([locale], { type }).of(code);
    return (name === code ? new Intl.DisplayNames(["en"], { type }).of(code) : name) ?? code;
  } catch {
    return code;
  }
}

/** Every language by its own name, for choosing one. */
export function ownName(code: string): string {
  const names: Record<string, string> = { en: "English", kk: "\u049a\u0430\u0437\u0430\u049b\u0448\u0430", cy: "Cymraeg", hi: "\u0939\u093f\u0928\u094d\u0926\u0940", ar: "\u0627\u0644\u0639\u0631\u0628\u064a\u0629" };
  return names[code] ?? languageName(code);
}

/** Begin at once with the words of last time, if they are of this build. */
export function recall(): void {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null") as { from: string; catalogue: Catalogue } | null;
    speak(kept && kept.from === import.meta.url ? kept.catalogue : english);
  } catch {
    speak(english);
  }
}

/** Fetch the words of a language and speak it; false when it can't be had now. */
export async function learn(wanted: string): Promise<boolean> {
  if (wanted === spoken.language) return true;
  let catalogue: Catalogue = english;
  if (wanted !== "en") {
    try {
      const manifest = (await (await fetch("/static/manifest.json")).json()) as Record<string, string>;
      const module = (await import(`/static/${manifest[`desk-${wanted}.js`]}`)) as { default: Catalogue };
      catalogue = module.default;
    } catch {
      return false;
    }
  }
  speak(catalogue);
  localStorage.setItem(KEPT, JSON.stringify({ from: import.meta.url, catalogue }));
  return true;
}
