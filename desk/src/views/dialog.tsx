// A dialog: the browser's own element, so that focus, Escape and the rest of the page behave as people expect.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { say } from "../words";
import { show } from "../work";
import { Icon } from "./icons";

interface Props {
  title: string;
  children: ComponentChildren;
  wide?: boolean;
  bare?: boolean;
}

export function DialogBox({ title, children, wide, bare }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  // Before the next key arrives: whoever types on after Ctrl+K must not write into the page behind.
  useLayoutEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      class={`dialog${wide ? " dialog-wide" : ""}${bare ? " dialog-bare" : ""}`}
      aria-label={title}
      onClose={() => show(null)}
      onCancel={() => show(null)}
      onClick={(event) => event.target === box.current && show(null)}
    >
      <div class="dialog-inner">
        {!bare && (
          <header>
            <h2>{title}</h2>
            <button type="button" class="tool" aria-label={say("dialog.close")} onClick={() => show(null)}>
              <Icon name="close" />
            </button>
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}
