"""What a trial of a promise says to whoever asked, and the refusal of a promise that does not hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from waada.core import brand as setting_up
from waada.core import commands as c
from waada.core.ids import CommandId
from waada.core.moment import Moment
from waada.core.people import Brand, Channel
from waada.core.policies import Policy
from waada.proving import Breaking, Check, Question, Suggestion
from waada.web import shapes as s
from waada.web.endpoints import Call
from waada.web.problems import Problem


class GateAnswer(s.Struct):
    """How far a check is, and what it found. `verdict` is null until there is one; `done` once suggestions are in.

    `keep_rate` is the share of all who write that would be answered in time, `interval` its 95 % interval, `by_hour`
    the same for the 168 hours of a week (Monday 0:00 first, on the brand's clock), by when people write.
    """

    id: str
    progress: float
    done: bool
    verdict: str | None
    keep_rate: float | None
    interval: tuple[float, float] | None
    chance: float | None
    conversations: int | None
    weeks: int | None
    learned: bool | None
    by_hour: tuple[float | None, ...]
    arrivals: tuple[float, ...]
    breaking_hours: tuple[Breaking, ...]
    suggestions: tuple[Suggestion, ...]
    took_seconds: float | None
    trouble: str | None


def shown(check: Check) -> GateAnswer:
    """Return a check as the API says it."""
    picture = check.picture
    return GateAnswer(
        id=check.id,
        progress=round(check.progress, 3),
        done=check.done,
        verdict=None if picture is None else "holds" if picture.holds else "fails",
        keep_rate=picture.keep_rate if picture is not None else None,
        interval=(picture.low, picture.high) if picture is not None else None,
        chance=picture.chance if picture is not None else None,
        conversations=picture.conversations if picture is not None else None,
        weeks=picture.weeks if picture is not None else None,
        learned=picture.learned if picture is not None else None,
        by_hour=picture.by_hour if picture is not None else (),
        arrivals=picture.arrivals if picture is not None else (),
        breaking_hours=picture.breaking if picture is not None else (),
        suggestions=check.suggestions,
        took_seconds=check.took_seconds,
        trouble=check.trouble,
    )


async def prove(call: Call[Any], brand: Brand, channel: Channel, a_day: float | None) -> None:
    """Refuse a channel that would go live with a promise that does not hold, unless an owner overrode it."""
    gate = call.parts.gate
    if gate is None or not _is_new(brand, channel):
        return
    check_possible(call, brand, channel)
    check = await gate.verdict(Question(brand=brand, channel=channel, a_day=a_day))
    if check.trouble is not None:
        raise Problem(503, check.trouble)
    if check.picture is not None and not check.picture.holds:
        raise Problem(409, _words(check), field="policy", check=shown(check))


def check_possible(call: Call[Any], brand: Brand, channel: Channel) -> None:
    """Refuse what the engine would refuse: what can't be set can't be tried."""
    order = c.Order(
        command_id=CommandId(call.parts.ids.fresh()),
        brand_id=brand.id,
        stream=brand.id,
        by=call.someone.by,
        command=c.SetChannel(channel=channel),
    )
    setting_up.decide(brand, order, Moment(call.now, call.parts.ids.fresh()))


def _is_new(brand: Brand, channel: Channel) -> bool:
    """Return whether something is promised here that has not been published before."""
    policy, before = channel.policy, brand.channel(channel.key)
    if not channel.live or policy is None or policy.overridden is not None:
        return False
    if before is None or not before.live or before.policy is None:
        return True
    told = (channel.kind, channel.hours, channel.team)
    return told != (before.kind, before.hours, before.team) or _target(policy) != _target(before.policy)


def _target(policy: Policy) -> Policy:
    """Return what is tried of a policy; how it is worded and where it gives up make no difference."""
    return replace(policy, ceiling_seconds=None, instead="mail", wording="exact", computed=True, overridden=None)


def _words(check: Check) -> str:
    picture = check.picture
    assert picture is not None, "there is a verdict"
    return (
        f"This promise would be kept {picture.keep_rate:.0%} of the time, not {picture.chance:.0%}. "
        "Change it as suggested, or have an owner publish it with a written reason."
    )
