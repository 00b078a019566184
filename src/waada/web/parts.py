"""What every web module gets: the engine, the store, the clock and what belongs to the web process itself.

Built once by a composition root (`node.py` or a test); modules read from it and keep nothing of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from waada.core import rules
from waada.core.ids import BrandId, ConversationId, PersonId
from waada.core.neglect import Waited
from waada.core.summary import Row
from waada.engine import Engine
from waada.mailbag import MailDesk
from waada.ports import Clock, Ids, Reading, Store
from waada.proving import Gate
from waada.settings import Settings
from waada.signins import MemorySignIns, SignIns
from waada.web.access_limits import Limits
from waada.web.feed import FeedHub
from waada.web.kept_records import Keeping, Records
from waada.web.metrics import Meter
from waada.web.presence import Connections


class Draft(Protocol):
    """An answer that somebody has begun; kept so that nothing written is ever lost."""

    @property
    def text(self) -> str: ...
    @property
    def updated_at(self) -> datetime: ...


class Blob(Protocol):
    """A file."""

    @property
    def sha256(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def content(self) -> bytes: ...


class Wall(Protocol):
    """The figures of a lead's wall."""

    @property
    def kept_today(self) -> int: ...
    @property
    def broken_today(self) -> int: ...
    @property
    def renegotiated_today(self) -> int: ...
    @property
    def released_today(self) -> int: ...
    @property
    def made_today(self) -> int: ...
    @property
    def open(self) -> int: ...
    @property
    def overdue(self) -> int: ...
    @property
    def under_5_min(self) -> int: ...
    @property
    def under_1_h(self) -> int: ...
    @property
    def under_1_day(self) -> int: ...
    @property
    def later(self) -> int: ...
    @property
    def letters(self) -> int: ...
    @property
    def waiting_longest(self) -> tuple[Row, ...]: ...


class Shelf(Protocol):
    """The side tables that the web reads and writes: files, drafts, figures."""

    async def put_blob(self, brand_id: BrandId, blob: str, media_type: str, content: bytes) -> Blob:
        """Keep the bytes of a file under its id; one that is there already stays as it is."""
        ...

    async def blob(self, brand_id: BrandId, blob: str) -> Blob | None:
        """Return a file of that brand."""
        ...

    async def draft(self, brand_id: BrandId, conversation: ConversationId, person: PersonId) -> Draft | None:
        """Return what a person has begun to write there."""
        ...

    async def put_draft(
        self, brand_id: BrandId, conversation: ConversationId, person: PersonId, text: str, at: datetime
    ) -> None:
        """Keep what a person has begun to write."""
        ...

    async def drop_draft(self, brand_id: BrandId, conversation: ConversationId, person: PersonId) -> None:
        """Forget what a person has begun to write."""
        ...

    async def wall(self, brand_id: BrandId, *, since: datetime, now: datetime, longest: int = 10) -> Wall:
        """Return the figures of a brand since an instant."""
        ...

    async def waits(self, brand_id: BrandId, start: datetime, end: datetime) -> Sequence[Waited]:
        """Return the waits that began at or after `start` and before `end`, in order."""
        ...


class Judged(Protocol):
    """What rule packs are judged by."""

    async def rule_waits(
        self, brand_id: BrandId, start: datetime, end: datetime, *, answers: bool
    ) -> Sequence[rules.Waited]:
        """Return the waits that began at or after `start` and before `end`, in order.

        Who answered is looked up only if asked for (`answers`): it takes longer.
        """
        ...

    async def rule_asks(self, brand_id: BrandId, start: datetime, end: datetime) -> Sequence[rules.Asked]:
        """Return the times a customer asked for a person, from `start` on and before `end`, in order."""
        ...


class Lengths(Protocol):
    """How much waits in the work tables."""

    @property
    def timers(self) -> int: ...
    @property
    def outbox(self) -> int: ...
    @property
    def in_trouble(self) -> int: ...


class Demo(Protocol):
    """A Friday evening that can be played in the demo brand."""

    @property
    def speed(self) -> float | None:
        """How fast it plays; None while it doesn't."""
        ...

    async def start(self, speed: float, person_id: PersonId | None = None) -> None:
        """Begin, or go on at another speed. `person_id` is who sits at the desk: no simulated colleague plays them."""
        ...

    async def stop(self) -> None:
        """Stop."""
        ...

    def status(self) -> dict[str, object]:
        """Return how it goes: the story's time, how many wrote, were answered, wait, and what went wrong."""
        ...


class WebStore(Store, Reading, Shelf, Judged, Keeping, Protocol):
    """Everything the web needs from a store; the one in PostgreSQL has it."""

    async def queue_json(self, brand_id: BrandId, limit: int) -> bytes:
        """Return the rows of everything that is not closed, in order, as a JSON list."""
        ...

    async def queue_lengths(self) -> Lengths:
        """Count what waits in timers and outbox."""
        ...


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
    signins: SignIns = field(default_factory=MemorySignIns)
    limits: Limits = field(default_factory=Limits)
    connections: Connections = field(default_factory=Connections)
    meter: Meter = field(default_factory=Meter)
    records: Records = field(default_factory=Records)
    mail: MailDesk | None = None
    demo: Demo | None = None
    gate: Gate | None = None
