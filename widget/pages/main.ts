// Makes the pages live: the reader's own time zone, a running countdown, news without loading again, chat in place.
// Rule: the page is whole and true without this; whatever fails here leaves it as the server made it.

import "./pages.css";
import { channels, chatInPlace } from "./contact";
import { countdown, moveTo, wake } from "./status";

const main = document.querySelector("main");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (main?.dataset.events) {
  wake(main.dataset.events);
  // Nobody told us the customer's clock: this device's is the best guess.
  if (main.dataset.guess !== undefined) moveTo(zone);
  setInterval(countdown, 1000);
  countdown();
}
if (document.getElementById("channels")) {
  channels(zone);
  chatInPlace();
}
