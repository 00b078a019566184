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

let spoken: Catalogue = english;
let locale = "en-GB";
let plural = new Intl.PluralRules("en");
let formats = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

export function speak(catalogue: Catalogue): void {
  spoken = catalogue;
  // English dates as most of the world writes them: day, month, 24 hours.
  const base = catalogue.language === "en" ? "en-GB" : catalogue.language;
  locale = `${base}-u-nu-${catalogue.digits}`;
  plural = new Intl.PluralRules(base);
  formats = new Map();
  document.documentElement.lang = catalogue.language;
  document.documentElement.dir = catalogue.direction;
}

export function language(): string {
  return spoken.language;
}

export function say(key: string, values: Record<string, string | number | null | undefined> = {}): string {
  const text = spoken.words[key] ?? (english.words as Catalogue["words"])[key] ?? key;
  const form = typeof text === "string" ? text : (text[plural.select(Number(values.n))] ?? text.other ?? key);
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

export function dateWords(at: number | string, options: Intl.DateTimeFormatOptions, zone?: string | null): string {
  const key = `d${zone ?? ""}${JSON.stringify(options)}`;
  let format = formats.get(key) as Intl.DateTimeFormat | undefined;
  if (!format) formats.set(key, (format = dateFormat(options, zone)));
  return format.format(typeof at === "string" ? Date.parse(at) : at);
}

function dateFormat(options: Intl.DateTimeFormatOptions, zone?: string | null): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, zone ? { ...options, timeZone: zone } : options);
  } catch {
    // A zone this browser does not know must not take the screen down.
    return new Intl.DateTimeFormat(locale, options);
  }
}

export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: "language" }).of(code) ?? code;
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
