// The queue: search on top, then the rows of a view by slack. Only the rows in sight are drawn, so ten thousand
// scroll like ten; one of them takes the focus, j and k move it.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { listed } from "../listing";
import { current, set, useLive } from "../live";
import type { View } from "../route";
import type { Row } from "../types";
import { number, say } from "../words";
import { moreClosed, openConversation } from "../work";
import { Empty, Skeleton } from "./bits";
import { QueueRow } from "./queue-row";
import { Search } from "./search";

const HEIGHT = { comfortable: 68, compact: 44 };
const BEYOND = 6;

function Nothing({ view, query }: { view: View; query: string }) {
  if (query.trim()) return <Empty icon="search" title={say("empty.search", { query })}>{say("empty.search_words")}</Empty>;
  return (
    <Empty icon={view === "closed" ? "tray" : "check"} title={say(`empty.${view}`)}>
      {say(`empty.${view}_words`)}
    </Empty>
  );
}

function Head({ view, query, count }: { view: View; query: string; count: number }) {
  const more = useLive((state) => view === "closed" && !query && state.closed.cursor !== null);
  return (
    <header class="queue-head">
      <h1>{query.trim() ? say("search.title") : say(`view.${view}`)}</h1>
      <span class="quiet">
        {count > 0 && number(count)}
        {more && "+"}
      </span>
      <Search />
    </header>
  );
}

function arrows(event: KeyboardEvent, rows: readonly Row[], here: number, height: number, choose: (index: number) => void): void {
  const page = Math.max(1, Math.floor((event.currentTarget as HTMLElement).clientHeight / height) - 1);
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -rows.length, End: rows.length };
  const step = steps[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  choose(Math.min(rows.length - 1, Math.max(0, here + step)));
}

function useWindow(box: RefObject<HTMLDivElement | null>, height: number, count: number): [number, number] {
  const [span, setSpan] = useState<[number, number]>([0, 30]);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / height) - BEYOND);
      const last = Math.ceil((element.scrollTop + element.clientHeight) / height) + BEYOND;
      setSpan((old) => (old[0] === first && old[1] === last ? old : [first, last]));
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    const watcher = new ResizeObserver(look);
    watcher.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      watcher.disconnect();
    };
  }, [height, count === 0]);
  return span;
}

/** Keeps the chosen row in sight, and the focus on it while the focus is in the list. */
function useInSight(box: RefObject<HTMLDivElement | null>, top: number, height: number, chosen: string | null): void {
  useEffect(() => {
    const element = box.current;
    if (!element || !chosen) return;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + height > element.scrollTop + element.clientHeight) element.scrollTop = top + height - element.clientHeight;
    if (element.contains(document.activeElement)) requestAnimationFrame(() => element.querySelector<HTMLElement>("[tabindex='0']")?.focus());
  }, [chosen]);
}

export function Queue({ view }: { view: View }) {
  const rows = useLive(listed);
  const loaded = useLive((state) => state.loaded);
  const query = useLive((state) => state.query);
  const selected = useLive((state) => state.selected);
  const open = useLive((state) => (state.route.screen === "queue" ? state.route.conversation : null));
  const height = HEIGHT[useLive((state) => state.preferences.density)];
  const box = useRef<HTMLDivElement>(null);
  const [first, last] = useWindow(box, height, rows.length);
  const here = Math.max(0, rows.findIndex((row) => row.id === (open ?? selected)));

  useInSight(box, here * height, height, open ?? selected);
  const end = view === "closed" && !query && last >= rows.length - 5;
  useEffect(() => {
    if (end) void moreClosed();
  }, [end, rows.length]);

  const focusable = here >= first && here < last ? here : first;
  return (
    <section class="queue" aria-label={say(`view.${view}`)}>
      <Head view={view} query={query} count={rows.length} />
      {!loaded && <Skeleton lines={9} />}
      {loaded && rows.length === 0 && <Nothing view={view} query={query} />}
      <div
        id="queue"
        class="queue-list"
        role="listbox"
        aria-label={say("queue.label")}
        hidden={!loaded || rows.length === 0}
        ref={box}
        onKeyDown={(event) => arrows(event, rows, here, height, (index) => select(rows[index]))}
      >
        <div class="queue-all" role="presentation" style={{ height: `${rows.length * height}px` }}>
          {rows.slice(first, last).map((row, index) => (
            <QueueRow
              key={row.id}
              row={row}
              top={(first + index) * height}
              index={first + index}
              count={rows.length}
              selected={row.id === (open ?? selected)}
              open={row.id === open}
              focusable={first + index === focusable}
              choose={openConversation}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

function select(row: Row | undefined): void {
  const { route } = current();
  if (!row) return;
  if (route.screen === "queue" && route.conversation) openConversation(row.id);
  else set({ selected: row.id });
}
