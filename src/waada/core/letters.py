"""Letters: mail that opens no enquiry by itself, kept where a person sees it. Nothing that arrived ever disappears."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never, cast

from waada.core import commands as c
from waada.core import events as e
from waada.core.ids import BrandId, LetterId
from waada.core.moment import Moment
from waada.core.refusals import Conflict, NotFound, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail for a person's eyes, until somebody says what it was."""

    id: LetterId
    brand_id: BrandId
    channel: str
    received_at: datetime
    reason: str
    raw: str
    sender: str | None = None
    subject: str | None = None
    preview: str = ""
    outcome: Literal["opened", "dismissed"] | None = None
    conversation_id: str | None = None
    handled_at: datetime | None = None
    version: int = 0


def decide(state: Letter | None, order: c.Order, now: Moment) -> tuple[e.LetterEvent, ...]:
    """Return the facts that follow from an order to a letter."""
    # The engine sends each kind of command to its own decision.
    command = cast("c.LetterCommand", order.command)
    match command:
        case c.ReceiveLetter():
            if state is not None:
                raise Refused(Conflict(problem="This letter is here already."))
            received = e.LetterReceived(
                at=now.at,
                brand_id=order.brand_id,
                letter_id=LetterId(order.stream),
                channel=command.channel,
                reason=command.reason,
                raw=command.raw,
                sender=command.sender,
                subject=command.subject,
                preview=command.preview,
            )
            return (received,)
        case c.HandleLetter():
            if state is None:
                raise Refused(NotFound(what="letter"))
            if state.outcome is not None:
                raise Refused(Conflict(problem="Somebody has handled this letter already."))
            return (e.LetterHandled(at=now.at, outcome=command.outcome, conversation_id=command.conversation_id),)
        case _:
            assert_never(command)


def evolve(state: Letter | None, event: e.LetterEvent) -> Letter:
    """Return the letter after a fact."""
    match event:
        case e.LetterReceived():
            return Letter(
                id=event.letter_id,
                brand_id=event.brand_id,
                channel=event.channel,
                received_at=event.at,
                reason=event.reason,
                raw=event.raw,
                sender=event.sender,
                subject=event.subject,
                preview=event.preview,
                version=1,
            )
        case e.LetterHandled():
            assert state is not None, "a letter begins by being received"
            return replace(
                state,
                outcome=event.outcome,
                conversation_id=event.conversation_id,
                handled_at=event.at,
                version=state.version + 1,
            )
        case _:
            assert_never(event)
