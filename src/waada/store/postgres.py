"""The store in PostgreSQL: facts, what is folded from them, and what has to happen next, in one transaction.

Made by `PostgresStore.open`. Safe with any number of nodes on one database; the tables are the truth, everything kept
in this process (brands, wake-ups) may be lost at any time.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from waada.core.effects import CancelSend, Send
from waada.core.ids import BrandId
from waada.core.people import Brand
from waada.ports import Commit, State, StreamKind
from waada.store.postgres_append import Writer
from waada.store.postgres_keeping import PostgresKeeping
from waada.store.postgres_load import BrandShelf, Loader
from waada.store.postgres_pool import PATIENCE, Database
from waada.store.postgres_reading import PostgresReading
from waada.store.postgres_rules import PostgresRules
from waada.store.postgres_side import PostgresSide
from waada.store.postgres_work import PostgresWork
from waada.store.wakes import EARLIEST, Bell, Wake, earlier

# How long the feed waits before it looks again for facts that an older transaction holds back.
BEHIND_SECONDS = 0.005


class PostgresStore(PostgresWork, PostgresReading, PostgresSide, PostgresKeeping, PostgresRules):
    """Store and Reading on PostgreSQL. `watchers` hear what there is to look at, from this node and from others."""

    def __init__(self, database: Database, bell: Bell) -> None:
        self.database = database
        self.bell = bell
        self.writer = Writer(database, self._written, self._in_doubt)
        self._loader = Loader(database)
        self._shelf = BrandShelf(database, self._loader)
        self._looking_again = False
        self.watchers.append(self._shelf.woken)

    @classmethod
    async def open(cls, dsn: str, *, connections: int = 8, patience: timedelta = PATIENCE) -> PostgresStore:
        """Connect to a database that has its schema (see `migrate.py`), and begin to listen."""
        database = await Database.connect(dsn, connections=connections, patience=patience)
        bell = Bell(dsn, node=secrets.token_hex(8))
        try:
            await bell.start()
        except BaseException:
            await database.close()
            raise
        return cls(database, bell)

    async def close(self) -> None:
        """Write what was asked for, then let go of the database."""
        await self.writer.drain()
        await self.bell.stop()
        await self.database.close()

    @property
    def watchers(self) -> list[Callable[[Wake], None]]:
        """Return who is told at once when there is something to look at. They must not raise and not wait."""
        return self.bell.watchers

    async def load(self, kind: StreamKind, brand_id: BrandId, stream: str) -> State | None:
        """Return the state of a stream, or None when it has no facts."""
        return await self._loader.load(kind, brand_id, stream)

    async def brand(self, brand_id: BrandId) -> Brand | None:
        """Return a brand; may be as old as the feed."""
        return await self._shelf.brand(brand_id)

    async def brand_named(self, slug: str) -> Brand | None:
        """Return the brand with that slug."""
        return await self._shelf.brand_named(slug)

    async def brands(self) -> tuple[Brand, ...]:
        """Return all brands on this installation, by slug."""
        return await self._shelf.brands()

    async def append(self, commit: Commit) -> None:
        """Write one command's facts, state, timers and effects, all or nothing; durable when it returns."""
        await self.writer.append(commit)

    def _written(self, batch: Sequence[Commit]) -> None:
        timer_at: datetime | None = None
        outbox_at: datetime | None = None
        brands: list[BrandId] = []
        for commit in batch:
            if commit.timers_changed:
                for timer in commit.timers:
                    timer_at = earlier(timer_at, timer.due_at)
            for _, effect in commit.effects:
                if not isinstance(effect, CancelSend):
                    held = effect.hold_until if isinstance(effect, Send) else None
                    outbox_at = earlier(outbox_at, held or commit.at)
            if commit.stream_kind == "brand":
                self._shelf.written(commit)
                brands.append(commit.brand_id)
        self.bell.ring(Wake(facts=True, timer_at=timer_at, outbox_at=outbox_at, brands=tuple(brands)))

    def _in_doubt(self, commits: Sequence[Commit]) -> None:
        """Look at everything that these commits may have changed, as if another node had written them."""
        brands = tuple(commit.brand_id for commit in commits if commit.stream_kind == "brand")
        self._shelf.forget(brands)
        self.bell.ring(Wake(facts=True, timer_at=EARLIEST, outbox_at=EARLIEST, brands=brands))

    def _outbox_is_due(self, at: datetime) -> None:
        self.bell.ring(Wake(outbox_at=at))

    def _feed_is_behind(self) -> None:
        if not self._looking_again:
            self._looking_again = True
            asyncio.get_running_loop().call_later(BEHIND_SECONDS, self._look_again)

    def _look_again(self) -> None:
        self._looking_again = False
        for watcher in self.watchers:
            watcher(Wake(facts=True))
