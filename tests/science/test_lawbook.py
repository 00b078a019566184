"""What is kept between two looks: laws, paces and plans are the same as if they were worked out anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from waada.core.hours import Hours
from waada.science import calibration
from waada.science.calibration import Calibration, Seen, Waited
from waada.science.chances import Footing
from waada.science.lawbook import Law, Lawbook, law_key
from waada.science.learning import Learned
from waada.science.paces import Paces
from waada.science.presence import HORIZON, _planned

NOW = datetime(2026, 11, 18, 11, 7, 3, 141_592, tzinfo=UTC)


def taught(waits: int, state: Calibration | None = None) -> Calibration:
    seen = [Waited(channel="chat", ahead=n % 7, answers=n % 11 + 0.5, answered=n % 5 > 0) for n in range(waits)]
    return calibration.fold(seen, state)


def test_a_law_says_what_the_calibration_says() -> None:
    state, book = taught(300), Lawbook()
    for ahead in (0, 1, 4, 30):
        law = book.of(state, law_key("chat", ahead, 0.1))
        for answers in (0.5, 2.0, 9.0, 40.0):
            said = calibration.keep_chance(state, "chat", ahead, answers, 0.1)
            assert law.chance(state, answers) == pytest.approx(said, abs=1e-12)
        assert law.needed(state, 0.9) == calibration.answers_needed(state, "chat", ahead, 0.9, 0.1)


def test_a_law_is_kept_until_enough_more_was_seen() -> None:
    book, key = Lawbook(), law_key("chat", 2, 0.1)
    state = taught(300)
    law = book.of(state, key)
    little = taught(3, state)
    assert book.of(little, key) is law
    much = taught(100, little)
    newer = book.of(much, key)
    assert newer is not law
    alone = Law(Seen(much.cells["chat"]), *key)
    assert newer.chance(much, 3.0) == alone.chance(much, 3.0)
    # Waits on other channels change nothing here.
    other = calibration.observe(much, Waited(channel="mail", ahead=0, answers=1.0, answered=True))
    assert book.of(other, key) is newer


def test_what_waits_have_taught_is_looked_up_again() -> None:
    learned = Learned()
    footing = Footing("chat", learned.minutes(None), 2.0, present=True)
    laws = footing.laws(learned)
    laws["first_answer", 2] = learned.law(footing.law_key("first_answer", 2))
    assert footing.laws(learned) is laws
    learned.calibration = taught(1, learned.calibration)
    assert footing.laws(learned) == {}


def test_paces_of_a_channel_follow_what_was_seen_there_and_only_there() -> None:
    paces = Paces()
    chat, mail = paces.handle("chat", "chat"), paces.handle("mail", "mail")
    ann = paces.speed("chat", "chat", "ann")
    paces.handled("chat", "chat", "ann", 30.0)
    assert paces.handle("chat", "chat")[0] > chat[0]
    assert paces.speed("chat", "chat", "ann") < ann
    assert paces.handle("mail", "mail") == mail
    assert Paces.from_plain(paces.plain()).handle("chat", "chat") == paces.handle("chat", "chat")


@pytest.mark.parametrize("at", [NOW, NOW.replace(hour=0, minute=0), NOW + timedelta(days=3), NOW.replace(hour=13)])
def test_plans_are_those_of_the_roster_to_the_microsecond(at: datetime) -> None:
    week = {"wednesday": [("09:00", "12:30"), ("13:00", "24:00")], "thursday": [("00:00", "06:00")]}
    for roster in (Hours.weekly(week, zone="Asia/Almaty"), Hours.always("UTC"), Hours.weekly({}, zone="UTC")):
        planned = roster.pieces(at, at + HORIZON)
        assert _planned(roster, at) == [
            ((opens - at).total_seconds() / 60.0, (closes - at).total_seconds() / 60.0) for opens, closes in planned
        ]
