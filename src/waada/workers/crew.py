"""A crew works off rows of a table that come due: claims some, works on them side by side, sleeps until more are due.

Any number of nodes may run one on the same table, since every row is claimed by one at a time. A row whose worker died
is claimed again when its lease ends.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import structlog

from waada.ports import Clock
from waada.trouble import Trouble

Claim = TypeVar("Claim")

# Rows that come due within a few milliseconds are claimed together: nobody notices, and it saves most of the queries.
PACE = timedelta(milliseconds=10)
# A wake-up may get lost with a connection; then the table is looked at this much later.
SLEEP_MAX = timedelta(seconds=5)
# After trouble with the database itself.
REST_SECONDS = 1.0
# How long work in progress may go on when the process is asked to stop.
STOP_SECONDS_MAX = 5.0

log = structlog.get_logger(__name__)


class Crew(Generic[Claim]):
    """Works off one table with `hands` at a time. `turn` is one round, for virtual clocks; `run` goes on for ever.

    What `work` raises is counted and shown, and the row comes up again when its lease ends.
    """

    def __init__(
        self,
        name: str,
        *,
        clock: Clock,
        claim: Callable[[datetime, int, timedelta], Awaitable[tuple[Claim, ...]]],
        next_at: Callable[[], Awaitable[datetime | None]],
        work: Callable[[Claim], Awaitable[None]],
        hands: int,
        lease: timedelta,
    ) -> None:
        self.name = name
        self.counts: Counter[str] = Counter()
        self._clock = clock
        self._claim = claim
        self._next_at = next_at
        self._work = work
        self._hands = hands
        self._lease = lease
        self._busy: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._asleep_until: datetime | None = None
        self._news_at: datetime | None = None

    def wake(self, at: datetime | None) -> None:
        """Something comes due at `at`; None: nothing of ours. Cheap: called at every commit."""
        if at is None:
            return
        if self._asleep_until is None:
            self._news_at = at if self._news_at is None else min(at, self._news_at)
        elif at < self._asleep_until:
            self._woken.set()

    async def turn(self) -> int:
        """Work off what is due now, as far as hands go, and return how much it was."""
        claims = await self._claim(self._clock.now(), self._hands, self._lease)
        await asyncio.gather(*(self._work_on(claim) for claim in claims))
        return len(claims)

    async def run(self) -> None:
        """Work until cancelled; then finish what is in hand."""
        try:
            while True:
                try:
                    await self._round()
                except Trouble as trouble:
                    self.counts["trouble"] += 1
                    log.warning("cannot look for work", crew=self.name, reason=str(trouble))
                    await asyncio.sleep(REST_SECONDS)
        finally:
            await self._lay_down()

    async def _round(self) -> None:
        self._news_at = None
        free = self._hands - len(self._busy)
        claiming = asyncio.ensure_future(self._claim(self._clock.now(), free, self._lease))
        try:
            claims = await asyncio.shield(claiming)
        except asyncio.CancelledError:
            # What was claimed is in our hands, and nobody else would touch it until the lease ends. Trouble must not
            # take the place of the cancellation, or the crew would go on for ever.
            with contextlib.suppress(Trouble):
                self._take_on(await claiming)
            raise
        self._take_on(claims)
        if len(claims) == free:
            # There may be more; go on when a good part of the hands is free again.
            while len(self._busy) > self._hands // 2:
                await asyncio.wait(self._busy, return_when=asyncio.FIRST_COMPLETED)
            return
        if claims:
            # Where something was due more often is; only who finds nothing asks how long it may sleep.
            await self._sleep(self._clock.now() + PACE)
            return
        next_at = await self._next_at()
        now = self._clock.now()
        soonest = min(at for at in (next_at, self._news_at, now + SLEEP_MAX) if at is not None)
        await self._sleep(max(now + PACE, soonest))

    def _take_on(self, claims: tuple[Claim, ...]) -> None:
        for claim in claims:
            task = asyncio.create_task(self._work_on(claim))
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)

    async def _sleep(self, until: datetime) -> None:
        """Sleep until then, or until something comes due before; at least for the pace, so that rows gather."""
        self._woken.clear()
        self._asleep_until = until
        await asyncio.sleep(PACE.total_seconds())
        seconds = (until - self._clock.now()).total_seconds()
        if seconds > 0:
            # Not wait_for: in Python 3.11 it loses a cancellation that comes together with the wake-up.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._woken.wait()
        self._asleep_until = None

    async def _work_on(self, claim: Claim) -> None:
        try:
            await self._work(claim)
        except Trouble as trouble:
            self.counts["trouble"] += 1
            log.warning("work met trouble", crew=self.name, claim=claim, reason=str(trouble))
        except Exception:
            # A bug in one piece of work must not stop the others; it comes up again when its lease ends.
            self.counts["bugs"] += 1
            log.exception("work failed", crew=self.name, claim=claim)
        else:
            self.counts["done"] += 1

    async def _lay_down(self) -> None:
        if self._busy:
            _, late = await asyncio.wait(self._busy, timeout=STOP_SECONDS_MAX)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
