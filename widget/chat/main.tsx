// Starts the chat window: reads what the page was given, opens the line, draws on every change.

import { render } from "preact";
import "./chat.css";
import type { Setup } from "./frames";
import { Keep } from "./keep";
import { parent } from "./parent";
import { Session } from "./session";
import { ChatWindow } from "./window";
import { voice } from "./words";

const setup = JSON.parse(document.getElementById("setup")?.textContent ?? "{}") as Setup;
const root = document.getElementById("chat") as HTMLElement;
const path = `${location.pathname}/socket`;
const socket = new URL(path, location.href.replace(/^http/, "ws")).href;
const words = voice(setup);

document.documentElement.style.setProperty("--accent", setup.colour);
document.documentElement.style.setProperty("--on-accent", setup.ink);

let keep = new Keep(`waada:${setup.slug}:${setup.channel}:`);
let session: Session | undefined;
let unread = 0;
let drawn = "";
const PAGE_ANSWERS_WITHIN = 400;
const alone = window.parent === window;

const tell = parent((told) => {
  if (!session || told.identity !== session.identity) enter(told.identity);
  if (session) session.page = told.page;
  shown(told.open);
});

function draw(): void {
  if (!session) return;
  const { state } = session;
  const now = Date.now() + state.skew;
  render(<ChatWindow session={session} setup={setup} voice={words} now={now} speak={speak} close={alone ? undefined : close} />, root);
  if (state.unread !== unread) tell({ kind: "unread", unread: (unread = state.unread) });
  // Stay with the newest message when something was added, and only then: whoever reads further up is left in peace.
  const amount = `${state.facts.length} ${state.outgoing.length} ${state.typing}`;
  if (amount !== drawn) document.getElementById("scroll")?.scrollTo({ top: 1e9 });
  drawn = amount;
}

/** Load the window again in another language; the words come with the page. */
function speak(language: string): void {
  const query = new URLSearchParams(location.search);
  query.set("lang", language);
  keep.set("language", language);
  location.search = query.toString();
}

function close(): void {
  // At once, not when the page has answered: a message in between is unread.
  shown(false);
  tell({ kind: "close" });
}

function shown(open: boolean): void {
  session?.happen({ kind: "shown", open });
  if (open) document.getElementById("text")?.focus();
  session?.look();
}

/** Begin as somebody: what one person has not sent yet must never leave under another one's name. */
function enter(identity: string | undefined): void {
  const open = session?.state.open ?? alone;
  session?.leave();
  keep = new Keep(`waada:${setup.slug}:${setup.channel}:${subject(identity)}`);
  session = new Session(setup, socket, keep, draw);
  session.identity = identity;
  session.happen({ kind: "shown", open });
  session.connect();
}

/** Who the token speaks of; the server checks it, this only keeps two people's drafts apart. */
function subject(identity: string | undefined): string {
  try {
    return String(JSON.parse(atob((identity ?? "").split(".")[1]?.replace(/-/g, "+").replace(/_/g, "/") ?? "")).sub);
  } catch {
    return "";
  }
}

addEventListener("online", () => session?.online(true));
addEventListener("offline", () => session?.online(false));
addEventListener("pointerdown", (event) => {
  const outside = !(event.target as Element).closest(".menu");
  if (outside && session?.state.menu !== "shut") session?.happen({ kind: "menu", menu: "shut" });
});
addEventListener("focus", () => session?.look());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && session?.state.connection === "offline") session.online(true);
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented) close();
});

// The time that is left is counted down once a second; nothing else on the screen changes by itself.
setInterval(draw, 1000);

// Declared goes before what the browser says: a language chosen here earlier is kept.
const language = keep.get("language");
if (language && language !== setup.language && setup.languages.some(([code]) => code === language)) speak(language);

tell({ kind: "ready" });
// The page around says who is signed in; without one (or without an answer) the visitor is a guest.
if (alone) enter(undefined);
else setTimeout(() => session ?? enter(undefined), PAGE_ANSWERS_WITHIN);
