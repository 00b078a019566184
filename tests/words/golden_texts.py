"""Everything the desk says about a promise, in every language: the texts that `golden/` keeps and a test compares.

`python tests/words/golden_texts.py` writes them anew. Read the difference aloud before it is committed: it is what
customers will read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, get_args

from waada.core.events import Told
from waada.core.ids import PromiseId
from waada.core.policies import Instead, PromiseKind, Wording
from waada.core.promises import Promise
from waada.core.rounding import rounded_up, window_begins
from waada.words import LANGUAGES, CataloguePhrase
from waada.words.phrase import REASONS

FOLDER: Final = Path(__file__).parent / "golden"
PHRASE: Final = CataloguePhrase()
# Sunday 22 November 2026, 14:05:17 in Almaty; and ten to one in London, on the night on which its clock goes back.
AFTERNOON: Final = datetime(2026, 11, 22, 9, 5, 17, tzinfo=UTC)
CLOCK_GOES_BACK: Final = datetime(2026, 10, 24, 23, 50, tzinfo=UTC)
CLOCK_GOES_ON: Final = datetime(2026, 3, 28, 23, 50, tzinfo=UTC)

# What was computed, from when, and on whose clock.
TIMES: Final[dict[str, tuple[datetime, timedelta, str]]] = {
    "30 seconds": (AFTERNOON, timedelta(seconds=28), "Asia/Almaty"),
    "90 seconds": (AFTERNOON, timedelta(seconds=84), "Asia/Almaty"),
    "2 minutes": (AFTERNOON, timedelta(seconds=118), "Asia/Almaty"),
    "7 minutes": (AFTERNOON, timedelta(seconds=391), "Asia/Almaty"),
    "40 minutes": (AFTERNOON, timedelta(minutes=39.4), "Asia/Almaty"),
    "3 hours": (AFTERNOON, timedelta(hours=2.9), "Asia/Almaty"),
    "11 hours": (AFTERNOON, timedelta(hours=10.9), "Asia/Almaty"),
    "tomorrow": (AFTERNOON, timedelta(hours=20.8), "Asia/Almaty"),
    "next week": (AFTERNOON, timedelta(days=7, hours=20), "Asia/Almaty"),
    "next year": (AFTERNOON, timedelta(days=43, hours=21), "Asia/Almaty"),
    "first 01:30 of two": (CLOCK_GOES_BACK, timedelta(minutes=39.9), "Europe/London"),
    "second 01:30 of two": (CLOCK_GOES_BACK, timedelta(minutes=99.5), "Europe/London"),
    "across a lost hour": (CLOCK_GOES_ON, timedelta(hours=2.05), "Europe/London"),
}


def texts(language: str) -> dict[str, str]:
    """Every text of a language by what it is."""
    found = dict((*_made(language), *_offered(language), *_moved(language)))
    return {**found, **{f"moved, because {why}": text for why, text in _reasons(language)}}


def write(folder: Path) -> None:
    """Write one file per language."""
    folder.mkdir(exist_ok=True)
    for language in LANGUAGES:
        lines = json.dumps(texts(language), ensure_ascii=False, indent=1)
        (folder / f"{language}.json").write_text(lines + "\n", encoding="utf-8")


def _words(kind: PromiseKind, wording: Wording, when: str, language: str) -> str:
    now, length, zone = TIMES[when]
    due_at = rounded_up(now + length, now, zone, wording)
    begins_at = window_begins(due_at, now, None) if wording == "window" else None
    return PHRASE.promise(kind, due_at, now, language, zone, wording, begins_at)


def _made(language: str) -> Iterator[tuple[str, str]]:
    for wording in get_args(Wording):
        for when in TIMES:
            words = _words("first_answer", wording, when, language)
            yield f"first_answer, {wording}, {when}", PHRASE.told("acknowledged", language, words, None)
        for when in ("90 seconds", "3 hours", "tomorrow"):
            yield f"words alone, {wording}, {when}", _words("next_answer", wording, when, language)
            words = _words("follow_up", wording, when, language)
            yield f"follow_up, {wording}, {when}", PHRASE.told("follow_up", language, words, None)


def _offered(language: str) -> Iterator[tuple[str, str]]:
    for wording in get_args(Wording):
        told = PHRASE.told("acknowledged", language, _words("first_answer", wording, "3 hours", language), None)
        for instead in get_args(Instead):
            for reachable in (True, False):
                offer = PHRASE.instead(instead, language, reachable=reachable)
                yield f"{instead} instead, {wording}, {'' if reachable else 'not '}reachable", f"{told} {offer}"


def _moved(language: str) -> Iterator[tuple[str, str]]:
    for wording in get_args(Wording):
        for when in (
            "2 minutes",
            "7 minutes",
            "40 minutes",
            "11 hours",
            "tomorrow",
            "next week",
            "second 01:30 of two",
        ):
            now, length, zone = TIMES[when]
            words = _words("first_answer", wording, when, language)
            old_due_at, old_made_at = now + timedelta(seconds=20), now - timedelta(seconds=880)
            yield (
                f"moved, {wording}, {when}",
                PHRASE.moved(
                    "renegotiated",
                    promised(old_due_at, old_made_at),
                    promised(now + length, now, words, language, "more_before_you"),
                    now,
                    zone,
                ),
            )


def _reasons(language: str) -> Iterator[tuple[str, str]]:
    words = _words("first_answer", "exact", "40 minutes", language)
    for reason in REASONS:
        why: Told = "overdue" if reason == "overdue" else "renegotiated"
        seconds = {"overdue": -60, "sooner": 3600}.get(reason, 60)
        old = promised(AFTERNOON + timedelta(seconds=seconds), AFTERNOON - timedelta(hours=1))
        new = promised(AFTERNOON + timedelta(minutes=39.4), AFTERNOON, words, language, reason)
        yield reason, PHRASE.moved(why, old, new, AFTERNOON, "Asia/Almaty")


def promised(
    due_at: datetime, made_at: datetime, words: str = "", language: str = "en", reason: str | None = None
) -> Promise:
    """Return a promise as far as its words go."""
    return Promise(
        id=PromiseId("0"),
        kind="first_answer",
        status="open",
        made_at=made_at,
        due_at=due_at,
        chance=None,
        basis="",
        words=words,
        language=language,
        reason=reason,
        check_at=made_at,
    )


if __name__ == "__main__":
    write(FOLDER)
    sys.stdout.write(f"{len(LANGUAGES)} files are in {FOLDER.name}\n")
