// The very first start: a brand and its owner. The guide on the desk leads on from there.

import { useState } from "preact/hooks";
import { call } from "../api";
import { language, say } from "../words";
import { Field, FormFoot, Group, TextField, useForm } from "./form";
import { Gate } from "./gate";
import { LanguageChoice, ownZone, ZoneChoice } from "./zones";

export function FirstRun({ begin }: { begin: () => Promise<void> }) {
  const [brand, setBrand] = useState({ name: "", zone: ownZone(), languages: [language()] });
  const [owner, setOwner] = useState({ name: "", email: "", password: "" });
  const form = useForm(async () => {
    await call("POST", "/first-run", { body: { brand, owner } });
    await begin();
    location.hash = "#/guide";
  });
  // The server names the field with what it stands in, so that the two names are told apart.
  const about = (part: string) => (form.trouble?.field?.startsWith(part) ? form.trouble : null);
  return (
    <Gate title={say("first_run.title")} words={say("first_run.words")}>
      <form class="form" onSubmit={form.submit}>
        <TextField name="name" label={say("brand.name")} value={brand.name} change={(name) => setBrand({ ...brand, name })} trouble={about("brand")} required focus autocomplete="organization" />
        <Field name="zone" label={say("brand.zone")} trouble={form.trouble}>
          <ZoneChoice name="zone" value={brand.zone} change={(zone) => setBrand({ ...brand, zone })} />
        </Field>
        <Group name="languages" label={say("brand.languages")} trouble={form.trouble}>
          <LanguageChoice value={brand.languages} change={(languages) => setBrand({ ...brand, languages })} />
        </Group>
        <hr />
        <TextField name="name" label={say("person.your_name")} value={owner.name} change={(name) => setOwner({ ...owner, name })} trouble={about("owner")} required autocomplete="name" />
        <TextField name="email" type="email" label={say("person.email")} value={owner.email} change={(email) => setOwner({ ...owner, email })} trouble={form.trouble} required autocomplete="username" />
        <TextField name="password" type="password" label={say("person.new_password")} hint={say("person.password_hint")} value={owner.password} change={(password) => setOwner({ ...owner, password })} trouble={form.trouble} required minLength={10} autocomplete="new-password" />
        <FormFoot form={{ ...form, saved: false }} fields={["name", "zone", "languages", "email", "password"]} label={say("first_run.do")} />
      </form>
    </Gate>
  );
}
