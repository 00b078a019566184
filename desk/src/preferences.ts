// How this person likes the desk to look, kept in this browser; applied to the page as it changes.

import { current, dispatch, watch } from "./live";
import { PREFERENCES, type Preferences } from "./store";

const PLACE = "waada.preferences";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function apply(preferences: Preferences): void {
  const theme = preferences.theme === "auto" ? (dark.matches ? "dark" : "light") : preferences.theme;
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.density = preferences.density;
}

export function keepPreferences(): void {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? "{}") as Partial<Preferences>;
    dispatch({ kind: "preferences", values: { ...PREFERENCES, ...kept } });
  } catch {
    // Somebody's broken storage is no reason to keep them from working.
  }
  let last = current().preferences;
  apply(last);
  dark.addEventListener("change", () => apply(current().preferences));
  watch(() => {
    const now = current().preferences;
    if (now === last) return;
    last = now;
    apply(now);
    localStorage.setItem(PLACE, JSON.stringify(now));
  });
}
