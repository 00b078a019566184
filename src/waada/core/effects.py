"""What must follow from what was written down, outside: a closed union, carried out after the commit, at least once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from waada.core.frozen import made_fast
from waada.core.ids import MessageId, PersonId

Slot = Literal["promise", "settle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A moment at which a stream must be looked at again. One per slot; `guard` says which state armed it."""

    slot: Slot
    due_at: datetime
    guard: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Put a message on the wire of its channel. `hold_until` leaves room for undo."""

    message_id: MessageId
    via: Literal["mail"]
    hold_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelSend:
    """A withdrawn message must not leave."""

    message_id: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Reach people who may not look at the desk now, by mail to their own address."""

    alert_id: str
    people: tuple[PersonId, ...]
    rung: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPeople:
    """Who is on duty changed: what rests on the absent needs a present person, and what waits is handed out."""

    review_id: str


Effect = Send | CancelSend | Alert | ReviewPeople

made_fast(*get_args(Effect), Timer)
