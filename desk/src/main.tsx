// The desk's composition: everything is tied together here, once, and nowhere else.

import { render } from "preact";
import "./tokens.css";
import "./base.css";
import "./desk.css";
import "./talk.css";
import "./pages.css";
import "./promises.css";
import "./rosters.css";
import "./standards.css";
import "./gate.css";
import { call, Problem, useCsrf, whenSignedOut } from "./api";
import { watchDrafts } from "./drafts";
import { catchDrops } from "./drops";
import { listen } from "./keyboard";
import { onFacts, startFeed, stopFeed, tellViewing } from "./line";
import { current, dispatch, set, watch } from "./live";
import { noticeFacts, title } from "./notifications";
import { keepPreferences } from "./preferences";
import { parse } from "./route";
import type { Brand, Person } from "./types";
import { askUnsent, noticeUnsent, watchUnsent } from "./unsent";
import { App } from "./views/app";
import { LANGUAGES, learn, recall } from "./words";
import { load, wordsOf } from "./work";

const invitation = /^\/invitation\/([^/]+)/.exec(location.pathname)?.[1] ?? null;

interface Me {
  person: Person;
  brand: Brand;
  csrf: string;
  role: Person["role"];
}

/** Who is there decides which screen comes first; the feed brings everything else. */
async function begin(): Promise<void> {
  try {
    const { person, brand, csrf } = await call<Me>("GET", "/me");
    // Somebody else at the same machine begins with nothing of what was here before.
    if (current().me && current().me?.id !== person.id) return location.reload();
    useCsrf(csrf);
    await speakTo(person);
    set({ me: { ...current().me, ...person }, brand, phase: "in", trouble: null });
    startFeed(() => void begin(), refresh);
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      stopFeed();
      set({ phase: (await isNew()) ? "first_run" : "signed_out" });
    } else if (current().phase !== "in") set({ phase: "failed", trouble: wordsOf(error) });
  }
}

/** Whether this installation has no brand yet. */
async function isNew(): Promise<boolean> {
  const answer = await call<{ open?: boolean }>("GET", "/first-run").catch(() => null);
  return answer?.open === true;
}

async function speakTo(person: Person): Promise<void> {
  const chosen = current().preferences.language ?? person.languages.find((each) => LANGUAGES.includes(each)) ?? "en";
  await learn(chosen);
}

/** After a snapshot the open conversation may have missed facts. */
function refresh(): void {
  askUnsent();
  const { route } = current();
  if (route.screen === "queue" && route.view !== "letters" && route.conversation) void load(route.conversation, true);
}

function follow(): void {
  const route = parse(location.hash);
  set({ route, ...(route.screen === "queue" && route.conversation ? { selected: route.conversation, noting: false } : {}) });
  tellViewing();
}

recall();
keepPreferences();
follow();
window.addEventListener("hashchange", follow);
watchDrafts();
listen();
catchDrops();
onFacts(noticeFacts);
onFacts(noticeUnsent);
watchUnsent();
whenSignedOut(() => {
  stopFeed();
  set({ phase: "signed_out" });
});
watch(() => {
  const next = title();
  if (document.title !== next) document.title = next;
});
const place = document.getElementById("desk") ?? document.body.appendChild(document.createElement("div"));
render(<App begin={begin} invitation={invitation} />, place);
const chosen = current().preferences.language;
void (async () => {
  if (chosen && (await learn(chosen))) dispatch({ kind: "preferences", values: { language: chosen } });
  if (invitation) set({ phase: "invited" });
  else await begin();
})();
