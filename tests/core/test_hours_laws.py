"""Laws of opening hours that hold for any week, in any zone, on the nights on which the clock is changed above all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from waada.core.hours import Hours, Interval, NeverOpen

NINE_TO_FIVE = Hours.weekly({"monday": [("09:00", "17:00")], "thursday": [("09:00", "17:00")]}, zone="Europe/London")
# Clocks that change by an hour, by half an hour, in Ramadan, not any more, or never.
ZONES = (
    "Europe/London",
    "America/New_York",
    "Asia/Almaty",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "UTC",
)
DAY_MINUTES = 1440


@st.composite
def weeks(draw: st.DrawFn) -> Hours:
    """Weekly hours with up to three intervals a day, over midnight on some, and a few odd dates."""
    days: list[tuple[Interval, ...]] = []
    spill = 0
    for number in range(7):
        marks = sorted(draw(st.lists(st.integers(max(spill, 0), DAY_MINUTES - 1), max_size=6, unique=True)))
        parts = [Interval(first, last) for first, last in zip(marks[::2], marks[1::2], strict=False)]
        if parts and number < 6 and draw(st.booleans()):
            last = parts.pop()
            parts.append(Interval(last.opens, draw(st.integers(last.opens + 1, last.opens + DAY_MINUTES))))
        spill = max((part.closes for part in parts), default=0) - DAY_MINUTES
        days.append(tuple(parts))
    if spill > 0:
        days[6] = ()
    mon, tue, wed, thu, fri, sat, sun = days
    start = draw(st.dates(date(2024, 1, 1), date(2027, 12, 31)))
    return Hours(
        zone=draw(st.sampled_from(ZONES)),
        week=(mon, tue, wed, thu, fri, sat, sun) if any(days) else NINE_TO_FIVE.week,
        holidays=tuple(start + timedelta(days=d) for d in draw(st.lists(st.integers(0, 30), max_size=3))),
    )


def change_nights(zone: str) -> list[datetime]:
    """Instants around every change of the clock of a zone in 2024-2027 (found by looking, not by our code)."""
    found: list[datetime] = []
    at, info = datetime(2024, 1, 1, tzinfo=UTC), ZoneInfo(zone)
    while at.year < 2028:
        if at.astimezone(info).utcoffset() != (at + timedelta(hours=6)).astimezone(info).utcoffset():
            found.append(at)
        at += timedelta(hours=6)
    return found


NIGHTS = {zone: change_nights(zone) for zone in ZONES}


@st.composite
def instants(draw: st.DrawFn, zone: str) -> datetime:
    anywhere = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
    if not NIGHTS[zone] or draw(st.booleans()):
        return draw(anywhere)
    near = st.timedeltas(timedelta(hours=-12), timedelta(hours=18))
    return draw(st.sampled_from(NIGHTS[zone])) + draw(near)


AMOUNTS = st.timedeltas(timedelta(microseconds=1), timedelta(hours=60)) | st.integers(1, 40).map(
    lambda hours: timedelta(hours=hours)
)


def added(hours: Hours, start: datetime, amount: timedelta) -> datetime | None:
    """Sparse weeks may hold too little in two years; that is a proper answer, not a counterexample."""
    try:
        return hours.add(start, amount)
    except NeverOpen:
        return None


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_between_undoes_add_to_the_microsecond_and_no_earlier_instant_would_do(data: st.DataObject) -> None:
    hours = data.draw(weeks())
    start, amount = data.draw(instants(hours.zone)), data.draw(AMOUNTS)
    due = added(hours, start, amount)
    if due is not None:
        tick = timedelta(microseconds=1)
        assert hours.between(start, due) == amount
        assert hours.between(start, due - tick) == amount - tick


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_add_undoes_between_up_to_the_closed_time(data: st.DataObject) -> None:
    hours = data.draw(weeks())
    start = data.draw(instants(hours.zone))
    end = start + data.draw(st.timedeltas(timedelta(microseconds=1), timedelta(days=12)))
    passed = hours.between(start, end)
    if passed:
        again = hours.add(start, passed)
        assert again <= end
        assert hours.between(again, end) == timedelta(0)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_adding_in_two_steps_is_adding_at_once_and_more_is_never_sooner(data: st.DataObject) -> None:
    hours = data.draw(weeks())
    start, first, second = data.draw(instants(hours.zone)), data.draw(AMOUNTS), data.draw(AMOUNTS)
    due = added(hours, start, first + second)
    if due is not None:
        assert hours.add(hours.add(start, first), second) == due
        assert hours.add(start, first) < due
        later = start + second
        assert hours.add(later, first) >= hours.add(start, first)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_between_adds_up_and_pieces_hold_exactly_the_same_time(data: st.DataObject) -> None:
    hours = data.draw(weeks())
    first, second, third = (data.draw(instants(hours.zone)) for _ in range(3))
    assert hours.between(first, second) + hours.between(second, third) == hours.between(first, third)
    end = first + data.draw(st.timedeltas(timedelta(0), timedelta(days=9)))
    pieces = hours.pieces(first, end)
    assert sum((closes - opens for opens, closes in pieces), timedelta(0)) == hours.between(first, end)
    assert all(before[1] < after[0] for before, after in pairwise(pieces))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_open_means_that_the_clock_on_the_wall_shows_an_opening_time(data: st.DataObject) -> None:
    hours = data.draw(weeks())
    at = data.draw(instants(hours.zone))
    wall = at.astimezone(ZoneInfo(hours.zone))
    minute = wall.hour * 60 + wall.minute
    today, yesterday = wall.date(), wall.date() - timedelta(days=1)
    own = () if today in hours.holidays else hours.week[today.weekday()]
    spilt = () if yesterday in hours.holidays else hours.week[yesterday.weekday()]
    shown = any(part.opens <= minute < part.closes for part in own) or any(
        minute + DAY_MINUTES < part.closes for part in spilt
    )
    assert hours.is_open(at) is shown


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_the_sign_on_the_door_turns_where_it_says(data: st.DataObject) -> None:
    hours = data.draw(weeks())
    at = data.draw(instants(hours.zone))
    tick = timedelta(microseconds=1)
    opening, closing = hours.next_opening(at), hours.next_closing(at)
    if opening is not None:
        assert opening > at
        assert hours.is_open(opening)
        assert not hours.is_open(opening - tick)
    if closing is not None:
        assert closing > at
        assert not hours.is_open(closing)
        assert hours.is_open(closing - tick)
    if opening is not None and closing is not None:
        assert (closing < opening) is hours.is_open(at)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_lies_far_away_is_counted_like_what_is_near_whatever_was_asked_before(data: st.DataObject) -> None:
    hours = data.draw(weeks())
    for _ in range(3):  # later, earlier, or long ago: what is remembered must not matter
        start = data.draw(instants(hours.zone))
        end = start + data.draw(st.timedeltas(timedelta(days=3), timedelta(days=700)))
        passed = hours.between(start, end)
        assert passed == sum((closes - opens for opens, closes in hours.pieces(start, end)), timedelta(0))
        if passed:
            due = hours.add(start, passed)
            assert due <= end
            assert not hours.pieces(due, end)
            assert hours.between(start, due - timedelta(microseconds=1)) < passed


def test_several_threads_may_count_by_the_same_hours() -> None:
    begin = datetime(2026, 1, 5, tzinfo=UTC)
    spans = [(begin + timedelta(days=-37 * number), timedelta(days=31 * number)) for number in range(1, 25)]
    wanted = [NINE_TO_FIVE.between(start, start + span) for start, span in spans]
    for _ in range(5):
        fresh = Hours(zone=NINE_TO_FIVE.zone, week=NINE_TO_FIVE.week)
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda span, hours=fresh: hours.between(span[0], span[0] + span[1]), spans * 4))
        assert found == wanted * 4
