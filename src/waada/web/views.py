"""From states to the shapes of the API. Pure; `now` is an argument, so both clocks of a running wait are live."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from waada.codec import event_kind
from waada.core.at_work import NobodyThere
from waada.core.conversation import Conversation
from waada.core.enquiry import Enquiry, Wait
from waada.core.hours import Hours
from waada.core.people import Brand
from waada.core.promises import Promise
from waada.core.summary import summarise
from waada.ports import Recorded
from waada.web.access import Actor, shown_event
from waada.web.shapes import (
    Clocks,
    ConversationAnswer,
    EnquiryBrief,
    EnquiryView,
    EventView,
    NobodyView,
    PromiseView,
    StartAnswer,
    UndoView,
    WaitView,
)


def promise_view(promise: Promise) -> PromiseView:
    """Return a promise as everybody may read it."""
    return PromiseView(
        id=promise.id,
        kind=promise.kind,
        status=promise.status,
        made_at=promise.made_at,
        due_at=promise.due_at,
        chance=promise.chance,
        basis=promise.basis,
        words=promise.words,
        language=promise.language,
        replaces=promise.replaces,
        reason=promise.reason,
        ended_at=promise.ended_at,
        instead=promise.instead,
    )


def nobody_view(nobody: NobodyThere) -> NobodyView:
    """Return that nobody is at work at a time, and when somebody is."""
    return NobodyView(opens=nobody.opens, again_at=nobody.again_at, take_at=nobody.take_at)


def open_promise(state: Conversation) -> PromiseView | None:
    """Return the open promise, or None when nothing is owed."""
    promise = state.promise
    return promise_view(promise) if promise is not None else None


def started(state: Conversation, status_url: str) -> StartAnswer:
    """Return what whoever began a conversation is told: its first enquiry and what was promised first."""
    enquiry = state.enquiries[0]
    return StartAnswer(
        conversation=summarise(state),
        enquiry=EnquiryBrief(
            id=enquiry.id, status=enquiry.status, opened_at=enquiry.opened_at, outcome=enquiry.outcome
        ),
        promise=promise_view(enquiry.promise or enquiry.promises[-1]),
        status_url=status_url,
    )


def changed(state: Conversation, actor: Actor, now: datetime) -> ConversationAnswer:
    """Return the state after a change, to whoever made it."""
    return ConversationAnswer(
        conversation=summarise(state), promise=open_promise(state), undo=undo_view(state, actor, now)
    )


def undo_view(state: Conversation, actor: Actor, now: datetime) -> UndoView | None:
    """Return what the caller may still take back."""
    undo = state.undo
    if undo is None or undo.by != actor.by or now >= undo.until or state.version != undo.version:
        return None
    return UndoView(what=undo.what, until=undo.until)


def clocks(state: Conversation, hours: Hours, now: datetime) -> Clocks | None:
    """Return both clocks of the last wait, or None before the first."""
    waits = state.enquiry.waits if state.enquiry is not None else ()
    if not waits:
        return None
    shown = wait_view(waits[-1], hours, now)
    return Clocks(
        wall_seconds=shown.wall_seconds,
        business_seconds=shown.business_seconds,
        running=shown.ended_at is None,
        open_now=hours.is_open(now),
        started_at=shown.started_at,
    )


def wait_view(wait: Wait, hours: Hours, now: datetime) -> WaitView:
    """Return a wait; one that still runs is counted up to now, on both clocks (N2)."""
    wall, business = wait.wall_seconds, wait.business_seconds
    until = max(now, wait.started_at)
    return WaitView(
        started_at=wait.started_at,
        ended_at=wait.ended_at,
        wall_seconds=wall if wall is not None else (until - wait.started_at).total_seconds(),
        business_seconds=business if business is not None else hours.between(wait.started_at, until).total_seconds(),
    )


def enquiry_view(enquiry: Enquiry, hours: Hours, now: datetime) -> EnquiryView:
    """Return an enquiry with all its promises and waits."""
    return EnquiryView(
        id=enquiry.id,
        status=enquiry.status,
        opened_at=enquiry.opened_at,
        outcome=enquiry.outcome,
        answered_at=enquiry.answered_at,
        ended_at=enquiry.ended_at,
        promises=tuple(promise_view(each) for each in enquiry.promises),
        waits=tuple(wait_view(each, hours, now) for each in enquiry.waits),
    )


def event_views(facts: Iterable[Recorded]) -> tuple[EventView, ...]:
    """Return facts as the desk may see them."""
    return tuple(
        EventView(
            version=each.version, at=each.at, by=each.by, kind=event_kind(each.event), event=shown_event(each.event)
        )
        for each in facts
    )


def hours_of(brand: Brand, state: Conversation) -> Hours:
    """Return when there are people for a conversation; a channel that is gone has the brand's hours."""
    channel = brand.channel(state.channel)
    return brand.hours if channel is None else brand.hours_of(channel)
