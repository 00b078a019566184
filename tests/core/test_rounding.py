"""What people say: never earlier than computed, never much later, and round on the clock or in length."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waada.core.hours import Hours
from waada.core.rounding import SHORT, rounded_up, step_seconds, window_begins

NOW = datetime(2026, 11, 16, 10, 0, 17, tzinfo=UTC)
ZONES = st.sampled_from(["Europe/London", "Asia/Kolkata", "Asia/Almaty", "Asia/Kathmandu", "America/St_Johns"])


@given(st.floats(1, 40 * 86_400), ZONES, st.sampled_from(["exact", "within", "window"]))
def test_a_time_is_never_said_too_early_and_costs_at_most_a_twentieth(seconds: float, zone: str, wording: str) -> None:
    due = NOW + timedelta(seconds=seconds)
    said = rounded_up(due, NOW, zone, wording)  # type: ignore[arg-type]
    assert due <= said
    least = 30.0 if seconds < 180 else 60.0
    assert said - due < timedelta(seconds=max(least, seconds / 20) + 0.001)


@given(st.floats(1, 40 * 86_400), ZONES, st.sampled_from(["exact", "window"]))
def test_from_three_minutes_on_the_minute_that_is_said_is_the_instant(seconds: float, zone: str, wording: str) -> None:
    said = rounded_up(NOW + timedelta(seconds=seconds), NOW, zone, wording)  # type: ignore[arg-type]
    if seconds < SHORT.total_seconds():
        assert (said - NOW).microseconds == 0
        assert (said - NOW).total_seconds() % 5 == 0
    else:
        assert (said.second, said.microsecond) == (0, 0)


def test_short_waits_are_lengths_that_people_say() -> None:
    wanted = (3, 31, 58, 71, 119, 121, 179)
    said = [rounded_up(NOW + timedelta(seconds=each), NOW, "UTC", "exact") - NOW for each in wanted]
    assert [each.total_seconds() for each in said] == [5, 35, 60, 80, 120, 150, 180]


OFFICE = Hours.weekly({day: [("09:00", "17:00")] for day in ("monday", "tuesday")}, zone="Europe/London")


@pytest.mark.parametrize(
    ("due", "begins"),
    [
        ("16T10:10", None),  # too short a wait to be told from and to
        ("16T11:00", "16T10:50"),
        ("16T12:00", "16T11:40"),
        ("16T14:00", "16T13:15"),
        ("17T09:05", "17T09:00"),  # never while it is closed
        ("17T09:03", None),  # what is left is no window
        ("17T11:00", "17T09:30"),
    ],
)
def test_a_window_is_a_part_of_the_wait_within_opening_hours(due: str, begins: str | None) -> None:
    found = window_begins(datetime.fromisoformat(f"2026-11-{due}").replace(tzinfo=UTC), NOW, OFFICE)
    assert found == (None if begins is None else datetime.fromisoformat(f"2026-11-{begins}").replace(tzinfo=UTC))


@given(st.floats(1, 40 * 86_400), st.booleans())
def test_a_window_never_begins_before_now(seconds: float, opening: bool) -> None:  # noqa: FBT001 - drawn
    due = NOW + timedelta(seconds=seconds)
    begins = window_begins(due, NOW, OFFICE if opening else None)
    assert begins is None or NOW < begins <= due - timedelta(minutes=5)


@given(st.floats(600, 40 * 86_400), ZONES)
def test_an_exact_time_is_round_on_the_customers_wall(seconds: float, zone: str) -> None:
    due = NOW + timedelta(seconds=seconds)
    said = rounded_up(due, NOW, zone, "exact").astimezone(ZoneInfo(zone))
    step = step_seconds(seconds)
    assert (said.hour * 3600 + said.minute * 60 + said.second) % min(step, 3600) == 0


@given(st.floats(600, 13 * 3600))
def test_a_length_is_round(seconds: float) -> None:
    said = rounded_up(NOW + timedelta(seconds=seconds), NOW, "Europe/London", "within")
    assert (said - NOW).total_seconds() % step_seconds(seconds) == 0


@given(st.floats(15 * 3600, 40 * 86_400))
def test_where_no_length_is_said_the_clock_is_round(seconds: float) -> None:
    # Nobody says "by 11:06 tomorrow" because it is a round number of minutes away.
    due = NOW + timedelta(seconds=seconds)
    assert rounded_up(due, NOW, "Europe/London", "within") == rounded_up(due, NOW, "Europe/London", "exact")
