// Files dropped anywhere on the desk go to the answer that is open; without one they must at least not replace the desk,
// which is what a browser does by itself.

import { current } from "./live";
import { attach } from "./work";

export function catchDrops(): void {
  window.addEventListener("dragover", (event) => event.preventDefault());
  window.addEventListener("drop", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    const { route, noting } = current();
    const files = event.dataTransfer?.files;
    if (files?.length && !noting && route.screen === "queue" && route.view !== "letters" && route.conversation) void attach(route.conversation, [...files]);
  });
}
