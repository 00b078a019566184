// API keys: shown once, kept only as a hash; whoever loses one makes another.

import { useState } from "preact/hooks";
import { call } from "../../api";
import { useLive } from "../../live";
import type { Key, Role } from "../../types";
import { say } from "../../words";
import { attempt } from "../../work";
import { Moment } from "../bits";
import { Field, FormFoot, TextField, useForm } from "../form";
import { Copy } from "./copy";

const NONE: Key[] = [];
const ROLES: readonly Role[] = ["agent", "lead", "owner"];

export function KeySettings() {
  const keys = useLive((state) => state.brand?.keys ?? NONE);
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("agent");
  const [shown, setShown] = useState<string | null>(null);
  const form = useForm(async () => {
    const answer = await call<{ key: string }>("POST", "/keys", { body: { name, role } });
    setShown(answer.key);
    setName("");
  });
  const revoke = (key: Key) => {
    if (window.confirm(say("keys.revoke_sure", { name: key.name }))) void attempt(() => call("DELETE", `/keys/${encodeURIComponent(key.id)}`));
  };
  const live = keys.filter((each) => !each.revoked);
  return (
    <>
      {live.length > 0 && (
        <ul class="card people">
          {live.map((key) => (
            <li key={key.id} class="person-row">
              <div>
                <b>{key.name}</b>
                <p class="quiet">
                  {say(`role.${key.role}`)} {"\u00b7"} <Moment at={key.made_at} />
                </p>
              </div>
              <button type="button" class="button button-bad" onClick={() => revoke(key)}>
                {say("keys.revoke")}
              </button>
            </li>
          ))}
        </ul>
      )}
      <form class="card form" onSubmit={form.submit}>
        <h2>{say("keys.new")}</h2>
        {shown && <Copy label={say("keys.once")} text={shown} />}
        <TextField name="name" label={say("keys.name")} value={name} change={setName} trouble={form.trouble} required />
        <Field name="role" label={say("person.role")} trouble={form.trouble}>
          <select value={role} onChange={(event) => setRole(event.currentTarget.value as Role)}>
            {ROLES.map((each) => (
              <option key={each} value={each}>
                {say(`role.${each}`)}
              </option>
            ))}
          </select>
        </Field>
        <FormFoot form={{ ...form, saved: false }} fields={["name", "role"]} label={say("keys.make")} />
      </form>
    </>
  );
}
