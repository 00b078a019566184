// People and their roles. An invitation is a link: sent by hand or by mail, shown here so that it never gets lost.

import { useState } from "preact/hooks";
import { call } from "../../api";
import { useLive } from "../../live";
import type { Person, Role } from "../../types";
import { ownName, say } from "../../words";
import { attempt } from "../../work";
import { Face } from "../bits";
import { Field, FormFoot, Group, TextField, useForm } from "../form";
import { LanguageChoice } from "../zones";
import { Copy } from "./copy";

const ROLES: readonly Role[] = ["agent", "lead", "owner"];

function RoleChoice({ value, change }: { value: Role; change: (role: Role) => void }) {
  const mine = useLive((state) => state.me?.role);
  return (
    <select name="role" aria-label={say("person.role")} value={value} disabled={mine !== "owner" && value !== "agent"} onChange={(event) => change(event.currentTarget.value as Role)}>
      {ROLES.filter((role) => mine === "owner" || role === "agent" || role === value).map((role) => (
        <option key={role} value={role}>
          {say(`role.${role}`)}
        </option>
      ))}
    </select>
  );
}

function Invite() {
  const first = { name: "", email: "", role: "agent" as Role, languages: ["en"] };
  const [person, setPerson] = useState(first);
  const [link, setLink] = useState<string | null>(null);
  const form = useForm(async () => {
    const answer = await call<{ invitation_url: string }>("POST", "/people", { body: person });
    setLink(answer.invitation_url);
    setPerson(first);
  });
  return (
    <form class="card form" onSubmit={form.submit} onInput={form.touch}>
      <h2>{say("people.invite")}</h2>
      <TextField name="name" label={say("person.name")} value={person.name} change={(name) => setPerson({ ...person, name })} trouble={form.trouble} required />
      <TextField name="email" type="email" label={say("person.email")} value={person.email} change={(email) => setPerson({ ...person, email })} trouble={form.trouble} required />
      <Field name="role" label={say("person.role")} hint={say(`role_words.${person.role}`)} trouble={form.trouble}>
        <RoleChoice value={person.role} change={(role) => setPerson({ ...person, role })} />
      </Field>
      <Group name="languages" label={say("person.languages")} trouble={form.trouble}>
        <LanguageChoice value={person.languages} change={(languages) => setPerson({ ...person, languages })} />
      </Group>
      {link && <Copy label={say("people.link")} text={link} />}
      <FormFoot form={{ ...form, saved: false }} fields={["name", "email", "role", "languages"]} label={say("people.invite_do")} />
    </form>
  );
}

function PersonRow({ person }: { person: Person }) {
  const me = useLive((state) => state.me);
  const [link, setLink] = useState<string | null>(null);
  const path = `/people/${encodeURIComponent(person.id)}`;
  const mayChange = me?.role === "owner" || person.role === "agent";
  const change = (role: Role) => void attempt(() => call("PUT", path, { body: { name: person.name, email: person.email, role, languages: person.languages } }));
  const invite = () => attempt(async () => setLink((await call<{ invitation_url: string }>("POST", `${path}/invitation`, { body: {} })).invitation_url));
  const remove = () => {
    if (window.confirm(say("people.remove_sure", { name: person.name }))) void attempt(() => call("DELETE", path));
  };
  return (
    <li class="person-row">
      <Face name={person.name} />
      <div>
        <b>{person.name}</b> {person.id === me?.id && <span class="quiet">({say("person.you")})</span>}
        <p class="quiet">
          <bdi>{person.email}</bdi> {"\u00b7"} {person.languages.map(ownName).join(", ")} {!person.joined && <span class="tag">{say("people.invited")}</span>}
        </p>
        {link && <Copy label={say("people.link")} text={link} />}
      </div>
      <span class={person.on_duty ? "duty duty-on" : "duty"}>{person.on_duty ? say("duty.on") : say("duty.off")}</span>
      <RoleChoice value={person.role} change={change} />
      {mayChange && (
        <button type="button" class="button" onClick={() => void invite()}>
          {say("people.new_link")}
        </button>
      )}
      {mayChange && person.id !== me?.id && (
        <button type="button" class="button button-bad" onClick={remove}>
          {say("people.remove")}
        </button>
      )}
    </li>
  );
}

const NOBODY: Person[] = [];

export function PeopleSettings() {
  const people = useLive((state) => state.brand?.people ?? NOBODY);
  return (
    <>
      <ul class="card people">
        {people
          .filter((each) => !each.removed)
          .map((each) => (
            <PersonRow key={each.id} person={each} />
          ))}
      </ul>
      <Invite />
    </>
  );
}
