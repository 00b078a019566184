"""Open promises judged again: what the desk does, what the customer hears, how often, and what nobody may touch."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from scene import Scene, kinds
from waada.core import commands as c
from waada.core import events as e
from waada.core.outlook import Asked
from waada.core.policies import Policy


@dataclass
class Known:
    """An outlook that a test sets: so many minutes from now until an answer is as sure as the policy wants it."""

    minutes: float | None = 5.0
    chance: float = 0.99
    asked: list[Asked] = field(default_factory=list)

    def sight(self, asked: Asked) -> "KnownSight":
        self.asked.append(asked)
        return KnownSight(self, asked.now)


class KnownSight:
    basis = "known"

    def __init__(self, known: Known, now: datetime) -> None:
        self.known, self.now = known, now

    def chance_at(self, due_at: datetime) -> float:
        if self.known.minutes is None:
            return 0.0
        return self.known.chance if due_at >= self.now + timedelta(minutes=self.known.minutes) else 0.3

    def due_at(self, chance: float) -> datetime | None:  # noqa: ARG002 - as sure as the test says
        return None if self.known.minutes is None else self.now + timedelta(minutes=self.known.minutes)


QUARTER = Policy(first_answer_seconds=900, next_answer_seconds=900)


async def scene(known: Known, policy: Policy = QUARTER) -> Scene:
    return await Scene(outlook=known).open(policy=policy)


async def test_a_target_that_can_be_kept_is_promised_to_the_second() -> None:
    desk = await scene(Known(minutes=5))
    promise = (await desk.write_first()).promise
    assert promise is not None
    assert (promise.due_at - promise.made_at).total_seconds() == 900
    assert promise.chance == 0.99
    assert promise.basis == "target policy:900s:opening known"


async def test_a_target_that_cannot_be_kept_gives_way_to_a_time_people_would_say() -> None:
    desk = await scene(Known(minutes=47.3))
    promise = (await desk.write_first()).promise
    assert promise is not None
    assert promise.due_at.second == 0
    minutes = (promise.due_at - promise.made_at).total_seconds() / 60
    assert 47.3 <= minutes <= 47.3 * 1.06
    assert promise.basis.startswith("computed ")


async def test_beyond_the_ceiling_another_way_is_offered() -> None:
    policy = Policy(first_answer_seconds=900, next_answer_seconds=900, ceiling_seconds=1800, instead="phone")
    near, far = await scene(Known(minutes=20), policy), await scene(Known(minutes=60), policy)
    assert [(await desk.write_first()).promise.instead for desk in (near, far)] == [None, "phone"]  # type: ignore[union-attr]


async def test_where_nobody_will_ever_be_there_the_chance_says_so_and_the_ladder_still_has_a_time() -> None:
    desk = await scene(Known(minutes=None))
    promise = (await desk.write_first()).promise
    assert promise is not None
    assert promise.chance == 0.0
    assert (promise.due_at - promise.made_at).total_seconds() == 900


async def test_a_rule_of_thumb_asks_nobody() -> None:
    known = Known()
    desk = await scene(known, Policy(first_answer_seconds=900, next_answer_seconds=900, computed=False))
    promise = (await desk.write_first()).promise
    assert promise is not None
    assert promise.chance is None
    assert known.asked == []


async def judge(desk: Scene, stream: str) -> tuple[object, ...]:
    promise = (await desk.state(stream)).promise
    assert promise is not None
    return (await desk.order(c.Judge(promise_id=promise.id), stream)).events


async def test_a_promise_that_stands_well_is_left_alone() -> None:
    desk = await scene(Known(minutes=5))
    stream = (await desk.write_first()).id
    assert await judge(desk, stream) == ()


async def test_a_promise_at_risk_warns_people_once_and_tells_the_customer_nothing() -> None:
    known = Known(minutes=5)
    desk = await scene(known)
    stream = (await desk.write_first()).id
    known.chance = 0.7
    happened = await judge(desk, stream)
    assert kinds(happened) == ["AtRisk"]
    risk = happened[0]
    assert isinstance(risk, e.AtRisk)
    assert set(risk.people) == {desk.ann, desk.ben}
    assert risk.chance == 0.7
    promise = (await desk.state(stream)).promise
    assert promise is not None
    assert promise.at_risk
    assert promise.status == "open"
    assert await judge(desk, stream) == ()


async def test_a_promise_that_will_not_be_kept_is_moved_once_with_a_reason_and_a_new_time() -> None:
    known = Known(minutes=5)
    desk = await scene(known)
    stream = (await desk.write_first()).id
    old = (await desk.state(stream)).promise
    known.minutes = 40
    happened = await judge(desk, stream)
    assert kinds(happened) == ["PromiseEnded", "PromiseMade", "CustomerTold"]
    new = (await desk.state(stream)).promise
    assert old is not None
    assert new is not None
    assert new.replaces == old.id
    assert new.due_at >= desk.clock.now() + timedelta(minutes=40)
    assert new.reason == "more_before_you"
    known.minutes = 90
    assert "PromiseMade" not in kinds(await judge(desk, stream))


async def test_a_time_that_a_person_gave_is_never_moved_by_a_forecast() -> None:
    known = Known(minutes=5)
    desk = await scene(known)
    stream = (await desk.write_first()).id
    due = desk.clock.now() + timedelta(minutes=30)
    await desk.by(desk.ann, c.Renegotiate(due_at=due, reason="need_more_time"), stream)
    known.minutes = 60
    assert kinds(await judge(desk, stream)) == ["AtRisk"]
    promise = (await desk.state(stream)).promise
    assert promise is not None
    assert promise.due_at == due


async def test_a_time_after_closing_is_moved_once_and_into_the_opening_hours() -> None:
    desk = await scene(Known(minutes=5))
    stream = (await desk.write_first()).id
    tonight = desk.clock.now() + timedelta(hours=11)
    await desk.by(desk.ann, c.Renegotiate(due_at=tonight, reason="need_more_time"), stream)
    await desk.pass_time(timedelta(hours=12))
    state = await desk.state(stream)
    assert [each.status for each in state.enquiries[-1].promises] == ["renegotiated", "renegotiated", "open"]
    promise = state.promise
    assert promise is not None
    assert promise.due_at > tonight
    brand = await desk.store.brand(desk.brand)
    assert brand is not None
    assert brand.hours.is_open(promise.due_at - timedelta(seconds=1))


async def test_what_lies_with_somebody_who_is_away_is_handed_back() -> None:
    known = Known(minutes=5)
    desk = await scene(known)
    stream = (await desk.write_first()).id
    await desk.by(desk.ann, c.Assign(person_id=desk.ann), stream)
    await desk.duty(desk.ann, on=False)
    known.chance = 0.7
    await judge(desk, stream)
    state = await desk.state(stream)
    assert state.assignee is None
    assert state.responsible == desk.ben


async def test_a_promise_that_ended_meanwhile_is_not_judged() -> None:
    known = Known(minutes=5)
    desk = await scene(known)
    stream = (await desk.write_first()).id
    promise = (await desk.state(stream)).promise
    assert promise is not None
    await desk.reply(stream)
    known.minutes = 400
    assert (await desk.order(c.Judge(promise_id=promise.id), stream)).events == ()


@pytest.mark.parametrize("minutes", [0.5, 3, 17, 59, 400, 3000])
async def test_changing_a_policy_changes_no_promise_already_made(minutes: float) -> None:
    desk = await scene(Known(minutes=minutes))
    stream = (await desk.write_first()).id
    before = (await desk.state(stream)).promise
    channel = (await desk.store.brand(desk.brand)).channel("chat")  # type: ignore[union-attr]
    assert channel is not None
    other = Policy(first_answer_seconds=60, next_answer_seconds=60, chance=0.6)
    await desk.tell_brand(c.SetChannel(channel=replace(channel, policy=other)))
    assert (await desk.state(stream)).promise == before
