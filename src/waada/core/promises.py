"""What we promised: the record, the states it may pass through, and when to look at it again.

A promise is made for one wait, frozen, and ends exactly once. While it is open it has exactly one moment at which
somebody looks at it again (`check_at`); each look halves the slack that is left, so that warnings come early for a
long promise and in time for a short one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from waada.core.hours import Hours
from waada.core.ids import PromiseId
from waada.core.policies import Instead, PromiseKind

PromiseStatus = Literal["open", "kept", "renegotiated", "broken", "released"]

# What may follow what. `undo` brings a kept or released promise back within ten seconds.
PROMISE_TRANSITIONS: dict[PromiseStatus, dict[str, PromiseStatus]] = {
    "open": {
        "answer in time": "kept",
        "tell a new time": "renegotiated",
        "due passes": "broken",
        "no longer needed": "released",
    },
    "kept": {"undo": "open"},
    "renegotiated": {"undo": "open"},
    "broken": {},
    "released": {"undo": "open"},
}

# The same as what may follow, for the fold to hold every step against.
PROMISE_NEXT = {status: frozenset(follower.values()) for status, follower in PROMISE_TRANSITIONS.items()}

# The customer must hear of a new time before the old one passes: at the latest this long before, or a fifth of a very
# short promise. Five seconds leave room for a busy node and a slow mail server.
MARGIN_MAX = timedelta(seconds=5)
MARGIN_SHARE = 0.2


@dataclass(frozen=True, slots=False, kw_only=True)  # copied for every fact: see changed.py
class Promise:
    """What we said we'd do by when.

    `chance` is that of keeping it, as foreseen when it was made; null where nothing could be foreseen. `basis` says
    what the time rests on. `instead` names the other way on which the answer is offered, because this one takes longer
    than the brand would ask anybody to wait. `at_risk` is set once the desk was warned that it may break.
    """

    id: PromiseId
    kind: PromiseKind
    status: PromiseStatus
    made_at: datetime
    due_at: datetime
    chance: float | None
    basis: str
    words: str
    language: str
    replaces: PromiseId | None = None
    reason: str | None = None
    ended_at: datetime | None = None
    step: int = 0
    instead: Instead | None = None
    at_risk: bool = False
    check_at: datetime


def margin(made_at: datetime, due_at: datetime) -> timedelta:
    """Return how long before `due_at` the customer must be told at the latest."""
    return min(MARGIN_MAX, (due_at - made_at) * MARGIN_SHARE)


def told_at_latest(promise: Promise) -> datetime:
    """Return when the customer must have heard of a new time, if there is to be one."""
    return promise.due_at - margin(promise.made_at, promise.due_at)


def next_check(*, now: datetime, made_at: datetime, due_at: datetime, hours: Hours | None) -> datetime:
    """Return when to look again: when half of the slack left is gone, counted on the promise's own clock.

    `hours` None counts around the clock. Never later than the margin before the promise is due.
    """
    latest = due_at - margin(made_at, due_at)
    if now >= latest:
        return max(now, latest)
    if hours is None:
        return min(latest, now + (due_at - now) / 2)
    left = hours.between(now, due_at)
    if left < timedelta(milliseconds=1):  # nothing, or too little to be halved
        return min(latest, now + (due_at - now) / 2)
    return min(latest, hours.add(now, left / 2))
