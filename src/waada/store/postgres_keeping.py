"""How promises were kept, read from PostgreSQL: those that fell due in a time, and the bare counts of a record."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import asyncpg

from waada import codec
from waada.core.ids import BrandId, ConversationId, PromiseId
from waada.core.keeping import Promised, Record
from waada.core.summary import Row
from waada.store.postgres_load import is_id
from waada.store.postgres_pool import Database

# So many are made into promises at once, without leaving the loop.
FEW = 1_000


class PostgresKeeping:
    """The part of the store that says how our word was kept."""

    database: Database

    async def promised(self, brand_id: BrandId, start: datetime, end: datetime) -> tuple[Promised, ...]:
        """Return the first promises of waits that fell due from `start` on and before `end`, earliest first."""
        found = await self.database.fetch("promised", brand_id, start, end)
        # A quarter of a busy desk is a second's work, for which nobody else should wait.
        return _promises(found) if len(found) < FEW else await asyncio.to_thread(_promises, found)

    async def kept_record(self, brand_id: BrandId, start: datetime, end: datetime) -> dict[str, Record]:
        """Return how many of the promises that fell due in a time were kept, by channel; without those released."""
        found = await self.database.fetch("kept_record", brand_id, start, end)
        return {row["channel"]: Record(kept=row["kept"], scored=row["scored"]) for row in found}

    async def rows_of(self, brand_id: BrandId, conversations: Sequence[ConversationId]) -> tuple[Row, ...]:
        """Return the queue rows of certain conversations, newest first."""
        wanted = [each for each in conversations if is_id(each)]
        found = await self.database.fetch("rows_of", brand_id, wanted, len(wanted))
        return tuple(codec.decode_row(row["summary"]) for row in found)


def _promises(found: Sequence[asyncpg.Record]) -> tuple[Promised, ...]:
    return tuple(
        Promised(
            promise_id=PromiseId(promise_id),
            conversation_id=ConversationId(conversation),
            channel=channel,
            channel_kind=channel_kind,
            language=language,
            kind=kind,
            made_at=made_at,
            due_at=due_at,
            chance=None if chance is None else float(chance),
            basis=basis,
            told_at=told_at,
            ended_at=ended_at,
            released=released,
            revisions=revisions,
        )
        for (
            promise_id,
            conversation,
            channel,
            channel_kind,
            language,
            kind,
            made_at,
            due_at,
            chance,
            basis,
            told_at,
            ended_at,
            released,
            revisions,
        ) in found
    )
