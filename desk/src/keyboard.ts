// From keys to actions: two-key sequences (g m) wait a second; nothing single fires while somebody writes.

import { ACTIONS, type Action } from "./actions";
import { keyOf } from "./keys";
import { current } from "./live";

const SEQUENCE_FOR = 1000;
let prefix = "";
let prefixUntil = 0;

function writing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function actsOnEnter(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("button, a, summary, [role=menuitem]") !== null;
}

export function actionFor(key: string, state = current()): Action | undefined {
  return ACTIONS.find((action) => action.keys.includes(key) && action.when(state));
}

export function listen(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || current().phase !== "in") return;
    const key = keyOf(event);
    const busy = writing(event.target);
    if (key === "Escape" && busy) return (event.target as HTMLElement).blur();
    if (current().dialog) return;
    if (key === "Enter" && actsOnEnter(event.target)) return;
    const sequence = Date.now() < prefixUntil ? `${prefix} ${key}` : "";
    prefix = "";
    prefixUntil = 0;
    const action = (sequence && actionFor(sequence)) || actionFor(key);
    if (action) {
      if (busy && !action.anywhere) return;
      const single = !/^(Ctrl|Alt)\+|^(Enter|Escape)$/.test(key);
      if (single && !current().preferences.single_keys) return;
      event.preventDefault();
      action.perform();
      return;
    }
    if (!busy && ACTIONS.some((each) => each.keys.some((keys) => keys.startsWith(`${key} `)))) {
      prefix = key;
      prefixUntil = Date.now() + SEQUENCE_FOR;
    }
  });
}
