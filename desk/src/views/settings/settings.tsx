// Settings: nothing needs a file. Everybody has their own page; leads see how the desk works, owners see all of it.

import { useLive } from "../../live";
import { href, SETTINGS, type SettingsPage } from "../../route";
import type { Role } from "../../types";
import { say } from "../../words";
import { Empty } from "../bits";
import { BrandSettings } from "./brand";
import { CannedSettings } from "./canned";
import { ChannelSettings } from "./channels";
import { HoursSettings } from "./hours";
import { KeySettings } from "./keys";
import { MySettings } from "./me";
import { PeopleSettings } from "./people";
import { RosterSettings } from "./rosters";
import { WidgetSettings } from "./widget";

const ROLES: Record<SettingsPage, readonly Role[]> = {
  me: ["agent", "lead", "owner"],
  brand: ["owner"],
  hours: ["lead", "owner"],
  channels: ["lead", "owner"],
  people: ["lead", "owner"],
  rosters: ["lead", "owner"],
  canned: ["lead", "owner"],
  keys: ["owner"],
  widget: ["lead", "owner"],
};

function Page({ page }: { page: SettingsPage }) {
  switch (page) {
    case "me":
      return <MySettings />;
    case "brand":
      return <BrandSettings />;
    case "hours":
      return <HoursSettings />;
    case "channels":
      return <ChannelSettings />;
    case "people":
      return <PeopleSettings />;
    case "rosters":
      return <RosterSettings />;
    case "canned":
      return <CannedSettings />;
    case "keys":
      return <KeySettings />;
    case "widget":
      return <WidgetSettings />;
  }
}

export function Settings({ page }: { page: SettingsPage }) {
  const role = useLive((state) => state.me?.role ?? "agent");
  const ready = useLive((state) => state.brand !== null);
  const pages = SETTINGS.filter((each) => ROLES[each].includes(role));
  return (
    <main class="page settings">
      <nav class="settings-nav" aria-label={say("settings.title")}>
        {pages.map((each) => (
          <a key={each} href={href({ screen: "settings", page: each })} aria-current={each === page ? "page" : undefined}>
            {say(`settings.${each}`)}
          </a>
        ))}
      </nav>
      <div class="settings-page">
        <header class="page-head">
          <h1>{say(`settings.${page}`)}</h1>
        </header>
        {!pages.includes(page) ? (
          <Empty icon="key" title={say("settings.not_yours")}>{say("settings.not_yours_words")}</Empty>
        ) : (
          ready && <Page key={page} page={page} />
        )}
      </div>
    </main>
  );
}
