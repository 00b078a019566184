// The brand as customers see it: its name, its time zone, the languages it answers in, its colour.

import { useState } from "preact/hooks";
import { call } from "../../api";
import { useLive } from "../../live";
import { say } from "../../words";
import { Field, FormFoot, Group, TextField, useForm } from "../form";
import { LanguageChoice, ZoneChoice } from "../zones";

export function BrandSettings() {
  const brand = useLive((state) => state.brand);
  const [name, setName] = useState(brand?.name ?? "");
  const [zone, setZone] = useState(brand?.zone ?? "UTC");
  const [languages, setLanguages] = useState<string[]>(brand?.languages ?? ["en"]);
  const [colour, setColour] = useState(brand?.colour ?? "#0f766e");
  const form = useForm(() => call("PUT", "/brand", { body: { name, zone, languages, colour } }));
  return (
    <form class="card form" onSubmit={form.submit} onInput={form.touch}>
      <TextField name="name" label={say("brand.name")} value={name} change={setName} trouble={form.trouble} required />
      <Field name="zone" label={say("brand.zone")} hint={say("brand.zone_hint")} trouble={form.trouble}>
        <ZoneChoice name="zone" value={zone} change={setZone} />
      </Field>
      <Group name="languages" label={say("brand.languages")} hint={say("brand.languages_hint")} trouble={form.trouble}>
        <LanguageChoice value={languages} change={setLanguages} />
      </Group>
      <Field name="colour" label={say("brand.colour")} trouble={form.trouble}>
        <input type="color" value={colour} onInput={(event) => setColour(event.currentTarget.value)} />
      </Field>
      <FormFoot form={form} fields={["name", "zone", "languages", "colour"]} />
    </form>
  );
}
