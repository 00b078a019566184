// A span as people say it: a number and a unit. Seconds inside, so that nothing is rounded.

import { useState } from "preact/hooks";
import { say } from "../../words";

const UNITS = [
  ["seconds", 1],
  ["minutes", 60],
  ["hours", 3600],
  ["days", 86_400],
] as const;

function unitOf(seconds: number): number {
  return [...UNITS].reverse().find(([, size]) => seconds % size === 0)?.[1] ?? 1;
}

export function SpanField({ label, seconds, change }: { label: string; seconds: number; change: (seconds: number) => void }) {
  const [unit, setUnit] = useState<number>(unitOf(seconds || 900));
  return (
    <span class="span-field">
      <input type="number" min={1} required aria-label={label} value={seconds / unit} onInput={(event) => change(Math.round(Number(event.currentTarget.value) * unit))} />
      <select
        aria-label={say("span.unit")}
        value={unit}
        onChange={(event) => {
          const next = Number(event.currentTarget.value);
          change((seconds / unit) * next);
          setUnit(next);
        }}
      >
        {UNITS.map(([name, size]) => (
          <option key={name} value={size}>
            {say(`span.${name}`)}
          </option>
        ))}
      </select>
    </span>
  );
}
