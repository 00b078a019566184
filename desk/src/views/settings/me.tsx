// My own page: name and languages, and how the desk looks and sounds in this browser.

import { useState } from "preact/hooks";
import { call } from "../../api";
import { stopFeed } from "../../line";
import { dispatch, set, useLive } from "../../live";
import { askForNotifications } from "../../notifications";
import { EMPTY, type Preferences } from "../../store";
import { learn, LANGUAGES, language, ownName, say } from "../../words";
import { attempt, toast } from "../../work";
import { Switch } from "../bits";
import { FormFoot, Group, TextField, useForm } from "../form";
import { LanguageChoice } from "../zones";
import { MyRoster } from "./my-roster";

function prefer(values: Partial<Preferences>): void {
  dispatch({ kind: "preferences", values });
}

function Choices<T extends string>({ label, of, value, words, change }: { label: string; of: readonly T[]; value: T; words: (each: T) => string; change: (each: T) => void }) {
  return (
    <fieldset class="choices">
      <legend>{label}</legend>
      {of.map((each) => (
        <button key={each} type="button" class="choice" aria-pressed={each === value} onClick={() => change(each)}>
          {words(each)}
        </button>
      ))}
    </fieldset>
  );
}

async function speak(code: string): Promise<void> {
  if (await learn(code)) prefer({ language: code });
  else toast(say("error.unreachable"), "bad");
}

async function notifications(on: boolean): Promise<void> {
  const allowed = on && (await askForNotifications());
  if (on && !allowed) toast(say("notify.refused"), "bad");
  prefer({ notifications: allowed });
}

async function signOut(): Promise<void> {
  if (!(await attempt(() => call("DELETE", "/session")))) return;
  stopFeed();
  const { route, preferences } = EMPTY;
  set({ ...EMPTY, route, preferences, phase: "signed_out" });
  location.hash = "";
  location.reload();
}

function Looks() {
  const preferences = useLive((state) => state.preferences);
  return (
    <section class="card form">
      <h2>{say("me.looks")}</h2>
      <Choices label={say("me.language")} of={LANGUAGES} value={language()} words={ownName} change={(code) => void speak(code)} />
      <Choices label={say("me.theme")} of={["auto", "light", "dark"] as const} value={preferences.theme} words={(each) => say(`theme.${each}`)} change={(theme) => prefer({ theme })} />
      <Choices label={say("me.density")} of={["comfortable", "compact"] as const} value={preferences.density} words={(each) => say(`density.${each}`)} change={(density) => prefer({ density })} />
      <Switch on={preferences.notifications} label={say("me.notifications")} change={(on) => void notifications(on)} />
      <Switch on={preferences.single_keys} label={say("me.single_keys")} change={(single_keys) => prefer({ single_keys })} />
      <Switch on={preferences.system_facts} label={say("me.system_facts")} change={(system_facts) => prefer({ system_facts })} />
    </section>
  );
}

function NewPassword() {
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const form = useForm(async () => {
    await call("PUT", "/me/password", { body: { old, new: fresh } });
    setOld("");
    setFresh("");
  });
  return (
    <form class="card form" onSubmit={form.submit} onInput={form.touch}>
      <h2>{say("me.password")}</h2>
      <TextField name="old" type="password" label={say("me.old_password")} value={old} change={setOld} trouble={form.trouble} required autocomplete="current-password" />
      <TextField name="new" type="password" label={say("person.new_password")} hint={say("person.password_hint")} value={fresh} change={setFresh} trouble={form.trouble} required minLength={10} autocomplete="new-password" />
      <FormFoot form={form} fields={["old", "new"]} />
    </form>
  );
}

export function MySettings() {
  const me = useLive((state) => state.me);
  const [name, setName] = useState(me?.name ?? "");
  const [languages, setLanguages] = useState<string[]>(me?.languages ?? ["en"]);
  const form = useForm(() => call("PUT", "/me", { body: { name, languages } }));
  return (
    <>
      <form class="card form" onSubmit={form.submit} onInput={form.touch}>
        <TextField name="name" label={say("person.name")} value={name} change={setName} trouble={form.trouble} required />
        <Group name="languages" label={say("me.languages")} hint={say("me.languages_hint")} trouble={form.trouble}>
          <LanguageChoice value={languages} change={setLanguages} />
        </Group>
        <FormFoot form={form} fields={["name", "languages"]} />
      </form>
      {me && <MyRoster me={me} />}
      <Looks />
      <NewPassword />
      <button type="button" class="button" onClick={() => void signOut()}>
        {say("me.sign_out")}
      </button>
    </>
  );
}
