"""What is said of a computed promise besides its time: another way where it takes long, and why it moved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.test_judging import Known, judge
from scene import Scene
from waada.core import commands as c
from waada.core import events as e
from waada.core.people import ChannelKind
from waada.core.policies import Instead, Policy
from waada.words import CataloguePhrase


async def scene(known: Known, instead: Instead = "mail", ceiling: int = 1800) -> Scene:
    desk = Scene(outlook=known)
    desk.engine.phrase = CataloguePhrase()
    return await desk.open(
        policy=Policy(first_answer_seconds=900, next_answer_seconds=900, ceiling_seconds=ceiling, instead=instead)
    )


async def last_told(desk: Scene, stream: str) -> e.CustomerTold:
    facts = [each.event for each in await desk.store.facts(desk.brand, stream)]
    return [each for each in facts if isinstance(each, e.CustomerTold)][-1]


@pytest.mark.parametrize(
    ("instead", "customer", "words"),
    [
        ("mail", {}, "You need not wait here: if you go, the answer comes by mail, by the same time."),
        ("mail", {"email": None}, "your e-mail address, and you may go. The answer comes by mail, by the same time."),
        ("phone", {"phone": "+44 1632 960001"}, "We call you by then on the number that you gave us."),
        ("phone", {}, "That is long to wait: write us your phone number, and we call you by then."),
    ],
)
async def test_a_long_wait_is_acknowledged_with_another_way(
    instead: Instead, customer: dict[str, str | None], words: str
) -> None:
    desk = await scene(Known(minutes=58), instead)
    who = e.Customer(id=desk.message().id, **{"email": "cora@home.test", **customer})  # type: ignore[arg-type]  # of a customer
    start = c.StartConversation(channel="chat", customer=who, message=desk.message())
    state = (await desk.order(start, desk.ids.fresh(), "customer")).conversation
    told = await last_told(desk, state.id)
    assert told.text.startswith("A person will answer you by 10:58 London time. ")
    assert told.text.endswith(words)


@pytest.mark.parametrize(("channel", "instead"), [("mail", "mail"), ("chat", "mail")])
async def test_nothing_else_is_offered_where_it_would_be_the_same_way_or_is_not_long(
    channel: ChannelKind, instead: Instead
) -> None:
    desk = await scene(Known(minutes=58), instead, ceiling=1800 if channel == "mail" else 7200)
    state = await desk.write_first(channel)
    assert state.promise is not None
    assert state.promise.instead is None
    assert (await last_told(desk, state.id)).text == "A person will answer you by 10:58 London time."


async def test_a_promise_that_moves_far_offers_another_way_too() -> None:
    known = Known(minutes=5)
    desk = await scene(known)
    stream = (await desk.write_first()).id
    known.minutes = 50
    await judge(desk, stream)
    told = await last_told(desk, stream)
    assert told.text == (
        "We told you that you would hear from us by 10:15 London time. We will not manage that, and we are sorry. "
        "The questions that came before yours are taking longer than we expected. "
        "You will hear from us by 10:50 London time. "
        "You need not wait here: if you go, the answer comes by mail, by the same time."
    )


async def test_a_colleague_who_has_it_and_is_here_needs_more_time() -> None:
    known = Known(minutes=5)
    desk = await scene(known)
    stream = (await desk.write_first()).id
    await desk.by(desk.ann, c.Assign(person_id=desk.ann), stream)
    known.minutes = 50
    await judge(desk, stream)
    assert (await last_told(desk, stream)).reason == "need_more_time"


async def test_only_whoever_had_it_can_be_away() -> None:
    known = Known(minutes=5)
    desk = await scene(known)
    taken, untaken = (await desk.write_first()).id, (await desk.write_first()).id
    await desk.by(desk.ann, c.Assign(person_id=desk.ann), taken)
    await desk.duty(desk.ann, on=False)
    await desk.duty(desk.ben, on=False)
    known.minutes = 50
    for stream, reason in ((taken, "person_away"), (untaken, "short_handed")):
        await judge(desk, stream)
        assert (await last_told(desk, stream)).reason == reason


async def test_a_window_lies_within_opening_hours() -> None:
    desk = Scene(outlook=Known(minutes=22 * 60 + 70))
    desk.engine.phrase = CataloguePhrase()
    await desk.open(policy=Policy(first_answer_seconds=900, next_answer_seconds=900, wording="window"))
    desk.clock.advance(timedelta(hours=1))
    promise = (await desk.write_first()).promise
    assert promise is not None
    assert promise.words == "tomorrow, Tuesday, between 09:30 and 11:00 London time"


async def test_an_earlier_time_is_told_as_one() -> None:
    desk = await Scene().open()
    state = await desk.write_first()
    assert state.promise is not None
    texts: list[str] = []
    for due_at in (state.promise.due_at + timedelta(hours=1), desk.clock.now() + timedelta(minutes=5)):
        done = await desk.by(desk.ann, c.Renegotiate(due_at=due_at, reason="sooner"), state.id)
        texts += [each.text for each in done.events if isinstance(each, e.CustomerTold)]
    assert ["not by" in text for text in texts] == [True, False]
    assert ["before" in text for text in texts] == [False, True]
