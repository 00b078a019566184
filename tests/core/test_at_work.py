"""Whoever promises a time at which nobody works is told so, with the next time that can be kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scene import Scene
from waada.core import commands as c
from waada.core.at_work import NobodyThere, nobody_there
from waada.core.desk import Desk
from waada.core.hours import Hours
from waada.core.ids import PersonId
from waada.core.moment import Moment
from waada.core.outlook import Asked, Outlook
from waada.core.people import Channel
from waada.core.policies import Policy

NEVER = Hours.weekly({}, zone="Europe/London")
MORNING = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)  # Tuesday
POLICY = Policy(first_answer_seconds=900, next_answer_seconds=7200)


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """The 16th is Monday; London has the time of UTC in November."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


async def asked(scene: Scene, due_at: datetime, channel: str = "mail", outlook: Outlook | None = None) -> object:
    state = await scene.write_first(channel)
    brand = await scene.store.brand(scene.brand)
    assert brand is not None
    desk = Desk(brand, scene.engine.phrase, outlook or scene.engine.outlook)
    return nobody_there(state, "first_answer", due_at, desk, Moment(scene.clock.now(), scene.ids.fresh()))


async def roster(scene: Scene, person: PersonId, hours: Hours | None) -> None:
    await scene.tell_brand(c.SetRoster(person_id=person, roster=hours, chats_at_once=1))


async def nobody_but(scene: Scene, hours: Hours) -> None:
    for person in (scene.owner, scene.lead, scene.ben):
        await roster(scene, person, NEVER)
    await roster(scene, scene.ann, hours)


@pytest.mark.parametrize("due_at", [on(16, 10, 15), on(16, 17), on(17, 9), on(20, 16, 59)])
async def test_within_the_hours_there_is_nothing_to_say(due_at: datetime) -> None:
    assert await asked(await Scene().open(), due_at) is None


@pytest.mark.parametrize(
    ("due_at", "again_at"),
    [
        (on(16, 17, 1), on(17, 9)),
        (on(16, 23), on(17, 9)),
        (on(17, 8, 59), on(17, 9)),
        (on(21, 10), on(23, 9)),  # Saturday: Monday
    ],
)
async def test_after_closing_it_is_said_when_we_open_again(due_at: datetime, again_at: datetime) -> None:
    found = await asked(await Scene().open(), due_at)
    assert found == NobodyThere(opens=True, again_at=again_at, take_at=again_at + timedelta(minutes=30))


async def test_open_hours_in_which_nobody_is_planned_are_no_hours_to_promise() -> None:
    scene = await Scene().open(on_duty=False)
    await nobody_but(scene, Hours.weekly({"tuesday": [("13:00", "15:00")]}, zone="Europe/London"))
    found = await asked(scene, on(17, 9))
    assert found == NobodyThere(opens=False, again_at=on(17, 13), take_at=on(17, 13, 30))
    assert await asked(scene, on(17, 14)) is None
    # We open on Wednesday, but nobody comes before Tuesday.
    found = await asked(scene, on(17, 20))
    assert found == NobodyThere(opens=False, again_at=on(24, 13), take_at=on(24, 13, 30))


async def test_only_the_people_of_the_channel_count() -> None:
    scene = await Scene().open(on_duty=False)
    await roster(scene, scene.ann, Hours.weekly({"saturday": [("10:00", "14:00")]}, zone="Europe/London"))
    assert await asked(scene, on(21, 11)) is None
    mail = Channel(key="mail", kind="mail", name="mail", live=True, policy=POLICY, address="help@shop.test")
    await scene.tell_brand(c.SetChannel(channel=replace(mail, team=(scene.ben,))))
    found = await asked(scene, on(21, 11))
    assert found == NobodyThere(opens=True, again_at=on(23, 9), take_at=on(23, 9, 30))
    assert await asked(scene, on(21, 11), "chat") is None


async def test_who_is_still_here_may_promise_the_next_hour() -> None:
    scene = await Scene(start=on(16, 20)).open()
    assert await asked(scene, on(16, 20, 45)) is None
    assert await asked(scene, on(16, 22)) is not None
    for person in (scene.ann, scene.ben):
        await scene.duty(person, on=False)
    assert await asked(scene, on(16, 20, 45)) is not None


async def test_the_time_that_is_promised_already_is_not_offered_again() -> None:
    scene = await Scene().open()
    state = await scene.write_first("mail")
    for due_at in (on(17, 9, 30), on(16, 23)):
        order = c.Renegotiate(due_at=due_at, reason="busy")
        state = (await scene.order(order, state.id, f"person:{scene.ann}")).conversation
        brand = await scene.store.brand(scene.brand)
        assert brand is not None
        now = Moment(scene.clock.now(), scene.ids.fresh())
        found = nobody_there(state, "first_answer", on(16, 22), Desk(brand, scene.engine.phrase), now)
        taken = on(17, 10) if due_at == on(17, 9, 30) else on(17, 9, 30)
        assert found == NobodyThere(opens=True, again_at=MORNING, take_at=taken)


async def test_where_nobody_will_ever_be_there_no_time_is_offered() -> None:
    scene = await Scene().open(on_duty=False)
    await nobody_but(scene, NEVER)
    assert await asked(scene, on(18, 12)) == NobodyThere(opens=False, again_at=None, take_at=None)


async def test_the_time_offered_is_one_that_can_be_kept_where_that_is_computed() -> None:
    class Sure:
        """Sure at one instant, whatever is asked."""

        basis = "sure"

        def __init__(self, at: datetime) -> None:
            self.at = at

        def sight(self, _asked: Asked) -> "Sure":
            return self

        def chance_at(self, due_at: datetime) -> float:
            return 0.95 if due_at >= self.at else 0.1

        def due_at(self, chance: float) -> datetime | None:  # noqa: ARG002 - sure enough for any
            return self.at

    for sure_at, take_at in (
        (on(17, 11, 2), on(17, 12)),  # many wait: later, as people would say it
        (on(16, 12), MORNING + timedelta(minutes=30)),  # before the time that was chosen
        (on(17, 16, 50), on(17, 17)),  # by closing time
        (on(17, 19), on(18, 9, 30)),  # no time at which anybody is there
    ):
        scene = await Scene().open()
        found = await asked(scene, on(16, 23), outlook=Sure(sure_at))
        assert found == NobodyThere(opens=True, again_at=MORNING, take_at=take_at)


async def test_an_office_that_never_closes_is_always_there() -> None:
    scene = await Scene().open()
    await roster(scene, scene.ben, Hours.always("Europe/London"))
    assert await asked(scene, on(22, 3)) is None
