// What reaches a person who is not looking: the number in the title, and, if they asked for it, a desktop notification
// when a customer writes to them or they are warned of a promise.

import { current } from "./live";
import { warns } from "./odds";
import { inView } from "./queue";
import { slackOf } from "./slack";
import { now } from "./clock";
import type { FactFrame, Row } from "./types";
import { say } from "./words";
import { openConversation } from "./work";

function notify(row: Row, title: string): void {
  if (!current().preferences.notifications || document.hasFocus() || Notification.permission !== "granted") return;
  const shown = new Notification(title, { body: row.preview, tag: row.id, lang: row.language });
  shown.onclick = () => {
    window.focus();
    openConversation(row.id);
    shown.close();
  };
}

export function noticeFacts(frames: readonly FactFrame[]): void {
  const me = current().me;
  for (const frame of frames) {
    const row = frame.row ?? current().rows.get(frame.stream);
    if (!row || !me) continue;
    const name = row.customer ?? say("customer.unnamed");
    // A warning is for whoever it names, also when the conversation is a colleague's.
    if (warns(frame, me.id)) notify(row, say(`notify.${frame.event_kind}`, { name }));
    if (!inView(row, "mine", me.id)) continue;
    if (frame.event_kind === "customer_wrote") notify(row, say("notify.wrote", { name }));
    if (frame.event_kind === "felt_ignored") notify(row, say("notify.ignored", { name }));
  }
}

/** The title carries what is mine and owed; a sign stands before it when something of it is urgent. */
export function title(): string {
  const { rows, me, brand, phase } = current();
  if (phase !== "in") return "Waada";
  let mine = 0;
  let urgent = false;
  for (const row of rows.values()) {
    if (row.status !== "open" || !inView(row, "mine", me?.id ?? null)) continue;
    mine++;
    if (row.due_at && row.made_at) {
      const { mood } = slackOf(Date.parse(row.made_at), Date.parse(row.due_at), now());
      urgent ||= mood === "urgent" || mood === "late";
    }
  }
  return `${urgent ? "\u26a0 " : ""}${mine ? `(${mine}) ` : ""}${brand?.name ?? "Waada"}`;
}

export async function askForNotifications(): Promise<boolean> {
  if (!("Notification" in window)) return false;
  return (await Notification.requestPermission()) === "granted";
}
