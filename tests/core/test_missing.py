"""Where a promise is missing: hours of the week without one, or with one worse than the bar, and whom it met."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scene import OFFICE, Scene
from waada.core import commands as c
from waada.core.bars import Bar
from waada.core.hours import Hours
from waada.core.missing import WEEK_HOURS, Missing, missing
from waada.core.people import Brand, Channel
from waada.core.policies import Policy

# A Wednesday, in the week after the clocks of London went forward: 09:00 there is 08:00 UTC.
NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
SATURDAY_NIGHT = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Waited:
    channel: str
    channel_kind: str
    enquiry_id: str = "e"
    language: str = "en"
    kind: str = "first_answer"
    started_at: datetime
    ended_at: datetime | None


def wait(seconds: float | None, at: datetime = SATURDAY_NIGHT, channel: str = "mail", kind: str = "mail") -> Waited:
    ended_at = None if seconds is None else at + timedelta(seconds=seconds)
    return Waited(channel=channel, channel_kind=kind, started_at=at, ended_at=ended_at)


def brand_with(*channels: Channel, hours: Hours = OFFICE) -> Brand:
    return replace(BRAND, channels=channels, hours=hours)


def channel(kind: str = "mail", seconds: int = 900, clock: str = "opening", *, live: bool = True) -> Channel:
    policy = Policy(first_answer_seconds=seconds, next_answer_seconds=seconds, clock=clock)  # type: ignore[arg-type]
    return Channel(key=kind, kind=kind, name=kind, live=live, policy=policy)  # type: ignore[arg-type]


BRAND = Brand(
    id=Scene().brand,
    slug="shop",
    name="Shop",
    zone="Europe/London",
    languages=("en",),
    founded_at=NOW,
    hours=OFFICE,
)


def only(found: tuple[Missing, ...]) -> Missing:
    assert len(found) == 1
    return found[0]


def test_a_quarter_of_an_hour_in_office_hours_leaves_evenings_and_weekends_without_a_promise_worth_the_bar() -> None:
    found = only(missing(brand_with(channel()), [wait(36 * 3600)], NOW))
    # Open 9 to 17 on five days; whoever comes at the beginning of an hour in them is promised 15 minutes.
    assert len(found.hours) == WEEK_HOURS - 5 * 8
    assert found.next == "open_hours"
    assert {each.gap for each in found.hours} == {"slower"}
    saturday = next(each for each in found.hours if (each.weekday, each.hour) == (5, 22))
    assert (saturday.enquiries, saturday.late, saturday.median_wait_seconds) == (1, 1, 36 * 3600)
    assert saturday.promised_seconds == (2 + 24 + 9) * 3600 + 900
    assert found.beyond_seconds == 36 * 3600 - 900


def test_a_promise_around_the_clock_as_good_as_the_bar_misses_nothing() -> None:
    assert missing(brand_with(channel(clock="always")), [wait(60)], NOW) == ()
    found = only(missing(brand_with(channel(clock="always", seconds=901)), [], NOW))
    assert (len(found.hours), found.next, found.enquiries) == (WEEK_HOURS, "shorten", 0)


def test_a_bar_of_ones_own_is_what_counts() -> None:
    brand = brand_with(channel(clock="always", seconds=3600))
    slower = Bar(key="ours", channel_kind="mail", seconds=3600, source="us", default=True)
    assert len(missing(brand, [], NOW)) == 1
    assert missing(replace(brand, bars=(slower,)), [], NOW) == ()


def test_a_channel_that_customers_use_without_a_promise_comes_with_what_to_do() -> None:
    bare = replace(channel(), live=False, policy=None)
    found = only(missing(brand_with(bare), [wait(None)], NOW))
    assert (found.next, found.live, {each.gap for each in found.hours}) == ("set_promise", False, {"none"})
    assert found.enquiries == 1
    assert only(missing(brand_with(channel(live=False)), [wait(1)], NOW)).next == "go_live"
    gone = only(missing(brand_with(), [wait(1)], NOW))
    assert (gone.next, gone.name, gone.bar.key) == ("set_promise", "mail", "leaders-mail")


def test_a_channel_that_is_off_and_that_nobody_uses_misses_nothing() -> None:
    assert missing(brand_with(channel(live=False)), [], NOW) == ()


def test_the_channel_that_left_most_people_waiting_longest_comes_first() -> None:
    brand = brand_with(channel("chat", 30), channel("mail", 900))
    waits = [wait(7200), *[wait(600, channel="chat", kind="chat") for _ in range(3)]]
    assert [each.channel for each in missing(brand, waits, NOW)] == ["mail", "chat"]
    waits += [wait(9000, channel="chat", kind="chat")]
    assert [each.channel for each in missing(brand, waits, NOW)] == ["chat", "mail"]


def test_only_the_first_wait_of_a_need_is_an_enquiry() -> None:
    again = replace(wait(9999), kind="next_answer")
    assert only(missing(brand_with(channel()), [again], NOW)).enquiries == 0


def test_a_holiday_of_the_coming_week_is_no_missing_promise() -> None:
    closed = Hours.weekly(
        {day: [("09:00", "17:00")] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")},
        zone="Europe/London",
        holidays=["2026-04-03", "2026-04-06"],
    )
    assert missing(brand_with(channel(), hours=closed), [], NOW) == missing(brand_with(channel()), [], NOW)


def test_hours_are_those_of_the_clock_on_the_wall_also_over_a_change_of_it() -> None:
    # The night of 29 March 2026: 22:30 UTC is 22:30 in London, a day later it is 23:30.
    found = only(
        missing(brand_with(channel()), [wait(9999), wait(9999, SATURDAY_NIGHT + timedelta(days=1))], NOW),
    )
    assert [(each.weekday, each.hour) for each in found.hours if each.enquiries] == [(5, 22), (6, 23)]


@given(
    st.lists(
        st.tuples(st.integers(0, 14 * 24 * 3600), st.one_of(st.none(), st.floats(0, 10**6))),
        max_size=50,
    )
)
def test_every_enquiry_of_a_channel_without_a_promise_is_counted_once(arrivals: list[tuple[int, float | None]]) -> None:
    waits = [wait(seconds, NOW - timedelta(seconds=before)) for before, seconds in arrivals]
    found = missing(brand_with(), waits, NOW)
    assert sum(each.enquiries for each in found) == len(arrivals)
    for each in found:
        assert each.enquiries == sum(hour.enquiries for hour in each.hours)
        assert len({(hour.weekday, hour.hour) for hour in each.hours}) == len(each.hours) == WEEK_HOURS
        assert all(hour.late <= hour.enquiries for hour in each.hours)


async def test_a_mail_channel_that_is_set_up_well_is_not_listed() -> None:
    scene = await Scene().open(policy=Policy(first_answer_seconds=30, next_answer_seconds=900, clock="always"))
    await scene.tell_brand(c.SetHours(hours=Hours.always("Europe/London")))
    brand = await scene.store.brand(scene.brand)
    assert brand is not None
    assert missing(brand, [], scene.clock.now()) == ()
