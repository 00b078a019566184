// The files that will travel with the answer, each with how far it is.

import { dispatch, useLive } from "../live";
import type { Upload } from "../store";
import { say } from "../words";
import { Icon } from "./icons";
import { size } from "./message";

const NONE: readonly Upload[] = [];

export function Files({ id }: { id: string }) {
  const uploads = useLive((state) => state.uploads.get(id) ?? NONE);
  if (uploads.length === 0) return null;
  const remove = (key: string) => dispatch({ kind: "uploads", conversation: id, uploads: uploads.filter((each) => each.key !== key) });
  return (
    <ul class="files files-going" aria-live="polite">
      {uploads.map((each) => (
        <li key={each.key} class={`file file-${each.status}`}>
          <Icon name={each.status === "failed" ? "alert" : "clip"} />
          <bdi>{each.name}</bdi>
          <span class="quiet">{each.status === "failed" ? each.words : each.status === "uploading" ? say("composer.uploading") : size(each.size)}</span>
          <button type="button" class="tool" aria-label={say("composer.remove_file", { name: each.name })} onClick={() => remove(each.key)}>
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}
