"""What the desk itself tells customers: a promise, a new time, an end, in their language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from waada.core.desk import Phrase
from waada.core.events import Told
from waada.words import LANGUAGES, CataloguePhrase
from waada.words.phrases import REASONS

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
PHRASE: Phrase = CataloguePhrase()


def test_the_record_holds_what_the_customer_reads() -> None:
    words = PHRASE.promise("first_answer", NOW + timedelta(minutes=15), NOW, "en", "Asia/Almaty")
    assert words == "within 15 minutes, by 14:20 Almaty time"
    assert PHRASE.told("acknowledged", "en", words, None) == (
        "Thank you, your message has arrived. A person will answer you within 15 minutes, by 14:20 Almaty time."
    )
    assert PHRASE.told("renegotiated", "en", words, "busy") == (
        "We cannot keep the time we gave you, and we are sorry. More people than usual are writing to us right now. "
        "You will now hear from us within 15 minutes, by 14:20 Almaty time."
    )


def test_a_reason_in_a_persons_own_words_is_told_as_written_and_none_leaves_no_gap() -> None:
    own = PHRASE.told("renegotiated", "en", "by 14:20", "we ask the maker")
    assert own.endswith("we are sorry. we ask the maker. You will now hear from us by 14:20.")
    assert PHRASE.told("overdue", "en", "by 14:20", None).endswith("we are sorry. You will now hear from us by 14:20.")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", get_args(Told))
def test_everything_the_desk_tells_exists_in_every_language_with_every_reason(language: str, why: Told) -> None:
    told = {PHRASE.told(why, language, "@@", reason) for reason in sorted(REASONS)}
    assert all(("@@" in text) is (why not in {"released", "closed"}) for text in told)
    assert len(told) == (len(REASONS) if why in {"renegotiated", "overdue"} else 1)
    assert not any("{" in text or "  " in text for text in told)
