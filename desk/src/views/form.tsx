// Forms that say at the field what is wrong, in the server's words; one way to send them, used by every form of the desk.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Problem } from "../api";
import { say } from "../words";
import { wordsOf } from "../work";

export interface Trouble {
  field: string | null;
  words: string;
}

export interface Sent {
  trouble: Trouble | null;
  busy: boolean;
  saved: boolean;
  submit: (event: Event) => void;
  touch: () => void;
}

export function useForm(act: () => Promise<unknown>): Sent {
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setTrouble(null);
    act().then(
      () => {
        setBusy(false);
        setSaved(true);
      },
      (error: unknown) => {
        setBusy(false);
        setTrouble({ field: error instanceof Problem ? error.field : null, words: wordsOf(error) });
      },
    );
  };
  return { trouble, busy, saved, submit, touch: () => setSaved(false) };
}

interface FieldProps {
  name: string;
  label: string;
  hint?: string;
  trouble?: Trouble | null;
  children: ComponentChildren;
}

/** Whether the server's field is this one: it may name it alone or with what it stands in ("owner.email"). */
export function isAbout(trouble: Trouble | null | undefined, name: string): boolean {
  return Boolean(trouble?.field && (trouble.field === name || trouble.field.endsWith(`.${name}`) || trouble.field.startsWith(`${name}.`)));
}

function Around({ hint, wrong, words, children }: { hint: string | undefined; wrong: boolean; words: string | undefined; children: ComponentChildren }) {
  return (
    <>
      {children}
      {hint && <span class="quiet">{hint}</span>}
      {wrong && (
        <span class="field-trouble" role="alert">
          {words}
        </span>
      )}
    </>
  );
}

/** One control with its label. */
export function Field({ name, label, hint, trouble, children }: FieldProps) {
  const wrong = isAbout(trouble, name);
  return (
    <label class={wrong ? "field field-wrong" : "field"}>
      <span class="field-label">{label}</span>
      <Around hint={hint} wrong={wrong} words={trouble?.words}>
        {children}
      </Around>
    </label>
  );
}

/** Several controls under one heading; a label would give its words to the first of them. */
export function Group({ name, label, hint, trouble, children }: FieldProps) {
  const wrong = isAbout(trouble, name);
  return (
    <fieldset class={wrong ? "field field-wrong" : "field"}>
      <legend class="field-label">{label}</legend>
      <Around hint={hint} wrong={wrong} words={trouble?.words}>
        {children}
      </Around>
    </fieldset>
  );
}

export function FormFoot({ form, fields, label }: { form: Sent; fields: readonly string[]; label?: string }) {
  const general = form.trouble && !fields.some((name) => isAbout(form.trouble, name));
  return (
    <footer class="form-foot">
      {general && (
        <p class="field-trouble" role="alert">
          {form.trouble?.words}
        </p>
      )}
      {form.saved && (
        <span class="saved" role="status">
          {say("form.saved")}
        </span>
      )}
      <button type="submit" class="button button-main" disabled={form.busy}>
        {label ?? say("form.save")}
      </button>
    </footer>
  );
}

interface InputProps {
  name: string;
  label: string;
  value: string;
  change: (value: string) => void;
  trouble?: Trouble | null;
  hint?: string;
  type?: "text" | "email" | "password";
  required?: boolean;
  autocomplete?: string;
  focus?: boolean;
  minLength?: number;
}

export function TextField({ name, label, value, change, trouble, hint, type = "text", required, autocomplete, focus, minLength }: InputProps) {
  const common = {
    name,
    value,
    required,
    minLength,
    autocomplete: autocomplete ?? "off",
    autofocus: focus,
    "aria-invalid": isAbout(trouble, name),
    onInput: (event: { currentTarget: HTMLInputElement }) => change(event.currentTarget.value),
  };
  return (
    <Field name={name} label={label} {...(hint ? { hint } : {})} {...(trouble ? { trouble } : {})}>
      {type === "password" ? <input type="password" dir="ltr" {...common} /> : type === "email" ? <input type="email" dir="ltr" {...common} /> : <input type="text" dir="auto" {...common} />}
    </Field>
  );
}
