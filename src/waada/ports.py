"""What the engine needs from outside, as small protocols.

Every one ships with an in-memory form, and one contract suite runs on all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from waada.core.conversation import Conversation
from waada.core.effects import Effect, Timer
from waada.core.events import Event
from waada.core.ids import BrandId, CommandId, ConversationId, CustomerId, PersonId, PromiseId
from waada.core.letters import Letter
from waada.core.people import Brand
from waada.core.promises import Promise
from waada.core.summary import Row
from waada.trouble import Cause

StreamKind = Literal["conversation", "letter", "brand"]
State = Conversation | Letter | Brand


class VersionTaken(Exception):
    """Another command wrote to the stream since it was loaded."""


class CommandKnown(Exception):
    """A command with this id was carried out before."""


class Clock(Protocol):
    """Where `now` comes from."""

    def now(self) -> datetime:
        """Return the instant, aware UTC."""
        ...


class Ids(Protocol):
    """Where fresh ids come from."""

    def fresh(self) -> str:
        """Return a new UUIDv7 whose last two hex digits are `00` (see `core.ids.mint`)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """Everything one command writes, in one transaction.

    `timers` is the whole set the stream needs afterwards; the store makes it so. `promises` are those new or changed.
    `brand` is not written: it is the brand as the command found it, for whoever watches.
    """

    brand_id: BrandId
    stream: str
    stream_kind: StreamKind
    command_id: CommandId
    fingerprint: str
    by: str
    at: datetime
    version_before: int
    events: tuple[Event, ...]
    state: State
    timers: tuple[Timer, ...] = ()
    timers_changed: bool = True
    effects: tuple[tuple[str, Effect], ...] = ()
    promises: tuple[Promise, ...] = ()
    customer_changed: bool = False
    brand: Brand | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """What a command did when it was carried out the first time."""

    stream: str
    stream_kind: StreamKind
    fingerprint: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerClaim:
    """A due timer, ours until the lease ends."""

    brand_id: BrandId
    stream: str
    stream_kind: StreamKind
    slot: str
    guard: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxClaim:
    """An effect to carry out, ours until the lease ends. `key` is the same on every attempt."""

    key: str
    brand_id: BrandId
    stream: str
    effect: Effect
    attempts: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InTrouble:
    """A message that could not be sent yet: it should have left at `since` and is tried again at `due_at`.

    `trouble` is what the mail server said; `row` is its conversation's, None when that is gone.
    """

    stream: str
    effect: Effect
    attempts: int
    since: datetime
    due_at: datetime
    trouble: str
    cause: Cause
    row: Row | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsentCause:
    """How many messages met trouble of one cause, since when, and when the next of them is tried."""

    cause: Cause
    count: int
    since: datetime
    due_at: datetime
    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """What could not be sent yet: every cause, the most frequent first, and some of the messages."""

    causes: tuple[UnsentCause, ...]
    messages: tuple[InTrouble, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A fact in the log. `cursor` orders all facts of all nodes; `row` rides on the last fact of a command."""

    cursor: str
    brand_id: BrandId
    stream: str
    stream_kind: StreamKind
    version: int
    at: datetime
    by: str
    command_id: CommandId
    event: Event
    row: Row | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A promise with the conversation it was made in."""

    promise: Promise
    conversation_id: ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known of a brand after every fact up to `cursor`."""

    brand_id: BrandId
    version: int
    cursor: str
    body: dict[str, Any]


View = Literal["open", "mine", "unassigned", "waiting", "all", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A stretch of the queue, in order of slack; `cursor` asks for the next one, None at the end."""

    rows: tuple[Row, ...]
    cursor: str | None


class Store(Protocol):
    """What the engine and the workers need from a store. Every method is safe with several nodes at once."""

    async def load(self, kind: StreamKind, brand_id: BrandId, stream: str) -> State | None:
        """Return the state of a stream, or None when it has no facts."""
        ...

    async def brand(self, brand_id: BrandId) -> Brand | None:
        """Return a brand; may be as old as the feed, since a promise is frozen when it is made anyway."""
        ...

    async def brand_named(self, slug: str) -> Brand | None:
        """Return the brand with that slug."""
        ...

    async def brands(self) -> tuple[Brand, ...]:
        """Return all brands on this installation, by slug."""
        ...

    async def recall(self, brand_id: BrandId, command_id: CommandId) -> Recall | None:
        """Return what an earlier command with this id did, or None."""
        ...

    async def append(self, commit: Commit) -> None:
        """Write one command's facts, state, timers and effects, all or nothing; durable when it returns.

        Raises `VersionTaken` when the stream has moved on, `CommandKnown` when the id was used in this brand.
        """
        ...

    async def drop_timer(self, brand_id: BrandId, stream: str, slot: str, guard: str) -> None:
        """Remove a stale timer; nothing happens when another one stands in its slot."""
        ...

    async def claim_timers(self, now: datetime, limit: int, lease: timedelta) -> tuple[TimerClaim, ...]:
        """Return due timers that nobody else works on, earliest first, and keep them for `lease`."""
        ...

    async def next_timer_at(self) -> datetime | None:
        """Return when the earliest timer that nobody works on comes due."""
        ...

    async def claim_outbox(self, now: datetime, limit: int, lease: timedelta) -> tuple[OutboxClaim, ...]:
        """Return effects to carry out that nobody else works on, and keep them for `lease`."""
        ...

    async def next_outbox_at(self) -> datetime | None:
        """Return when the earliest waiting effect comes due."""
        ...

    async def finish_outbox(self, brand_id: BrandId, key: str) -> None:
        """An effect was carried out."""
        ...

    async def retry_outbox(
        self, brand_id: BrandId, key: str, at: datetime, trouble: str, cause: Cause = "other"
    ) -> None:
        """An effect met trouble; try again at `at`."""
        ...

    async def hurry_outbox(self, brand_id: BrandId, now: datetime) -> int:
        """Try the brand's messages that met trouble now instead of later; return how many."""
        ...


class Reading(Protocol):
    """What screens, channels and the API read."""

    async def rows(
        self,
        brand_id: BrandId,
        view: View,
        *,
        person: PersonId | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Rows:
        """Return a stretch of a view: open ones by due time; answered and closed ones by last activity."""
        ...

    async def facts(self, brand_id: BrandId, stream: str) -> tuple[Recorded, ...]:
        """Return everything that happened in a stream, in order."""
        ...

    async def feed(self, after: str | None, limit: int) -> tuple[tuple[Recorded, ...], str]:
        """Return committed facts after a cursor, in feed order, and the cursor to go on from.

        `after` None starts at the end: no facts, only the cursor. Never skips a late commit.
        """
        ...

    async def promise(self, brand_id: BrandId, promise_id: PromiseId) -> Found | None:
        """Return a promise and where it was made."""
        ...

    async def letters(self, brand_id: BrandId, *, handled: bool = False) -> tuple[Letter, ...]:
        """Return letters, newest first."""
        ...

    async def conversations_of(self, brand_id: BrandId, customer: CustomerId) -> tuple[Row, ...]:
        """Return a customer's conversations, newest first."""
        ...

    async def search(self, brand_id: BrandId, words: str, limit: int = 50) -> tuple[Row, ...]:
        """Return conversations found by customer, words written, subject or id; newest first."""
        ...

    async def unsent(self, brand_id: BrandId, *, first: str | None = None, limit: int = 100) -> Unsent:
        """Return the messages that could not be sent yet: those of the conversation `first`, then the oldest."""
        ...

    async def on_people(self, brand_id: BrandId, after: str | None, limit: int) -> tuple[ConversationId, ...]:
        """Return ids of conversations with an open promise, in order after `after`: a change of duty looks at them."""
        ...
