"""What was learned from the log, kept in a table beside it. A cache: nothing is lost with it but time."""

from __future__ import annotations

import msgspec

from waada.core.ids import BrandId
from waada.ports import Knowledge
from waada.store.postgres_pool import Database

# Changed whenever what is kept gets another shape or another meaning; what has an older one is recomputed.
FORM = 1


class PostgresKnowledge:
    """The table of `knowledge.sql`, on the pool of the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[Knowledge, ...]:
        """Return what is known of every brand."""
        return tuple(
            Knowledge(
                brand_id=BrandId(row["brand_id"]),
                version=row["version"],
                cursor=row["cursor"],
                body=msgspec.json.decode(row["body"]),
            )
            for row in await self._database.fetch("knowledge", FORM)
        )

    async def keep(self, knowledge: Knowledge) -> None:
        """Keep it, unless another node has kept more."""
        body = msgspec.json.encode(knowledge.body).decode()
        await self._database.execute(
            "keep_knowledge", knowledge.brand_id, FORM, knowledge.version, knowledge.cursor, body
        )
