"""A team in a plain world: everybody takes what is first, handles it, closes it, and takes the next without a pause.

The rule: nobody is idle while somebody waits whom they may answer. In a channel it is first come, first served; between
channels what is due sooner goes first; several chats may be held side by side, a mail never beside anything else.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from math import log
from typing import TYPE_CHECKING

from waada.core import commands as c
from waada.core.conversation import Conversation
from waada.core.events import Message
from waada.core.ids import MessageId, by_person
from waada.sim.scenario import MINUTE, Manners, Way

if TYPE_CHECKING:
    from datetime import datetime

    from waada.sim.world import World


class Hands:
    """One colleague at work: what they hold, and since when they are free for more."""

    __slots__ = (
        *("by", "channels", "chats_at_once", "colleague", "coming"),
        *("dice", "free_since", "holds", "id", "on_duty", "until"),
    )

    def __init__(self, world: World, number: int, manners: Manners) -> None:
        now, colleague = world.now, world.scenario.team[number]
        self.colleague, self.id, self.dice = colleague, world.people[number], world.dice(f"staff:{number}")
        self.by = by_person(self.id)
        self.channels = [way.key for way in world.scenario.ways if not way.team or number in way.team]
        self.chats_at_once = colleague.chats_at_once or manners.chats_at_once
        self.on_duty = self.coming = False
        self.free_since = self.until = now
        self.holds: dict[str, str] = {}


class PlainStaff:
    """The team, and who waits for them."""

    def __init__(self, world: World, manners: Manners) -> None:
        """Nobody is here yet; the people exist once the brand is founded."""
        self._world, self._manners = world, manners
        self._sigma = log(1.0 + manners.squared_cv) ** 0.5
        self._ways: dict[str, Way] = {way.key: way for way in world.scenario.ways}
        self._lines: dict[str, OrderedDict[str, None]] = {key: OrderedDict() for key in self._ways}
        self._workers: list[Hands] = []
        self._held: dict[str, Hands] = {}

    def begin_day(self, day: int) -> None:
        """Plan who comes and goes today, by the roster; now and then somebody never comes."""
        world, manners = self._world, self._manners
        if not self._workers:
            self._workers = [Hands(world, number, manners) for number in range(len(world.scenario.team))]
        weekday = (world.scenario.starts + timedelta(days=day)).weekday()
        for worker in self._workers:
            shifts = worker.colleague.shifts_on(weekday)
            if not shifts or worker.dice.random() < manners.absence:
                continue
            for begins, ends in shifts:
                late_in, late_out = (timedelta(seconds=worker.dice.random() * manners.late_seconds) for _ in range(2))
                until = world.local(day, ends) + late_out
                world.at(world.local(day, begins) + late_in, self._come, worker, until)
                world.at(until, self._go, worker)

    def send_home(self) -> None:
        """Everybody who is here goes, once they have finished what they hold."""
        for worker in self._workers:
            worker.until = self._world.now
            self._go(worker)

    def owed(self, state: Conversation) -> None:
        """Somebody waits; whoever has been free longest looks up. A promise that moved changes nobody's place."""
        line = self._lines[state.channel]
        if state.id in self._held or state.id in line:
            return
        line[state.id] = None
        ready = [each for each in self._workers if not each.coming and self._may_take(each, state.channel)]
        if ready:
            self._call(min(ready, key=_free_longest))

    def letter_came(self, stream: str) -> None:
        """Letters wait for nobody, and nobody waits for them."""

    def _call(self, worker: Hands) -> None:
        worker.coming = True
        self._world.later(worker.dice.random() * self._manners.lag_seconds, self._look, worker)

    # --- coming and going ---

    def _come(self, worker: Hands, until: datetime) -> None:
        # Whose break was shorter than their lateness never left, nor did who works past midnight.
        worker.until = max(worker.until, until)
        if not worker.on_duty:
            worker.on_duty, worker.free_since = True, self._world.now
            self._world.order(worker.by, self._world.brand_id, c.SetDuty(person_id=worker.id, on_duty=True))
            self._call(worker)

    def _go(self, worker: Hands) -> None:
        if worker.on_duty and worker.until <= self._world.now:
            worker.on_duty = False
            self._world.order(worker.by, self._world.brand_id, c.SetDuty(person_id=worker.id, on_duty=False))

    # --- working ---

    def _may_take(self, worker: Hands, channel: str) -> bool:
        if not worker.on_duty or channel not in worker.channels:
            return False
        if not worker.holds:
            return True
        return (
            self._ways[channel].kind == "chat"
            and len(worker.holds) < worker.chats_at_once
            and all(kind == "chat" for kind in worker.holds.values())
        )

    def _look(self, worker: Hands) -> None:
        """Take what there is to take."""
        worker.coming = False
        while (state := self._first_for(worker)) is not None:
            self._take(worker, state)

    def _first_for(self, worker: Hands) -> Conversation | None:
        heads = [self._first(line) for key, line in self._lines.items() if self._may_take(worker, key)]
        waiting = [(state.promise.due_at, state) for state in heads if state is not None and state.promise is not None]
        return min(waiting, key=lambda each: each[0])[1] if waiting else None

    def _first(self, line: OrderedDict[str, None]) -> Conversation | None:
        """Return who waits longest in a line; whoever needs nothing any more is let go."""
        while line:
            stream = next(iter(line))
            state = self._world.store.states.get(stream)
            if isinstance(state, Conversation) and state.promise is not None:
                return state
            del line[stream]
        return None

    def _take(self, worker: Hands, state: Conversation) -> None:
        world, way = self._world, self._ways[state.channel]
        del self._lines[state.channel][state.id]
        self._held[state.id] = worker
        worker.holds[state.id] = way.kind
        mean = (way.handle_minutes or worker.colleague.handle_minutes) * MINUTE
        mean *= 1.0 + self._manners.slowdown * (len(worker.holds) - 1)
        seconds = worker.dice.lognormvariate(log(mean) - self._sigma**2 / 2, self._sigma)
        world.later(seconds, self._finish, worker, state.id)
        if way.answers_at == "start":
            self._reply(worker, state, close=self._manners.brief)
        elif not self._manners.brief:
            world.order(worker.by, state.id, c.Assign(person_id=worker.id))

    def _finish(self, worker: Hands, stream: str) -> None:
        del worker.holds[stream], self._held[stream]
        worker.free_since = self._world.now
        state = self._world.store.states.get(stream)
        if isinstance(state, Conversation) and state.promise is not None:
            self._reply(worker, state, close=True)
        elif isinstance(state, Conversation) and state.status == "open":
            self._world.order(worker.by, stream, c.Close(outcome="resolved"))
        self._look(worker)

    def _reply(self, worker: Hands, state: Conversation, *, close: bool) -> None:
        command = c.Reply(
            author=worker.colleague.name,
            message=Message(id=MessageId(self._world.ids.fresh()), text=self._world.customers.answer(state)),
            person_id=worker.id,
            seen_message=state.last_message,
            close="resolved" if close else None,
        )
        self._world.order(worker.by, state.id, command)


def _free_longest(worker: Hands) -> tuple[int, datetime]:
    return len(worker.holds), worker.free_since
