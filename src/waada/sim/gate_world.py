"""A plain world at its leanest: the engine, who writes and who answers, and what became of every promise.

The promises are the engine's own, kept or broken by its own clock; left out is all that changes no wait: timers,
mail on its way, the log, learning. So a month of a thousand conversations a day takes seconds.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop
from math import inf

from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.effects import Effect
from waada.engine import Engine
from waada.ports import Commit
from waada.science.outlook import LiveOutlook
from waada.sim.gate_scene import Scene
from waada.sim.world import SimStore, World

WARM_DAYS = 1  # days before the first one that counts, so that a morning has the evening before it
DRAIN_DAYS = 4  # after the last one that counts, in which whoever still waits may be answered


@dataclass(slots=True)
class Waits:
    """Everybody who wrote on a channel: when (seconds since 1970), how long they waited, whether it was in time."""

    at: array[float] = field(default_factory=lambda: array("d"))
    seconds: array[float] = field(default_factory=lambda: array("d"))
    kept: array[int] = field(default_factory=lambda: array("b"))

    def add(self, at: datetime, seconds: float, *, kept: bool) -> None:
        """Count one more."""
        self.at.append(at.timestamp())
        self.seconds.append(seconds)
        self.kept.append(kept)

    def extend(self, other: Waits) -> None:
        """Count everybody of another run, too."""
        self.at.extend(other.at)
        self.seconds.extend(other.seconds)
        self.kept.extend(other.kept)


class LeanStore(SimStore):
    """The store without what nobody works off; what is over is forgotten."""

    async def append(self, commit: Commit) -> None:
        """Write one command."""
        await super().append(commit)
        self._commands.clear()
        if isinstance(commit.state, Conversation) and commit.state.promise is None:
            self._promises.clear()
            del self.states[commit.stream], self.kinds[commit.stream]

    def _arm(self, commit: Commit) -> None:
        """Nothing comes due."""

    def _post(self, commit: Commit, key: str, effect: Effect) -> None:
        """Nothing is sent."""


class Wordless:
    """Nobody reads what is promised here."""

    def promise(self, *_: object, **__: object) -> str:
        """Say nothing."""
        return "-"

    told = moved = instead = promise


class LeanWorld(World):
    """A world in which only waits happen; `waits` are those of the channel in question."""

    def __init__(self, scene: Scene, seed: int, days: int) -> None:
        """Found the brand a day before the first day that counts."""
        self.waits = Waits()
        self._key, self._days = scene.key, days
        starts = scene.scenario.starts - timedelta(days=WARM_DAYS)
        super().__init__(replace(scene.scenario, starts=starts), seed)
        self._counts_from = self.midnight(WARM_DAYS)

    def simulate(self, told: Callable[[], None]) -> Waits:
        """Let all the days happen, `told` after each, and return what became of everybody."""
        for day in range(WARM_DAYS + self._days):
            self.run(self.midnight(day + 1))
            told()
        self.run(self.midnight(WARM_DAYS + self._days + DRAIN_DAYS))
        for state in self.store.states.values():
            if isinstance(state, Conversation) and state.promise is not None and state.channel == self._key:
                self._counted(state.promise.made_at, inf, kept=False)
        return self.waits

    def run(self, until: datetime) -> None:
        """Let everything happen up to an instant; nothing comes due by itself."""
        heap = self._heap
        while heap[0][0] < until:
            when, _, act, args = heappop(heap)
            self._move(when)
            act(*args)
        self._move(until)

    def _new_day(self, day: int) -> None:
        self.staff.begin_day(day)
        if day < WARM_DAYS + self._days:
            self.customers.begin_day(day)
        self.at(self.midnight(day + 1), self._new_day, day + 1)

    def _open_store(self, *, keep_facts: bool) -> SimStore:
        return LeanStore(self.fragility, self._recorded, keep_facts=keep_facts)

    def _start_node(self) -> Engine:
        return Engine(store=self.store, clock=self.clock, ids=self.ids, phrase=Wordless())

    def _judge_again(self, outlook: LiveOutlook) -> None:
        """What is promised here is the target, whoever is there."""

    def _recorded(self, commit: Commit) -> None:
        state = commit.state
        if not isinstance(state, Conversation):
            return
        if commit.promises and state.promise is not None:
            self.staff.owed(state)
        if state.channel == self._key:
            for event in commit.events:
                if isinstance(event, e.PromiseEnded):
                    made_at = commit.promises[0].made_at
                    wait = (event.at - made_at).total_seconds()
                    self._counted(made_at, wait, kept=event.status == "kept")

    def _counted(self, made_at: datetime, seconds: float, *, kept: bool) -> None:
        if made_at >= self._counts_from:
            self.waits.add(made_at, seconds, kept=kept)


def instant(timestamp: float) -> datetime:
    """Return seconds since 1970 as an instant."""
    return datetime.fromtimestamp(timestamp, UTC)
