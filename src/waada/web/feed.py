"""The feed: every committed fact once, in the order of the log, to everybody who may see it.

One task per process reads the log, woken by this process's own commits at once and by `wake()` for other nodes'.
A subscriber that does not keep up is cut off rather than waited for; it resumes by its cursor, without gap or repeat.
Signals (typing, viewing) pass through and are never stored.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

import structlog

from waada.core.ids import BrandId
from waada.ports import Commit, Recorded

# A page of the log that is handed out in one go; at 300 facts/s a page is several seconds' worth.
PAGE = 1_000
# What may wait for one slow reader before it is cut off: some megabytes at the very most.
QUEUE_MAX = 5_000
# A wake-up from another node that got lost costs this much at most.
PAUSE_SECONDS = 1.0
# A commit that is not visible yet (an older transaction still runs) is looked for again after this long.
RETRY_SECONDS = 0.01
# Between two looks; whatever is written meanwhile is read in one go. While nobody listens there is no hurry.
GAP_SECONDS = 0.008
GAP_SECONDS_UNHEARD = 0.1

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Something that is true only for a moment: somebody types or looks. `payload` is ready for JSON."""

    brand_id: BrandId
    stream: str
    what: str
    payload: dict[str, object]


Item = Recorded | Signal


class Log(Protocol):
    """The one question the hub asks a store (see `ports.Reading.feed`)."""

    async def feed(self, after: str | None, limit: int) -> tuple[tuple[Recorded, ...], str]:
        """Return facts after a cursor and the cursor to go on from."""
        ...


class Subscription:
    """What one reader has not read yet. Iterate over it, or give `arrived` and `take()` when it calls.

    It ends when it is closed, and when it fell too far behind (`cut`).
    """

    __slots__ = ("_arrived", "_hub", "_queue", "_waiter", "brand_id", "closed", "cut", "stream")

    def __init__(self, hub: FeedHub, brand_id: BrandId, stream: str | None, arrived: Callable[[], None] | None) -> None:
        self.brand_id, self.stream = brand_id, stream
        self.closed = self.cut = False
        self._hub, self._arrived = hub, arrived
        self._queue: deque[Item] = deque()
        self._waiter: asyncio.Future[None] | None = None

    def offer(self, item: Item) -> None:
        """Called by the hub."""
        if len(self._queue) >= QUEUE_MAX:
            self.cut = True
            self.close()
            return
        self._queue.append(item)
        self._notify()

    def take(self) -> tuple[Item, ...]:
        """Return what has arrived since the last time, without waiting."""
        items = tuple(self._queue)
        self._queue.clear()
        return items

    def close(self) -> None:
        """Read no further."""
        if not self.closed:
            self.closed = True
            self._queue.clear()
            self._hub.leave(self)
            self._notify()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item:
        while not self._queue:
            if self.closed:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._queue.popleft()

    def _notify(self) -> None:
        if self._arrived is not None:
            self._arrived()
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)


class FeedHub:
    """One per process. `open()` before use, `close()` at the end."""

    def __init__(self, log: Log) -> None:
        """Take the log to read."""
        self.cursor = "0"
        self._log = log
        self._subscriptions: dict[BrandId, set[Subscription]] = {}
        self._changes: dict[BrandId, int] = {}
        self._skipped = 0
        self._unseen: set[tuple[str, int]] = set()
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Go to the end of the log and read on from there."""
        _, self.cursor = await self._log.feed(None, 1)
        self._task = asyncio.create_task(self._read(), name="feed")

    async def close(self) -> None:
        """Stop reading and end every subscription."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        for each in [one for some in self._subscriptions.values() for one in some]:
            each.close()

    def subscribe(
        self, brand_id: BrandId, stream: str | None = None, arrived: Callable[[], None] | None = None
    ) -> Subscription:
        """Hear everything of a brand, or of one stream of it, that comes after `cursor` as it is now."""
        if not self._subscriptions:
            self._woken.set()  # what nobody was there for is a look or two behind
        subscription = Subscription(self, brand_id, stream, arrived)
        self._subscriptions.setdefault(brand_id, set()).add(subscription)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """Hear no more (a subscription's `close` calls it)."""
        others = self._subscriptions.get(subscription.brand_id)
        if others is not None:
            others.discard(subscription)
            if not others:
                del self._subscriptions[subscription.brand_id]

    def signal(self, brand_id: BrandId, stream: str, what: str, payload: dict[str, object]) -> None:
        """Tell everybody who is here now; nobody else will ever know."""
        self._hand_out(Signal(brand_id=brand_id, stream=stream, what=what, payload=payload))

    def saw(self, commit: Commit) -> None:
        """Watch the engine: a commit of this process is in the log now, so look at once."""
        self._unseen.add((commit.stream, commit.state.version))
        self._woken.set()

    def wake(self) -> None:
        """Another node wrote something."""
        self._woken.set()

    def changes(self, brand_id: BrandId) -> int:
        """Return a number that grows with what passes here of a brand; tells whether a snapshot is still fresh."""
        return self._changes.get(brand_id, 0) + self._skipped

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            alarm = loop.call_later(RETRY_SECONDS if self._unseen else PAUSE_SECONDS, self._woken.set)
            await self._woken.wait()
            alarm.cancel()
            self._woken.clear()
            try:
                await self._drain()
                await asyncio.sleep(GAP_SECONDS if self._subscriptions else GAP_SECONDS_UNHEARD)
            except Exception as error:  # noqa: BLE001 - the database may be away for a while; the feed outlives that
                _log.warning("the feed can't read the log; it tries again", trouble=str(error))
                await asyncio.sleep(PAUSE_SECONDS)

    async def _skip(self) -> bool:
        """While nobody listens, go to the end of the log without reading it. False: somebody came meanwhile."""
        _, end = await self._log.feed(None, 1)
        if self._subscriptions:
            return False
        self._skipped += end != self.cursor
        self.cursor = end
        self._unseen.clear()
        return True

    async def _drain(self) -> None:
        if not self._subscriptions and await self._skip():
            return
        while True:
            facts, cursor = await self._log.feed(self.cursor, PAGE)
            self.cursor = cursor
            for fact in facts:
                self._changes[fact.brand_id] = self._changes.get(fact.brand_id, 0) + 1
                self._unseen.discard((fact.stream, fact.version))
                self._hand_out(fact)
            if len(facts) < PAGE:
                return

    def _hand_out(self, item: Item) -> None:
        for each in tuple(self._subscriptions.get(item.brand_id, ())):
            if each.stream is None or each.stream == item.stream:
                each.offer(item)
