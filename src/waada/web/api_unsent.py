"""What could not be sent yet: the messages in the outbox that met trouble, why, and when each is tried again.

Nothing of it stands in the log, since it is no state of the business but of the wire; whoever looks asks again.
"""

from __future__ import annotations

from datetime import datetime

from waada.core.effects import Alert, Send
from waada.core.people import Brand
from waada.core.summary import Row
from waada.ports import InTrouble
from waada.trouble import Cause
from waada.web import shapes as s
from waada.web.endpoints import Call, Endpoint

# More than anybody looks through; the figures count all of them.
SHOWN_MAX = 100


class UnsentQuery(s.Struct):
    """Which conversation's messages come first, whatever else waits."""

    conversation: s.Id | None = None


class UnsentWhy(s.Struct):
    """How many messages wait for one cause, since when, when one of them is tried next, and the mail server's words."""

    cause: Cause
    count: int
    since: datetime
    next_at: datetime
    words: str


class UnsentView(s.Struct):
    """A message that could not be sent yet: to the customer (`message_id`), or an alert to people (`people`).

    It should have left at `since`; `next_at` is in the past while it is being tried.
    """

    message_id: str | None
    people: tuple[str, ...]
    conversation_id: str
    conversation: Row | None
    attempts: int
    since: datetime
    next_at: datetime
    cause: Cause
    words: str


class UnsentAnswer(s.Struct):
    """Everything that could not be sent yet, counted; the messages of the conversation asked for, then the oldest."""

    count: int
    causes: tuple[UnsentWhy, ...]
    items: tuple[UnsentView, ...]


class TriedAnswer(s.Struct):
    """How many messages are tried now instead of later."""

    tried: int


async def unsent(call: Call[UnsentQuery]) -> UnsentAnswer:
    """What could not be sent yet."""
    brand = await call.brand()
    found = await call.parts.store.unsent(brand.id, first=call.asked.conversation, limit=SHOWN_MAX)
    return UnsentAnswer(
        count=sum(each.count for each in found.causes),
        causes=tuple(
            UnsentWhy(cause=each.cause, count=each.count, since=each.since, next_at=each.due_at, words=each.trouble)
            for each in found.causes
        ),
        items=tuple(_view(each, brand) for each in found.messages),
    )


def _view(waiting: InTrouble, brand: Brand) -> UnsentView:
    effect = waiting.effect
    people = effect.people if isinstance(effect, Alert) else ()
    return UnsentView(
        message_id=effect.message_id if isinstance(effect, Send) else None,
        people=tuple(person.name for each in people if (person := brand.person(each)) is not None),
        conversation_id=waiting.stream,
        conversation=waiting.row,
        attempts=waiting.attempts,
        since=waiting.since,
        next_at=waiting.due_at,
        cause=waiting.cause,
        words=waiting.trouble,
    )


async def try_now(call: Call[s.EmptyRequest]) -> TriedAnswer:
    """Try all of them now, as after the mail server was set right."""
    return TriedAnswer(tried=await call.parts.store.hurry_outbox(call.brand_id, call.now))


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    return (
        Endpoint(
            method="GET",
            path="/api/v1/unsent",
            summary="See what could not be sent yet",
            handler=unsent,
            who="agent",
            query=UnsentQuery,
            answer=UnsentAnswer,
        ),
        Endpoint(
            method="POST",
            path="/api/v1/unsent/try",
            summary="Try to send it now",
            handler=try_now,
            who="lead",
            body=s.EmptyRequest,
            answer=TriedAnswer,
        ),
    )
