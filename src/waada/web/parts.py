"""What every web module gets: the engine, the store, the clock and what belongs to the web process itself.

Built once by a composition root (`app.py` or a test); modules read from it and keep nothing of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from waada.core.ids import BrandId, ConversationId, PersonId
from waada.engine import Engine
from waada.ports import Clock, Ids, Reading, Store
from waada.settings import Settings
from waada.signins import SignIns
from waada.web.access_limits import Limits
from waada.web.feed import FeedHub


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An answer that somebody has begun; kept so that nothing written is ever lost."""

    text: str
    updated_at: datetime


class Shelf(Protocol):
    """The side tables that the web reads and writes: files and drafts."""

    async def put_blob(self, brand_id: BrandId, blob: str, media_type: str, content: bytes, now: datetime) -> None:
        """Keep the bytes of a file under its id; the same id twice is once."""
        ...

    async def get_blob(self, brand_id: BrandId, blob: str) -> tuple[str, bytes] | None:
        """Return the media type and the bytes of a file of that brand."""
        ...

    async def draft(self, brand_id: BrandId, conversation: ConversationId, person: PersonId) -> Draft | None:
        """Return what a person has begun to write there."""
        ...

    async def set_draft(
        self, brand_id: BrandId, conversation: ConversationId, person: PersonId, text: str, now: datetime
    ) -> None:
        """Keep what a person has begun to write; empty text removes it."""
        ...


class WebStore(Store, Reading, Shelf, Protocol):
    """Everything the web needs from a store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of one web process."""

    settings: Settings
    engine: Engine
    store: WebStore
    clock: Clock
    ids: Ids
    hub: FeedHub
    secret: bytes
    signins: SignIns
    limits: Limits
