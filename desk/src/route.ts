// Where the person is, as a pure mapping between the address after # and a value; every screen can be linked to.

export type View = "mine" | "unassigned" | "waiting" | "all" | "closed" | "letters";
export type SettingsPage = "brand" | "hours" | "channels" | "people" | "rosters" | "canned" | "keys" | "widget" | "me";

export const VIEWS: readonly View[] = ["mine", "unassigned", "waiting", "all", "closed", "letters"];
export const SETTINGS: readonly SettingsPage[] = ["me", "brand", "hours", "channels", "people", "rosters", "canned", "keys", "widget"];

export type Route =
  | { screen: "queue"; view: View; conversation: string | null }
  | { screen: "wall" }
  | { screen: "standards" }
  | { screen: "promises"; asked: string }
  | { screen: "settings"; page: SettingsPage }
  | { screen: "guide" };

export function parse(hash: string): Route {
  const [first = "", second = ""] = hash.replace(/^#\/?/, "").split("/").map(decoded);
  if (first === "wall") return { screen: "wall" };
  if (first === "standards") return { screen: "standards" };
  if (first === "promises") return { screen: "promises", asked: second };
  if (first === "guide") return { screen: "guide" };
  if (first === "settings") return { screen: "settings", page: SETTINGS.find((each) => each === second) ?? "me" };
  if (first === "c" && second) return { screen: "queue", view: "all", conversation: second };
  return { screen: "queue", view: VIEWS.find((each) => each === first) ?? "mine", conversation: second || null };
}

// An address is typed, cut and pasted by people: what is no encoding stands for itself.
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function href(route: Route): string {
  switch (route.screen) {
    case "wall":
    case "standards":
    case "guide":
      return `#/${route.screen}`;
    case "promises":
      return route.asked ? `#/promises/${route.asked}` : "#/promises";
    case "settings":
      return `#/settings/${route.page}`;
    case "queue":
      return route.conversation ? `#/${route.view}/${encodeURIComponent(route.conversation)}` : `#/${route.view}`;
  }
}
