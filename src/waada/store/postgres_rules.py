"""What rule packs are judged by, from PostgreSQL: waits with who answered them, and requests for a person."""

from __future__ import annotations

from datetime import datetime

from waada.core.ids import BrandId
from waada.core.rules import Asked, Waited
from waada.store.postgres_pool import Database


class PostgresRules:
    """The part of the store that rule packs are judged by."""

    database: Database

    async def rule_waits(
        self, brand_id: BrandId, start: datetime, end: datetime, *, answers: bool
    ) -> tuple[Waited, ...]:
        """Return the waits that began at or after `start` and before `end`, in order.

        Who answered is looked up only if asked for (`answers`): it takes longer.
        """
        return tuple(
            Waited(
                channel_kind=row["channel_kind"],
                language=row["language"],
                kind=row["kind"],
                started_at=row["wait_started_at"],
                ended_at=row["ended_at"],
                released=row["released"],
                outcome=row["outcome"],
                answered_by=row["person_id"],
            )
            for row in await self.database.fetch("rule_waits", brand_id, start, end, answers)
        )

    async def rule_asks(self, brand_id: BrandId, start: datetime, end: datetime) -> tuple[Asked, ...]:
        """Return the times a customer asked for a person, from `start` on and before `end`, in order."""
        return tuple(
            Asked(channel_kind=row["channel_kind"], at=row["at"], answered_at=row["answered_at"])
            for row in await self.database.fetch("rule_asks", brand_id, start, end)
        )
