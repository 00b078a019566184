// Ways in, each with its promise. The server refuses to open one without; its words stand at the field.

import { useState } from "preact/hooks";
import { call } from "../../api";
import { useLive } from "../../live";
import type { Channel, ChannelKind, Policy } from "../../types";
import { say } from "../../words";
import { Switch } from "../bits";
import { FormFoot, Group, TextField, useForm } from "../form";
import { Icon, type IconName } from "../icons";
import { MailServers, settingsOf, TeamChoice, VisitorIdentity } from "./channel-more";
import { Mailbox } from "./mailbox";
import { SpanField } from "./span-field";

const START: Record<ChannelKind, Policy> = {
  chat: { first_answer_seconds: 120, next_answer_seconds: 300, clock: "opening" },
  mail: { first_answer_seconds: 900, next_answer_seconds: 7200, clock: "opening" },
  api: { first_answer_seconds: 3600, next_answer_seconds: 7200, clock: "opening" },
};

function PromiseFields({ policy, kind, change }: { policy: Policy | null; kind: ChannelKind; change: (policy: Policy | null) => void }) {
  if (!policy)
    return (
      <button type="button" class="button" onClick={() => change(START[kind])}>
        <Icon name="plus" />
        {say("channel.add_promise")}
      </button>
    );
  return (
    <div class="promise-fields">
      <label>
        {say("channel.first_answer")} <SpanField label={say("channel.first_answer")} seconds={policy.first_answer_seconds} change={(first_answer_seconds) => change({ ...policy, first_answer_seconds })} />
      </label>
      <label>
        {say("channel.next_answer")} <SpanField label={say("channel.next_answer")} seconds={policy.next_answer_seconds} change={(next_answer_seconds) => change({ ...policy, next_answer_seconds })} />
      </label>
      <div class="choices">
        {(["opening", "always"] as const).map((clock) => (
          <button key={clock} type="button" class="choice" aria-pressed={clock === policy.clock} onClick={() => change({ ...policy, clock })}>
            {say(`channel.clock_${clock}`)}
          </button>
        ))}
        <button type="button" class="link" onClick={() => change(null)}>
          {say("channel.no_promise")}
        </button>
      </div>
    </div>
  );
}

function ChannelForm({ channel, isNew, done }: { channel: Channel; isNew: boolean; done?: () => void }) {
  const [draft, setDraft] = useState(channel);
  const settings = settingsOf(draft);
  const form = useForm(async () => {
    const { key, ...body } = draft;
    await call("PUT", `/channels/${encodeURIComponent(key)}`, { body: { ...body, address: body.address || null, settings } });
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
        <PromiseFields policy={draft.policy} kind={draft.kind} change={(policy) => change({ policy })} />
      </Group>
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
