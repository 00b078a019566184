// A text to take away: selected at a click, copied by a button that says so.

import { useState } from "preact/hooks";
import { say } from "../../words";
import { Icon } from "../icons";

export function Copy({ label, text, lines }: { label: string; text: string; lines?: number }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(text);
    setCopied(true);
  };
  return (
    <div class="copy">
      <span class="field-label">{label}</span>
      <textarea readOnly dir="ltr" rows={lines ?? 2} aria-label={label} value={text} onFocus={(event) => event.currentTarget.select()} />
      <button type="button" class="button" onClick={() => void copy()}>
        <Icon name={copied ? "check" : "copy"} />
        {copied ? say("copy.copied") : say("copy.copy")}
      </button>
    </div>
  );
}
