// Days on which nothing opens: from a country's list, a calendar file, or one by one.

import { useState } from "preact/hooks";
import { call } from "../../api";
import { dateOnly } from "../../times";
import { displayName, say } from "../../words";
import { attempt } from "../../work";
import { Icon } from "../icons";

interface Holiday {
  date: string;
  name: string;
}

function countries(): [string, string][] {
  const codes = ["AE", "AU", "CA", "DE", "EG", "ES", "FR", "GB", "IE", "IN", "KG", "KZ", "NZ", "SA", "TR", "US", "UZ"];
  return codes.map((code): [string, string] => [code, displayName("region", code)]).sort((a, b) => a[1].localeCompare(b[1]));
}

async function fromFile(file: File): Promise<Holiday[]> {
  return call<Holiday[]>("POST", "/holidays/ical", { raw: file, headers: { "Content-Type": "text/calendar" } });
}

function fromCountry(country: string): Promise<Holiday[]> {
  const year = new Date().getFullYear();
  const one = (which: number) => call<Holiday[]>("GET", `/holidays?country=${country}&year=${which}`);
  return Promise.all([one(year), one(year + 1)]).then((years) => years.flat());
}

export function Holidays({ days, change }: { days: readonly string[]; change: (days: string[]) => void }) {
  const [names, setNames] = useState<Record<string, string>>({});
  const [country, setCountry] = useState("GB");
  const [day, setDay] = useState("");
  const add = (list: Promise<Holiday[]>) =>
    attempt(async () => {
      const found = await list;
      setNames((old) => ({ ...old, ...Object.fromEntries(found.map((each) => [each.date, each.name])) }));
      change([...new Set([...days, ...found.map((each) => each.date)])].sort());
    });
  return (
    <div class="holidays">
      <div class="holidays-add">
        <select aria-label={say("hours.country")} value={country} onChange={(event) => setCountry(event.currentTarget.value)}>
          {countries().map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
        <button type="button" class="button" onClick={() => void add(fromCountry(country))}>
          {say("hours.add_country")}
        </button>
        <label class="button">
          {say("hours.add_file")}
          <input type="file" class="hidden" accept=".ics,text/calendar" onChange={(event) => event.currentTarget.files?.[0] && void add(fromFile(event.currentTarget.files[0]))} />
        </label>
        <input type="date" aria-label={say("hours.one_day")} value={day} onInput={(event) => setDay(event.currentTarget.value)} />
        <button type="button" class="button" disabled={!day} onClick={() => change([...new Set([...days, day])].sort())}>
          {say("hours.add_day")}
        </button>
      </div>
      <ul class="chips">
        {days.map((each) => (
          <li key={each} class="chip">
            {dateOnly(each)} {names[each] && <span class="quiet">{names[each]}</span>}
            <button type="button" class="tool" aria-label={say("hours.remove", { day: dateOnly(each) })} onClick={() => change(days.filter((one) => one !== each))}>
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
