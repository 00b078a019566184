// The shortcut sheet, drawn from the list of actions, so it is never out of date.

import { Fragment } from "preact";
import { ACTIONS, type Action } from "../actions";
import { say } from "../words";
import { Keys } from "./bits";
import { DialogBox } from "./dialog";

const GROUPS: Action["group"][] = ["go", "conversation", "answer", "desk"];

export function Shortcuts() {
  return (
    <DialogBox title={say("action.shortcuts")} wide>
      <div class="shortcuts">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{say(`group.${group}`)}</h3>
            <dl>
              {ACTIONS.filter((each) => each.group === group && each.keys.length > 0).map((each) => (
                <Fragment key={each.name}>
                  <dt>{say(`action.${each.name}`)}</dt>
                  <dd>
                    {each.keys.map((keys) => (
                      <Keys key={keys} keys={keys} />
                    ))}
                  </dd>
                </Fragment>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </DialogBox>
  );
}
