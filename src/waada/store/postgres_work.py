"""Timers and outbox in PostgreSQL: claimed in batches by any number of nodes, each row by one at a time.

A claim is a lease. A node that dies gives nothing back; its lease ends, and another node takes the row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from waada import codec
from waada.core.effects import Alert, Send
from waada.core.events import kind_of
from waada.core.ids import BrandId
from waada.ports import InTrouble, OutboxClaim, TimerClaim, Unsent, UnsentCause
from waada.store.columns import storable
from waada.store.postgres_load import is_id
from waada.store.postgres_pool import Database
from waada.trouble import Cause

TROUBLE_LENGTH_MAX = 500
# The effects that somebody waits to read.
MESSAGES = [kind_of(each) for each in (Send, Alert)]


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

    async def retry_outbox(
        self, brand_id: BrandId, key: str, at: datetime, trouble: str, cause: Cause = "other"
    ) -> None:
        """An effect met trouble; try again at `at`."""
        words = storable(trouble)[:TROUBLE_LENGTH_MAX]
        await self.database.execute("retry_outbox", brand_id, key, at, words, cause)

    async def unsent(self, brand_id: BrandId, *, first: str | None = None, limit: int = 100) -> Unsent:
        """Return messages that met trouble and aren't done yet: those of the conversation `first`, then the oldest."""
        if not is_id(brand_id):
            return Unsent(causes=(), messages=())
        causes = await self.database.fetch("unsent_causes", brand_id, MESSAGES)
        if not causes:
            return Unsent(causes=(), messages=())
        chosen = first if first is not None and is_id(first) else None
        messages = await self.database.fetch("unsent", brand_id, MESSAGES, chosen, limit)
        return Unsent(causes=tuple(UnsentCause(**row) for row in causes), messages=tuple(map(_in_trouble, messages)))

    async def hurry_outbox(self, brand_id: BrandId, now: datetime) -> int:
        """Make messages in trouble due now, on every node; return how many."""
        hurried: int = await self.database.fetchval("hurry_outbox", brand_id, now, MESSAGES)
        if hurried:
            self._outbox_is_due(now)
        return hurried

    def _outbox_is_due(self, at: datetime) -> None:
        """Something in the outbox is due earlier than it was; tell whoever carries it out."""
        raise NotImplementedError

    async def queue_lengths(self) -> QueueLengths:
        """Return how much waits on this installation."""
        row = await self.database.fetchrow("queue_lengths")
        assert row is not None, "counting always gives a row"
        return QueueLengths(**row)


def _in_trouble(row: asyncpg.Record) -> InTrouble:
    return InTrouble(
        stream=row["stream"],
        effect=codec.decode_effect(row["kind"], row["effect"]),
        attempts=row["attempts"],
        since=row["since"],
        due_at=row["due_at"],
        trouble=row["trouble"],
        cause=row["cause"],
        row=None if row["summary"] is None else codec.decode_row(row["summary"]),
    )


def _instant(row: asyncpg.Record | None) -> datetime | None:
    return None if row is None else row["wake_at"]
