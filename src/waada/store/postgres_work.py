"""Timers and outbox in PostgreSQL: claimed in batches by any number of nodes, each row by one at a time.

A claim is a lease. A node that dies gives nothing back; its lease ends, and another node takes the row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from waada import codec
from waada.core.effects import Effect
from waada.core.ids import BrandId
from waada.ports import OutboxClaim, TimerClaim
from waada.store.columns import storable
from waada.store.postgres_load import is_id
from waada.store.postgres_pool import Database

TROUBLE_LENGTH_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class InTrouble:
    """An effect that could not be carried out yet, and why."""

    key: str
    stream: str
    effect: Effect
    attempts: int
    due_at: datetime
    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLengths:
    """How much waits, for the metrics."""

    timers: int
    outbox: int
    in_trouble: int


class PostgresWork:
    """The part of the store that workers use."""

    database: Database

    async def drop_timer(self, brand_id: BrandId, stream: str, slot: str, guard: str) -> None:
        """Remove a stale timer; nothing happens when another one stands in its slot."""
        await self.database.execute("drop_timer", brand_id, stream, slot, guard)

    async def claim_timers(self, now: datetime, limit: int, lease: timedelta) -> tuple[TimerClaim, ...]:
        """Return due timers that nobody else works on, earliest first, and keep them for `lease`."""
        rows = await self.database.fetch("claim_timers", now, limit, now + lease)
        return tuple(
            TimerClaim(
                brand_id=BrandId(row["brand_id"]),
                stream=row["stream"],
                stream_kind=row["stream_kind"],
                slot=row["slot"],
                guard=row["guard"],
                due_at=row["due_at"],
            )
            for row in rows
        )

    async def next_timer_at(self) -> datetime | None:
        """Return when a timer comes due next, or a lease ends."""
        return _instant(await self.database.fetchrow("next_timer_at"))

    async def claim_outbox(self, now: datetime, limit: int, lease: timedelta) -> tuple[OutboxClaim, ...]:
        """Return effects to carry out that nobody else works on, and keep them for `lease`."""
        rows = await self.database.fetch("claim_outbox", now, limit, now + lease)
        return tuple(
            OutboxClaim(
                key=row["key"],
                brand_id=BrandId(row["brand_id"]),
                stream=row["stream"],
                effect=codec.decode_effect(row["kind"], row["effect"]),
                attempts=row["attempts"],
                due_at=row["due_at"],
            )
            for row in rows
        )

    async def next_outbox_at(self) -> datetime | None:
        """Return when the earliest effect comes due, or a lease ends."""
        return _instant(await self.database.fetchrow("next_outbox_at"))

    async def finish_outbox(self, brand_id: BrandId, key: str) -> None:
        """An effect was carried out."""
        await self.database.execute("finish_outbox", brand_id, key)

    async def retry_outbox(self, brand_id: BrandId, key: str, at: datetime, trouble: str) -> None:
        """An effect met trouble; try again at `at`."""
        await self.database.execute("retry_outbox", brand_id, key, at, storable(trouble)[:TROUBLE_LENGTH_MAX])

    async def outbox_in_trouble(self, brand_id: BrandId, limit: int = 100) -> tuple[InTrouble, ...]:
        """Return effects that met trouble and are not done yet, oldest first."""
        if not is_id(brand_id):
            return ()
        return tuple(
            InTrouble(
                key=row["key"],
                stream=row["stream"],
                effect=codec.decode_effect(row["kind"], row["effect"]),
                attempts=row["attempts"],
                due_at=row["due_at"],
                trouble=row["trouble"],
            )
            for row in await self.database.fetch("outbox_in_trouble", brand_id, limit)
        )

    async def queue_lengths(self) -> QueueLengths:
        """Return how much waits on this installation."""
        row = await self.database.fetchrow("queue_lengths")
        assert row is not None, "counting always gives a row"
        return QueueLengths(**row)


def _instant(row: asyncpg.Record | None) -> datetime | None:
    return None if row is None else row["wake_at"]
