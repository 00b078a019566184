"""Making, moving and ending promises.

Every path to a promise goes through here, so that none is ever made, moved or dropped without its wait, its
responsible person and its word to the customer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from waada.core import events as e
from waada.core import ladder
from waada.core.conversation import Conversation
from waada.core.desk import Desk
from waada.core.enquiry import Enquiry
from waada.core.ids import ConversationId, EnquiryId, MessageId, PersonId, PromiseId, mint
from waada.core.moment import Moment
from waada.core.outlook import Asked
from waada.core.people import Brand, Channel
from waada.core.policies import Instead, PromiseKind, Wording
from waada.core.promises import Promise, next_check, told_at_latest
from waada.core.quoting import (
    NewTime,
    Time,
    asked_of,
    chance_of,
    channel_of,
    clock_of,
    hours_of,
    new_time,
    time_of,
    words_of,
)

# Seeds are divided up so that one command never uses a number twice.
_ENQUIRY, _PROMISE, _TOLD = 1, 2, 3

# These name the time that was promised before.
_MOVED: tuple[e.Told, ...] = ("renegotiated", "overdue")

Facts = tuple[e.ConversationEvent, ...]


def begin(
    stream: str,
    channel: Channel | None,
    customer: e.Customer,
    message: MessageId,
    desk: Desk,
    now: Moment,
    *,
    deliver: bool,
    assignee: PersonId | None = None,
) -> Facts:
    """Open an enquiry: somebody is responsible, a promise is made, the customer is told."""
    enquiry_id = EnquiryId(mint(now.seed, _ENQUIRY))
    person = ladder.responsible(desk.brand, channel, assignee, ConversationId(stream))
    promise = _make(asked_of(channel, stream, "first_answer", desk, now), customer, desk, now)
    return (
        e.EnquiryOpened(at=now.at, enquiry_id=enquiry_id, message_id=message),
        e.ResponsibleSet(at=now.at, person_id=person, why="new enquiry"),
        e.PromiseMade(at=now.at, enquiry_id=enquiry_id, promise=promise),
        _told("acknowledged", promise, customer, desk, now, deliver=deliver),
    )


def again(state: Conversation, enquiry: Enquiry, desk: Desk, now: Moment, *, deliver: bool) -> Facts:
    """The customer wrote after an answer: the same enquiry goes on with a new wait and a new promise."""
    promise = _make(asked_of(channel_of(state, desk), state.id, "next_answer", desk, now), state.customer, desk, now)
    return (
        e.EnquiryReopened(at=now.at, enquiry_id=enquiry.id),
        *responsible_for(state, state.assignee, desk, now, "the customer waits again"),
        e.PromiseMade(at=now.at, enquiry_id=enquiry.id, promise=promise),
        _told("acknowledged", promise, state.customer, desk, now, deliver=deliver),
    )


def word_given(
    state: Conversation,
    enquiry: Enquiry,
    desk: Desk,
    now: Moment,
    how: Literal["kept", "released"],
    reason: str | None = None,
) -> Facts:
    """End the open promise and its wait: an answer came (`kept`; late: `broken`), or none is needed (`released`)."""
    promise, wait = enquiry.promise, enquiry.wait
    if promise is None or wait is None:
        return ()
    late = how == "kept" and now.at > promise.due_at
    hours = hours_of(desk.brand, channel_of(state, desk))
    return (
        e.PromiseEnded(
            at=now.at,
            enquiry_id=enquiry.id,
            promise_id=promise.id,
            status="broken" if late else how,
            reason=reason,
        ),
        e.WaitEnded(
            at=now.at,
            enquiry_id=enquiry.id,
            started_at=wait.started_at,
            wall_seconds=(now.at - wait.started_at).total_seconds(),
            business_seconds=hours.between(wait.started_at, now.at).total_seconds(),
        ),
    )


def renegotiate(  # noqa: PLR0913 - what the customer will read
    state: Conversation,
    enquiry: Enquiry,
    desk: Desk,
    now: Moment,
    *,
    due_at: datetime,
    reason: str,
    words: str | None = None,
    kind: PromiseKind | None = None,
    why: e.Told = "renegotiated",
    instead: Instead | None = None,
    wording: Wording = "within",
) -> Facts:
    """Replace the open promise and tell the customer; the old one is renegotiated, or broken if its time has passed."""
    old = enquiry.promise
    assert old is not None, "only an open promise is renegotiated"
    passed = now.at > old.due_at
    asked = asked_of(channel_of(state, desk), state.id, kind or old.kind, desk, now, enquiry)
    time = Time(
        due_at=due_at,
        chance=chance_of(asked, desk.outlook, due_at),
        basis=f"renegotiated:{reason}",
        instead=instead,
        wording=wording,
    )
    promise = _make(asked, state.customer, desk, now, time=time, replaces=old, reason=reason)
    why = "overdue" if passed else why
    if words is None and why in _MOVED:
        zone = state.customer.zone or desk.brand.zone
        words = desk.phrase.moved(why, old, promise, now.at, zone)
    told = _told(why, promise, state.customer, desk, now, reason=reason, words=words)
    return (
        e.PromiseEnded(
            at=now.at,
            enquiry_id=enquiry.id,
            promise_id=old.id,
            status="broken" if passed else "renegotiated",
            reason=reason,
        ),
        e.PromiseMade(at=now.at, enquiry_id=enquiry.id, promise=promise),
        told,
    )


def follow_up(state: Conversation, enquiry: Enquiry, desk: Desk, now: Moment, *, until: datetime, reason: str) -> Facts:
    """Promise to come back at a time: moves the open promise, or opens a new wait after an answer."""
    if enquiry.promise is not None:
        return renegotiate(state, enquiry, desk, now, due_at=until, reason=reason, kind="follow_up", why="follow_up")
    asked = asked_of(channel_of(state, desk), state.id, "follow_up", desk, now)
    time = Time(due_at=until, chance=chance_of(asked, desk.outlook, until), basis=f"renegotiated:{reason}")
    promise = _make(asked, state.customer, desk, now, time=time, reason=reason)
    return (
        e.EnquiryReopened(at=now.at, enquiry_id=enquiry.id),
        *responsible_for(state, state.assignee, desk, now, "follow-up"),
        e.PromiseMade(at=now.at, enquiry_id=enquiry.id, promise=promise),
        _told("follow_up", promise, state.customer, desk, now, reason=reason),
    )


def ask_for(new: NewTime, state: Conversation, enquiry: Enquiry, desk: Desk, now: Moment) -> Facts:
    """Move the open promise to a time that the desk found by itself."""
    return renegotiate(
        state,
        enquiry,
        desk,
        now,
        due_at=new.due_at,
        reason=new.reason,
        instead=new.instead,
        wording=new.wording,
    )


def look(state: Conversation, guard: str, desk: Desk, now: Moment) -> Facts:
    """A promise's timer came due: warn the next people, or tell the customer a new time. A stale guard does nothing."""
    enquiry = state.enquiry
    promise = enquiry.promise if enquiry is not None else None
    if enquiry is None or promise is None or guard != f"{promise.id}:{promise.step}":
        return ()
    channel = channel_of(state, desk)
    if promise.step >= ladder.STEPS or now.at >= told_at_latest(promise):
        return ask_for(new_time(state, enquiry, promise, desk, now), state, enquiry, desk, now)
    step = promise.step + 1
    rung, people = ladder.warned(desk.brand, channel, step, state.assignee)
    check_at = next_check(
        now=now.at, made_at=promise.made_at, due_at=promise.due_at, hours=clock_of(channel, desk.brand)
    )
    warned = e.Escalated(at=now.at, promise_id=promise.id, step=step, rung=rung, people=people, check_at=check_at)
    responsible = desk.brand.person(state.responsible)
    gone = responsible is None or responsible.removed or not responsible.on_duty
    if state.responsible in people or not (gone or rung in ("lead", "owner")):
        return (warned,)
    return (warned, e.ResponsibleSet(at=now.at, person_id=people[0], why=f"{rung} warned"))


def review(state: Conversation, desk: Desk, now: Moment) -> Facts:
    """Make sure that somebody who is there is responsible (N10); let go of an assignee who no longer works here."""
    who = state.assignee
    holder = desk.brand.person(who)
    facts: Facts = ()
    if who is not None and (holder is None or holder.removed):
        facts = (e.Assigned(at=now.at, person_id=None, from_id=who, reason="no longer here"),)
        who = None
    if state.promise is None:
        return facts
    return (*facts, *responsible_for(state, who, desk, now, "who is on duty changed"))


def responsible_for(state: Conversation, assignee: PersonId | None, desk: Desk, now: Moment, why: str) -> Facts:
    """Set the responsible person: the assignee if present, else who has it if present, else the ladder's first."""
    best = ladder.responsible(desk.brand, channel_of(state, desk), assignee, state.id)
    current = desk.brand.person(state.responsible)
    there = current is not None and current.on_duty and not current.removed
    if best == state.responsible or (there and best != assignee):
        return ()
    return (e.ResponsibleSet(at=now.at, person_id=best, why=why),)


def tell(state: Conversation, why: e.Told, desk: Desk, now: Moment, *, promise_id: PromiseId | None) -> e.CustomerTold:
    """Tell the customer an end."""
    language = language_of(state.customer, desk.brand)
    text = desk.phrase.told(why, language, "", None)
    return e.CustomerTold(
        at=now.at, message_id=MessageId(mint(now.seed, _TOLD)), why=why, text=text, promise_id=promise_id
    )


def language_of(customer: e.Customer, brand: Brand) -> str:
    """Return the language the customer is written to: theirs if the brand has it, else the brand's first."""
    return customer.language if customer.language in brand.languages else brand.languages[0]


def _make(
    asked: Asked,
    customer: e.Customer,
    desk: Desk,
    now: Moment,
    *,
    time: Time | None = None,
    replaces: Promise | None = None,
    reason: str | None = None,
) -> Promise:
    """Make the promise of a wait: at a `time` that was found or given, else when the policy and the outlook say."""
    zone = customer.zone or desk.brand.zone
    time = time or time_of(asked, zone, desk.outlook)
    language = language_of(customer, desk.brand)
    hours = clock_of(asked.channel, desk.brand)
    return Promise(
        id=PromiseId(mint(now.seed, _PROMISE)),
        kind=asked.kind,
        status="open",
        made_at=now.at,
        due_at=time.due_at,
        chance=time.chance,
        basis=time.basis,
        words=words_of(asked, time, desk.phrase, language, zone),
        language=language,
        replaces=replaces.id if replaces else None,
        reason=reason,
        instead=time.instead,
        check_at=next_check(now=now.at, made_at=now.at, due_at=time.due_at, hours=hours),
    )


def _told(
    why: e.Told,
    promise: Promise,
    customer: e.Customer,
    desk: Desk,
    now: Moment,
    *,
    reason: str | None = None,
    words: str | None = None,
    deliver: bool = True,
) -> e.CustomerTold:
    text = words or desk.phrase.told(why, promise.language, promise.words, reason)
    if promise.instead is not None:
        reachable = bool(customer.email if promise.instead == "mail" else customer.phone)
        text = f"{text} {desk.phrase.instead(promise.instead, promise.language, reachable=reachable)}"
    return e.CustomerTold(
        at=now.at,
        message_id=MessageId(mint(now.seed, _TOLD)),
        why=why,
        text=text,
        promise_id=promise.id,
        reason=reason,
        deliver=deliver,
    )
