// What somebody who writes now would be promised, as the server says it to customers; asked again at every change.

import { useEffect, useState } from "preact/hooks";
import { Problem, quote, type Quote } from "../../api";
import { languageName, percent, say } from "../../words";

const ASK_AFTER = 250;

export function Example({ channel, body }: { channel: string; body: object }) {
  const [shown, setShown] = useState<Quote | null>(null);
  const chosen = JSON.stringify(body);
  useEffect(() => {
    const stop = new AbortController();
    const later = setTimeout(() => {
      // What is being typed may make no sense yet; the form says so when it is saved.
      quote(channel, body, stop.signal).then(setShown, (error: unknown) => error instanceof Problem && setShown(null));
    }, ASK_AFTER);
    return () => {
      clearTimeout(later);
      stop.abort();
    };
  }, [channel, chosen]);
  if (!shown) return null;
  return (
    <div class="preview policy-example">
      <p class="preview-label">
        {say("channel.example")} <span class="tag">{languageName(shown.language)}</span>
      </p>
      <blockquote lang={shown.language} dir={shown.direction}>
        {shown.words}
      </blockquote>
      <p class="quiet">
        {shown.chance === null ? say("channel.example_unknown") : say("channel.example_chance", { chance: percent(shown.chance) })}
        {shown.instead && ` ${say(`odds.instead_${shown.instead}`)}`}
      </p>
    </div>
  );
}
