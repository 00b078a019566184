"""What is foreseen of a wait, and what waits teach: on a real engine with a real outlook and a virtual clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scene import MONDAY_TEN, OFFICE, Scene
from waada.core import commands as c
from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.hours import Hours
from waada.core.ids import customer_id
from waada.core.outlook import Asked
from waada.core.people import Brand, Channel
from waada.core.policies import Policy
from waada.core.summary import summarise
from waada.science.learning import Learned
from waada.science.outlook import LiveOutlook
from waada.science.places import Place, answers_of, capacity_of, fine, law_of, place_from
from waada.science.standing import Line, Owed
from waada.science.turns import Turns, place_in_line

SHORT = Policy(first_answer_seconds=30, next_answer_seconds=30)


class Shop:
    """A scene whose commits feed its outlook."""

    def __init__(self, start: datetime = MONDAY_TEN) -> None:
        self.outlook = LiveOutlook()
        self.scene = Scene(start, self.outlook)
        self.scene.engine.watchers.append(self.outlook.saw)
        self.count = 0

    async def open(self, *, on_duty: bool = True) -> Shop:
        await self.scene.open(policy=SHORT, on_duty=on_duty)
        # The owner and the lead are not planned for customers.
        for person in (self.scene.owner, self.scene.lead):
            never = Hours.weekly({}, zone="Europe/London")
            await self.scene.tell_brand(c.SetRoster(person_id=person, roster=never))
        return self

    @property
    def brand(self) -> Brand:
        brand = self.scene.store.states[self.scene.brand]
        assert isinstance(brand, Brand)
        return brand

    async def write(self, channel: str = "mail") -> str:
        self.count += 1
        who = e.Customer(id=customer_id(self.scene.brand, "visitor", f"v{self.count}"), email="cora@home.test")
        command = c.StartConversation(channel=channel, customer=who, message=self.scene.message())
        return (await self.scene.order(command, self.scene.ids.fresh(), "customer")).conversation.id

    def sight(self, channel: str = "mail", stream: str = "", since: datetime | None = None):  # type: ignore[no-untyped-def]
        now = self.scene.clock.now()
        asked = Asked(
            brand=self.brand,
            channel=self.brand.channel(channel),
            kind="first_answer",
            stream=stream,
            now=now,
            since=since or now,
        )
        sight = self.outlook.sight(asked)
        assert sight is not None
        return sight

    def place(self, channel: str = "mail") -> Place:
        place = place_from(self.sight(channel).basis)
        assert place is not None
        return place


async def test_the_line_is_counted_and_shrinks_when_somebody_is_answered() -> None:
    shop = await Shop().open()
    assert shop.place().ahead is None
    streams = [await shop.write() for _ in range(5)]
    assert shop.place().ahead == 3
    await shop.scene.reply(streams[0])
    assert shop.place().ahead == 2
    await shop.scene.order(c.Release(), streams[1], "customer")
    assert shop.place().ahead == 1


async def test_who_came_first_is_foreseen_first() -> None:
    shop = await Shop().open()
    streams = []
    for _ in range(6):
        streams.append(await shop.write())
        shop.scene.clock.advance(timedelta(seconds=1))
    dues = []
    for stream in streams:
        state = await shop.scene.state(stream)
        dues.append(shop.sight(stream=stream, since=state.opened_at).due_at(0.9))
    assert dues == sorted(dues)


async def test_more_people_mean_an_earlier_answer_and_nobody_on_duty_a_later_one() -> None:
    shop = await Shop().open()
    for _ in range(12):
        await shop.write()
    two = shop.sight().due_at(0.9)
    await shop.scene.duty(shop.scene.ben, on=False)
    one = shop.sight().due_at(0.9)
    await shop.scene.duty(shop.scene.ann, on=False)
    none = shop.sight().due_at(0.9)
    assert two < one < none


async def test_the_chance_and_the_time_are_two_sides_of_one_law() -> None:
    shop = await Shop().open()
    for _ in range(20):
        await shop.write()
    sight = shop.sight()
    for chance in (0.5, 0.8, 0.9, 0.95, 0.98):
        due = sight.due_at(chance)
        assert due is not None
        # With nothing seen yet a promise is a little safer than it says.
        assert chance - 0.02 <= sight.chance_at(due) <= chance + 0.08
        assert sight.chance_at(due - timedelta(minutes=20)) < sight.chance_at(due)


async def test_at_night_the_answer_is_foreseen_for_the_morning() -> None:
    shop = await Shop(datetime(2026, 11, 16, 22, 0, tzinfo=UTC)).open(on_duty=False)
    due = shop.sight().due_at(0.95)
    assert due is not None
    assert datetime(2026, 11, 17, 9, 0, tzinfo=UTC) < due < datetime(2026, 11, 17, 11, 0, tzinfo=UTC)


async def test_where_nobody_is_on_any_roster_there_is_no_time_and_no_chance() -> None:
    shop = await Shop().open(on_duty=False)
    for person in (shop.scene.ann, shop.scene.ben):
        never = Hours.weekly({}, zone="Europe/London")
        await shop.scene.tell_brand(c.SetRoster(person_id=person, roster=never))
    sight = shop.sight()
    assert sight.due_at(0.5) is None
    assert sight.chance_at(shop.scene.clock.now() + timedelta(days=30)) == 0.0


async def test_behind_weeks_of_work_stands_a_time_that_can_be_kept_and_stays() -> None:
    """Rosters are read for two weeks; who stands behind more was promised the target, with no chance, and moved."""
    shop = await Shop().open()
    for _ in range(900):
        shop.scene.clock.advance(timedelta(seconds=1))
        last = await shop.write()
    state = shop.scene.store.states[last]
    assert isinstance(state, Conversation)
    assert state.promise is not None
    assert state.promise.due_at - shop.scene.clock.now() > timedelta(days=20)
    assert state.promise.chance is not None
    assert state.promise.chance >= SHORT.chance
    moved = shop.outlook.judge(shop.brand, shop.scene.clock.now() + timedelta(minutes=1))
    assert len(moved) < 9


async def test_a_day_off_is_no_capacity() -> None:
    shop = await Shop(datetime(2026, 11, 16, 22, 0, tzinfo=UTC)).open(on_duty=False)
    day_off = Hours.from_plain({**OFFICE.to_plain(), "special_days": {"2026-11-17": []}})
    for person in (shop.scene.ann, shop.scene.ben):
        await shop.scene.tell_brand(c.SetRoster(person_id=person, roster=day_off))
    due = shop.sight().due_at(0.95)
    assert due is not None
    assert due > datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


async def test_judging_all_and_looking_at_one_agree() -> None:
    shop = await Shop().open()
    streams = [await shop.write("mail" if number % 3 else "chat") for number in range(30)]
    shop.scene.clock.advance(timedelta(minutes=2))
    now = shop.scene.clock.now()
    judged = {each.stream: each.chance for each, _ in shop.outlook.chances(shop.brand, now)}
    assert set(judged) == set(streams)
    for stream in streams:
        state = await shop.scene.state(stream)
        assert state.promise is not None
        sight = shop.sight(state.channel, stream, state.opened_at)
        assert sight.chance_at(state.promise.due_at) == judged[stream]


async def test_what_is_known_from_rows_is_what_was_known_from_commits() -> None:
    shop = await Shop().open()
    for number in range(9):
        await shop.write("mail" if number % 2 else "chat")
    states = list(shop.scene.store.conversations(shop.scene.brand))
    other = LiveOutlook()
    other.stands(shop.scene.brand, [summarise(state) for state in states])
    here, there = shop.outlook.standing(shop.scene.brand), other.standing(shop.scene.brand)
    assert {key: line.owed for key, line in here.lines.items()} == {key: line.owed for key, line in there.lines.items()}


async def test_waits_teach_and_what_was_learned_survives_being_written_down() -> None:
    shop = await Shop().open()
    for _ in range(40):
        stream = await shop.write()
        shop.scene.clock.advance(timedelta(minutes=4))
        await shop.scene.reply(stream, close="resolved")
        shop.scene.clock.advance(timedelta(minutes=1))
    learned = shop.outlook.learned(shop.scene.brand)
    assert 3.5 < learned.handling.handle("mail", "mail")[0] < 6
    assert learned.calibration.version > 40
    again = Learned.from_plain(learned.plain())
    assert again.plain() == learned.plain()
    assert again.version == learned.version


async def test_a_wait_that_the_customer_gave_up_is_not_counted_as_answered() -> None:
    shop = await Shop().open()
    for _ in range(5):
        await shop.scene.order(c.Release(), await shop.write(), "customer")
    cells = shop.outlook.learned(shop.scene.brand).calibration.cells["mail:free"]
    assert sum(cell.count for cell in cells.values()) == 5
    assert sum(sum(cell.answered) for cell in cells.values()) == 0


async def test_somebody_who_leaves_and_a_surge_ask_for_judging_at_once() -> None:
    shop = await Shop().open()
    shop.outlook.judge(shop.brand, shop.scene.clock.now())
    assert shop.outlook.stirred() == ()
    await shop.scene.duty(shop.scene.ann, on=False)
    assert shop.outlook.stirred() == (shop.scene.brand,)
    shop.outlook.judge(shop.brand, shop.scene.clock.now())
    for _ in range(4):
        await shop.write()
    assert shop.outlook.stirred() == ()
    for _ in range(4):
        await shop.write()
    assert shop.outlook.stirred() == (shop.scene.brand,)


async def test_the_quiet_hour_is_one_with_people() -> None:
    shop = await Shop().open()
    channel = shop.brand.channel("mail")
    assert isinstance(channel, Channel)
    assert shop.outlook.quiet_hour(shop.brand, channel, shop.scene.clock.now()) is None
    for _ in range(30):
        await shop.write()
    quiet = shop.outlook.quiet_hour(shop.brand, channel, shop.scene.clock.now())
    assert quiet is not None
    assert OFFICE.is_open(quiet)


@given(st.integers(0, 200), st.integers(0, 20), st.integers(1, 30))
def test_one_more_ahead_never_means_an_earlier_turn(before: int, later: int, slots: int) -> None:
    def turn(place: int | None) -> int:
        return -1 if place is None else place

    assert turn(place_in_line(before, later, slots)) <= turn(place_in_line(before + 1, later, slots))
    assert turn(place_in_line(before, later, slots)) >= turn(place_in_line(before, later, slots + 1))


@given(st.integers(0, 100_000))
def test_a_long_line_is_told_apart_by_a_twentieth_and_never_shortened(ahead: int) -> None:
    assert ahead <= fine(ahead) <= ahead * 1.06 + 1


@given(
    ahead=st.one_of(st.none(), st.integers(0, 500)),
    handle=st.floats(0.5, 60),
    own=st.floats(0.05, 60),
    unsure=st.floats(0, 2),
    people=st.floats(0.1, 50),
    answers=st.floats(0, 1000),
    anybody=st.booleans(),
)
def test_a_place_survives_its_basis_and_its_two_directions_agree(
    ahead: int | None, handle: float, own: float, unsure: float, people: float, answers: float, *, anybody: bool
) -> None:
    place = Place(
        cell="mail:next",
        ahead=ahead,
        handle_minutes=round(handle, 3),
        own_minutes=round(own, 3),
        unsureness=round(unsure, 3),
        people=round(people, 2),
        anybody=anybody,
    )
    assert place_from(f"computed policy:900s:opening {place} calibration=12") == place
    assert abs(answers_of(place, capacity_of(place, answers)) - answers) < 1e-6 * (1 + answers)
    assert place_from("policy:900s:opening") is None


def _line(now: float, *, waiting: int = 0, going_on: int = 0) -> Line:
    line = Line()
    for number in range(waiting):
        line.put(
            Owed(
                stream=f"s{number}",
                channel="any",
                since=now,
                due=now + 60.0 * (number + 1),
                promise_id=f"p{number}",
                kind="first_answer",
                at_risk=False,
                moved=False,
                snoozed=False,
            )
        )
    line.in_hand = {f"c{number}": now for number in range(going_on)}
    return line


def _turns(line: Line, beside: Line, *, chat: bool, people: int) -> Turns:
    slots, at_once = (2.0 * people, 2.0) if chat else (float(people), 1.0)
    return Turns(line, [(beside, not chat)], 0.0, chat=chat, slots=slots, at_once=at_once, present=True)


def test_a_letter_finds_nobody_free_while_everybody_is_in_a_chat() -> None:
    mail, chats = _line(0.0), _line(0.0, going_on=3)
    assert _turns(mail, chats, chat=False, people=4).ahead(0, 3600.0, newcomer=True) is None
    assert _turns(mail, chats, chat=False, people=3).ahead(0, 3600.0, newcomer=True) == 0


def test_a_letter_in_hand_takes_all_the_chats_of_a_person() -> None:
    chats, mail = _line(0.0, going_on=2), _line(0.0, waiting=2)
    assert _turns(chats, mail, chat=True, people=4).ahead(0, 30.0, newcomer=True) is None
    # Two people are at letters and one has both hands full: nobody is free, although six places minus four are two.
    assert _turns(chats, mail, chat=True, people=3).ahead(0, 30.0, newcomer=True) == 0


async def test_the_first_promise_of_a_morning_is_another_law_than_a_free_person() -> None:
    night = await Shop(datetime(2026, 11, 16, 22, 0, tzinfo=UTC)).open(on_duty=False)
    day = await Shop().open()
    assert [law_of(day.place()), law_of(night.place())] == ["mail:free", "mail:opening"]
    for shop in (day, night):
        for _ in range(3):
            await shop.write()
    assert [law_of(day.place()), law_of(night.place())] == ["mail", "mail:shut"]
