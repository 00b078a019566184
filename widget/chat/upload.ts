// Files go up as soon as they are chosen; the message then names them by the token that the server gave.

import type { Setup } from "./frames";
import type { Session } from "./session";
import type { Say } from "./words";

export async function attach(chosen: File[], session: Session, setup: Setup, say: Say): Promise<void> {
  const { files_max: n, file_bytes_max: most } = setup;
  for (const file of chosen) {
    const { name } = file;
    if (session.state.files.length + session.state.uploading >= n) return session.notice(say("error.files_too_many", { n }), true);
    if (file.size > most) {
      session.notice(say("error.file_too_large", { name, size: most / 2 ** 20 }), true);
      continue;
    }
    session.happen({ kind: "uploading", by: 1 });
    const outcome = await upload(file, session.state.visitor ?? "");
    session.happen({ kind: "uploading", by: -1 });
    if (typeof outcome === "string") session.notice(outcome || say("error.try_again"), true);
    else session.happen({ kind: "files", files: [...session.state.files, outcome] });
  }
}

/** Returns the file as the server knows it, or the words that say why not (empty when there was no answer at all). */
async function upload(file: File, visitor: string): Promise<{ token: string; name: string } | string> {
  try {
    const query = new URLSearchParams(location.search);
    query.set("visitor", visitor);
    const answer = await fetch(`${location.pathname}/files?${query}`, {
      method: "POST",
      headers: {
        "content-type": file.type || "application/octet-stream",
        "x-file-name": encodeURIComponent(file.name),
      },
      body: file,
    });
    const told = (await answer.json()) as { blob?: string; name?: string; detail?: string };
    return told.blob ? { token: told.blob, name: told.name ?? file.name } : (told.detail ?? "");
  } catch {
    return "";
  }
}
