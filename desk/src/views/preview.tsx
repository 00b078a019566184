// Exactly what the customer will read, as the server would say it, in their language; asked again at every change.

import { useEffect, useState } from "preact/hooks";
import { type NewTimePreview, previews, Problem } from "../api";
import { useNow } from "../live";
import { moment } from "../times";
import { languageName, percent, say } from "../words";
import { wordsOf } from "../work";
import { Icon } from "./icons";

export type Kind = "renegotiate" | "snooze";

export interface Previewed {
  preview: NewTimePreview | null;
  trouble: string | null;
  /** Whether this is the preview of what is chosen now: nothing is sent that nobody could read before. */
  fresh: boolean;
}

export function usePreview(kind: Kind, id: string, due: number, reason: string): Previewed {
  const [shown, setShown] = useState<{ of: string; preview: NewTimePreview | null; trouble: string | null }>({ of: "", preview: null, trouble: null });
  const chosen = `${due} ${reason}`;
  useEffect(() => {
    const stop = new AbortController();
    const later = setTimeout(() => {
      previews[kind](id, new Date(due).toISOString(), reason, stop.signal).then(
        (preview) => setShown({ of: chosen, preview, trouble: null }),
        (error: unknown) => {
          if (error instanceof Problem) setShown({ of: chosen, preview: null, trouble: wordsOf(error) });
        },
      );
    }, 80);
    return () => {
      clearTimeout(later);
      stop.abort();
    };
  }, [kind, id, chosen]);
  return { preview: shown.preview, trouble: shown.trouble, fresh: shown.of === chosen };
}

interface ReadProps {
  previewed: Previewed;
  words: string | null;
  change?: (words: string | null) => void;
}

export function WhatTheyRead({ previewed: { preview, trouble, fresh }, words, change }: ReadProps) {
  if (trouble) return <p class="field-trouble" role="alert">{trouble}</p>;
  return (
    <div class="preview">
      <p class="preview-label">
        {say("preview.label")} {preview && <span class="tag">{languageName(preview.language)}</span>}
        {preview?.chance != null && <span class="preview-odds">{say("odds.chance", { chance: percent(preview.chance) })}</span>}
      </p>
      {words === null ? (
        <blockquote lang={preview?.language} dir={preview?.direction} aria-busy={!fresh}>
          {preview?.text ?? "\u2026"}
        </blockquote>
      ) : (
        <textarea rows={4} dir={preview?.direction} lang={preview?.language} aria-label={say("preview.own_words")} value={words} onInput={(event) => change?.(event.currentTarget.value)} />
      )}
      {change && (
        <button type="button" class="link" onClick={() => change(words === null ? (preview?.text ?? "") : null)}>
          {words === null ? say("preview.change") : say("preview.standard")}
        </button>
      )}
    </div>
  );
}

/** Said before it is sent, never forbidden: who promises may know better than the rosters. */
export function NobodyThere({ previewed: { preview }, take }: { previewed: Previewed; take: (at: number) => void }) {
  const now = useNow();
  const nobody = preview?.nobody;
  const takeIt = (event: MouseEvent, at: string) => {
    // The button goes with the warning; whoever works by keyboard stays where the time is.
    (event.currentTarget as HTMLButtonElement).form?.querySelector<HTMLElement>("input[type=datetime-local]")?.focus();
    take(Date.parse(at));
  };
  return (
    <div role="status">
      {nobody && (
        <p class="nobody-there">
          <Icon name="moon" />
          <span>
            {nobody.again_at ? say(nobody.opens ? "newtime.closed" : "newtime.nobody", { when: moment(nobody.again_at, now) }) : say("newtime.never")}
          </span>
          {nobody.take_at && (
            <button type="button" class="button" onClick={(event) => takeIt(event, nobody.take_at ?? "")}>
              {say("newtime.take", { when: moment(nobody.take_at, now) })}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
