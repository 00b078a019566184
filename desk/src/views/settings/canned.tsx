// Replies written beforehand, with their variables and their language.

import { useState } from "preact/hooks";
import { call, freshKey } from "../../api";
import { useLive } from "../../live";
import type { Canned } from "../../types";
import { LANGUAGES, ownName, say } from "../../words";
import { attempt } from "../../work";
import { Empty } from "../bits";
import { Field, FormFoot, TextField, useForm } from "../form";
import { Icon } from "../icons";

function CannedForm({ canned, done }: { canned: Canned; done: () => void }) {
  const [draft, setDraft] = useState(canned);
  const form = useForm(async () => {
    const { key, ...body } = draft;
    await call("PUT", `/canned/${encodeURIComponent(key)}`, { body });
    done();
  });
  return (
    <form class="card form" onSubmit={form.submit}>
      <TextField name="title" label={say("canned.name")} value={draft.title} change={(title) => setDraft({ ...draft, title })} trouble={form.trouble} required focus />
      <Field name="text" label={say("canned.text")} hint={say("canned.variables", { variables: "{customer} {agent} {brand} {promise}" })} trouble={form.trouble}>
        <textarea rows={6} dir="auto" required value={draft.text} onInput={(event) => setDraft({ ...draft, text: event.currentTarget.value })} />
      </Field>
      <Field name="language" label={say("customer.language")} trouble={form.trouble}>
        <select value={draft.language} onChange={(event) => setDraft({ ...draft, language: event.currentTarget.value })}>
          {LANGUAGES.map((code) => (
            <option key={code} value={code}>
              {ownName(code)}
            </option>
          ))}
        </select>
      </Field>
      <FormFoot form={form} fields={["title", "text", "language"]} />
    </form>
  );
}

function keyFor(): string {
  return `reply-${freshKey().slice(0, 8)}`;
}

const NONE: Canned[] = [];

export function CannedSettings() {
  const all = useLive((state) => state.brand?.canned ?? NONE);
  const language = useLive((state) => state.brand?.languages[0] ?? "en");
  const [editing, setEditing] = useState<Canned | null>(null);
  return (
    <>
      {all.length === 0 && !editing && (
        <Empty icon="bolt" title={say("canned.none")}>
          {say("canned.none_words")}
        </Empty>
      )}
      {all.length > 0 && (
        <ul class="card canned-list">
          {all.map((each) => (
            <li key={each.key}>
              <div>
                <b dir="auto">{each.title}</b> <span class="tag">{ownName(each.language)}</span>
                <p class="quiet" dir="auto">
                  {each.text}
                </p>
              </div>
              <button type="button" class="button" onClick={() => setEditing(each)}>
                {say("form.edit")}
              </button>
              <button type="button" class="tool" aria-label={say("canned.drop", { title: each.title })} onClick={() => void attempt(() => call("DELETE", `/canned/${encodeURIComponent(each.key)}`))}>
                <Icon name="trash" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {editing ? (
        <CannedForm key={editing.key} canned={editing} done={() => setEditing(null)} />
      ) : (
        <button type="button" class="button button-main" onClick={() => setEditing({ key: keyFor(), title: "", text: "", language })}>
          <Icon name="plus" />
          {say("canned.new")}
        </button>
      )}
    </>
  );
}
