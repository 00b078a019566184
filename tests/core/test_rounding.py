"""What people say: never earlier than computed, never much later, and round on the clock or in length."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from waada.core.rounding import rounded_up, step_seconds

NOW = datetime(2026, 11, 16, 10, 0, 17, tzinfo=UTC)
ZONES = st.sampled_from(["Europe/London", "Asia/Kolkata", "Asia/Almaty", "Asia/Kathmandu", "America/St_Johns"])


@given(st.floats(1, 40 * 86_400), ZONES, st.sampled_from(["exact", "within", "window"]))
def test_a_time_is_never_said_too_early_and_costs_at_most_a_twentieth(seconds: float, zone: str, wording: str) -> None:
    due = NOW + timedelta(seconds=seconds)
    said = rounded_up(due, NOW, zone, wording)  # type: ignore[arg-type]
    assert due <= said
    assert said - due < timedelta(seconds=max(5.0, seconds / 20) + 0.001)


@given(st.floats(600, 40 * 86_400), ZONES)
def test_an_exact_time_is_round_on_the_customers_wall(seconds: float, zone: str) -> None:
    due = NOW + timedelta(seconds=seconds)
    said = rounded_up(due, NOW, zone, "exact").astimezone(ZoneInfo(zone))
    step = step_seconds(seconds)
    assert (said.hour * 3600 + said.minute * 60 + said.second) % min(step, 3600) == 0


@given(st.floats(600, 40 * 86_400))
def test_a_length_is_round(seconds: float) -> None:
    said = rounded_up(NOW + timedelta(seconds=seconds), NOW, "Europe/London", "within")
    assert (said - NOW).total_seconds() % step_seconds(seconds) == 0
