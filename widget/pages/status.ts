// The status page: counts down, and loads its live part anew when something has happened.

const locale = () => document.documentElement.lang + (document.documentElement.lang === "ar" ? "-u-nu-arab" : "");
let skew: number | null = null;

/** Write the time that is left; the server's clock counts, not this device's. */
export function countdown(): void {
  const shown = document.getElementById("left");
  const { due, made, now, words, over } = shown?.dataset ?? {};
  if (!shown || !due || !made || !now || !words || !over) return;
  skew ??= Date.parse(now) - Date.now();
  const left = Date.parse(due) - Date.now() - skew;
  const text = left > 0 ? words.replace("%", clock(left)) : over;
  if (shown.textContent !== text) shown.textContent = text;
  const bar = shown.nextElementSibling as HTMLElement;
  const share = Math.max(0, Math.min(1, left / Math.max(1, Date.parse(due) - Date.parse(made))));
  bar.hidden = false;
  (bar.firstElementChild as HTMLElement).style.transform = `scaleX(${share.toFixed(4)})`;
}

function clock(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  const plain = new Intl.NumberFormat(locale(), { useGrouping: false });
  const padded = new Intl.NumberFormat(locale(), { minimumIntegerDigits: 2, useGrouping: false });
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = `${(hours ? padded : plain).format(minutes)}:${padded.format(seconds % 60)}`;
  return hours ? `${plain.format(hours)}:${tail}` : tail;
}

/** Hear of new versions. The first line after every (re)connection tells the version as it is, so nothing is missed. */
export function wake(address: string): void {
  const events = new EventSource(address);
  events.onmessage = (event) => {
    const known = Number(document.getElementById("live")?.dataset.version);
    if (Number(event.data) > known) void refresh();
  };
}

/** Show every time on another clock. */
export function moveTo(zone: string): void {
  const live = document.getElementById("live");
  if (!live || !zone || zone === document.documentElement.dataset.zone) return;
  const address = new URL(live.dataset.part ?? "", location.href);
  address.searchParams.set("zone", zone);
  live.dataset.part = address.href;
  document.getElementById("thread")?.replaceChildren();
  void refresh();
}

let loading = false;
let again = false;

async function refresh(): Promise<void> {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  const live = document.getElementById("live");
  const answer = live && (await fetch(live.dataset.part ?? "").catch(() => null));
  if (live && answer?.ok) replace(live, await answer.text());
  loading = false;
  if (again || (live && !answer?.ok)) {
    again = false;
    setTimeout(() => void refresh(), answer?.ok ? 0 : 3000);
  }
}

function replace(live: HTMLElement, html: string): void {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("live");
  const [pledge, thread] = [live.querySelector("#pledge"), live.querySelector("#thread")];
  const [newPledge, newThread] = [fresh?.querySelector("#pledge"), fresh?.querySelector("#thread")];
  if (!fresh || !pledge || !thread || !newPledge || !newThread) return;
  // What owes something and what does not offers other choices below: then the whole page is loaded, unless a text waits.
  const changed = Boolean(pledge.querySelector("#left")) !== Boolean(newPledge.querySelector("#left"));
  live.dataset.version = fresh.dataset.version ?? "";
  skew = null;
  pledge.replaceWith(newPledge);
  // Only what is new is added, so that a screen reader reads only that.
  const kept = new Set([...newThread.children].map((each) => each.id));
  for (const each of [...thread.children]) if (!kept.has(each.id)) each.remove();
  for (const each of [...newThread.children]) if (!document.getElementById(each.id)) thread.append(each);
  countdown();
  const text = document.querySelector<HTMLTextAreaElement>("textarea[name=text]");
  const busy = text?.value || document.querySelector("form input:focus, form textarea:focus");
  if (changed && !busy) location.replace(location.pathname + location.search.replace(/([?&])said=[^&]*/, "$1"));
}
