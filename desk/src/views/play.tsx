// Play a Friday evening: simulated customers write to the demo brand, as fast as one likes, until they are stopped.

import { useEffect, useState } from "preact/hooks";
import { call } from "../api";
import { number, say } from "../words";
import { attempt, show } from "../work";
import { DialogBox } from "./dialog";
import { Icon } from "./icons";

interface Playing {
  playing?: boolean;
  speed?: number | null;
}

const SPEEDS = [1, 5, 20];

export function Play() {
  const [now, setNow] = useState<Playing | null>(null);
  const [speed, setSpeed] = useState(5);
  useEffect(() => {
    void attempt(async () => setNow(await call<Playing>("GET", "/demo/play")));
  }, []);
  const start = async () => {
    if (await attempt(() => call("POST", "/demo/play", { body: { speed } }))) show(null);
  };
  const stop = async () => {
    if (await attempt(() => call("DELETE", "/demo/play"))) setNow({ playing: false });
  };
  return (
    <DialogBox title={say("play.title")}>
      <div class="form">
        <p class="quiet">{say("play.words")}</p>
        <fieldset class="choices">
          <legend>{say("play.speed")}</legend>
          {SPEEDS.map((each) => (
            <button key={each} type="button" class="choice" aria-pressed={each === speed} onClick={() => setSpeed(each)}>
              {number(each)}{"\u00d7"}
            </button>
          ))}
        </fieldset>
        {now?.playing && <p role="status">{say("play.playing", { speed: now.speed ?? speed })}</p>}
        <footer>
          {now?.playing && (
            <button type="button" class="button" onClick={() => void stop()}>
              <Icon name="stop" />
              {say("play.stop")}
            </button>
          )}
          <button type="button" class="button button-main" autofocus onClick={() => void start()}>
            <Icon name="play" />
            {say("play.start")}
          </button>
        </footer>
      </div>
    </DialogBox>
  );
}
