"""People on the team: they come, take what has the least slack, think, answer, and go home.

They work as the desk works: by slack, their own first, reading before they send; now and then they snooze, hand over,
ask for more time, close without an answer, or take back what they just did.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from heapq import heappop, heappush
from math import log
from random import Random
from typing import TYPE_CHECKING

from waada.core import commands as c
from waada.core.conversation import Conversation
from waada.core.enquiry import Outcome
from waada.core.events import Message
from waada.core.ids import MessageId, PersonId, by_person
from waada.engine import Done
from waada.sim.scenario import MINUTE, Colleague

if TYPE_CHECKING:
    from datetime import datetime

    from waada.sim.world import World

SNOOZE_LEAD = timedelta(minutes=10)  # a snoozed conversation comes back to the queue this long before it is due
SPREAD = 0.6  # of handling times (lognormal sigma), as call-centre studies find them


class Worker:
    """One colleague at work."""

    __slots__ = ("by", "colleague", "dice", "id", "mu", "on_duty", "working_on")

    def __init__(self, colleague: Colleague, person: PersonId, dice: Random) -> None:
        self.colleague, self.id, self.dice = colleague, person, dice
        self.by = by_person(person)
        self.mu = log(colleague.handle_minutes * MINUTE)
        self.on_duty = False
        self.working_on: str | None = None


class Staff:
    """The team, and the queue as their desks show it."""

    def __init__(self, world: World) -> None:
        """Nobody is here yet; the people exist once the brand is founded."""
        self._world = world
        self._workers: list[Worker] = []
        self._queue: list[tuple[datetime, int, str, str]] = []
        self._free: list[Worker] = []
        self._count = 0
        self._busy: dict[str, Worker] = {}
        self._letters: list[str] = []

    def begin_day(self, day: int) -> None:
        """Plan who comes and goes today, by the clock on the wall."""
        world = self._world
        if not self._workers:
            self._workers = [
                Worker(colleague, person, world.dice(f"staff:{number}"))
                for number, (colleague, person) in enumerate(zip(world.scenario.team, world.people, strict=True))
            ]
        weekday = (world.scenario.starts + timedelta(days=day)).weekday()
        for worker in self._workers:
            if weekday not in worker.colleague.days:
                continue
            for begins, ends in worker.colleague.shifts:
                world.at(world.local(day, begins) + timedelta(seconds=worker.dice.random() * 240), self._come, worker)
                world.at(world.local(day, ends) + timedelta(seconds=worker.dice.random() * 600), self._go, worker)

    def send_home(self) -> None:
        """Everybody who is here goes."""
        for worker in self._workers:
            if worker.on_duty:
                self._go(worker)

    def owed(self, state: Conversation) -> None:
        """A promise was made or moved: it stands in the queue, and somebody free looks up."""
        promise = state.promise
        if promise is None:
            return
        shown = promise.due_at
        world = self._world
        if state.snoozed_until is not None and state.snoozed_until - SNOOZE_LEAD > world.now:
            world.at(state.snoozed_until - SNOOZE_LEAD - world.skew, self._put, shown, state.id, promise.id)
            return
        self._put(shown, state.id, promise.id)

    def letter_came(self, stream: str) -> None:
        """A letter lies on the desk until somebody looks through the pile."""
        self._letters.append(stream)

    def _put(self, shown: datetime, stream: str, promise_id: str) -> None:
        self._count += 1
        heappush(self._queue, (shown, self._count, stream, promise_id))
        if self._free:
            worker = self._free.pop(0)
            self._world.later(2.0 + worker.dice.random() * 8.0, self._take, worker)

    # --- coming and going ---

    def _come(self, worker: Worker) -> None:
        worker.on_duty = True
        self._world.order(worker.by, self._world.brand_id, c.SetDuty(person_id=worker.id, on_duty=True))
        self._world.later(5.0 + worker.dice.random() * 60.0, self._take, worker)
        if worker.colleague.role == "lead":
            letters, self._letters = self._letters, []
            for stream in letters:
                self._world.later(60.0 + worker.dice.random() * 1800.0, self._read_letter, worker, stream)

    def _read_letter(self, worker: Worker, stream: str) -> None:
        self._world.order(worker.by, stream, c.HandleLetter(outcome="dismissed"))

    def _go(self, worker: Worker) -> None:
        if not worker.on_duty:
            return
        worker.on_duty = False
        if worker in self._free:
            self._free.remove(worker)
        self._world.order(worker.by, self._world.brand_id, c.SetDuty(person_id=worker.id, on_duty=False))

    # --- working ---

    def _take(self, worker: Worker) -> None:
        """Take what has the least slack, or wait until something comes."""
        if not worker.on_duty or worker.working_on is not None:
            return
        state = self._next_for(worker)
        if state is None:
            if worker not in self._free:
                self._free.append(worker)
            return
        worker.working_on = state.id
        self._busy[state.id] = worker
        if state.assignee != worker.id and worker.dice.random() < 0.5:
            self._world.order(worker.by, state.id, c.Assign(person_id=worker.id))
        share = 0.5 if state.channel_kind == "chat" else 1.0
        self._world.later(worker.dice.lognormvariate(worker.mu, SPREAD) * share, self._finish, worker, state.id)

    def _next_for(self, worker: Worker) -> Conversation | None:
        """Return the conversation with the least slack that is this worker's or nobody's who is here."""
        queue, states = self._queue, self._world.store.states
        others: list[tuple[datetime, int, str, str]] = []
        found = None
        while queue and len(others) < 40:
            entry = heappop(queue)
            state = states.get(entry[2])
            if not isinstance(state, Conversation) or state.promise is None or state.promise.id != entry[3]:
                continue
            if entry[2] in self._busy:
                others.append(entry)
                continue
            if state.assignee in {None, worker.id} or not self._here(state.assignee):
                found = state
                break
            others.append(entry)
        for entry in others:
            heappush(queue, entry)
        return found

    def _here(self, person: PersonId | None) -> bool:
        return any(each.on_duty for each in self._workers if each.id == person)

    def _finish(self, worker: Worker, stream: str) -> None:
        """Do what the thinking led to, unless the customer needs nothing any more."""
        state = self._world.store.states.get(stream)
        if isinstance(state, Conversation) and state.promise is not None:
            self._act(worker, state)
        self._world.later(1.0 + worker.dice.random() * 4.0, self._released, worker, stream)

    def _released(self, worker: Worker, stream: str) -> None:
        self._busy.pop(stream, None)
        worker.working_on = None
        state = self._world.store.states.get(stream)
        if isinstance(state, Conversation) and state.promise is not None:
            self.owed(state)
        self._take(worker)

    def _act(self, worker: Worker, state: Conversation) -> None:
        world, dice = self._world, worker.dice
        roll = dice.random()
        if roll < 0.90:
            self._reply(worker, state)
        elif roll < 0.92:
            until = world.clock.now() + timedelta(hours=1 + dice.random() * 20)
            world.order(worker.by, state.id, c.Snooze(until=until))
        elif roll < 0.94:
            due = world.clock.now() + timedelta(hours=1 + dice.random() * 5)
            world.order(worker.by, state.id, c.Renegotiate(due_at=due, reason="need_more_time"))
        elif roll < 0.96:
            other = world.people[int(dice.random() * len(world.people))]
            world.order(worker.by, state.id, c.Transfer(person_id=other, reason="You know this better."))
        elif roll < 0.98:
            world.order(worker.by, state.id, c.WriteNote(text="I am asking the warehouse.", person_id=worker.id))
            self._reply(worker, state)
        else:
            outcomes: tuple[Outcome, ...] = ("spam", "duplicate", "no_answer_needed")
            world.order(worker.by, state.id, c.Close(outcome=outcomes[int(dice.random() * 3)]))

    def _reply(self, worker: Worker, state: Conversation) -> None:
        world, dice = self._world, worker.dice
        command = c.Reply(
            author=worker.colleague.name,
            message=Message(id=MessageId(world.ids.fresh()), text=world.customers.answer(state)),
            person_id=worker.id,
            seen_message=state.last_message,
            close="resolved" if dice.random() < 0.4 else None,
        )
        then = self._think_again(worker) if dice.random() < 0.02 else None
        world.order(worker.by, state.id, command, then)

    def _think_again(self, worker: Worker) -> Callable[[Done], None]:
        """Take it back a few seconds later."""

        def undo(done: Done) -> None:
            self._world.later(1.0 + worker.dice.random() * 8.0, self._undo, worker, done.conversation.id)

        return undo

    def _undo(self, worker: Worker, stream: str) -> None:
        self._world.order(worker.by, stream, c.Undo(), lambda done: self.owed(done.conversation))
