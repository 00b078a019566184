"""What the desk itself tells customers: a promise, a new time, an end, in their language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from waada.core.desk import Phrase
from waada.core.events import Told
from waada.words import LANGUAGES, CataloguePhrase
from waada.words.phrase import REASONS
from words.golden_texts import promised

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
OLD = NOW + timedelta(minutes=5)
NEW = NOW + timedelta(minutes=15)
SOONER = NOW + timedelta(minutes=3)
PHRASE: Phrase = CataloguePhrase()


def moved(why: Told, reason: str | None, language: str = "en", words: str = "by 14:20 Almaty time") -> str:
    return PHRASE.moved(why, promised(OLD, NOW), promised(NEW, NOW, words, language, reason), NOW, "Asia/Almaty")


def test_the_record_holds_what_the_customer_reads() -> None:
    words = PHRASE.promise("first_answer", NOW + timedelta(minutes=15), NOW, "en", "Asia/Almaty")
    assert words == "within 15 minutes, by 14:20 Almaty time"
    assert words in PHRASE.told("acknowledged", "en", words, None)


def test_a_new_time_comes_with_the_old_one_the_reason_and_an_apology() -> None:
    assert moved("renegotiated", "busy") == (
        "We told you that you would hear from us by 14:10 Almaty time. We will not manage that, and we are sorry. "
        "More people than usual are writing to us right now. You will hear from us by 14:20 Almaty time."
    )
    assert moved("overdue", "overdue").startswith(
        "We promised that you would hear from us by 14:10 Almaty time. We did not keep that promise, and we are sorry."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_earlier_time_is_told_without_an_apology_or_an_excuse(language: str) -> None:
    def sooner(reason: str | None, why: Told = "renegotiated") -> str:
        return PHRASE.moved(why, promised(OLD, NOW), promised(SOONER, NOW, "@@", language, reason), NOW, "Asia/Almaty")

    assert {sooner(reason) for reason in REASONS} == {sooner(None)}
    assert sooner(None) != moved("renegotiated", None, language, "@@")
    assert all(part in sooner("The maker has called.") for part in ("The maker has called.", "@@"))
    # What has passed is late, whatever comes now.
    assert sooner("busy", "overdue") == moved("overdue", "busy", language, "@@")


def test_an_earlier_time_reads_like_one() -> None:
    new = promised(SOONER, NOW, "by 14:08 Almaty time")
    assert PHRASE.moved("renegotiated", promised(OLD, NOW), new, NOW, "Asia/Almaty") == (
        "We told you that you would hear from us by 14:10 Almaty time. It will be sooner than that. "
        "You will hear from us by 14:08 Almaty time."
    )


def test_a_reason_in_a_persons_own_words_is_told_as_written_and_none_leaves_no_gap() -> None:
    assert "sorry. We ask the maker. You will hear from us" in moved("renegotiated", "We ask  the maker")
    assert "sorry. You will hear from us" in moved("renegotiated", None)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", get_args(Told))
def test_everything_the_desk_tells_exists_in_every_language(language: str, why: Told) -> None:
    text = PHRASE.told(why, language, "@@", "busy")
    assert ("@@" in text) is (why not in {"released", "closed"})
    assert "{" not in text
    assert language == "en" or text != PHRASE.told(why, "en", "@@", "busy")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_other_way_is_offered_differently_to_whom_we_can_reach(language: str) -> None:
    offers = {PHRASE.instead(way, language, reachable=known) for way in ("mail", "phone") for known in (True, False)}
    assert len(offers) == 4
    assert not any("{" in each for each in offers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_reads_differently(language: str) -> None:
    told = {moved("renegotiated", reason, language, "@@") for reason in REASONS}
    assert len(told) == len(REASONS)
    assert all("@@" in text and "{" not in text and "  " not in text for text in told)
