"""Whether anybody of a channel is at work at a time that a person wants to promise, and when somebody is next.

It rests on what promises rest on: rosters, the brand's hours where somebody has none, and who is on duty now. Whoever
promises a time at which nobody works is told so; it is never forbidden, since they may know better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from waada.core.conversation import Conversation
from waada.core.desk import Desk
from waada.core.hours import Hours, NeverOpen
from waada.core.moment import Moment
from waada.core.outlook import Sight
from waada.core.people import Brand, Channel
from waada.core.policies import PromiseKind
from waada.core.quoting import asked_of, channel_of, hours_of, policy_of
from waada.core.rounding import rounded_up

# Who is on duty now although no roster says so stays about so long (as `science/presence.py` has it).
STAYS = timedelta(minutes=60)
# People come in before they answer: what is promised for the minute in which work begins is promised to be late.
COMING_IN = timedelta(minutes=30)
# A promise by closing time is within the hours, although at the closing instant nobody is there any more.
_JUST_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyThere:
    """Nobody is at work at a time. `opens`: it is closed then, and somebody is there when it opens at `again_at`.

    `again_at` is when somebody is at work again, None if never; `take_at` is a time soon after it that can be kept.
    """

    opens: bool
    again_at: datetime | None
    take_at: datetime | None


def nobody_there(
    state: Conversation, kind: PromiseKind, due_at: datetime, desk: Desk, now: Moment
) -> NobodyThere | None:
    """Return what is wrong with promising a time; None when somebody is at work then."""
    brand, channel = desk.brand, channel_of(state, desk)
    rosters = rosters_of(brand, channel)
    stays = due_at - now.at <= STAYS and any(each.on_duty for each in brand.team_of(channel))
    if stays or _anybody(rosters, due_at):
        return None
    opening = hours_of(brand, channel).next_opening(due_at)
    closed = not hours_of(brand, channel).is_open(due_at)
    opens = closed and opening is not None and any(each.is_open(opening) for each in rosters)
    again_at = opening if opens else _next(rosters, due_at)
    if again_at is None:
        return NobodyThere(opens=False, again_at=None, take_at=None)
    take_at = _soonest(rosters, again_at, _kept_at(state, kind, desk, now))
    promise = state.promise
    if promise is not None and promise.due_at == take_at and kind != "follow_up":
        # A promise can't be moved to where it is.
        take_at = min(_after(each, take_at) for each in rosters)
    return NobodyThere(opens=opens, again_at=again_at, take_at=take_at)


def rosters_of(brand: Brand, channel: Channel | None) -> tuple[Hours, ...]:
    """Return when people of a channel work; a channel without people has its hours, since somebody will be found."""
    rosters = tuple(dict.fromkeys(brand.roster_of(each) for each in brand.team_of(channel)))
    return rosters or (hours_of(brand, channel),)


def _anybody(rosters: Sequence[Hours], at: datetime) -> bool:
    return any(each.is_open(at) or each.is_open(at - _JUST_BEFORE) for each in rosters)


def _next(rosters: Sequence[Hours], after: datetime) -> datetime | None:
    return min((begins for each in rosters if (begins := each.next_opening(after)) is not None), default=None)


def _soonest(rosters: Sequence[Hours], begins: datetime, kept_at: datetime | None) -> datetime:
    """Return a time soon after work begins, or when what waits can be done, within somebody's hours."""
    settled_at = _settled(rosters, begins)
    if kept_at is None or kept_at <= settled_at:
        return settled_at
    if _anybody(rosters, kept_at):
        return kept_at
    later = _next(rosters, kept_at)
    return settled_at if later is None else _settled(rosters, later)


def _settled(rosters: Sequence[Hours], begins: datetime) -> datetime:
    return min(_after(each, begins) for each in rosters if each.is_open(begins))


def _after(roster: Hours, begins: datetime) -> datetime:
    try:
        return roster.add(begins, COMING_IN)
    except NeverOpen:
        # The last minutes before hours that never open again.
        return begins


def _kept_at(state: Conversation, kind: PromiseKind, desk: Desk, now: Moment) -> datetime | None:
    """Return by when the customer is answered with the chance that the policy wants, where that is computed."""
    channel = channel_of(state, desk)
    policy = policy_of(channel)
    if not policy.computed:
        return None
    sight: Sight | None = desk.outlook.sight(asked_of(channel, state.id, kind, desk, now, state.enquiry))
    kept_at = sight.due_at(policy.chance) if sight is not None else None
    if kept_at is None:
        return None
    return rounded_up(kept_at, now.at, state.customer.zone or desk.brand.zone, policy.wording)
