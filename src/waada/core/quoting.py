"""By when an answer is promised, and with what chance: the target where it can be kept, else the time that can.

The one place where a policy, the hours and what is foreseen become an instant: pages that show a promise before
anybody writes ask here too, so that they never say another time than the record.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from waada.core.conversation import Conversation
from waada.core.desk import Desk, Phrase
from waada.core.enquiry import Enquiry
from waada.core.frozen import made_fast
from waada.core.hours import Hours, NeverOpen
from waada.core.moment import Moment
from waada.core.outlook import Asked, Outlook, Sight
from waada.core.people import Brand, Channel
from waada.core.policies import Instead, Policy, PromiseKind, Wording
from waada.core.promises import Promise
from waada.core.rounding import rounded_up, window_begins

# Each further renegotiation of one wait doubles the time asked for, so that an unmanned desk does not write every
# quarter of an hour; up to a working day, so that the customer hears of it at least daily.
REVISION_SECONDS_MAX = 8 * 3600

# The chance of the time named in place of a promise that can't be kept: at most one revision for 99 % of enquiries.
REVISED_CHANCE = 0.98

# A channel that lost its policy while a conversation was open still owes an answer: a working day, around the clock.
FALLBACK = Policy(first_answer_seconds=8 * 3600, next_answer_seconds=8 * 3600, clock="always")


def channel_of(state: Conversation, desk: Desk) -> Channel | None:
    """Return the channel as it is set up now, or None when it is gone."""
    return desk.brand.channel(state.channel)


def hours_of(brand: Brand, channel: Channel | None) -> Hours:
    """Return when there are people for a channel; a channel that is gone has the brand's hours."""
    return brand.hours if channel is None else brand.hours_of(channel)


def clock_of(channel: Channel | None, brand: Brand) -> Hours | None:
    policy = policy_of(channel)
    return None if policy.clock == "always" else hours_of(brand, channel)


def policy_of(channel: Channel | None) -> Policy:
    return channel.policy if channel is not None and channel.policy is not None else FALLBACK


def due_of(policy: Policy, kind: PromiseKind, hours: Hours, now: datetime, times: int = 1) -> tuple[Policy, datetime]:
    """Return when a promise made now is due, and the policy it was counted by.

    A live channel's hours can promise something when they are set (`brand.py`), but may run out later: special days
    pass, holidays come. Then it is counted around the clock, because whoever writes must get a promise all the same.
    """
    try:
        return policy, policy.due_at(kind, hours, now, times)
    except NeverOpen:
        around = replace(policy, clock="always")
        return around, around.due_at(kind, hours, now, times)


def asked_of(
    channel: Channel | None, stream: str, kind: PromiseKind, desk: Desk, now: Moment, enquiry: Enquiry | None = None
) -> Asked:
    """Put the wait into words for the outlook; one that goes on began when the enquiry's open wait did."""
    wait = enquiry.wait if enquiry is not None else None
    since = wait.started_at if wait is not None else now.at
    return Asked(brand=desk.brand, channel=channel, kind=kind, stream=stream, now=now.at, since=since)


def sight_of(state: Conversation, enquiry: Enquiry, desk: Desk, now: Moment) -> Sight | None:
    """Return what is foreseen of the open wait of a conversation; None where the channel promises by rule of thumb."""
    channel, promise = channel_of(state, desk), enquiry.promise
    if promise is None or not policy_of(channel).computed:
        return None
    return desk.outlook.sight(asked_of(channel, state.id, promise.kind, desk, now, enquiry))


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """A promised instant, what is known of it, and how it is said.

    What a brand or a person wants is a length ("within 2 hours"); the policy's wording is for what was computed.
    """

    due_at: datetime
    chance: float | None
    basis: str
    instead: Instead | None = None
    wording: Wording = "within"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTime:
    """The time that the desk asks for by itself in place of one it can't keep, why, and how it is said."""

    due_at: datetime
    reason: str
    instead: Instead | None = None
    wording: Wording = "within"


made_fast(Time, NewTime)


def time_of(asked: Asked, zone: str, outlook: Outlook) -> Time:
    """Return what is promised for a wait that begins: the target if it is keepable, else the time that is.

    A target is exact (X2: "2 hours" is 7,200 s); a computed time is rounded up to what people say.
    """
    policy, target = due_of(policy_of(asked.channel), asked.kind, hours_of(asked.brand, asked.channel), asked.now)
    basis = policy.basis(asked.kind)
    sight = outlook.sight(asked) if policy.computed else None
    if sight is None:
        return Time(due_at=target, chance=None, basis=basis)
    basis = f"{basis} {sight.basis}"
    chance = sight.chance_at(target)
    due_at = sight.due_at(policy.chance) if chance < policy.chance else None
    if due_at is None or due_at <= target:
        # Kept as it is, or nobody will ever be there: then the ladder still ends at a person by the target (N10).
        return Time(due_at=target, chance=chance, basis=f"target {basis}")
    due_at = rounded_up(due_at, asked.now, zone, policy.wording)
    return Time(
        due_at=due_at,
        chance=sight.chance_at(due_at),
        basis=f"computed {basis}",
        instead=_instead(policy, asked, due_at),
        wording=policy.wording,
    )


def words_of(asked: Asked, time: Time, phrase: Phrase, language: str, zone: str) -> str:
    """Return a promised time in words: the same before anybody writes, in the acknowledgement and in the record."""
    policy, begins_at = policy_of(asked.channel), None
    if time.wording == "window":
        hours = None if policy.clock == "always" else hours_of(asked.brand, asked.channel)
        begins_at = window_begins(time.due_at, asked.now, hours)
    return phrase.promise(asked.kind, time.due_at, asked.now, language, zone, time.wording, begins_at)


def _instead(policy: Policy, asked: Asked, due_at: datetime) -> Instead | None:
    """Return the other way to offer when a computed time lies beyond what the brand would ask anybody to wait."""
    if policy.ceiling_seconds is None or asked.channel is None or policy.instead == asked.channel.kind:
        return None
    hours = hours_of(asked.brand, asked.channel)
    passed = due_at - asked.now if policy.clock == "always" else hours.between(asked.now, due_at)
    return policy.instead if passed > timedelta(seconds=policy.ceiling_seconds) else None


def chance_of(asked: Asked, outlook: Outlook, due_at: datetime) -> float | None:
    sight = outlook.sight(asked) if policy_of(asked.channel).computed else None
    return sight.chance_at(due_at) if sight is not None else None


def new_time(state: Conversation, enquiry: Enquiry, promise: Promise, desk: Desk, now: Moment) -> NewTime:
    """Return the time the desk asks for by itself, and why."""
    channel, brand = channel_of(state, desk), desk.brand
    policy, hours = policy_of(channel), hours_of(brand, channel)
    revisions = sum(1 for each in enquiry.promises if each.status in ("renegotiated", "broken"))
    seconds = policy.seconds(promise.kind)
    factor = min(2**revisions, max(1, REVISION_SECONDS_MAX // seconds))
    foreseen = _foreseen(state, enquiry, desk, now)
    reason = _reason(state, promise, desk, now, foreseen=foreseen is not None)
    if foreseen is not None and foreseen > promise.due_at:
        asked = asked_of(channel, state.id, promise.kind, desk, now, enquiry)
        instead = _instead(policy, asked, foreseen)
        return NewTime(due_at=foreseen, reason=reason, instead=instead, wording=policy.wording)
    due_at = due_of(policy, promise.kind, hours, now.at, factor)[1]
    if foreseen is not None or due_at <= promise.due_at:
        # On the policy's clock: a time after closing would be moved again and again until everybody has gone.
        due_at = due_of(policy, promise.kind, hours, promise.due_at, factor)[1]
    return NewTime(due_at=due_at, reason=reason)


def _reason(state: Conversation, promise: Promise, desk: Desk, now: Moment, *, foreseen: bool) -> str:
    """Return why a promise can't be kept, as far as the desk knows; it says nothing that it doesn't.

    Somebody who is away is no reason while the customer's question never lay with them.
    """
    channel, brand = channel_of(state, desk), desk.brand
    if now.at > promise.due_at:
        return "overdue"
    if not hours_of(brand, channel).is_open(now.at):
        return "closed_now"
    holder = brand.person(state.assignee)
    if state.assignee is not None and (holder is None or holder.removed or not holder.on_duty):
        return "person_away"
    if not any(each.on_duty for each in brand.team_of(channel)):
        return "short_handed"
    if state.assignee is not None:
        return "need_more_time"
    return "more_before_you" if foreseen else "busy"


def _foreseen(state: Conversation, enquiry: Enquiry, desk: Desk, now: Moment) -> datetime | None:
    """Return the time that a second promise names: one that is kept almost surely, since nobody forgives a third."""
    sight = sight_of(state, enquiry, desk, now)
    due_at = sight.due_at(REVISED_CHANCE) if sight is not None else None
    if due_at is None:
        return None
    policy = policy_of(channel_of(state, desk))
    return rounded_up(due_at, now.at, state.customer.zone or desk.brand.zone, policy.wording)
