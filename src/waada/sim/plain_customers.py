"""Customers of a plain world: one message each, no nudges; they wait as long as their patience and the promise allow.

The model stands at `scenario.Patience`. Without one they wait for ever, so that figures compare with formulas.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import log
from typing import TYPE_CHECKING

from waada.core import commands as c
from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.ids import CUSTOMER
from waada.sim.customers import Customers
from waada.sim.scenario import MINUTE

if TYPE_CHECKING:
    from waada.engine import Done
    from waada.ports import Commit

ACCEPTS_SPREAD = 0.8  # of what people accept (lognormal sigma): most within a factor of two of the median


class PlainCustomers(Customers):
    """Everybody who writes to a plain brand."""

    def begin_day(self, day: int) -> None:
        """Plan who writes today."""
        if day == 0:
            self._limits: dict[str, tuple[float, float]] = {}
            self._nerves = self._world.dice("patience")
        super().begin_day(day)

    def _started(self, done: Done) -> None:
        patience, dice = self._world.scenario.patience, self._nerves
        if patience is None:
            return
        own = dice.expovariate(1.0 / patience.minutes) * MINUTE
        accepts = dice.lognormvariate(log(patience.accepts_minutes), ACCEPTS_SPREAD) * MINUTE
        self._limits[done.conversation.id] = own, accepts
        self._consider(done.conversation)

    def _consider(self, state: Conversation) -> None:
        """A promise was read: go now, or plan to go when patience is over."""
        patience, promise = self._world.scenario.patience, state.promise
        wait = state.enquiries[-1].wait
        if patience is None or promise is None or wait is None:
            return
        own, accepts = self._limits[state.id]
        promised = (promise.due_at - wait.started_at).total_seconds()
        lasts = own + patience.trust * max(0.0, promised - own) if promised <= accepts else 0.0
        until = max(wait.started_at + timedelta(seconds=lasts), self._world.clock.now())
        self._world.at(until - self._world.skew, self._give_up, state.id, promise.due_at)

    def _give_up(self, stream: str, due_at: datetime) -> None:
        state = self._world.store.states.get(stream)
        if isinstance(state, Conversation) and state.promise is not None and state.promise.due_at == due_at:
            self._world.send(self._world.envelope(CUSTOMER, stream, c.Release()))

    def wrote(self, commit: Commit, state: Conversation) -> None:
        """A new time was told: think again."""
        moved = [each for each in commit.events if type(each) is e.PromiseMade and each.promise.replaces is not None]
        if moved and state.id in self._limits:
            self._world.later(0.0, self._consider_again, state.id)
        elif state.promise is None:
            self._limits.pop(state.id, None)

    def _consider_again(self, stream: str) -> None:
        state = self._world.store.states.get(stream)
        if isinstance(state, Conversation) and stream in self._limits:
            self._consider(state)

    def got_mail(self, stream: str) -> None:
        """Nobody writes back."""
