"""Waking: who works on what was written hears of it at once, in this process and on other nodes.

The tables are the truth and NOTIFY only wakes; a lost notification costs a moment, never a fact. Commits never notify
by themselves (that would put all of them in one line): one connection per process does it for all of them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec
import structlog

from waada.core.ids import BrandId
from waada.store.postgres_pool import LOST

CHANNEL = "waada"
# At most fifty a second: far below what a person notices, and little work for a busy database.
GAP_SECONDS = 0.02
RECONNECT_SECONDS = 0.2
BRANDS_MAX = 100  # a notification holds less than 8,000 bytes
EVERY_BRAND = BrandId("*")
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """What there is to look at. `timer_at` and `outbox_at` are when, at the earliest; None: nothing new there."""

    facts: bool = False
    timer_at: datetime | None = None
    outbox_at: datetime | None = None
    brands: tuple[BrandId, ...] = ()
    own: bool = True


class _Note(msgspec.Struct, omit_defaults=True):
    """A wake on its way to other nodes."""

    node: str
    facts: bool = False
    timer_at: datetime | None = None
    outbox_at: datetime | None = None
    brands: tuple[BrandId, ...] = ()


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the earlier of two instants, None counting as never."""
    if one is None or other is None:
        return one or other
    return min(one, other)


def merge(one: Wake, other: Wake) -> Wake:
    """Return one wake for two."""
    return Wake(
        facts=one.facts or other.facts,
        timer_at=earlier(one.timer_at, other.timer_at),
        outbox_at=earlier(one.outbox_at, other.outbox_at),
        brands=tuple(dict.fromkeys(one.brands + other.brands)),
    )


# How long a node that stops waits to tell the others its last news.
LAST_WORDS_SECONDS = 1.0


class Bell:
    """Tells watchers of this process at once, and other nodes through one connection, many commits in one call."""

    def __init__(self, dsn: str, node: str) -> None:
        """`node` tells our own notifications from others'."""
        self.watchers: list[Callable[[Wake], None]] = []
        self.reconnected = 0
        self._dsn = dsn
        self._node = node
        self._pending: Wake | None = None
        self._news = asyncio.Event()
        self._said = asyncio.Event()
        self._said.set()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen."""
        connection = await self._open()
        self._task = asyncio.create_task(self._run(connection), name="listen and notify")

    async def stop(self) -> None:
        """Say what is still to be said, then stop listening: a short-lived command changed something, too."""
        if self._task is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORDS_SECONDS):
                    await self._said.wait()
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def ring(self, wake: Wake) -> None:
        """Tell watchers now and other nodes in a moment."""
        self._tell(wake)
        if self._task is not None:
            self._keep(wake)

    def _keep(self, wake: Wake) -> None:
        self._pending = wake if self._pending is None else merge(self._pending, wake)
        self._said.clear()
        self._news.set()

    def _tell(self, wake: Wake) -> None:
        for watcher in self.watchers:
            watcher(wake)

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        note = msgspec.json.decode(str(payload), type=_Note)
        if note.node != self._node:
            wake = Wake(
                facts=note.facts, timer_at=note.timer_at, outbox_at=note.outbox_at, brands=note.brands, own=False
            )
            self._tell(wake)

    async def _open(self) -> asyncpg.Connection[asyncpg.Record]:
        connection = await asyncpg.connect(self._dsn)
        # A notification is not worth a write to the disk.
        await connection.execute("SET synchronous_commit = off")
        await connection.add_listener(CHANNEL, self._heard)
        connection.add_termination_listener(self._wake_up)
        return connection

    def _wake_up(self, _connection: Any) -> None:
        self._news.set()

    async def _run(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        try:
            while True:
                await self._news.wait()
                if connection.is_closed():
                    connection = await self._reopen()
                self._news.clear()
                if self._pending is not None:
                    await self._notify(connection)
                    await asyncio.sleep(GAP_SECONDS)
        finally:
            connection.terminate()

    async def _notify(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        assert self._pending is not None, "there is something to tell"
        wake, self._pending = self._pending, None
        brands = wake.brands if len(wake.brands) <= BRANDS_MAX else (EVERY_BRAND,)
        note = _Note(node=self._node, facts=wake.facts, timer_at=wake.timer_at, outbox_at=wake.outbox_at, brands=brands)
        try:
            await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, msgspec.json.encode(note).decode())
        except LOST:
            connection.terminate()
            self._keep(wake)
        else:
            if self._pending is None:
                self._said.set()

    async def _reopen(self) -> asyncpg.Connection[asyncpg.Record]:
        while True:
            try:
                connection = await self._open()
            except (*LOST, asyncpg.PostgresError):
                # Whatever the reason: to hear nothing is worse than to ask once more.
                await asyncio.sleep(RECONNECT_SECONDS)
                continue
            self.reconnected += 1
            log.info("listening to the database again")
            # Anything may have happened meanwhile, on any node.
            self._tell(Wake(facts=True, timer_at=EARLIEST, outbox_at=EARLIEST, brands=(EVERY_BRAND,), own=False))
            return connection


__all__ = ["EARLIEST", "EVERY_BRAND", "Bell", "Wake", "earlier", "merge"]
