"""Promises as customers read them: golden sentences in five languages, and the law that words are never too strict."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waada.words import LANGUAGES, PromiseWords, moment_words, promise_words

# Sunday 22 November 2026, 14:05 in Almaty (UTC+5).
NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)

RELATIVE: dict[str, dict[float, str]] = {
    "en": {
        0.5: "within 30 seconds",
        1: "within 1 minute",
        2: "within 2 minutes",
        3: "within 3 minutes",
        11: "within 11 minutes",
        100: "within 100 minutes",
        120: "within 2 hours",
        125: "within 2 hours 5 minutes",
        180: "within 3 hours",
        4320: "within 3 days",
    },
    "kk": {
        0.5: "30 секунд ішінде",
        1: "1 минут ішінде",
        2: "2 минут ішінде",
        3: "3 минут ішінде",
        11: "11 минут ішінде",
        100: "100 минут ішінде",
        120: "2 сағат ішінде",
        125: "2 сағат 5 минут ішінде",
        180: "3 сағат ішінде",
        4320: "3 күн ішінде",
    },
    "cy": {
        0.5: "o fewn 30 eiliad",
        1: "o fewn 1 munud",
        2: "o fewn 2 funud",
        3: "o fewn 3 munud",
        11: "o fewn 11 munud",
        100: "o fewn 100 munud",
        120: "o fewn 2 awr",
        125: "o fewn 2 awr a 5 munud",
        180: "o fewn 3 awr",
        2880: "o fewn 2 ddiwrnod",
        4320: "o fewn 3 diwrnod",
    },
    "hi": {
        0.5: "30 सेकंड के भीतर",
        1: "1 मिनट के भीतर",
        2: "2 मिनट के भीतर",
        3: "3 मिनट के भीतर",
        11: "11 मिनट के भीतर",
        100: "100 मिनट के भीतर",
        120: "2 घंटे के भीतर",
        125: "2 घंटे 5 मिनट के भीतर",
        180: "3 घंटे के भीतर",
        4320: "3 दिन के भीतर",
    },
    "ar": {
        0.5: "خلال ٣٠ ثانية",
        1: "خلال دقيقة واحدة",
        2: "خلال دقيقتين",
        3: "خلال ٣ دقائق",
        11: "خلال ١١ دقيقة",
        100: "خلال ١٠٠ دقيقة",
        120: "خلال ساعتين",
        125: "خلال ساعتين و٥ دقائق",
        180: "خلال ٣ ساعات",
        660: "خلال ١١ ساعة",
        2880: "خلال يومين",
        4320: "خلال ٣ أيام",
        15840: "خلال ١١ يومًا",
    },
}

# Due in 15 minutes (today), at 09:15 tomorrow, on Tuesday at 10:00, and in the next year.
FULL = {
    "en": (
        "within 15 minutes, by 14:20 Almaty time",
        "by 09:15 tomorrow, Monday, Almaty time",
        "by Tuesday 24 November, 10:00 Almaty time",
        "by Tuesday 5 January 2027, 10:00 Almaty time",
    ),
    "kk": (
        "15 минут ішінде, ең кеші Алматы уақытымен 14:20",
        "ең кеші ертең, дүйсенбі, Алматы уақытымен 09:15",
        "ең кеші 24 қараша, сейсенбі, Алматы уақытымен 10:00",
        "ең кеші 2027 жылғы 5 қаңтар, сейсенбі, Алматы уақытымен 10:00",
    ),
    "cy": (
        "o fewn 15 munud, erbyn 14:20 amser Almaty",
        "erbyn 09:15 yfory, dydd Llun, amser Almaty",
        "erbyn dydd Mawrth 24 Tachwedd, 10:00 amser Almaty",
        "erbyn dydd Mawrth 5 Ionawr 2027, 10:00 amser Almaty",
    ),
    "hi": (
        "15 मिनट के भीतर, अल्माटी समय के अनुसार 14:20 बजे तक",
        "कल, सोमवार को, अल्माटी समय के अनुसार 09:15 बजे तक",
        "मंगलवार, 24 नवंबर को अल्माटी समय के अनुसार 10:00 बजे तक",
        "मंगलवार, 5 जनवरी 2027 को अल्माटी समय के अनुसार 10:00 बजे तक",
    ),
    "ar": (
        "خلال ١٥ دقيقة، بحلول الساعة ١٤:٢٠ بتوقيت ألماتي",
        "بحلول الساعة ٠٩:١٥ من يوم غدٍ الاثنين بتوقيت ألماتي",
        "بحلول الساعة ١٠:٠٠ من يوم الثلاثاء ٢٤ نوفمبر بتوقيت ألماتي",
        "بحلول الساعة ١٠:٠٠ من يوم الثلاثاء ٥ يناير ٢٠٢٧ بتوقيت ألماتي",
    ),
}
SENTENCE = {
    "en": "A person will answer you within 15 minutes, by 14:20 Almaty time.",
    "kk": "Сізге қызметкеріміз жауап береді: 15 минут ішінде, ең кеші Алматы уақытымен 14:20.",
    "cy": "Bydd person yn eich ateb o fewn 15 munud, erbyn 14:20 amser Almaty.",
    "hi": "हमारी टीम का कोई सदस्य आपको 15 मिनट के भीतर, अल्माटी समय के अनुसार 14:20 बजे तक उत्तर देगा।",
    "ar": "سيجيبك أحد أفراد فريقنا خلال ١٥ دقيقة، بحلول الساعة ١٤:٢٠ بتوقيت ألماتي.",
}
# 30 minutes past one on the night on which the clock of London goes back, first and second time.
TWICE = {
    "en": ("by 01:30 (UTC+1) London time", "by 01:30 (UTC+0) London time"),
    "kk": ("ең кеші Лондон уақытымен 01:30 (UTC+1)", "ең кеші Лондон уақытымен 01:30 (UTC+0)"),
    "cy": ("erbyn 01:30 (UTC+1) amser Llundain", "erbyn 01:30 (UTC+0) amser Llundain"),
    "hi": ("लंदन समय के अनुसार 01:30 (UTC+1) बजे तक", "लंदन समय के अनुसार 01:30 (UTC+0) बजे तक"),
    "ar": (
        "بحلول الساعة ٠١:٣٠ \u2066(UTC+١)\u2069 بتوقيت لندن",
        "بحلول الساعة ٠١:٣٠ \u2066(UTC+٠)\u2069 بتوقيت لندن",
    ),
}
OPENING = {
    "en": "tomorrow, Monday, at 09:00 Almaty time",
    "kk": "ертең, дүйсенбі, Алматы уақытымен сағат 09:00",
    "cy": "yfory, dydd Llun, am 09:00 amser Almaty",
    "hi": "कल, सोमवार को, अल्माटी समय के अनुसार 09:00 बजे",
    "ar": "غدًا الاثنين الساعة ٠٩:٠٠ بتوقيت ألماتي",
}


def said(
    language: str, due_at: datetime, now: datetime = NOW, zone: str = "Asia/Almaty", **options: Any
) -> PromiseWords:
    return promise_words(kind="first_answer", due_at=due_at, now=now, language=language, zone=zone, **options)


def almaty(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Almaty")).astimezone(UTC)


@pytest.mark.parametrize("language", LANGUAGES)
def test_lengths_of_time_have_the_right_plural(language: str) -> None:
    for minutes, words in RELATIVE[language].items():
        assert said(language, NOW + timedelta(minutes=minutes)).relative == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_today_tomorrow_this_year_and_the_next_each_read_naturally(language: str) -> None:
    dues = ["2026-11-22T14:20", "2026-11-23T09:15", "2026-11-24T10:00", "2027-01-05T10:00"]
    assert tuple(said(language, almaty(due)).full for due in dues) == FULL[language]
    assert said(language, almaty(dues[0])).sentence == SENTENCE[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hour_that_comes_twice_says_which_one_it_is(language: str) -> None:
    for due, words in zip(("2026-10-25T00:30", "2026-10-25T01:30"), TWICE[language], strict=True):
        due_at = datetime.fromisoformat(due).replace(tzinfo=UTC)
        told = said(language, due_at, due_at - timedelta(minutes=10), "Europe/London")
        assert told.absolute == words
    in_spring = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert "UTC" not in said(language, in_spring, in_spring - timedelta(hours=1), "Europe/London").absolute


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_when_we_open_again(language: str) -> None:
    moment = moment_words(at=almaty("2026-11-23T09:00"), now=NOW, language=language, zone="Asia/Almaty")
    assert moment == OPENING[language]


def test_moments_today_and_far_away_are_told_too() -> None:
    def moment(at: str) -> str:
        return moment_words(at=almaty(at), now=NOW, language="en", zone="Asia/Almaty")

    assert moment("2026-11-22T18:00") == "today at 18:00 Almaty time"
    assert moment("2026-11-27T09:00") == "on Friday 27 November at 09:00 Almaty time"
    assert moment("2025-11-21T09:00") == "on Friday 21 November 2025 at 09:00 Almaty time"


def test_spring_forward_is_told_on_the_clock_the_customer_will_see() -> None:
    now = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    told = said("en", now + timedelta(hours=2), now, "Europe/London")
    assert told.full == "within 2 hours, by 02:30 tomorrow, Sunday, London time"


def test_the_customers_own_zone_decides_the_time_and_the_day() -> None:
    due = datetime(2026, 11, 22, 19, 30, tzinfo=UTC)
    assert said("en", due, zone="Europe/London").absolute == "by 19:30 London time"
    assert said("en", due, zone="Asia/Almaty").absolute == "by 00:30 tomorrow, Monday, Almaty time"
    assert said("en", due, zone="GB").absolute == "by 19:30 London time"
    assert said("hi", due, zone="Asia/Kolkata").absolute == "कल, सोमवार को, कोलकाता समय के अनुसार 01:00 बजे तक"


def test_the_relative_form_is_left_out_when_it_is_hours_and_hours_overnight() -> None:
    evening = almaty("2026-11-22T21:00")
    assert said("en", evening + timedelta(hours=4), evening).full.startswith("within 4 hours, by 01:00 tomorrow")
    assert said("en", evening + timedelta(hours=12), evening).full == "by 09:00 tomorrow, Monday, Almaty time"
    assert said("en", almaty("2026-11-22T23:00")).full == "within 8 hours 55 minutes, by 23:00 Almaty time"


def test_a_promise_in_opening_hours_is_told_by_its_time_when_the_night_lies_between() -> None:
    evening = almaty("2026-11-22T22:00")
    due = evening + timedelta(hours=3)
    assert said("en", due, evening, opening_only=True).full == "by 01:00 tomorrow, Monday, Almaty time"
    assert said("en", due, evening).full == "within 3 hours, by 01:00 tomorrow, Monday, Almaty time"


def test_seconds_round_up_to_the_next_whole_minute() -> None:
    told = said("en", NOW + timedelta(minutes=15, microseconds=1), NOW)
    assert (told.relative, told.absolute) == ("within 16 minutes", "by 14:21 Almaty time")
    assert said("en", NOW + timedelta(seconds=59.5)).relative == "within 1 minute"
    assert said("en", NOW + timedelta(minutes=3, seconds=1)).relative == "within 4 minutes"


def test_what_is_short_is_told_to_the_second_ever_after() -> None:
    due = NOW + timedelta(seconds=61)
    assert said("en", due).full == "within 61 seconds, by 14:06:01 Almaty time"
    assert said("en", NOW + timedelta(seconds=90.2)).full == "within 91 seconds, by 14:06:31 Almaty time"
    assert said("en", NOW + timedelta(minutes=2)).full == "within 2 minutes, by 14:07 Almaty time"
    assert said("en", due, due + timedelta(hours=1), made_at=NOW).absolute == "by 14:06:01 Almaty time"
    long = NOW + timedelta(minutes=15, seconds=1)
    assert said("en", long, long - timedelta(seconds=30), made_at=NOW).absolute == "by 14:21 Almaty time"


def test_a_time_that_has_passed_is_not_called_within_anything() -> None:
    told = said("en", NOW - timedelta(minutes=5))
    assert told.relative == "the promised time has passed"
    assert told.full == told.absolute == "by 14:00 Almaty time"


def test_every_kind_of_promise_has_its_sentence() -> None:
    due = NOW + timedelta(minutes=15)

    def sentence(kind: str) -> str:
        told = promise_words(kind=kind, due_at=due, now=NOW, language="en", zone="UTC")
        return told.sentence.replace(told.full, "...")

    assert sentence("next_answer") == "A person will get back to you ...."
    assert sentence("follow_up") == "You will hear from us again ...."
    assert sentence("call") == "You will hear from us ...."


def test_an_unknown_language_is_answered_in_english() -> None:
    assert said("fr", NOW + timedelta(minutes=15)).full == FULL["en"][0]
    assert said("ar-AE", NOW + timedelta(minutes=15)).full == FULL["ar"][0]


@settings(max_examples=150, deadline=None)
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(microseconds=1), timedelta(days=1)),
    st.sampled_from(["Asia/Almaty", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "America/New_York"]),
)
def test_what_the_customer_reads_is_never_stricter_than_the_record(now: datetime, left: timedelta, zone: str) -> None:
    due_at = now + left
    told = said("en", due_at, now, zone)
    clock = told.absolute.removeprefix("by ").split()
    short = left < timedelta(minutes=3)
    up = due_at + timedelta(seconds=1 if short else 60) - timedelta(microseconds=1)
    shown = (
        up.astimezone(ZoneInfo(zone)).strftime("%H:%M:%S" if short else "%H:%M").removesuffix(":00" if short else "")
    )
    assert next(part for part in clock if ":" in part) == shown
    number = [int(part) for part in told.relative.split() if part.isdigit()]
    seconds = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
    units = [seconds[part.rstrip("s")] for part in told.relative.split() if part.rstrip("s") in seconds]
    told_seconds = sum(count * unit for count, unit in zip(number, units, strict=True))
    assert told_seconds >= left.total_seconds()
    assert told_seconds - left.total_seconds() < (
        1 if short else 60 if left < timedelta(hours=23, minutes=59) else 3600
    )
