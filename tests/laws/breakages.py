"""The engine, broken on purpose in one way at a time: laws and auditor are worth what they catch here."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from waada.core import decide, judging, ladder, promising, quoting, react
from waada.core import events as e
from waada.core.hours import Hours
from waada.store import memory


@contextmanager
def replaced(place: object, name: str, value: object) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, value)
        yield


def stale_timer_guard() -> AbstractContextManager[None]:
    """A timer that has moved on is taken for the one that is armed."""
    real = promising.look

    def look(state: Any, guard: str, desk: Any, now: Any) -> Any:
        promise = state.promise
        return real(state, f"{promise.id}:{promise.step}" if promise else guard, desk, now)

    return replaced(promising, "look", look)


def idempotency() -> AbstractContextManager[None]:
    """The store forgets which commands it has seen, but for those that begin a conversation."""
    real = memory.MemoryStore.append

    async def append(self: Any, commit: Any) -> None:
        if commit.version_before:
            self._commands.pop((commit.brand_id, commit.command_id), None)
        await real(self, commit)

    return replaced(memory.MemoryStore, "append", append)


def lost_effect() -> AbstractContextManager[None]:
    """Every twentieth mail is not put into the outbox."""
    real, count = react._send, [0]

    def send(*args: Any) -> Any:
        count[0] += 1
        return () if count[0] % 20 == 0 else real(*args)

    return replaced(react, "_send", send)


def ladder_with_nobody() -> AbstractContextManager[None]:
    """An empty rung is warned instead of the next one that has somebody."""
    real = promising.look

    def look(state: Any, guard: str, desk: Any, now: Any) -> Any:
        channel = quoting.channel_of(state, desk)
        return tuple(
            replace(each, people=ladder.rung_people(desk.brand, channel, ladder.RUNGS[each.step - 1], state.assignee))
            if isinstance(each, e.Escalated)
            else each
            for each in real(state, guard, desk, now)
        )

    return replaced(promising, "look", look)


def promise_moved_silently() -> AbstractContextManager[None]:
    """A new time is set and nobody tells the customer."""
    real = promising.renegotiate

    def renegotiate(*args: Any, **kwargs: Any) -> Any:
        return tuple(each for each in real(*args, **kwargs) if not isinstance(each, e.CustomerTold))

    return replaced(promising, "renegotiate", renegotiate)


def closing_that_drops_an_enquiry() -> AbstractContextManager[None]:
    """A conversation is closed, what was open in it has no end."""
    real = decide._close

    def close(*args: Any) -> Any:
        return tuple(each for each in real(*args) if isinstance(each, e.ConversationClosed))

    return replaced(decide, "_close", close)


def daylight_saving_arithmetic() -> AbstractContextManager[None]:
    """Opening hours are added on the clock of the wall, as if it were never changed."""
    real = Hours.add

    def add(self: Hours, start: datetime, amount: timedelta | float) -> datetime:
        due = real(self, start, amount)
        zone = ZoneInfo(self.zone)
        shift = (due.astimezone(zone).utcoffset() or timedelta(0)) - (
            start.astimezone(zone).utcoffset() or timedelta(0)
        )
        return due + shift

    return replaced(Hours, "add", add)


def feed_order() -> AbstractContextManager[None]:
    """A fact that was written late is skipped by whoever reads the feed."""
    real, count = memory.MemoryStore.feed, [0]

    async def feed(self: Any, after: str | None, limit: int) -> Any:
        facts, cursor = await real(self, after, limit)
        count[0] += len(facts)
        return (facts[:-1] if count[0] % 50 == 0 else facts), cursor

    return replaced(memory.MemoryStore, "feed", feed)


def forecast_that_moves_again() -> AbstractContextManager[None]:
    """A forecast moves a promise that was moved before."""
    return replaced(judging, "may_be_moved", lambda promise, _: promise.kind != "follow_up")


def risk_told_to_nobody() -> AbstractContextManager[None]:
    """A promise is seen to be at risk, and nobody is told."""
    real = judging._at_risk

    def at_risk(*args: Any) -> Any:
        return replace(real(*args), people=())

    return replaced(judging, "_at_risk", at_risk)


def computed_sooner_than_asked() -> AbstractContextManager[None]:
    """Every fifth time that was computed is a little sooner than the target that can't be kept."""
    real, count = quoting.time_of, [0]

    def time_of(asked: Any, *args: Any) -> Any:
        time = real(asked, *args)
        count[0] += time.basis.startswith("computed")
        if not time.basis.startswith("computed") or count[0] % 5:
            return time
        target = quoting.due_of(
            quoting.policy_of(asked.channel), asked.kind, quoting.hours_of(asked.brand, asked.channel), asked.now
        )[1]
        return replace(time, due_at=target - (target - asked.now) / 10)

    return replaced(promising, "time_of", time_of)


# How it is broken, the scenario that shows it, and the words by which it is told.
BREAKAGES: tuple[tuple[Callable[[], AbstractContextManager[None]], str, str], ...] = (
    (stale_timer_guard, "rough_day", "before"),
    (idempotency, "rough_day", "twice"),
    (lost_effect, "mail_outage", "sent"),
    (ladder_with_nobody, "rough_day", "warned"),
    (promise_moved_silently, "nobody_there", "without a word to the customer"),
    (closing_that_drops_an_enquiry, "rough_day", "closed_is_ended"),
    (daylight_saving_arithmetic, "dst_night", "not at"),
    (feed_order, "rough_day", "the feed shows version"),
    (forecast_that_moves_again, "rough_day", "before its look"),
    (risk_told_to_nobody, "rough_day", "a risk warned"),
    (computed_sooner_than_asked, "rough_day", "are due at"),
)
