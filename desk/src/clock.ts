// The time on the server, as well as this machine can tell: a laptop that is minutes off must not show a promise as late.

let offset = 0;

/** Learn from an answer's Date header, which counts whole seconds: small differences mean nothing. */
export function learnTime(header: string | null, asked: number): void {
  if (!header) return;
  const arrived = Date.now();
  const difference = Date.parse(header) + 500 - (asked + arrived) / 2;
  offset = Math.abs(difference) > 2000 ? difference : 0;
}

export function now(): number {
  return Date.now() + offset;
}
