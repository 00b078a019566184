"""How often our word was kept: the verdict on one promise, and which promises stand behind a figure.

What is scored is always the first promise of a wait, never a later one that took its place (X5): a new time told in
good time spares the customer a surprise, but the first word was still not kept. A promise is looked at once it fell
due, so every one of them is decided and none is left out because its answer is still to come.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from waada.core.ids import ConversationId, PromiseId

Verdict = Literal["kept", "missed", "released"]
Telling = Literal["caught", "late", "silent", "needless", "none"]
# What one may ask to see: a verdict, or how the customer was told.
Status = Literal["kept", "missed", "released", "caught", "late", "silent", "needless"]

# Science section 2: a new time helps when it comes this long before the old one, or a fifth of a short promise before.
LEAD_MAX = timedelta(minutes=5)
LEAD_SHARE = 0.2

# What customers are shown before they write covers this long, and is kept back below so many promises.
RECORD_DAYS = 30
RECORD_MIN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """The first promise of one wait, and how that wait went.

    `told_at` is when the customer was told another time before this one passed; `ended_at` when the wait ended, by an
    answer or because none was needed any more (`released`); None while the customer still waits. `revisions` counts the
    promises that took this one's place.
    """

    promise_id: PromiseId
    conversation_id: ConversationId
    channel: str
    channel_kind: str
    language: str
    kind: str
    made_at: datetime
    due_at: datetime
    chance: float | None
    basis: str
    told_at: datetime | None
    ended_at: datetime | None
    released: bool
    revisions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What may be shown to customers: promises kept of those scored."""

    kept: int
    scored: int

    @property
    def percent(self) -> int | None:
        """Return whole percents, always rounded down: 96.96 % is 96 %, only all are 100 %. None: too few yet."""
        return None if self.scored < RECORD_MIN else self.kept * 100 // self.scored


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which promises are asked for; None means any. `hour`, `weekday` (Monday 0) and `day` are local, of `made_at`.

    Chances from `chance_from` up to, but not including, `chance_to`; 1 includes certainty.
    """

    status: Status | None = None
    channel: str | None = None
    language: str | None = None
    hour: int | None = None
    weekday: int | None = None
    day: date | None = None
    chance_from: float | None = None
    chance_to: float | None = None


def verdict(promise: Promised) -> Verdict:
    """Return how a promise that fell due was kept.

    `kept`: answered by its due time (at the very instant is in time). `released`: by then the customer no longer needed
    it, so it could be neither. `missed`: all others, also where the customer gave up after it had passed.
    """
    if promise.ended_at is None or promise.ended_at > promise.due_at:
        return "missed"
    return "released" if promise.released else "kept"


def useful_lead(promise: Promised) -> timedelta:
    """Return how long before it is due a new time must be told to be of use."""
    return min(LEAD_MAX, (promise.due_at - promise.made_at) * LEAD_SHARE)


def telling(promise: Promised) -> Telling:
    """Return whether the customer was warned, and whether that was of use.

    `caught`: missed, and told a useful lead before. `late`: missed, and told before it was due, but with less.
    `silent`: missed without a word. `needless`: told, but then answered by the first time after all. `none`: kept
    without a word, or released.
    """
    how = verdict(promise)
    match how:
        case "released":
            return "none"
        case "kept":
            return "none" if promise.told_at is None else "needless"
        case "missed":
            if promise.told_at is None or promise.told_at > promise.due_at:
                return "silent"
            return "caught" if promise.told_at <= promise.due_at - useful_lead(promise) else "late"
        case _:
            assert_never(how)


def is_chosen(promise: Promised, chosen: Chosen, zone: ZoneInfo) -> bool:
    """Return whether a promise is among those asked for. A share without a status is of all that are scored."""
    if chosen.channel not in (None, promise.channel) or chosen.language not in (None, promise.language):
        return False
    if chosen.status is not None and chosen.status not in (verdict(promise), telling(promise)):
        return False
    if chosen.chance_from is not None and (promise.chance is None or promise.chance < chosen.chance_from):
        return False
    if chosen.chance_to is not None and not _below(promise.chance, chosen.chance_to):
        return False
    if chosen.hour is None and chosen.weekday is None and chosen.day is None:
        return True
    local = promise.made_at.astimezone(zone)
    return (
        chosen.hour in (None, local.hour)
        and chosen.weekday in (None, local.weekday())
        and chosen.day in (None, local.date())
    )


def _below(chance: float | None, limit: float) -> bool:
    return chance is not None and (chance < limit or limit >= 1)
