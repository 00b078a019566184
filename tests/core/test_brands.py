"""Setting up a brand: what is refused, and what is promised when its hours run out afterwards."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from scene import OFFICE, Scene
from waada.core import commands as c
from waada.core.hours import Hours
from waada.core.ids import PersonId
from waada.core.people import Brand, Channel
from waada.core.policies import Policy
from waada.core.refusals import Refused

CLOSED = Hours.weekly({}, zone="Europe/London")
AN_HOUR_A_WEEK = Hours.weekly({"monday": [("09:00", "10:00")]}, zone="Europe/London")
MONTH = 30 * 24 * 3600


def chat(hours: Hours | None = None, *, live: bool = True, seconds: int = 900, always: bool = False) -> c.SetChannel:
    policy = Policy(first_answer_seconds=seconds, next_answer_seconds=seconds, clock="always" if always else "opening")
    return c.SetChannel(channel=Channel(key="chat", kind="chat", name="Chat", live=live, policy=policy, hours=hours))


async def test_hours_that_never_open_are_refused_while_a_channel_promises_in_them() -> None:
    scene = await Scene().open()
    with pytest.raises(Refused, match="chat opens too little to keep what it promises, or never"):
        await scene.tell_brand(c.SetHours(hours=CLOSED))
    assert (await scene.write_first()).promise is not None


async def test_hours_may_be_closed_for_good_once_no_channel_promises_in_them() -> None:
    scene = await Scene().open()
    await scene.tell_brand(chat(always=True))
    mail = Channel(key="mail", kind="mail", name="Mail", address="help@shop.test")
    await scene.tell_brand(c.SetChannel(channel=mail))
    done = await scene.tell_brand(c.SetHours(hours=CLOSED))
    assert isinstance(done.state, Brand)
    assert done.state.hours == CLOSED


@pytest.mark.parametrize(
    ("hours", "seconds"), [(CLOSED, 900), (AN_HOUR_A_WEEK, MONTH)], ids=["never open", "too little"]
)
async def test_a_channel_goes_live_only_with_hours_that_hold_its_promise(hours: Hours, seconds: int) -> None:
    scene = await Scene().open()
    with pytest.raises(Refused, match="hours: Chat opens too little"):
        await scene.tell_brand(chat(hours, seconds=seconds))
    await scene.tell_brand(chat(hours, seconds=seconds, live=False))
    await scene.tell_brand(chat(hours, seconds=seconds, always=True))


async def test_whoever_writes_when_the_hours_have_run_out_gets_a_promise_around_the_clock() -> None:
    scene = await Scene().open()
    only_today = Hours.weekly({}, zone="Europe/London", special_days={date(2026, 11, 16): [("09:00", "17:00")]})
    await scene.tell_brand(chat(only_today))
    scene.clock.advance(timedelta(days=1))
    promise = (await scene.write_first()).promise
    assert promise is not None
    assert promise.due_at == scene.clock.now() + timedelta(minutes=15)
    assert promise.basis == "policy:900s:always"
    await scene.pass_time(timedelta(hours=1))
    conversation = (await scene.store.rows(scene.brand, "open")).rows[0]
    assert conversation.revisions > 0
    assert (await scene.state(conversation.id)).promise is not None


async def test_two_people_of_a_brand_never_have_one_address() -> None:
    scene = await Scene().open()
    with pytest.raises(Refused, match="on the team already"):
        await scene.tell_brand(
            c.ChangePerson(person_id=scene.ben, name="Ben", email="ANN@shop.test", role="agent", languages=("en",))
        )
    await scene.tell_brand(
        c.ChangePerson(person_id=scene.ben, name="Benjamin", email="ben@shop.test", role="agent", languages=("en",))
    )
    await scene.tell_brand(c.RemovePerson(person_id=scene.ann))
    await scene.tell_brand(
        c.ChangePerson(person_id=scene.ben, name="Ben", email="ann@shop.test", role="agent", languages=("en",))
    )


async def test_a_brand_keeps_an_owner() -> None:
    scene = await Scene().open()
    for command in (
        c.RemovePerson(person_id=scene.owner),
        c.ChangePerson(person_id=scene.owner, name="Olive", email="olive@shop.test", role="agent", languages=("en",)),
    ):
        with pytest.raises(Refused, match="at least one owner"):
            await scene.tell_brand(command)


async def test_the_last_owner_who_can_sign_in_stays_while_another_is_only_invited() -> None:
    scene = await Scene().open()
    second = PersonId("2" * 8)
    await scene.tell_brand(c.JoinPerson(person_id=scene.owner))
    await scene.tell_brand(
        c.InvitePerson(person_id=second, name="Oz", email="oz@shop.test", role="owner", languages=("en",))
    )
    with pytest.raises(Refused, match="owner who has joined"):
        await scene.tell_brand(c.RemovePerson(person_id=scene.owner))
    await scene.tell_brand(c.JoinPerson(person_id=second))
    done = await scene.tell_brand(c.RemovePerson(person_id=scene.owner))
    assert isinstance(done.state, Brand)
    assert [each.id for each in done.state.present() if each.role == "owner"] == [second]


async def test_mail_to_one_address_belongs_to_one_channel() -> None:
    scene = await Scene().open()
    await scene.tell_brand(
        c.SetChannel(channel=Channel(key="mail", kind="mail", name="Mail", address="help@shop.test"))
    )
    second = Channel(key="second", kind="mail", name="Second", address="Help@Shop.test")
    with pytest.raises(Refused, match="the address of Mail already"):
        await scene.tell_brand(c.SetChannel(channel=second))
    await scene.tell_brand(c.SetChannel(channel=replace(second, address="sales@shop.test")))


async def test_a_channel_can_be_changed_after_somebody_in_its_team_has_left() -> None:
    scene = await Scene().open()
    chosen = replace(chat().channel, team=(scene.ann, scene.ben))
    await scene.tell_brand(c.SetChannel(channel=chosen))
    await scene.tell_brand(c.RemovePerson(person_id=scene.ben))
    done = await scene.tell_brand(c.SetChannel(channel=replace(chosen, name="Talk")))
    assert isinstance(done.state, Brand)
    channel = done.state.channel("chat")
    assert channel is not None
    assert (channel.name, channel.team) == ("Talk", (scene.ann,))


async def test_hours_as_they_are_change_nothing() -> None:
    scene = await Scene().open()
    assert (await scene.tell_brand(c.SetHours(hours=OFFICE))).events == ()
