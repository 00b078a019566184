"""Making, moving and ending promises.

Every path to a promise goes through here, so that none is ever made, moved or dropped without its wait, its
responsible person and its word to the customer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from waada.core import events as e
from waada.core import ladder
from waada.core.conversation import Conversation
from waada.core.desk import Desk
from waada.core.enquiry import Enquiry
from waada.core.hours import Hours, NeverOpen
from waada.core.ids import ConversationId, EnquiryId, MessageId, PersonId, PromiseId, mint
from waada.core.moment import Moment
from waada.core.people import Brand, Channel
from waada.core.policies import Policy, PromiseKind
from waada.core.promises import Promise, next_check, told_at_latest

# Each further renegotiation of one wait doubles the time asked for, so that an unmanned desk does not write every
# quarter of an hour; up to a working day, so that the customer hears of it at least daily.
REVISION_SECONDS_MAX = 8 * 3600

# A channel that lost its policy while a conversation was open still owes an answer: a working day, around the clock.
FALLBACK = Policy(first_answer_seconds=8 * 3600, next_answer_seconds=8 * 3600, clock="always")

# Seeds are divided up so that one command never uses a number twice.
_ENQUIRY, _PROMISE, _TOLD = 1, 2, 3

# These name the time that was promised before.
_MOVED: tuple[e.Told, ...] = ("renegotiated", "overdue")

Facts = tuple[e.ConversationEvent, ...]


def channel_of(state: Conversation, desk: Desk) -> Channel | None:
    """Return the channel as it is set up now, or None when it is gone."""
    return desk.brand.channel(state.channel)


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
    promise = _make(channel, customer, "first_answer", desk, now)
    return (
        e.EnquiryOpened(at=now.at, enquiry_id=enquiry_id, message_id=message),
        e.ResponsibleSet(at=now.at, person_id=person, why="new enquiry"),
        e.PromiseMade(at=now.at, enquiry_id=enquiry_id, promise=promise),
        _told("acknowledged", promise, desk, now, deliver=deliver),
    )


def again(state: Conversation, enquiry: Enquiry, desk: Desk, now: Moment, *, deliver: bool) -> Facts:
    """The customer wrote after an answer: the same enquiry goes on with a new wait and a new promise."""
    promise = _make(channel_of(state, desk), state.customer, "next_answer", desk, now)
    return (
        e.EnquiryReopened(at=now.at, enquiry_id=enquiry.id),
        *responsible_for(state, state.assignee, desk, now, "the customer waits again"),
        e.PromiseMade(at=now.at, enquiry_id=enquiry.id, promise=promise),
        _told("acknowledged", promise, desk, now, deliver=deliver),
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
) -> Facts:
    """Replace the open promise and tell the customer; the old one is renegotiated, or broken if its time has passed."""
    old = enquiry.promise
    assert old is not None, "only an open promise is renegotiated"
    passed = now.at > old.due_at
    promise = _make(
        channel_of(state, desk), state.customer, kind or old.kind, desk, now, due_at=due_at, replaces=old, reason=reason
    )
    why = "overdue" if passed else why
    if words is None and why in _MOVED:
        zone = state.customer.zone or desk.brand.zone
        words = desk.phrase.moved(why, promise.language, promise.words, reason, old.due_at, now.at, zone)
    told = _told(why, promise, desk, now, reason=reason, words=words)
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
    promise = _make(channel_of(state, desk), state.customer, "follow_up", desk, now, due_at=until, reason=reason)
    return (
        e.EnquiryReopened(at=now.at, enquiry_id=enquiry.id),
        *responsible_for(state, state.assignee, desk, now, "follow-up"),
        e.PromiseMade(at=now.at, enquiry_id=enquiry.id, promise=promise),
        _told("follow_up", promise, desk, now, reason=reason),
    )


def look(state: Conversation, guard: str, desk: Desk, now: Moment) -> Facts:
    """A promise's timer came due: warn the next people, or tell the customer a new time. A stale guard does nothing."""
    enquiry = state.enquiry
    promise = enquiry.promise if enquiry is not None else None
    if enquiry is None or promise is None or guard != f"{promise.id}:{promise.step}":
        return ()
    channel = channel_of(state, desk)
    if promise.step >= ladder.STEPS or now.at >= told_at_latest(promise):
        due_at, reason = _new_time(enquiry, promise, channel, desk.brand, now)
        return renegotiate(state, enquiry, desk, now, due_at=due_at, reason=reason)
    step = promise.step + 1
    rung, people = ladder.warned(desk.brand, channel, step, state.assignee)
    check_at = next_check(now=now.at, made_at=promise.made_at, due_at=promise.due_at, hours=_clock(channel, desk.brand))
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


def hours_of(brand: Brand, channel: Channel | None) -> Hours:
    """Return when there are people for a channel; a channel that is gone has the brand's hours."""
    return brand.hours if channel is None else brand.hours_of(channel)


def _clock(channel: Channel | None, brand: Brand) -> Hours | None:
    policy = _policy(channel)
    return None if policy.clock == "always" else hours_of(brand, channel)


def _policy(channel: Channel | None) -> Policy:
    return channel.policy if channel is not None and channel.policy is not None else FALLBACK


def _due(policy: Policy, kind: PromiseKind, hours: Hours, now: Moment, times: int = 1) -> tuple[Policy, datetime]:
    """Return when a promise made now is due, and the policy it was counted by.

    A live channel's hours can promise something when they are set (`brand.py`), but may run out later: special days
    pass, holidays come. Then it is counted around the clock, because whoever writes must get a promise all the same.
    """
    try:
        return policy, policy.due_at(kind, hours, now.at, times)
    except NeverOpen:
        around = replace(policy, clock="always")
        return around, around.due_at(kind, hours, now.at, times)


def _make(
    channel: Channel | None,
    customer: e.Customer,
    kind: PromiseKind,
    desk: Desk,
    now: Moment,
    *,
    due_at: datetime | None = None,
    replaces: Promise | None = None,
    reason: str | None = None,
) -> Promise:
    by_hand = due_at is not None
    policy = _policy(channel)
    if due_at is None:
        policy, due_at = _due(policy, kind, hours_of(desk.brand, channel), now)
    language = language_of(customer, desk.brand)
    return Promise(
        id=PromiseId(mint(now.seed, _PROMISE)),
        kind=kind,
        status="open",
        made_at=now.at,
        due_at=due_at,
        chance=None,
        basis=f"renegotiated:{reason}" if by_hand else policy.basis(kind),
        words=desk.phrase.promise(kind, due_at, now.at, language, customer.zone or desk.brand.zone),
        language=language,
        replaces=replaces.id if replaces else None,
        reason=reason,
        check_at=next_check(now=now.at, made_at=now.at, due_at=due_at, hours=_clock(channel, desk.brand)),
    )


def _told(
    why: e.Told,
    promise: Promise,
    desk: Desk,
    now: Moment,
    *,
    reason: str | None = None,
    words: str | None = None,
    deliver: bool = True,
) -> e.CustomerTold:
    text = words or desk.phrase.told(why, promise.language, promise.words, reason)
    return e.CustomerTold(
        at=now.at,
        message_id=MessageId(mint(now.seed, _TOLD)),
        why=why,
        text=text,
        promise_id=promise.id,
        reason=reason,
        deliver=deliver,
    )


def _new_time(
    enquiry: Enquiry, promise: Promise, channel: Channel | None, brand: Brand, now: Moment
) -> tuple[datetime, str]:
    """Return the time the desk asks for by itself, and why."""
    hours = hours_of(brand, channel)
    revisions = sum(1 for each in enquiry.promises if each.status in ("renegotiated", "broken"))
    factor = min(2**revisions, max(1, REVISION_SECONDS_MAX // _policy(channel).seconds(promise.kind)))
    _, due_at = _due(_policy(channel), promise.kind, hours, now, factor)
    if due_at <= promise.due_at:
        due_at = promise.due_at + timedelta(seconds=_policy(channel).seconds(promise.kind) * factor)
    if now.at > promise.due_at:
        return due_at, "overdue"
    if not hours.is_open(now.at):
        return due_at, "closed_now"
    return due_at, "busy" if brand.on_duty() else "person_away"
