// The library of bars: each with its source and year, the brand's own over it; the default of each kind is what counts.

import { useState } from "preact/hooks";
import { freshKey } from "../../api";
import { type Bar, BAR_KINDS, type BarItem, type BarKind, barWords, kindWords, standards } from "../../standards";
import { number, say } from "../../words";
import { attempt } from "../../work";
import { Switch } from "../bits";
import { Field, FormFoot, TextField, useForm } from "../form";
import { Icon } from "../icons";
import { SpanField } from "../settings/span-field";

const FRESH: Omit<Bar, "key"> = { channel_kind: "mail", seconds: 900, strict: true, percent: null, source: "", year: null, cited: "", default: false };

/** A number that may be left out. */
function Optional({ name, label, value, change, max }: { name: string; label: string; value: number | null; change: (value: number | null) => void; max: number }) {
  return (
    <Field name={name} label={label}>
      <input type="number" name={name} min={1} max={max} value={value ?? ""} onInput={(event) => change(event.currentTarget.value ? Number(event.currentTarget.value) : null)} />
    </Field>
  );
}

function BarForm({ bar, done }: { bar: Bar; done: () => void }) {
  const [draft, setDraft] = useState(bar);
  const form = useForm(async () => {
    await standards.set(draft);
    done();
  });
  const change = (values: Partial<Bar>) => setDraft({ ...draft, ...values });
  return (
    <form class="form bar-form" onSubmit={form.submit}>
      <div class="more-fields">
        <Field name="channel_kind" label={say("standards.bar_kind")} trouble={form.trouble}>
          <select value={draft.channel_kind} onChange={(event) => change({ channel_kind: event.currentTarget.value as BarKind })}>
            {BAR_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {kindWords([kind])}
              </option>
            ))}
          </select>
        </Field>
        <Field name="seconds" label={say("standards.bar_seconds")} trouble={form.trouble}>
          <SpanField label={say("standards.bar_seconds")} seconds={draft.seconds} change={(seconds) => change({ seconds })} />
        </Field>
        <Optional name="percent" label={say("standards.bar_percent")} value={draft.percent} change={(percent) => change({ percent })} max={100} />
        <Optional name="year" label={say("standards.bar_year")} value={draft.year} change={(year) => change({ year })} max={2200} />
      </div>
      <TextField name="source" label={say("standards.bar_source")} value={draft.source} change={(source) => change({ source })} trouble={form.trouble} required />
      <TextField name="cited" label={say("standards.bar_cited")} value={draft.cited} change={(cited) => change({ cited })} trouble={form.trouble} />
      <Switch on={draft.strict} label={say("standards.bar_strict")} change={(strict) => change({ strict })} />
      <Switch on={draft.default} label={say("standards.bar_default")} change={(on) => change({ default: on })} />
      <div class="bar-foot">
        <button type="button" class="button" onClick={done}>
          {say("dialog.cancel")}
        </button>
        <FormFoot form={form} fields={["channel_kind", "seconds", "source", "cited"]} />
      </div>
    </form>
  );
}

function BarRow({ item, edit }: { item: BarItem; edit: () => void }) {
  const { bar } = item;
  const words = barWords(bar);
  const back = say(item.library ? "standards.bar_put_back" : "standards.bar_drop", { title: words });
  return (
    <>
      <Icon name={bar.channel_kind} />
      <div>
        <b>{words}</b> {bar.default && <span class="tag tag-default">{say("standards.default")}</span>} {item.own && <span class="tag">{say("standards.own")}</span>}
        <p class="quiet" lang={item.own ? undefined : "en"} dir="auto">
          {bar.source}
          {bar.year ? ` (${number(bar.year, { useGrouping: false })})` : ""}. {bar.cited}
        </p>
      </div>
      <button type="button" class="button" aria-label={`${say("form.edit")}: ${words}`} onClick={edit}>
        {say("form.edit")}
      </button>
      {item.own && (
        <button type="button" class="tool" aria-label={back} title={back} onClick={() => void attempt(() => standards.drop(bar.key))}>
          <Icon name={item.library ? "undo" : "trash"} />
        </button>
      )}
    </>
  );
}

export function Bars({ items }: { items: readonly BarItem[] }) {
  const [editing, setEditing] = useState<string | null>(null);
  const [fresh, setFresh] = useState<Bar | null>(null);
  return (
    <section class="card standards-bars" aria-labelledby="bars-title">
      <header class="card-head">
        <h2 id="bars-title">{say("standards.bars")}</h2>
        {!fresh && (
          <button type="button" class="button" onClick={() => setFresh({ key: `own-${freshKey().slice(0, 8)}`, ...FRESH })}>
            <Icon name="plus" />
            {say("standards.bar_new")}
          </button>
        )}
      </header>
      <p class="quiet">{say("standards.bars_words")}</p>
      {fresh && <BarForm key={fresh.key} bar={fresh} done={() => setFresh(null)} />}
      <ul class="bar-list">
        {items.map((item) => (
          <li key={item.bar.key}>
            {editing === item.bar.key ? <BarForm bar={item.bar} done={() => setEditing(null)} /> : <BarRow item={item} edit={() => setEditing(item.bar.key)} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
