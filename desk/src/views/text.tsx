// Plain words of strangers: kept as text, line breaks kept, web addresses made into links that tell them nothing,
// names of colleagues in notes made visible.

import { useLive } from "../live";
import type { Person } from "../types";

const LINK = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;
const NOBODY: Person[] = [];

function parts(text: string, pattern: RegExp): { text: string; hit: boolean }[] {
  const found: { text: string; hit: boolean }[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index), hit: false });
    found.push({ text: match[0], hit: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push({ text: text.slice(from), hit: false });
  return found;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

export function Text({ text, names }: { text: string; names?: boolean }) {
  const people = useLive((state) => (names ? (state.brand?.people ?? NOBODY) : NOBODY));
  const mention = people.length ? new RegExp(`@(?:${people.map((each) => escaped(each.name)).join("|")})`, "g") : null;
  return (
    <div class="text" dir="auto">
      {parts(text, LINK).map((part, index) =>
        part.hit ? (
          <a key={index} href={part.text} target="_blank" rel="noopener noreferrer nofollow">
            {part.text}
          </a>
        ) : mention ? (
          parts(part.text, mention).map((each, place) => (each.hit ? <mark key={place} class="mention">{each.text}</mark> : each.text))
        ) : (
          part.text
        ),
      )}
    </div>
  );
}
