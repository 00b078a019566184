"""Judging an open promise again, every minute and when something happens that matters: whether it will be kept.

Below one chance the desk acts inside, below another the customer is told, while there is still time to be useful (X5).
The timers of the promise go on beside it: what nobody foresaw is still told at the last moment.
"""

from __future__ import annotations

from waada.core import events as e
from waada.core import ladder, promising, quoting
from waada.core.conversation import Conversation
from waada.core.desk import Desk
from waada.core.enquiry import Enquiry
from waada.core.ids import PromiseId
from waada.core.moment import Moment
from waada.core.outlook import ACT_BELOW, TELL_BELOW
from waada.core.promises import Promise, told_at_latest

Facts = tuple[e.ConversationEvent, ...]


def judge(state: Conversation, promise_id: PromiseId, desk: Desk, now: Moment) -> Facts:
    """Return what follows from how a promise stands now; nothing where it stands well or has ended."""
    enquiry, promise = state.enquiry, state.promise
    if enquiry is None or promise is None or promise.id != promise_id:
        return ()
    sight = quoting.sight_of(state, enquiry, desk, now)
    if sight is None:
        return ()
    chance = sight.chance_at(promise.due_at)
    if chance < TELL_BELOW and may_be_moved(promise, now):
        new = quoting.new_time(state, enquiry, promise, desk, now)
        told = promising.ask_for(new, state, enquiry, desk, now)
        return (*_let_go(state, desk, now), *told)
    if chance < ACT_BELOW and not promise.at_risk:
        return (_at_risk(state, enquiry, promise, chance, desk, now), *_let_go(state, desk, now))
    return ()


def may_be_moved(promise: Promise, now: Moment) -> bool:
    """Return whether a forecast may move a promise: once for a wait, never a time that a person gave with their word.

    What is as good as due is left to its timer, which tells the customer in the same breath.
    """
    return promise.replaces is None and promise.kind != "follow_up" and now.at < told_at_latest(promise)


def _at_risk(
    state: Conversation, enquiry: Enquiry, promise: Promise, chance: float, desk: Desk, now: Moment
) -> e.AtRisk:
    rung, people = ladder.warned(desk.brand, quoting.channel_of(state, desk), 1, state.assignee)
    return e.AtRisk(
        at=now.at, enquiry_id=enquiry.id, promise_id=promise.id, chance=round(chance, 4), rung=rung, people=people
    )


def _let_go(state: Conversation, desk: Desk, now: Moment) -> Facts:
    """Hand back what lies with somebody who is not there, so that whoever is may take it."""
    holder = desk.brand.person(state.assignee)
    if holder is None or (holder.on_duty and not holder.removed):
        return ()
    away = e.Assigned(at=now.at, person_id=None, from_id=holder.id, reason="away, and the promise is at risk")
    return (away, *promising.responsible_for(state, None, desk, now, "the assignee is away"))
