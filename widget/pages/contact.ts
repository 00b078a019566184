// The contact page: opening hours and promises on the reader's own clock, kept fresh; the chat opens beside them.

const FRESH_EVERY = 60_000;

/** Show the channels as the server tells them for this zone, now and once a minute: a promise "by 14:20" grows old. */
export function channels(zone: string): void {
  const field = document.querySelector<HTMLInputElement>("input[name=zone]");
  if (field) field.value = zone;
  const load = async () => {
    const address = new URL(location.href);
    address.searchParams.set("lang", document.documentElement.lang);
    address.searchParams.set("zone", zone);
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = document.getElementById("channels");
    const then = fresh.getElementById("channels");
    if (!now || !then || now.contains(document.activeElement)) return;
    const open = [...now.querySelectorAll("details")].map((each) => each.open);
    now.replaceChildren(...then.children);
    now.querySelectorAll("details").forEach((each, index) => (each.open = open[index] ?? false));
    chatInPlace();
  };
  if (zone && zone !== document.documentElement.dataset.zone) void load();
  setInterval(() => document.hidden || void load(), FRESH_EVERY);
}

let frame: HTMLIFrameElement | undefined;

/** Without a script there is no chat window, so the buttons are there only now. */
export function chatInPlace(): void {
  const place = document.getElementById("window");
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-chat]")) {
    button.hidden = false;
    button.onclick = () => {
      if (!place) return;
      if (!frame) {
        frame = document.createElement("iframe");
        frame.title = button.dataset.title ?? "";
        frame.src = `${button.dataset.chat}&origin=${encodeURIComponent(location.origin)}`;
        place.append(frame);
        addEventListener("message", (event) => hear(event, place));
      }
      place.hidden = false;
      tell(true);
      frame.focus();
    };
  }
}

function tell(open: boolean): void {
  frame?.contentWindow?.postMessage({ open, page: location.href }, location.origin);
}

function hear(event: MessageEvent, place: HTMLElement): void {
  if (event.origin !== location.origin || event.source !== frame?.contentWindow) return;
  if (event.data.kind === "ready") tell(!place.hidden);
  if (event.data.kind !== "close") return;
  place.hidden = true;
  tell(false);
  document.querySelector<HTMLButtonElement>("button[data-chat]")?.focus();
}
