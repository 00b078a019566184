// What a channel may have besides its promise: its own team, the mail servers behind an address, the key that proves who
// a signed-in visitor is. Secrets are sealed by the server and come back as a mask.

import { useLive } from "../../live";
import type { Channel, Person } from "../../types";
import { say } from "../../words";
import { Group } from "../form";

export type ChannelSettings = Record<string, string>;

export function settingsOf(channel: Channel): ChannelSettings {
  return Array.isArray(channel.settings) ? Object.fromEntries(channel.settings) : channel.settings;
}

const NOBODY: Person[] = [];

export function TeamChoice({ team, change }: { team: readonly string[]; change: (team: string[]) => void }) {
  const people = useLive((state) => state.brand?.people ?? NOBODY).filter((each) => !each.removed);
  return (
    <Group name="team" label={say("channel.team")} hint={team.length ? "" : say("channel.team_everybody")}>
      <span class="choices">
        {people.map((each) => (
          <button
            key={each.id}
            type="button"
            class="choice"
            aria-pressed={team.includes(each.id)}
            onClick={() => change(team.includes(each.id) ? team.filter((id) => id !== each.id) : [...team, each.id])}
          >
            {each.name}
          </button>
        ))}
      </span>
    </Group>
  );
}

interface SettingProps {
  name: string;
  settings: ChannelSettings;
  change: (settings: ChannelSettings) => void;
  lines?: number;
}

function Setting({ name, settings, change, lines }: SettingProps) {
  const set = (value: string) => change({ ...settings, [name]: value });
  const secret = /password|secret$/.test(name);
  const value = settings[name] ?? "";
  return (
    <label class="field">
      <span class="field-label">{say(`setting.${name}`)}</span>
      {lines ? (
        <textarea rows={lines} dir="ltr" value={value} onInput={(event) => set(event.currentTarget.value)} />
      ) : secret ? (
        <input type="password" dir="ltr" autocomplete="off" value={value} onInput={(event) => set(event.currentTarget.value)} />
      ) : (
        <input type="text" dir="ltr" autocomplete="off" value={value} onInput={(event) => set(event.currentTarget.value)} />
      )}
    </label>
  );
}

const MAIL = ["imap_host", "imap_user", "imap_password", "smtp_host", "smtp_user", "smtp_password"];

export function MailServers({ settings, change }: { settings: ChannelSettings; change: (settings: ChannelSettings) => void }) {
  return (
    <details class="more">
      <summary>{say("channel.mail_servers")}</summary>
      <p class="quiet">{say("channel.mail_servers_words")}</p>
      <div class="more-fields">
        {MAIL.map((name) => (
          <Setting key={name} name={name} settings={settings} change={change} />
        ))}
      </div>
    </details>
  );
}

export function VisitorIdentity({ settings, change }: { settings: ChannelSettings; change: (settings: ChannelSettings) => void }) {
  return (
    <details class="more">
      <summary>{say("channel.identity")}</summary>
      <p class="quiet">{say("channel.identity_words")}</p>
      <Setting name="identity_secret" settings={settings} change={change} />
      <Setting name="identity_public_key" lines={3} settings={settings} change={change} />
    </details>
  );
}
