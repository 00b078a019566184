"""The past week of the demo brand: whole, honest, and ready to be carried into any store."""

from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import pytest

from waada.core import laws
from waada.core.conversation import Conversation
from waada.core.events import LetterReceived
from waada.core.people import Brand
from waada.core.summary import summarise
from waada.ports import Commit
from waada.science.outlook import LiveOutlook
from waada.sim.demo import SLUG, demo_week, letter_text
from waada.store.memory import MemoryStore

FRIDAY_AFTERNOON = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2026, 11, 22, 0, 24, tzinfo=UTC)


@pytest.fixture(scope="module", params=[FRIDAY_AFTERNOON, SUNDAY_NIGHT], ids=["friday afternoon", "sunday night"])
def week(request: pytest.FixtureRequest) -> tuple[datetime, list[Commit]]:
    return request.param, demo_week(request.param).commits


async def carried(commits: list[Commit]) -> MemoryStore:
    store = MemoryStore()
    for commit in commits:
        await store.append(commit)
    return store


async def test_the_week_can_be_carried_into_another_store_as_it_stands(week: tuple[datetime, list[Commit]]) -> None:
    now, commits = week
    store = await carried(commits)
    brand = await store.brand_named(SLUG)
    assert brand is not None
    assert "simulated" in brand.name
    assert max(commit.at for commit in commits) <= now
    for stream, state in store.states.items():
        UUID(stream)
        if isinstance(state, Conversation):
            assert laws.check_stream(stream, store.recorded(stream), state) == []


async def test_every_screen_has_something_to_show(week: tuple[datetime, list[Commit]]) -> None:
    now, commits = week
    store = await carried(commits)
    rows = [summarise(each) for each in store.states.values() if isinstance(each, Conversation)]
    assert 300 < len(rows) < 600
    statuses = Counter(row.status for row in rows)
    assert statuses["open"] >= 8
    assert statuses["answered"] >= 10
    assert any(row.snoozed_until is not None and row.snoozed_until > now for row in rows)
    assert any(row.revisions for row in rows if row.status == "open")
    assert any(row.assignee is None for row in rows if row.status == "open")
    assert {row.language for row in rows} == {"en", "kk", "cy", "hi", "ar"}
    assert {row.channel for row in rows} == {"chat", "mail"}
    assert all(row.due_at is None or row.due_at > now for row in rows)


def test_nothing_that_was_sent_in_the_past_is_sent_again(week: tuple[datetime, list[Commit]]) -> None:
    _, commits = week
    assert sum(len(commit.effects) for commit in commits) <= 10


def test_everybody_in_the_demo_is_clearly_made_up(week: tuple[datetime, list[Commit]]) -> None:
    _, commits = week
    brands = [commit.state for commit in commits if isinstance(commit.state, Brand)]
    assert all("demo" in person.name and person.email.endswith("@demo.test") for person in brands[-1].people)
    assert {person.role for person in brands[-1].people} == {"owner", "lead", "agent"}
    customers = [commit.state.customer for commit in commits if isinstance(commit.state, Conversation)]
    assert all("(simulated)" in (each.name or "") for each in customers)
    letters = [event for commit in commits for event in commit.events if isinstance(event, LetterReceived)]
    assert letters
    assert b"made up for the demo" in letter_text(letters[0])


def test_what_the_week_taught_is_what_reading_it_in_order_teaches() -> None:
    week = demo_week(FRIDAY_AFTERNOON)
    outlook = LiveOutlook()
    for commit in week.commits:
        outlook.saw(commit)
    assert week.learned.calibration.version > 500
    assert outlook.learned(week.commits[0].brand_id).plain() == week.learned.plain()
