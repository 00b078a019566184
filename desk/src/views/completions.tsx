// The list under the caret: what may be put in. The focus stays in the text; the keyboard moves the choice.

import { say } from "../words";

export interface Choice {
  key: string;
  title: string;
  words: string;
  insert: string;
}

interface Props {
  choices: readonly Choice[];
  chosen: number;
  choose: (choice: Choice) => void;
  sign: ";" | "@";
}

export function Completions({ choices, chosen, choose, sign }: Props) {
  if (choices.length === 0) return sign === ";" ? <p class="completions completions-none">{say("canned.none")}</p> : null;
  return (
    <ul id="completions" class="completions" role="listbox" aria-label={sign === ";" ? say("canned.title") : say("people.title")}>
      {choices.map((choice, index) => (
        <li
          key={choice.key}
          id={`completion-${index}`}
          role="option"
          aria-selected={index === chosen}
          // mousedown, so that the text keeps the focus
          onMouseDown={(event) => {
            event.preventDefault();
            choose(choice);
          }}
        >
          <b>{choice.title}</b>
          <span class="quiet" dir="auto">
            {choice.words}
          </span>
        </li>
      ))}
    </ul>
  );
}
