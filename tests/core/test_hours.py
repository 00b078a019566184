"""Opening hours: what people would check with a calendar in hand, and the answers other desks agree on."""

from __future__ import annotations

import copy
import json
import os
import pickle
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from waada.core.hours import AmountInvalid, Hours, HoursInvalid, HoursRefused, Interval, NeverOpen, TimeInvalid

SHARED = Path(os.environ.get("WAADA_SHARED", Path(__file__).parents[3] / "shared"))
CASES = SHARED / "data" / "hours_cases.json"

WORKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
NINE_TO_FIVE = Hours.weekly({day: [("09:00", "17:00")] for day in WORKDAYS}, zone="Europe/London")
LUNCH = Hours.weekly({day: [("09:00", "12:30"), ("13:30", "17:00")] for day in WORKDAYS}, zone="Europe/London")
BAR = Hours.weekly({"friday": [("22:00", "02:00+1")]}, zone="Europe/London")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


# --- what a person would check -------------------------------------------------------------------------------------


def test_friday_afternoon_to_monday_morning_is_50_minutes_of_business_and_64_hours_50_of_waiting() -> None:
    friday, monday = utc("2026-11-20T16:30"), utc("2026-11-23T09:20")
    assert NINE_TO_FIVE.between(friday, monday) == timedelta(minutes=50)
    assert NINE_TO_FIVE.add(friday, timedelta(minutes=50)) == monday
    assert Hours.always("Europe/London").between(friday, monday) == timedelta(hours=64, minutes=50)


def test_lunch_stops_the_business_clock() -> None:
    assert LUNCH.add(utc("2026-11-23T12:15"), 1800) == utc("2026-11-23T13:45")
    assert not LUNCH.is_open(utc("2026-11-23T13:00"))


def test_a_whole_day_of_business_time_ends_at_closing_and_not_at_the_next_opening() -> None:
    assert NINE_TO_FIVE.add(utc("2026-11-23T09:00"), timedelta(hours=8)) == utc("2026-11-23T17:00")


def test_nobody_is_there_at_the_closing_instant_and_somebody_is_at_the_opening_instant() -> None:
    assert NINE_TO_FIVE.is_open(utc("2026-11-23T09:00"))
    assert not NINE_TO_FIVE.is_open(utc("2026-11-23T17:00"))


def test_a_night_shift_runs_into_the_next_day() -> None:
    assert BAR.is_open(utc("2026-11-21T01:59:59"))
    assert not BAR.is_open(utc("2026-11-21T02:00"))
    assert BAR.between(utc("2026-11-20T12:00"), utc("2026-11-21T12:00")) == timedelta(hours=4)
    assert BAR.pieces(utc("2026-11-20T12:00"), utc("2026-11-21T12:00")) == (
        (utc("2026-11-20T22:00"), utc("2026-11-21T02:00")),
    )


def test_a_day_may_end_at_midnight_and_go_on_in_the_next_without_a_seam() -> None:
    hours = Hours.weekly({"monday": [("09:00", "24:00")], "tuesday": [("00:00", "03:00")]}, zone="Asia/Almaty")
    opens, closes = local("2026-11-23T09:00", "Asia/Almaty"), local("2026-11-24T03:00", "Asia/Almaty")
    assert hours.pieces(opens, closes + timedelta(days=1)) == ((opens, closes),)
    assert hours.next_closing(opens) == closes
    assert hours.next_opening(opens) == opens + timedelta(days=7)


def test_holidays_are_closed_and_a_special_day_has_its_own_times() -> None:
    hours = Hours.weekly(
        {day: [("09:00", "17:00")] for day in WORKDAYS},
        zone="Europe/London",
        holidays=["2026-12-25", date(2026, 12, 28)],
        special_days={"2026-12-24": [("10:00", "12:00")], "2026-12-26": [("11:00", "12:00")]},
    )
    assert hours.add(utc("2026-12-24T11:30"), 3600) == utc("2026-12-26T11:30")
    assert hours.next_opening(utc("2026-12-26T12:00")) == utc("2026-12-29T09:00")


def test_a_special_day_opens_even_on_a_holiday() -> None:
    hours = Hours.weekly({}, zone="UTC", holidays=["2026-12-25"], special_days={"2026-12-25": [("10:00", "11:00")]})
    assert hours.is_open(utc("2026-12-25T10:30"))


def test_next_opening_and_closing_say_when_the_sign_on_the_door_turns() -> None:
    friday_evening = utc("2026-11-20T18:00")
    assert NINE_TO_FIVE.next_opening(friday_evening) == utc("2026-11-23T09:00")
    assert NINE_TO_FIVE.next_closing(friday_evening) == utc("2026-11-23T17:00")
    assert NINE_TO_FIVE.next_closing(utc("2026-11-20T16:00")) == utc("2026-11-20T17:00")
    around_the_clock = Hours.always("UTC")
    assert around_the_clock.next_opening(friday_evening) is None
    assert around_the_clock.next_closing(friday_evening) is None
    all_week = Hours.weekly({day: [("00:00", "24:00")] for day in (*WORKDAYS, "saturday", "sunday")}, zone="UTC")
    assert all_week.next_opening(friday_evening) is None
    assert all_week.next_closing(friday_evening) is None


def test_pieces_of_an_empty_or_backward_stretch_are_none() -> None:
    assert NINE_TO_FIVE.pieces(utc("2026-11-23T10:00"), utc("2026-11-23T10:00")) == ()
    assert NINE_TO_FIVE.pieces(utc("2026-11-23T12:00"), utc("2026-11-23T10:00")) == ()


def test_between_counts_backward_as_negative() -> None:
    assert LUNCH.between(utc("2026-11-23T14:00"), utc("2026-11-23T12:00")) == -timedelta(hours=1)


# --- nights on which the clock is changed --------------------------------------------------------------------------


def test_a_night_shift_is_an_hour_longer_when_the_clock_goes_back_and_shorter_when_it_goes_forward() -> None:
    hours = Hours.weekly({"saturday": [("22:00", "06:00+1")]}, zone="Europe/London")
    autumn = hours.between(utc("2026-10-24T12:00"), utc("2026-10-25T12:00"))
    spring = hours.between(utc("2026-03-28T12:00"), utc("2026-03-29T12:00"))
    assert autumn == timedelta(hours=9)
    assert spring == timedelta(hours=7)


def test_an_hour_that_the_clock_skips_is_not_there() -> None:
    hours = Hours.weekly({"sunday": [("01:00", "02:30")]}, zone="Europe/London")
    assert hours.pieces(utc("2026-03-29T00:00"), utc("2026-03-30T00:00")) == (
        (utc("2026-03-29T01:00"), utc("2026-03-29T01:30")),
    )


def test_an_hour_that_the_clock_shows_twice_is_open_twice() -> None:
    hours = Hours.weekly({"sunday": [("01:15", "01:45")]}, zone="Europe/London")
    assert hours.pieces(utc("2026-10-25T00:00"), utc("2026-10-26T00:00")) == (
        (utc("2026-10-25T00:15"), utc("2026-10-25T00:45")),
        (utc("2026-10-25T01:15"), utc("2026-10-25T01:45")),
    )


def test_lord_howe_changes_by_half_an_hour() -> None:
    hours = Hours.weekly({"sunday": [("00:00", "06:00")]}, zone="Australia/Lord_Howe")
    day = local("2026-04-05T00:00", "Australia/Lord_Howe")
    assert hours.between(day, day + timedelta(days=1)) == timedelta(hours=6, minutes=30)


def test_a_date_that_a_country_skipped_never_opens() -> None:
    hours = Hours.weekly({"friday": [("09:00", "17:00")]}, zone="Pacific/Apia")
    assert hours.between(utc("2011-12-27T00:00"), utc("2012-01-03T00:00")) == timedelta(0)


# --- what is refused, and how --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "closes", "says"),
    [
        ("25:00", "17:00", "no time of day"),
        ("9:00", "17:00", "no time of day"),
        ("09:00", "24:30", "no time of day"),
        ("", "17:00", "no time of day"),
        ("17:00", "09:00", "+1"),
        ("09:00", "09:00", "+1"),
        ("09:00", "10:00+1", "within 24 hours"),
        ("24:00", "01:00+1", "must open between"),
    ],
)
def test_impossible_times_are_refused_with_what_to_write_instead(opens: str, closes: str, says: str) -> None:
    with pytest.raises(HoursInvalid) as refused:
        Hours.weekly({"monday": [(opens, closes)]}, zone="UTC")
    assert says in str(refused.value)


def test_overlapping_intervals_are_refused_even_over_sunday_night() -> None:
    with pytest.raises(HoursInvalid, match="overlap"):
        Hours.weekly({"monday": [("09:00", "12:00"), ("11:00", "17:00")]}, zone="UTC")
    with pytest.raises(HoursInvalid, match="overlap"):
        Hours.weekly({"sunday": [("22:00", "02:00+1")], "monday": [("01:00", "17:00")]}, zone="UTC")
    touching = Hours.weekly({"sunday": [("22:00", "02:00+1")], "monday": [("02:00", "17:00")]}, zone="UTC")
    assert touching.between(utc("2026-11-22T00:00"), utc("2026-11-24T00:00")) == timedelta(hours=19)


def test_unknown_zones_days_and_dates_are_refused() -> None:
    with pytest.raises(HoursInvalid, match="time zone"):
        Hours.always("Europe/Atlantis")
    with pytest.raises(HoursInvalid, match="day of the week"):
        Hours.weekly({"mon": [("09:00", "17:00")]}, zone="UTC")
    with pytest.raises(HoursInvalid, match="no date"):
        Hours.weekly({}, zone="UTC", holidays=["25.12.2026"])
    with pytest.raises(HoursInvalid, match="twice"):
        Hours(zone="UTC", special_days=((date(2026, 1, 1), ()), (date(2026, 1, 1), ())))


def test_hours_that_never_open_say_so_instead_of_searching_for_ever() -> None:
    with pytest.raises(NeverOpen, match="Open more hours"):
        Hours.weekly({}, zone="UTC").add(utc("2026-11-23T10:00"), 60)
    once = Hours.weekly({}, zone="UTC", special_days={"2026-11-24": [("09:00", "10:00")]})
    assert once.add(utc("2026-11-23T10:00"), 3600) == utc("2026-11-24T10:00")
    with pytest.raises(NeverOpen):
        once.add(utc("2026-11-23T10:00"), 3601)
    assert Hours.weekly({}, zone="UTC").next_opening(utc("2026-11-23T10:00")) is None


@pytest.mark.parametrize("amount", [0, -1, timedelta(0), timedelta(seconds=-5), 1e-9, float("nan"), float("inf")])
def test_nothing_or_less_cannot_be_added(amount: float | timedelta) -> None:
    for hours in (NINE_TO_FIVE, Hours.always("UTC")):
        with pytest.raises(AmountInvalid):
            hours.add(utc("2026-11-23T10:00"), amount)


def test_an_instant_without_a_zone_is_refused_and_one_in_another_zone_understood() -> None:
    with pytest.raises(TimeInvalid, match="aware"):
        NINE_TO_FIVE.add(datetime(2026, 11, 23, 10), 60)  # noqa: DTZ001
    almaty = datetime(2026, 11, 23, 14, tzinfo=ZoneInfo("Asia/Almaty"))
    assert NINE_TO_FIVE.add(almaty, 60) == utc("2026-11-23T09:01")
    assert NINE_TO_FIVE.add(almaty, 60).tzinfo is UTC


def test_the_edge_of_the_calendar_is_refused_in_words() -> None:
    for hours in (NINE_TO_FIVE, Hours.always("UTC")):
        with pytest.raises(HoursRefused):
            hours.add(datetime.max.replace(tzinfo=UTC), timedelta(days=30))


def test_always_open_hours_leave_no_room_for_holidays() -> None:
    with pytest.raises(HoursInvalid, match="00:00"):
        Hours(zone="UTC", always_open=True, holidays=(date(2026, 12, 25),))


# --- as a value ----------------------------------------------------------------------------------------------------


def test_hours_survive_json_copy_and_pickle() -> None:
    hours = Hours.weekly(
        {
            "monday": [("13:30", "17:00"), ("09:00", "12:30")],
            "sunday": [("22:00", "02:00+1")],
            "friday": [("09:00", "24:00")],
        },
        zone="Asia/Almaty",
        holidays=["2026-12-16"],
        special_days={"2026-12-31": [("09:00", "13:00")], "2027-01-01": []},
    )
    hours.is_open(utc("2026-11-23T10:00"))
    for again in (
        Hours.from_plain(json.loads(json.dumps(hours.to_plain()))),
        copy.deepcopy(hours),
        pickle.loads(pickle.dumps(hours)),
    ):
        assert again == hours
        assert hash(again) == hash(hours)
    assert Hours.from_plain(Hours.always("UTC").to_plain()) == Hours.always("UTC")
    assert hours.week[0] == (Interval.of("09:00", "12:30"), Interval.of("13:30", "17:00"))


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"zone": 5},
        {"zone": "UTC", "hours": {}},
        {"zone": "UTC", "week": []},
        {"zone": "UTC", "week": {"monday": "09:00"}},
        {"zone": "UTC", "week": {"monday": [["09:00"]]}},
        {"zone": "UTC", "week": {"monday": [[9, 17]]}},
        {"zone": "UTC", "holidays": "2026-12-25"},
        {"zone": "UTC", "holidays": [20261225]},
        {"zone": "UTC", "special_days": {"2026-12-25": None}},
        {"zone": "UTC", "always_open": "yes"},
        {"zone": "UTC", "always_open": True, "holidays": ["2026-12-25"]},
    ],
)
def test_a_settings_form_that_makes_no_sense_is_refused(plain: dict[str, object]) -> None:
    with pytest.raises(HoursInvalid):
        Hours.from_plain(plain)


# --- facts from elsewhere ------------------------------------------------------------------------------------------


def hours_of_case(case: dict[str, object]) -> Hours:
    zone = str(case["business_tz"] or "UTC")
    if case["always_open"]:
        return Hours.always(zone)
    week = {day: [(times["open"], times["close"])] for day, times in case["hours"].items()}  # type: ignore[attr-defined]
    return Hours.weekly(week, zone=zone, holidays=case["holidays"])  # type: ignore[arg-type]


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases of another desk are not on this machine")
def test_the_deadlines_of_another_desk_agree() -> None:
    cases = json.loads(CASES.read_text())
    assert cases
    for case in cases:
        start = local(case["start"] or "2023-10-10T09:00", case["start_tz"] or "UTC")
        if case["expected_error"]:
            with pytest.raises(HoursRefused):
                hours_of_case(case).add(start, 60 * case["sla_minutes"])
            continue
        due = hours_of_case(case).add(start, 60 * case["sla_minutes"])
        assert due == local(case["expected"], case["expected_tz"]), case["name"]
