// The promise: before writing what would be promised now, afterwards the very promise, with the time that is left.

import type { State } from "./store";
import type { Voice } from "./words";

export function PromiseCard({ state, voice, now, record }: { state: State; voice: Voice; now: number; record: readonly string[] }) {
  const { promise, before } = state;
  const { say } = voice;
  if (!promise) {
    const answered = state.facts.some((each) => each.what === "person") && state.facts.at(-1)?.what !== "customer";
    if (!before || (state.conversation && answered)) return null;
    return (
      <section class="promise" aria-label={say("status.promise_heading")}>
        <p aria-live="polite">{before.sentence}</p>
        {record.map((line) => (
          <p class="record">{line}</p>
        ))}
      </section>
    );
  }
  const due = Date.parse(promise.due_at);
  const whole = Math.max(1, due - Date.parse(promise.made_at));
  const left = voice.left(due - now);
  const share = Math.min(1, Math.max(0, (due - now) / whole));
  return (
    <section class="promise" aria-label={say("status.promise_heading")}>
      <p aria-live="polite">{promise.sentence}</p>
      <p class="left" role="timer">
        {left ? say("status.time_left", { time: left }) : say("status.time_over")}
      </p>
      {/* scaleX is free for the browser to draw, once a second, for hours */}
      <div class="bar" aria-hidden="true">
        <i style={{ transform: `scaleX(${share.toFixed(4)})` }} />
      </div>
    </section>
  );
}
