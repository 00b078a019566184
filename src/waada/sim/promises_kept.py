"""A watcher that writes down, of every customer of a plain world, what was promised and what became of it.

It sees commits only. Beside each promise stands what could be known when it was made (the line, the people, earlier
waits), so that other people's formulas can be judged on the same customers.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.people import Brand
from waada.core.promises import Promise
from waada.ports import Commit
from waada.science import rivals

# What a new brand would tell a vendor's desk about its handling time, before any was measured.
HANDLE_MINUTES_FIRST = 5.0
_LATEST = 0.02  # weight of one more handling time in the average that rivals use


@dataclass(slots=True)
class Seen:
    """One first wait. `due_at` is that of its first promise, which is the one that is scored.

    `delayed` is true when nobody was free on arrival. `ahead` waited on the same channel, `people` were on duty;
    `last_wait`, `average_wait`, `head_wait` and `handle` (all minutes) are what was known by then, `own` is the part of
    the handling that comes before the answer. `told_at` is when another time was told first, `gone_at` when no
    answer was needed any more.
    """

    stream: str
    channel: str
    at: datetime
    due_at: datetime
    chance: float | None
    basis: str
    delayed: bool
    ahead: int
    people: int
    handle: float
    own: float
    last_wait: float
    average_wait: float
    head_wait: float
    answered_at: datetime | None = None
    gone_at: datetime | None = None
    told_at: datetime | None = None
    warned_at: datetime | None = None
    revisions: int = 0

    @property
    def promised(self) -> float:
        """The promised wait, in minutes."""
        return (self.due_at - self.at).total_seconds() / 60.0

    @property
    def wait(self) -> float | None:
        """The wait until the answer, in minutes."""
        return (self.answered_at - self.at).total_seconds() / 60.0 if self.answered_at is not None else None

    def kept(self, until: datetime) -> bool | None:
        """Whether the first promise was kept; None where that is not for us to say: gone, or not yet due."""
        if self.answered_at is not None:
            return self.answered_at <= self.due_at
        return False if self.due_at < (self.gone_at or until) else None


class PromisesKept:
    """Hand `saw` to a `World` as its watcher; `seen` is every customer in the order in which they came."""

    def __init__(self) -> None:
        """Nobody has come yet."""
        self.seen: list[Seen] = []
        self._brand: Brand | None = None
        self._lines: dict[str, OrderedDict[str, Seen]] = {}
        self._waiting: dict[str, Seen] = {}
        # Who works on what, since when: stream -> (person, kind of channel, instant).
        self._held: dict[str, tuple[str, str, datetime]] = {}
        self._handle: dict[str, float] = {}
        self._last_wait = 0.0
        self._average_wait = 0.0

    def saw(self, commit: Commit) -> None:
        """Take in one commit."""
        state = commit.state
        if isinstance(state, Brand):
            self._brand = state
        elif isinstance(state, Conversation):
            for event in commit.events:
                self._fact(state, event)

    def _fact(self, state: Conversation, event: e.Event) -> None:
        match event:
            case e.PromiseMade():
                self._made(state, event.promise)
            case e.PromiseEnded():
                self._ended(state.id, event)
            case e.AtRisk() if state.id in self._waiting:
                self._waiting[state.id].warned_at = event.at
            case e.Assigned() if event.person_id is not None:
                self._taken(state, event.person_id, event.at)
            case e.ConversationClosed():
                self._done(state, event.at)
            case _:
                pass

    def _made(self, state: Conversation, promise: Promise) -> None:
        if promise.replaces is not None:
            seen = self._waiting[state.id]
            seen.revisions += 1
            seen.told_at = seen.told_at or promise.made_at
            return
        at, line = promise.made_at, self._lines.setdefault(state.channel, OrderedDict())
        first, handle = next(iter(line.values()), None), self._handle.get(state.channel, HANDLE_MINUTES_FIRST)
        seen = Seen(
            stream=state.id,
            channel=state.channel,
            at=at,
            due_at=promise.due_at,
            chance=promise.chance,
            basis=promise.basis,
            delayed=bool(line) or not self._somebody_free(state.channel_kind),
            ahead=len(line),
            people=len(self._brand.on_duty()) if self._brand is not None else 0,
            handle=handle,
            own=handle if state.channel_kind == "mail" else 0.0,
            last_wait=self._last_wait,
            average_wait=self._average_wait,
            head_wait=(at - first.at).total_seconds() / 60.0 if first is not None else 0.0,
        )
        self.seen.append(seen)
        line[state.id] = self._waiting[state.id] = seen

    def _somebody_free(self, kind: str) -> bool:
        holds: dict[str, list[str]] = {}
        for holder, held, _ in self._held.values():
            holds.setdefault(holder, []).append(held)
        for person in self._brand.on_duty() if self._brand is not None else ():
            theirs = holds.get(person.id, [])
            beside = kind == "chat" and "mail" not in theirs and len(theirs) < person.chats_at_once
            if not theirs or beside:
                return True
        return False

    def _ended(self, stream: str, event: e.PromiseEnded) -> None:
        match event.status:
            case "renegotiated":
                return
            case "broken" if event.reason is not None:
                return  # in silence, and now it is told: another promise follows
            case "kept" | "broken":
                self._waiting.pop(stream).answered_at = event.at
            case "released":
                seen = self._waiting.pop(stream)
                seen.gone_at = event.at
                self._lines[seen.channel].pop(stream, None)
            case _:
                assert_never(event.status)

    def _taken(self, state: Conversation, person: str, at: datetime) -> None:
        """Somebody takes it: with the first words of a chat, before the handling of a mail."""
        seen = self._lines[state.channel].pop(state.id, None)
        if seen is None:
            return
        if seen.people:  # in the rivals' favour: whoever came at night spoils no average
            wait = (at - seen.at).total_seconds() / 60.0
            self._last_wait, self._average_wait = wait, rivals.salesforce(self._average_wait, wait)
        self._held[state.id] = person, state.channel_kind, at

    def _done(self, state: Conversation, at: datetime) -> None:
        held = self._held.pop(state.id, None)
        if held is not None:
            minutes = (at - held[2]).total_seconds() / 60.0
            known = self._handle.get(state.channel, HANDLE_MINUTES_FIRST)
            self._handle[state.channel] = known + _LATEST * (minutes - known)
