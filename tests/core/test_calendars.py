"""Holidays: the dates a business in a country, or with an iCal file, really closes."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from waada.calendars import CalendarRefused, Holiday, holidays_from_ical, public_holidays
from waada.core.hours import Hours


def ical(*events: str) -> str:
    body = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\n{body}END:VCALENDAR\r\n"


def days(text: str, *years: int) -> list[str]:
    return [holiday.day.isoformat() for holiday in holidays_from_ical(text, years=years)]


def test_public_holidays_have_dates_and_names_people_know() -> None:
    found = public_holidays("gb", subdivision="WLS", years=[2026])
    assert Holiday(day=date(2026, 12, 25), name="Christmas Day") in found
    assert list(found) == sorted(found)
    kazakh = public_holidays("KZ", years=[2026], language="kk")
    assert date(2026, 3, 22) in {holiday.day for holiday in kazakh}


def test_holidays_close_the_hours() -> None:
    closed = [holiday.day for holiday in public_holidays("GB", subdivision="ENG", years=[2026])]
    hours = Hours.weekly({"friday": [("09:00", "17:00")]}, zone="Europe/London", holidays=closed)
    assert hours.next_opening(datetime(2026, 12, 24, 12, tzinfo=UTC)) == datetime(2027, 1, 1, 9, tzinfo=UTC)


def test_an_unknown_country_or_part_is_refused_with_what_is_known() -> None:
    with pytest.raises(CalendarRefused, match="two letters"):
        public_holidays("Atlantis", years=[2026])
    with pytest.raises(CalendarRefused, match="WLS"):
        public_holidays("GB", subdivision="XX", years=[2026])


def test_a_whole_day_in_a_calendar_file_ends_before_the_next_day() -> None:
    text = ical("SUMMARY:Stocktaking\r\nDTSTART;VALUE=DATE:20260105\r\nDTEND;VALUE=DATE:20260107")
    assert days(text, 2026) == ["2026-01-05", "2026-01-06"]
    assert holidays_from_ical(text, years=[2026])[0].name == "Stocktaking"
    assert days(text, 2025) == []


def test_events_with_times_or_a_duration_close_the_dates_they_touch() -> None:
    timed = "SUMMARY:Move\r\nDTSTART:20260301T100000Z\r\nDTEND:20260302T090000Z"
    lasting = "SUMMARY:Fair\r\nDTSTART;VALUE=DATE:20260601\r\nDURATION:P3D"
    assert days(ical(timed, lasting), 2026) == ["2026-03-01", "2026-03-02", "2026-06-01", "2026-06-02", "2026-06-03"]


def test_yearly_holidays_repeat_without_the_exceptions() -> None:
    text = ical(
        "SUMMARY:Founders\r\nDTSTART;VALUE=DATE:20200512\r\nRRULE:FREQ=YEARLY;UNTIL=20270601T000000Z\r\n"
        "EXDATE;VALUE=DATE:20260512"
    )
    assert days(text, 2025, 2026, 2027, 2028) == ["2025-05-12", "2027-05-12"]


def test_a_holiday_over_new_year_closes_both_years_and_a_cancelled_one_closes_none() -> None:
    winter = "SUMMARY:Winter\r\nDTSTART;VALUE=DATE:20201230\r\nDTEND;VALUE=DATE:20210103\r\nRRULE:FREQ=YEARLY"
    assert days(ical(winter), 2027) == ["2027-01-01", "2027-01-02", "2027-12-30", "2027-12-31"]
    assert days(ical(winter + "\r\nSTATUS:CANCELLED"), 2027) == []


def test_a_rule_that_repeats_every_second_is_left_alone() -> None:
    text = ical("SUMMARY:Tick\r\nDTSTART:20260101T000000Z\r\nRRULE:FREQ=SECONDLY")
    assert days(text, 2026) == ["2026-01-01"]


@pytest.mark.parametrize("text", ["", "hello", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "x" * 2_000_001])
def test_a_file_that_is_no_calendar_is_refused_in_words(text: str) -> None:
    with pytest.raises(CalendarRefused):
        holidays_from_ical(text, years=[2026])


def test_the_libraries_load_only_when_asked_for() -> None:
    code = "import sys, waada.calendars; print([m for m in ('holidays', 'icalendar', 'dateutil') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
