// The field to write in, with files. Enter sends, Shift+Enter begins a line; the draft outlives a reload.

import type { Setup } from "./frames";
import { Arrow, Clip, Cross } from "./icons";
import type { Session } from "./session";
import { attach } from "./upload";
import type { Voice } from "./words";

interface Shown {
  session: Session;
  setup: Setup;
  voice: Voice;
}

export function Composer({ session, setup, voice }: Shown) {
  const { say } = voice;
  const { files, uploading } = session.state;
  const take = (chosen: FileList | null | undefined) => void attach([...(chosen ?? [])], session, setup, say);

  const send = () => {
    const field = document.getElementById("text") as HTMLTextAreaElement;
    const said = field.value.trim();
    const n = setup.text_length_max;
    field.focus();
    if (uploading) return;
    if (!said && !files.length) return session.notice(say("error.text_empty"), true);
    if (said.length > n) return session.notice(say("error.text_too_long", { n }), true);
    session.write(said, files);
    field.value = "";
    session.keep.set("draft", "");
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        take(event.dataTransfer?.files);
      }}
    >
      {(files.length > 0 || uploading > 0) && (
        <ul class="files">
          {files.map((each) => (
            <li key={each.token}>
              <bdi>{each.name}</bdi>
              <button
                type="button"
                class="icon small"
                aria-label={say("chat.remove_file", { name: each.name })}
                onClick={() => session.happen({ kind: "files", files: files.filter((other) => other !== each) })}
              >
                <Cross />
              </button>
            </li>
          ))}
          {uploading > 0 && <li class="busy">{say("chat.sending")}</li>}
        </ul>
      )}
      <div class="row">
        <label class="icon" title={say("chat.attach")}>
          <Clip />
          <input
            type="file"
            multiple
            aria-label={say("chat.attach")}
            onChange={(event) => {
              take(event.currentTarget.files);
              event.currentTarget.value = "";
            }}
          />
        </label>
        <textarea
          id="text"
          rows={1}
          dir="auto"
          aria-label={say("chat.write")}
          placeholder={say("chat.write")}
          defaultValue={session.keep.get("draft")}
          onInput={(event) => {
            const { value } = event.currentTarget;
            session.keep.set("draft", value);
            session.typing(value !== "");
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
          onPaste={(event) => {
            const pasted = event.clipboardData?.files;
            if (pasted?.length) event.preventDefault();
            take(pasted);
          }}
        />
        <button class="icon send" aria-label={say("chat.send")} title={say("chat.send")} disabled={uploading > 0}>
          <Arrow />
        </button>
      </div>
    </form>
  );
}
