"""How our word was kept, as the web asks the store: promises one by one, and the honest record of each channel.

Records are shown to every customer who looks at a page, so they are counted at most once a minute for each brand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from waada.core.ids import BrandId, ConversationId
from waada.core.keeping import RECORD_DAYS, Promised, Record
from waada.core.summary import Row

FRESH_FOR = timedelta(minutes=1)


class Keeping(Protocol):
    """The part of a store that says how our word was kept."""

    async def promised(self, brand_id: BrandId, start: datetime, end: datetime) -> Sequence[Promised]:
        """Return the first promises of waits that fell due from `start` on and before `end`, earliest first."""
        ...

    async def kept_record(self, brand_id: BrandId, start: datetime, end: datetime) -> Mapping[str, Record]:
        """Return how many of the promises that fell due in a time were kept, by channel; without those released."""
        ...

    async def rows_of(self, brand_id: BrandId, conversations: Sequence[ConversationId]) -> Sequence[Row]:
        """Return the queue rows of certain conversations."""
        ...


@dataclass(slots=True)
class Records:
    """The records of all brands of one web process, as they were counted last."""

    _known: dict[BrandId, tuple[datetime, Mapping[str, Record]]] = field(default_factory=dict)
    _counting: dict[BrandId, asyncio.Lock] = field(default_factory=dict)

    async def of(self, store: Keeping, brand_id: BrandId, now: datetime) -> Mapping[str, Record]:
        """Return the record of each channel that has one; not older than a minute."""
        async with self._counting.setdefault(brand_id, asyncio.Lock()):
            counted = self._known.get(brand_id)
            if counted is None or not timedelta(0) <= now - counted[0] < FRESH_FOR:
                counted = now, await store.kept_record(brand_id, now - timedelta(days=RECORD_DAYS), now)
                self._known[brand_id] = counted
        return counted[1]
