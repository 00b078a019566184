// The screens before the desk: signing in, accepting an invitation, and the very first start of an installation.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call, Problem } from "../api";
import { learn, LANGUAGES, language, ownName, say } from "../words";
import { dispatch, useLive } from "../live";
import { wordsOf } from "../work";
import { FormFoot, TextField, useForm } from "./form";

export function Gate({ title, words, children }: { title: string; words?: string; children: ComponentChildren }) {
  const choose = async (code: string) => {
    if (await learn(code)) dispatch({ kind: "preferences", values: { language: code } });
  };
  return (
    <main class="gate">
      <div class="gate-card">
        <p class="gate-mark" aria-hidden="true">
          <span class="rail-mark">W</span> Waada
        </p>
        <h1>{title}</h1>
        {words && <p class="quiet">{words}</p>}
        {children}
      </div>
      <p class="gate-languages">
        {LANGUAGES.map((code) => (
          <button key={code} type="button" class="link" lang={code} aria-current={code === language() ? "true" : undefined} onClick={() => void choose(code)}>
            {ownName(code)}
          </button>
        ))}
      </p>
    </main>
  );
}

export function SignIn({ begin }: { begin: () => Promise<void> }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const form = useForm(async () => {
    await call("POST", "/session", { body: { email, password } });
    await begin();
  });
  return (
    <Gate title={say("sign_in.title")} words={say("sign_in.words")}>
      <form class="form" onSubmit={form.submit}>
        <TextField name="email" type="email" label={say("person.email")} value={email} change={setEmail} trouble={form.trouble} required autocomplete="username" focus />
        <TextField name="password" type="password" label={say("person.password")} value={password} change={setPassword} trouble={form.trouble} required autocomplete="current-password" />
        <FormFoot form={{ ...form, saved: false }} fields={["email", "password"]} label={say("sign_in.do")} />
      </form>
    </Gate>
  );
}

interface Invitation {
  person?: { name: string; email: string };
  brand?: { name: string };
  name?: string;
  email?: string;
}

export function Invited({ token, begin }: { token: string; begin: () => Promise<void> }) {
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [gone, setGone] = useState<string | null>(null);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const form = useForm(async () => {
    await call("POST", `/invitations/${encodeURIComponent(token)}`, { body: { name, password } });
    history.replaceState(null, "", "/");
    await begin();
  });
  useEffect(() => {
    call<Invitation>("GET", `/invitations/${encodeURIComponent(token)}`).then(
      (found) => {
        setInvitation(found);
        setName(found.person?.name ?? found.name ?? "");
      },
      (error: unknown) => setGone(error instanceof Problem ? wordsOf(error) : String(error)),
    );
  }, [token]);
  if (gone)
    return (
      <Gate title={say("invitation.gone")} words={gone}>
        <p>
          <a class="button" href="/">
            {say("sign_in.title")}
          </a>
        </p>
      </Gate>
    );
  const email = invitation?.person?.email ?? invitation?.email ?? "";
  return (
    <Gate title={say("invitation.title", { brand: invitation?.brand?.name ?? "Waada" })} words={say("invitation.words", { email })}>
      <form class="form" onSubmit={form.submit}>
        <input type="email" name="username" autocomplete="username" value={email} hidden readOnly />
        <TextField name="name" label={say("person.name")} value={name} change={setName} trouble={form.trouble} required autocomplete="name" />
        <TextField name="password" type="password" label={say("person.new_password")} hint={say("person.password_hint")} value={password} change={setPassword} trouble={form.trouble} required minLength={10} autocomplete="new-password" focus />
        <FormFoot form={{ ...form, saved: false }} fields={["name", "password"]} label={say("invitation.do")} />
      </form>
    </Gate>
  );
}

export function Failed({ begin }: { begin: () => Promise<void> }) {
  const trouble = useLive((state) => state.trouble);
  return (
    <Gate title={say("error.start")} words={trouble ?? say("error.unreachable")}>
      <button type="button" class="button button-main" onClick={() => void begin()}>
        {say("error.again")}
      </button>
    </Gate>
  );
}
