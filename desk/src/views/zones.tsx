// Choosing a time zone and languages: what this browser knows, the likely one first.

import { useMemo } from "preact/hooks";
import { LANGUAGES, ownName } from "../words";

export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

export function ZoneChoice({ name, value, change }: { name: string; value: string; change: (zone: string) => void }) {
  const zones = useMemo(() => {
    const known = "supportedValuesOf" in Intl ? Intl.supportedValuesOf("timeZone") : [];
    return [...new Set([value, ownZone(), "UTC", ...known])];
  }, []);
  return (
    <select name={name} value={value} onChange={(event) => change(event.currentTarget.value)}>
      {zones.map((zone) => (
        <option key={zone} value={zone}>
          {zone.replaceAll("_", " ")}
        </option>
      ))}
    </select>
  );
}

/** Languages in order of preference: ticking one puts it at the end, the first is the main one. */
export function LanguageChoice({ value, change }: { value: readonly string[]; change: (languages: string[]) => void }) {
  return (
    <span class="language-choice">
      {LANGUAGES.map((code) => {
        const place = value.indexOf(code);
        const toggle = () => {
          const next = place >= 0 ? value.filter((each) => each !== code) : [...value, code];
          if (next.length) change(next);
        };
        return (
          <button key={code} type="button" class="choice" aria-pressed={place >= 0} onClick={toggle} lang={code}>
            {ownName(code)}
          </button>
        );
      })}
    </span>
  );
}
