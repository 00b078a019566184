"""The demo week on the Promises page: its figures equal a recount from the facts alone, and there is much to see."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from waada.core import events as e
from waada.core.keeping import Promised
from waada.core.keeping_report import Report, report
from waada.ports import Commit
from waada.sim.demo import demo_week
from waada.store.memory import MemoryStore

NOW = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=8)
LONDON = ZoneInfo("Europe/London")


@pytest.fixture(scope="module")
def week() -> list[Commit]:
    return demo_week(NOW).commits


@pytest.fixture(scope="module")
def promises(week: list[Commit]) -> tuple[Promised, ...]:
    async def kept() -> tuple[Promised, ...]:
        store = MemoryStore()
        for commit in week:
            await store.append(commit)
        [brand] = await store.brands()
        return await store.promised(brand.id, NOW - WEEK, NOW)

    return asyncio.run(kept())


@pytest.fixture(scope="module")
def figures(promises: tuple[Promised, ...]) -> Report:
    return report(promises, LONDON, NOW)


def recounted(week: list[Commit]) -> dict[str, int]:
    """Walk through the log without the core's judgement: what was promised first, when it was moved, when it ended.

    Conversations in which something was undone are left out on both sides: their log says things twice.
    """
    counts: dict[str, int] = defaultdict(int)
    streams: dict[str, list[e.Event]] = defaultdict(list)
    for commit in week:
        streams[commit.stream] += commit.events
    for facts in streams.values():
        if any(isinstance(fact, e.Undone) for fact in facts):
            continue
        first: e.PromiseMade | None = None
        moved_at: datetime | None = None
        released = False
        for fact in facts:
            match fact:
                case e.PromiseMade() if fact.promise.replaces is None:
                    first, moved_at = fact, None
                case e.PromiseEnded(status="renegotiated") if first and fact.promise_id == first.promise.id:
                    moved_at = fact.at
                case e.PromiseEnded(status="kept" | "broken" | "released"):
                    released = fact.status == "released"
                case e.WaitEnded() if first is not None:
                    counts[_how(first.promise.due_at, moved_at, fact.at, released=released)] += 1
                    first = None
                case _:
                    pass
        if first is not None:
            counts[_how(first.promise.due_at, moved_at, None, released=False)] += 1
    return dict(counts)


def _how(due_at: datetime, moved_at: datetime | None, ended_at: datetime | None, *, released: bool) -> str:
    if due_at >= NOW:
        return "not due"
    if ended_at is not None and ended_at <= due_at:
        return "released" if released else "kept"
    return "told" if moved_at is not None else "silent"


def test_the_figures_equal_a_recount_from_the_log(week: list[Commit], promises: tuple[Promised, ...]) -> None:
    undone = {commit.stream for commit in week if any(isinstance(fact, e.Undone) for fact in commit.events)}
    found = report([each for each in promises if each.conversation_id not in undone], LONDON, NOW)
    counts = recounted(week)
    moved = found.renegotiations
    assert (found.kept.count, found.released) == (counts["kept"], counts["released"])
    assert (moved.told_before_due.count, moved.silent.count) == (counts.get("told", 0), counts.get("silent", 0))
    assert counts["kept"] > 200


def test_the_demos_page_is_worth_looking_at(figures: Report) -> None:
    assert figures.kept.of > 300
    assert 0.85 < (figures.kept.share or 0) < 1
    assert len(figures.calibration.bins) >= 3
    assert {each.key for each in figures.channels} == {"chat", "mail"}
    assert len(figures.languages) == 5
    assert len(figures.week_hours) > 60
    assert figures.renegotiations.told_before_due.of > 5
    assert figures.worst_hours.compared >= 5
