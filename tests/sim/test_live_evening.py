"""A whole Friday evening on virtual time: who comes, who answers, who keeps out of whose way, and how it ends."""

import asyncio
from collections import Counter
from random import Random

import pytest
from structlog.testing import capture_logs

from live_stage import FakeDoor, Stage, on_virtual_time
from waada.core import commands as c
from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.ids import PersonId, by_person
from waada.core.refusals import Refused
from waada.ports import Commit, Recorded
from waada.sim.evening_texts import DOMAIN, MARK, TONGUES
from waada.sim.live_customers import EVENING_SECONDS, plan
from waada.sim.live_doors import DoorClosed, Visitor, Way

ALL_WAYS: frozenset[Way] = frozenset({"chat", "mail", "form"})
LANGUAGES = ("en", "kk", "cy", "hi", "ar")


def replies_of(stage: Stage) -> list[Recorded]:
    return [fact for fact in stage.store.log if isinstance(fact.event, e.PersonWrote)]


def conversations_of(stage: Stage) -> list[Conversation]:
    return [state for state in stage.store.states.values() if isinstance(state, Conversation)]


async def whole_evening(stage: Stage, speed: int = 60, person: PersonId | None = None) -> dict[str, object]:
    evening = stage.evening()
    await evening.start(speed, person)
    await evening.ended()
    return evening.status()


def test_an_evening_plays_from_five_to_eleven_and_ends_by_itself() -> None:
    stage = Stage()

    async def story() -> tuple[dict[str, object], float]:
        await stage.open()
        began = asyncio.get_running_loop().time()
        status = await whole_evening(stage, 20)
        took = asyncio.get_running_loop().time() - began
        await stage.close()
        return status, took

    status, took = on_virtual_time(story)
    assert status["running"] is False
    assert (status["story_time"], status["story_minute"]) == ("23:00", 360)
    assert EVENING_SECONDS / 20 - 1 < took < EVENING_SECONDS / 20 + 60
    assert 60 <= int(str(status["arrived"])) <= 90
    assert int(str(status["written"])) > int(str(status["arrived"])), "some nudge, go on or say thanks"
    assert int(str(status["answered_by_colleagues"])) > 10
    assert int(str(status["answered"])) > 10
    assert (status["waiting"], status["troubles"], status["last_trouble"]) == (0, {}, None)
    found = conversations_of(stage)
    assert len(found) == status["arrived"]
    assert {each.customer.language for each in found} == set(LANGUAGES)
    assert stage.on_duty() == [], "the colleagues went home"
    assert not [each for each in found if each.promise is not None and each.assignee is not None], "and let go"


def test_everybody_who_writes_is_marked_as_simulated() -> None:
    stage = Stage()

    async def story() -> None:
        await stage.open()
        await whole_evening(stage)
        await stage.close()

    on_virtual_time(story)
    for state in conversations_of(stage):
        first = next(
            fact.event
            for fact in stage.store.log
            if fact.stream == state.id and isinstance(fact.event, e.CustomerWrote)
        )
        assert MARK in first.message.text or MARK in (state.customer.name or "")
        assert state.customer.email is None or state.customer.email.endswith(f"@{DOMAIN}")


def test_colleagues_answer_in_the_customers_language_what_was_asked() -> None:
    stage = Stage()

    async def story() -> None:
        await stage.open()
        await whole_evening(stage)
        await stage.close()

    on_virtual_time(story)
    languages = Counter()  # type: Counter[str]
    for fact in replies_of(stage):
        assert isinstance(fact.event, e.PersonWrote)
        state = stage.store.states[fact.stream]
        assert isinstance(state, Conversation)
        tongue = TONGUES[state.customer.language]
        known = [text for topic in tongue.topics for text in (topic.answer, topic.further_answer)]
        assert any(text in fact.event.message.text for text in known)
        languages[state.customer.language] += 1
    assert len(languages) >= 4


def test_the_person_at_the_desk_has_enough_left_to_do() -> None:
    stage = Stage()

    async def story() -> dict[str, object]:
        await stage.open()
        status = await whole_evening(stage)
        await stage.close()
        return status

    status = on_virtual_time(story)
    answered = {fact.stream for fact in replies_of(stage)}
    left = [each for each in conversations_of(stage) if each.id not in answered]
    assert len(left) >= int(str(status["arrived"])) * 0.3


def test_colleagues_keep_away_from_what_a_real_person_has_or_looks_at() -> None:
    stage = Stage()
    kept: dict[str, str] = {}

    def real_person(commit: Commit) -> None:
        """Ann takes every third conversation, and looks at every other third; she answers nothing."""
        if isinstance(commit.events[0], e.ConversationOpened):
            turn = len(kept) % 3
            kept[commit.stream] = ("taken", "viewed", "free")[turn]
            if turn == 0:
                task = asyncio.create_task(
                    stage.order(c.Assign(person_id=stage.ann), commit.stream, by_person(stage.ann))
                )
                tasks.append(task)
            elif turn == 1:
                who = {"who": {"id": stage.ann, "name": "Ann"}, "on": True}
                stage.hub.signal(stage.brand, commit.stream, "viewing", who)

    tasks: list[asyncio.Task[object]] = []

    async def story() -> None:
        await stage.open()
        stage.engine.watchers.append(real_person)
        await whole_evening(stage, person=stage.ann)
        await asyncio.gather(*tasks)
        await stage.close()

    on_virtual_time(story)
    by_people = [fact for fact in stage.store.log if fact.by.startswith("person:") and fact.stream in kept]
    touched = {fact.stream for fact in by_people if fact.by != by_person(stage.ann)}
    assert touched, "the colleagues did work"
    assert {kept[stream] for stream in touched} == {"free"}


def test_nobody_plays_the_person_who_sits_at_the_desk() -> None:
    stage = Stage()

    async def story() -> tuple[object, object]:
        await stage.open()
        evening = stage.evening()
        await evening.start(20, stage.cat)
        await asyncio.sleep(60)
        chosen = evening.status()["colleagues"]
        # Ben signs in after all: a word of his own tells.
        await stage.order(c.SetDuty(person_id=stage.ben, on_duty=False), stage.brand, by_person(stage.ben))
        await asyncio.sleep(1)
        after, given = evening.status()["colleagues"], len(stage.store.log)
        await asyncio.sleep(300)
        await evening.stop()
        later = [fact.by for fact in stage.store.log[given:]]
        await stage.close()
        assert by_person(stage.ben) not in later
        assert by_person(stage.ann) in later
        return chosen, after

    chosen, after = on_virtual_time(story)
    assert chosen == ("Ben", "Ann")
    assert after == ("Ann",)


def test_stop_ends_it_at_once_and_nothing_is_written_afterwards() -> None:
    stage = Stage()

    async def story() -> None:
        await stage.open()
        doors = stage.doors()
        evening = stage.evening(doors)
        await evening.start(60)
        await asyncio.sleep(220)  # the peak
        assert evening.speed == 60
        assert sum(len(door.open_lines) for door in doors.values() if isinstance(door, FakeDoor)) > 3
        await evening.stop()
        await evening.stop()
        status, facts = evening.status(), [fact for fact in stage.store.log if fact.by != "system"]
        assert (status["running"], status["waiting"]) == (False, 0)
        assert not any(door.open_lines for door in doors.values() if isinstance(door, FakeDoor))
        assert stage.on_duty() == []
        await asyncio.sleep(600)
        assert [fact for fact in stage.store.log if fact.by != "system"] == facts
        await stage.close()
        assert len(asyncio.all_tasks()) == 1, "nobody is left behind"

    on_virtual_time(story)


def test_it_can_be_played_again() -> None:
    stage = Stage()

    async def story() -> tuple[dict[str, object], dict[str, object]]:
        await stage.open()
        evening = stage.evening()
        await evening.start(60)
        await asyncio.sleep(200)
        await evening.stop()
        first = evening.status()
        assert first["story_time"] == "20:20", "it says where it was stopped"
        await evening.start(60)
        await asyncio.sleep(20)
        second = evening.status()
        await evening.stop()
        await stage.close()
        return first, second

    first, second = on_virtual_time(story)
    assert 0 < int(str(second["arrived"])) < int(str(first["arrived"]))


def test_speed_can_be_changed_while_it_plays() -> None:
    stage = Stage()

    async def story() -> tuple[float, float]:
        await stage.open()
        evening = stage.evening()
        await evening.start(1)
        await asyncio.sleep(600)
        slow = float(str(evening.status()["story_minute"]))
        await evening.start(60)
        await asyncio.sleep(60)
        fast = float(str(evening.status()["story_minute"]))
        await evening.stop()
        await stage.close()
        return slow, fast

    assert on_virtual_time(story) == (10, 70)


def test_only_a_demo_brand_is_played_with() -> None:
    stage = Stage(demo=False)

    async def story() -> Refused:
        await stage.open()
        with pytest.raises(Refused) as refused:
            await stage.evening().start(5)
        await stage.close()
        return refused.value

    assert on_virtual_time(story).refusal.status == 403


def test_another_speed_is_refused_with_the_choices() -> None:
    stage = Stage()

    async def story() -> str:
        with pytest.raises(Refused) as refused:
            await stage.evening().start(3)
        return str(refused.value)

    assert on_virtual_time(story) == "speed: choose one of 1, 5, 20, 60."


class ShutDoor:
    """Nobody gets in."""

    async def open(self, visitor: Visitor) -> "ShutDoor":
        raise DoorClosed("away", f"{visitor.name} stands outside.")


class BrokenDoor:
    """A bug."""

    async def open(self, visitor: Visitor) -> "BrokenDoor":
        raise ZeroDivisionError(visitor.name)


@pytest.mark.parametrize(("door", "troubles"), [(ShutDoor(), set()), (BrokenDoor(), {"bugs"})])
def test_closed_doors_and_bugs_are_counted_and_the_evening_goes_on(door: object, troubles: set[str]) -> None:
    stage = Stage()

    async def story() -> dict[str, object]:
        await stage.open()
        evening = stage.evening({"chat": FakeDoor(stage, "chat"), "mail": door})  # type: ignore[dict-item]
        with capture_logs() as logged:
            await evening.start(60)
            await evening.ended()
        assert any(each["log_level"] == "error" for each in logged) == bool(troubles), "a bug is in the log, whole"
        await stage.close()
        return evening.status()

    status = on_virtual_time(story)
    assert status["story_time"] == "23:00"
    assert conversations_of(stage), "the chat goes on"
    assert status["last_trouble"] if troubles else status["gave_up"]
    assert set(status["troubles"]) == troubles  # type: ignore[call-overload]


def test_the_peak_is_at_half_past_eight() -> None:
    half_hours = Counter(
        int(arrival.at // 1800) for seed in range(40) for arrival in plan(Random(seed), LANGUAGES, ALL_WAYS)
    )
    assert max(half_hours, key=half_hours.__getitem__) == 7, "20:30 to 21:00"
    assert half_hours[7] > 3 * half_hours[1]


def test_all_three_ways_and_all_languages_of_the_brand_are_used() -> None:
    arrivals = plan(Random(1), LANGUAGES, ALL_WAYS)
    assert {arrival.way for arrival in arrivals} == ALL_WAYS
    assert {arrival.visitor.language for arrival in arrivals} == set(LANGUAGES)
    assert sum(arrival.visitor.away for arrival in arrivals) == 1, "one is out of office"
    assert any(arrival.visitor.photo for arrival in arrivals)
    assert len({arrival.visitor.email for arrival in arrivals}) == len(arrivals)
    only = plan(Random(1), ("en",), frozenset[Way]({"chat"}))
    assert {(arrival.way, arrival.visitor.language) for arrival in only} == {("chat", "en")}


def test_the_same_chance_gives_the_same_evening_at_any_speed() -> None:
    def opened(speed: int) -> list[str]:
        stage = Stage()

        async def story() -> None:
            await stage.open()
            await whole_evening(stage, speed)
            await stage.close()

        on_virtual_time(story)
        return sorted(
            fact.event.customer.language for fact in stage.store.log if isinstance(fact.event, e.ConversationOpened)
        )

    assert opened(20) == opened(60)
