// What outlives a reload: who the visitor is, what is being written, what has not reached the server yet.
// Storage may be full or forbidden; then everything still works, until the window is closed.

import type { Outgoing } from "./store";

export class Keep {
  constructor(private readonly name: string) {}

  private read(part: string): string | null {
    try {
      return localStorage.getItem(`${this.name}:${part}`);
    } catch {
      return null;
    }
  }

  private write(part: string, text: string | null): void {
    try {
      if (text) localStorage.setItem(`${this.name}:${part}`, text);
      else localStorage.removeItem(`${this.name}:${part}`);
    } catch {
      // See above.
    }
  }

  get visitor(): string | null {
    return this.read("visitor");
  }
  set visitor(token: string | null) {
    this.write("visitor", token);
  }
  get draft(): string {
    return this.read("draft") ?? "";
  }
  set draft(text: string) {
    this.write("draft", text);
  }
  get language(): string | null {
    return this.read("language");
  }
  set language(language: string | null) {
    this.write("language", language);
  }
  get outgoing(): Outgoing[] {
    try {
      return JSON.parse(this.read("outgoing") ?? "[]") as Outgoing[];
    } catch {
      return [];
    }
  }
  /** Two tabs share the queue: a message leaves it only once it has been accepted, and enters it by its own key. */
  change(add: readonly Outgoing[], remove: ReadonlySet<string>): void {
    const known = new Set(add.map((each) => each.key));
    const kept = this.outgoing.filter((each) => !known.has(each.key) && !remove.has(each.key));
    const all = [...kept, ...add];
    this.write("outgoing", all.length ? JSON.stringify(all) : null);
  }
}
