"""The state of a conversation and how each fact changes it. What may be decided stands in `decide.py`.

The state is a cache: it is always the fold of the conversation's facts, and a law re-folds and compares.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, assert_never, cast, get_args

from waada.core import events as e
from waada.core.changed import amended, changed
from waada.core.effects import Timer
from waada.core.enquiry import ENQUIRY_NEXT, Enquiry, EnquiryStatus, Wait
from waada.core.ids import BrandId, ConversationId, MessageId, PersonId
from waada.core.promises import PROMISE_NEXT, Promise

ConversationStatus = Literal["open", "closed"]

CONVERSATION_TRANSITIONS: dict[ConversationStatus, dict[str, ConversationStatus]] = {
    "open": {"closed, withdrawn or settled": "closed"},
    "closed": {"the customer writes, or undo": "open"},
}

UNSEEN_MAX = 20  # more than anybody writes to somebody who does not look
PREVIEW_LENGTH = 140  # what two lines of a queue can show


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What the last action may be taken back to, and until when."""

    what: str
    by: str
    until: datetime
    version: int
    messages: tuple[MessageId, ...]
    before: Conversation


@dataclass(frozen=True, slots=False, kw_only=True)  # copied for every fact: see changed.py
class Conversation:
    """One thread with a customer on a channel. `version` counts its facts, `latest_at` dates the last one."""

    id: ConversationId
    brand_id: BrandId
    channel: str
    channel_kind: str
    customer: e.Customer
    opened_at: datetime
    last_at: datetime
    latest_at: datetime
    subject: str | None = None
    status: ConversationStatus = "open"
    version: int = 0
    preview: str = ""
    last_message: MessageId | None = None
    last_by: str = "customer"
    enquiries: tuple[Enquiry, ...] = ()
    assignee: PersonId | None = None
    responsible: PersonId | None = None
    snoozed_until: datetime | None = None
    ignored_at: datetime | None = None
    ignored_times: int = 0
    wants_person: bool = False
    contact: str | None = None
    left: bool = False
    unseen: tuple[MessageId, ...] = ()
    messages: int = 0
    settles_at: datetime | None = None
    undo: Undo | None = None

    @property
    def enquiry(self) -> Enquiry | None:
        """Return the last enquiry, whatever its status."""
        return self.enquiries[-1] if self.enquiries else None

    @property
    def promise(self) -> Promise | None:
        """Return the open promise, or None."""
        promises = self.enquiries[-1].promises if self.enquiries else ()
        return promises[-1] if promises and promises[-1].status == "open" else None


def evolve(state: Conversation | None, event: e.ConversationEvent, stream: str, *, fresh: bool = False) -> Conversation:
    """Return the state after a fact. `stream` is the conversation's id, needed for the first one.

    `fresh` says that nobody else has seen this state yet: then it is amended instead of copied.
    """
    if state is None:
        assert isinstance(event, e.ConversationOpened), "a conversation begins by being opened"
        return Conversation(
            id=ConversationId(stream),
            brand_id=event.brand_id,
            channel=event.channel,
            channel_kind=event.channel_kind,
            customer=event.customer,
            subject=event.subject,
            opened_at=event.at,
            last_at=event.at,
            latest_at=event.at,
            version=1,
        )
    undo = state.undo
    if undo is not None and state.version >= undo.version and not isinstance(event, e.Undone):
        # A chat window says at once that an answer was seen; only what changes more makes it too late to take it back.
        undo = replace(undo, version=state.version + 1) if isinstance(event, e.CustomerSaw) else None
    # Every fact counts, and takes its place in time; what else it changes is amended below, in this new copy.
    state = (amended if fresh else changed)(state, version=state.version + 1, latest_at=event.at, undo=undo)
    if event.__class__ in _ENQUIRY_EVENTS:
        return _evolve_enquiry(state, cast("e.EnquiryEvent", event))
    return _evolve_thread(state, cast("e.ThreadEvent", event))


# A look at the class is three times as fast as `isinstance` with so many, and this is done for every fact.
_ENQUIRY_EVENTS = frozenset(get_args(e.EnquiryEvent))


def _evolve_enquiry(state: Conversation, event: e.EnquiryEvent) -> Conversation:
    if isinstance(event, e.EnquiryOpened):
        fresh = Enquiry(id=event.enquiry_id, message=event.message_id, opened_at=event.at, status="open")
        return amended(state, enquiries=(*state.enquiries, fresh), settles_at=None)
    enquiry = state.enquiries[-1]
    settles_at = state.settles_at
    match event:
        case e.Escalated():
            looked = changed(enquiry.promises[-1], step=event.step, check_at=event.check_at)
            enquiry = changed(enquiry, promises=(*enquiry.promises[:-1], looked))
        case e.AtRisk():
            enquiry = changed(enquiry, promises=(*enquiry.promises[:-1], changed(enquiry.promises[-1], at_risk=True)))
        case e.PromiseMade():
            waits = enquiry.waits if enquiry.wait is not None else (*enquiry.waits, Wait(started_at=event.at))
            enquiry = changed(enquiry, promises=(*enquiry.promises, event.promise), waits=waits)
        case e.PromiseEnded():
            promise = enquiry.promises[-1]
            assert event.status in PROMISE_NEXT[promise.status], f"a {promise.status} promise is never {event.status}"
            ended = changed(promise, status=event.status, ended_at=event.at)
            enquiry = changed(enquiry, promises=(*enquiry.promises[:-1], ended))
        case e.WaitEnded():
            wait = changed(
                enquiry.waits[-1],
                ended_at=event.at,
                wall_seconds=event.wall_seconds,
                business_seconds=event.business_seconds,
            )
            enquiry = changed(enquiry, waits=(*enquiry.waits[:-1], wait))
        case e.EnquiryAnswered():
            enquiry, settles_at = _step(enquiry, "answered", answered_at=event.at), event.settles_at
        case e.EnquiryReopened():
            enquiry, settles_at = _step(enquiry, "open"), None
        case e.EnquiryEnded():
            enquiry, settles_at = _step(enquiry, "ended", outcome=event.outcome, ended_at=event.at), None
        case _:
            assert_never(event)
    return amended(state, enquiries=(*state.enquiries[:-1], enquiry), settles_at=settles_at)


def _step(enquiry: Enquiry, status: EnquiryStatus, **changes: Any) -> Enquiry:
    assert status in ENQUIRY_NEXT[enquiry.status], f"an {enquiry.status} enquiry never becomes {status}"
    return changed(enquiry, status=status, **changes)


def _evolve_thread(state: Conversation, event: e.ThreadEvent) -> Conversation:
    match event:  # what comes most often stands first
        case e.ResponsibleSet():
            return amended(state, responsible=event.person_id)
        case e.Undoable():
            undo = Undo(
                what=event.what,
                by=event.by,
                until=event.until,
                version=state.version + event.steps,
                messages=event.messages,
                before=changed(state, undo=None),
            )
            return amended(state, undo=undo)
        case e.CustomerWrote():
            return _wrote(state, event.at, event.message, "customer", left=False, snoozed_until=None, unseen=())
        case e.CustomerTold():
            # What only repeats the promise that the window shows anyway need not be seen.
            shown = state.unseen if event.why == "acknowledged" else _unseen(state, event.message_id)
            return amended(state, last_at=event.at, unseen=shown)
        case e.PersonWrote():
            unseen = _unseen(state, event.message.id)
            return _wrote(state, event.at, event.message, "person", snoozed_until=None, unseen=unseen)
        case e.NoteWritten() | e.DeliveryChanged() | e.AutoReplyReceived():
            return amended(state, last_at=event.at)
        case e.Assigned():
            return amended(state, assignee=event.person_id)
        case e.BotWrote():
            return _wrote(state, event.at, event.message, "bot", unseen=_unseen(state, event.message.id))
        case e.Undone():
            assert state.undo is not None, "only an undoable action is undone"
            return changed(state.undo.before, version=state.version, latest_at=event.at)
        case e.ConversationClosed():
            return amended(state, status="closed", last_at=event.at, snoozed_until=None)
        case e.ConversationReopened():
            return amended(state, status="open", last_at=event.at)
        case e.Snoozed():
            return amended(state, snoozed_until=event.until)
        case e.FeltIgnored():
            return amended(state, ignored_at=event.at, ignored_times=state.ignored_times + 1)
        case e.PersonAskedFor():
            return amended(state, wants_person=True)
        case e.ContactPreferred():
            return amended(state, contact=event.how, customer=_reached(state.customer, event))
        case e.CustomerLeft():
            return amended(state, left=True, unseen=())
        case e.CustomerReturned():
            return amended(state, left=False)
        case e.CustomerSaw():
            seen = event.message_id in state.unseen and state.unseen.index(event.message_id) + 1
            return amended(state, last_at=event.at, unseen=state.unseen[seen:])
        case e.ConversationOpened():
            raise AssertionError("a conversation is opened once")
        case _:
            assert_never(event)


def _wrote(state: Conversation, at: datetime, message: e.Message, by: str, **changes: Any) -> Conversation:
    words = message.text or next((each.name for each in message.attachments), "")
    return amended(
        state,
        last_at=at,
        preview=" ".join(words[: PREVIEW_LENGTH * 2].split())[:PREVIEW_LENGTH],
        last_message=message.id,
        last_by=by,
        messages=state.messages + 1,
        **changes,
    )


def _unseen(state: Conversation, message: MessageId) -> tuple[MessageId, ...]:
    """Return what a chat window has not shown yet as far as we know, once a message was put into it."""
    if state.channel_kind != "chat" or state.left or state.contact == "mail":
        return state.unseen
    return (*state.unseen, message)[-UNSEEN_MAX:]


def _reached(customer: e.Customer, event: e.ContactPreferred) -> e.Customer:
    # In a chat the address is for later: mail goes there only once the window is left.
    if event.how in ("mail", "chat") and event.address:
        return replace(customer, email=event.address)
    if event.how == "phone" and event.address:
        return replace(customer, phone=event.address)
    return customer


def timers(state: Conversation) -> tuple[Timer, ...]:
    """Return the timers this state needs: one look for an open promise, the settling of an answered enquiry (N10)."""
    promise = state.promise
    if promise is not None:
        return (Timer(slot="promise", due_at=promise.check_at, guard=f"{promise.id}:{promise.step}"),)
    if state.settles_at is not None and state.enquiries[-1].status == "answered":
        return (
            Timer(
                slot="settle",
                due_at=state.settles_at,
                guard=f"{state.enquiries[-1].id}:{len(state.enquiries[-1].waits)}",
            ),
        )
    return ()
