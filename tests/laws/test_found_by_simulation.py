"""What the simulator found, each as the shortest story that shows it."""

from datetime import timedelta

import pytest

from scene import Scene
from waada import codec
from waada.core import commands as c
from waada.core import laws
from waada.core.events import HoursSet
from waada.core.hours import Hours
from waada.core.refusals import Refused
from waada.ports import Commit


async def test_an_answer_is_not_taken_back_into_a_promise_that_breaks_that_moment() -> None:
    """Seed 1 of mail_outage: an undo brought back a promise whose time had passed in the ten seconds."""
    scene = await Scene().open()
    chat = await scene.write_first()
    scene.clock.advance(timedelta(minutes=14, seconds=54))
    await scene.reply(chat.id)
    scene.clock.advance(timedelta(seconds=8))
    with pytest.raises(Refused, match="The promised time has come"):
        await scene.by(scene.ann, c.Undo(), chat.id)
    state = await scene.state(chat.id)
    assert [each.status for each in state.enquiries[0].promises] == ["kept"]


async def test_an_assignment_is_taken_back_even_when_the_promise_is_nearly_due() -> None:
    scene = await Scene().open()
    chat = await scene.write_first()
    scene.clock.advance(timedelta(minutes=14, seconds=56))
    await scene.by(scene.ann, c.Assign(person_id=scene.ben), chat.id)
    await scene.by(scene.ann, c.Undo(), chat.id)
    assert (await scene.state(chat.id)).assignee is None


async def test_no_wait_is_shorter_than_nothing_when_the_clock_is_set_back() -> None:
    """Seed 1 of rough_day: the clock of the machine was set back two minutes between question and answer."""
    scene = await Scene().open()
    seen: list[Commit] = []
    scene.engine.watchers.append(seen.append)
    chat = await scene.write_first()
    scene.clock.advance(timedelta(minutes=-2))
    await scene.reply(chat.id)
    state = await scene.state(chat.id)
    assert state.enquiries[0].waits[0].wall_seconds == 0.0
    assert state.enquiries[0].promises[0].status == "kept"
    assert [broken for commit in seen for broken in laws.check_commit(commit)] == []
    assert laws.check_stream(chat.id, await scene.store.facts(scene.brand, chat.id), state) == []


def test_hours_keep_their_own_form_inside_a_fact() -> None:
    """They were written field by field, with their tables, and could not be written at all."""
    hours = Hours.weekly(
        {"monday": [("09:00", "12:30"), ("13:30", "17:00")]}, zone="Asia/Almaty", holidays=["2026-12-16"]
    )
    fact = HoursSet(at=Scene().clock.now(), hours=hours)
    assert codec.decode(codec.encode(fact), HoursSet) == fact
