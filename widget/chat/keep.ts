// What outlives a reload: who the visitor is, what is being written, what has not reached the server yet.
// Storage may be full or forbidden; then everything still works, until the window is closed.

import type { Outgoing } from "./store";

type Part = "visitor" | "draft" | "language" | "outgoing";

export class Keep {
  constructor(private readonly name: string) {}

  get(part: Part): string {
    try {
      return localStorage.getItem(this.name + part) ?? "";
    } catch {
      return "";
    }
  }

  set(part: Part, text: string): void {
    try {
      if (text) localStorage.setItem(this.name + part, text);
      else localStorage.removeItem(this.name + part);
    } catch {
      // See above.
    }
  }

  outgoing(): Outgoing[] {
    return JSON.parse(this.get("outgoing") || "[]") as Outgoing[];
  }

  /** Two tabs share the queue: a message enters it by its own key, and leaves it only once it has been accepted. */
  change(add: readonly Outgoing[], remove: readonly string[]): void {
    const gone = [...remove, ...add.map((each) => each.key)];
    const all = [...this.outgoing().filter((each) => !gone.includes(each.key)), ...add];
    this.set("outgoing", all.length ? JSON.stringify(all) : "");
  }
}
