"""How promises were kept, read from PostgreSQL: those that fell due in a time, and the bare counts of a record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from waada import codec
from waada.core.ids import BrandId, ConversationId, PromiseId
from waada.core.keeping import Promised, Record
from waada.core.summary import Row
from waada.store.postgres_load import is_id
from waada.store.postgres_pool import Database


class PostgresKeeping:
    """The part of the store that says how our word was kept."""

    database: Database

    async def promised(self, brand_id: BrandId, start: datetime, end: datetime) -> tuple[Promised, ...]:
        """Return the first promises of waits that fell due from `start` on and before `end`, earliest first."""
        return tuple(
            Promised(
                promise_id=PromiseId(row["promise_id"]),
                conversation_id=ConversationId(row["conversation"]),
                channel=row["channel"],
                channel_kind=row["channel_kind"],
                language=row["language"],
                kind=row["kind"],
                made_at=row["made_at"],
                due_at=row["due_at"],
                chance=None if row["chance"] is None else float(row["chance"]),
                basis=row["basis"],
                told_at=row["told_at"],
                ended_at=row["ended_at"],
                released=row["released"],
                revisions=row["revisions"],
            )
            for row in await self.database.fetch("promised", brand_id, start, end)
        )

    async def kept_record(self, brand_id: BrandId, start: datetime, end: datetime) -> dict[str, Record]:
        """Return how many of the promises that fell due in a time were kept, by channel; without those released."""
        found = await self.database.fetch("kept_record", brand_id, start, end)
        return {row["channel"]: Record(kept=row["kept"], scored=row["scored"]) for row in found}

    async def rows_of(self, brand_id: BrandId, conversations: Sequence[ConversationId]) -> tuple[Row, ...]:
        """Return the queue rows of certain conversations, newest first."""
        wanted = [each for each in conversations if is_id(each)]
        found = await self.database.fetch("rows_of", brand_id, wanted, len(wanted))
        return tuple(codec.decode_row(row["summary"]) for row in found)
