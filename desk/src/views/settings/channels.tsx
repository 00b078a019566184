// Ways in, each with its promise. The server refuses to open one without; its words stand at the field.

import { useState } from "preact/hooks";
import { call, Problem } from "../../api";
import { useLive } from "../../live";
import type { Found } from "../../proving";
import { sent } from "../../rosters";
import type { Channel, ChannelKind, Hours } from "../../types";
import { say } from "../../words";
import { Switch } from "../bits";
import { FormFoot, Group, TextField, type Trouble, useForm } from "../form";
import { Icon, type IconName } from "../icons";
import { MailServers, settingsOf, TeamChoice, VisitorIdentity } from "./channel-more";
import { HoursFields } from "./hours";
import { Mailbox } from "./mailbox";
import { Example } from "./policy-example";
import { PolicyFields, START } from "./policy-fields";
import { NO_TERMS, PromiseCheck, termsSent } from "./promise-check";

/** Hours of the channel's own, or the brand's. */
function ChannelHours({ hours, change, trouble }: { hours: Hours | null; change: (hours: Hours | null) => void; trouble: Trouble | null }) {
  const brandHours = useLive((state) => state.brand?.hours ?? { zone: "UTC" });
  return (
    <Group name="hours" label={say("channel.hours")} trouble={trouble}>
      <span class="choices">
        <button type="button" class="choice" aria-pressed={hours === null} onClick={() => change(null)}>
          {say("channel.hours_brand")}
        </button>
        <button type="button" class="choice" aria-pressed={hours !== null} onClick={() => change(hours ?? brandHours)}>
          {say("channel.hours_own")}
        </button>
      </span>
      {hours && (
        <div class="own-hours form">
          <HoursFields hours={hours} change={change} trouble={trouble} />
        </div>
      )}
    </Group>
  );
}

/** What the server is asked for: the form as it is, without what is the server's own. */
function asked(draft: Channel): object {
  const { key: _, hours, ...body } = draft;
  return { ...body, address: body.address || null, hours: hours && sent(hours), settings: settingsOf(draft) };
}

function ChannelForm({ channel, isNew, done }: { channel: Channel; isNew: boolean; done?: () => void }) {
  const [draft, setDraft] = useState(channel);
  const [terms, setTerms] = useState(NO_TERMS);
  const [refused, setRefused] = useState<Found | null>(null);
  const settings = settingsOf(draft);
  const form = useForm(async () => {
    try {
      await call("PUT", `/channels/${encodeURIComponent(draft.key)}`, { body: { ...asked(draft), ...termsSent(terms) } });
    } catch (error) {
      if (error instanceof Problem && error.check) setRefused(error.check as Found);
      throw error;
    }
    setTerms({ ...terms, reason: "" });
    done?.();
  });
  const change = (values: Partial<Channel>) => {
    form.touch();
    setDraft({ ...draft, ...values });
  };
  return (
    <form class="card form" onSubmit={form.submit}>
      <header class="card-head">
        <Icon name={draft.kind as IconName} />
        <h2>{channel.name || say(`channel.new_${draft.kind}`)}</h2>
        <Switch on={draft.live} label={draft.live ? say("channel.live") : say("channel.off")} change={(live) => change({ live })} />
      </header>
      <TextField name="name" label={say("channel.name")} value={draft.name} change={(name) => change({ name })} trouble={form.trouble} required focus={isNew} />
      {isNew && <TextField name="key" label={say("channel.key")} hint={say("channel.key_hint")} value={draft.key} change={(key) => change({ key })} trouble={form.trouble} required />}
      {draft.kind === "mail" && <TextField name="address" type="email" label={say("channel.address")} value={draft.address ?? ""} change={(address) => change({ address })} trouble={form.trouble} />}
      <Group name="policy" label={say("channel.promise")} hint={say("channel.promise_hint")} trouble={form.trouble}>
        <PolicyFields policy={draft.policy} kind={draft.kind} change={(policy) => change({ policy })} />
        {draft.policy && <Example channel={draft.key} body={asked(draft)} />}
        {draft.policy && <PromiseCheck draft={draft} terms={terms} refused={refused} setTerms={setTerms} apply={({ policy, hours }) => change({ policy, hours })} />}
      </Group>
      <ChannelHours hours={draft.hours} change={(hours) => change({ hours })} trouble={form.trouble} />
      <TeamChoice team={draft.team} change={(team) => change({ team })} />
      {draft.kind === "mail" && <MailServers settings={settings} change={(next) => change({ settings: next })} />}
      {draft.kind === "mail" && !isNew && <Mailbox channel={draft.key} />}
      {draft.kind === "chat" && <VisitorIdentity settings={settings} change={(next) => change({ settings: next })} />}
      <FormFoot form={form} fields={["name", "key", "address", "policy", "hours"]} />
    </form>
  );
}

function fresh(kind: ChannelKind, taken: readonly string[]): Channel {
  let key: string = kind;
  for (let count = 2; taken.includes(key); count++) key = `${kind}-${count}`;
  return { key, kind, name: "", live: true, address: null, policy: START[kind], hours: null, team: [], settings: {} };
}

const NONE: Channel[] = [];

export function ChannelSettings() {
  const channels = useLive((state) => state.brand?.channels ?? NONE);
  const [adding, setAdding] = useState<ChannelKind | null>(null);
  return (
    <>
      {channels.map((each) => (
        <ChannelForm key={each.key} channel={each} isNew={false} />
      ))}
      {adding && <ChannelForm key={adding} channel={fresh(adding, channels.map((each) => each.key))} isNew done={() => setAdding(null)} />}
      <div class="choices">
        {(["chat", "mail", "api"] as const).map((kind) => (
          <button key={kind} type="button" class="button" onClick={() => setAdding(kind)}>
            <Icon name="plus" />
            {say(`channel.new_${kind}`)}
          </button>
        ))}
      </div>
    </>
  );
}
