"""Simulated colleagues of a played evening: they answer some of it beside a real person, and stay out of their way.

They touch only conversations of this evening's customers, never one that a real person is assigned to, looks at, or has
acted on; when the real owner of a colleague's sign-in turns up, that colleague steps back at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log
from random import Random
from typing import Any, Protocol, Self, cast

from waada.core import commands as c
from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.ids import BrandId, CommandId, MessageId, PersonId, by_person, person_of
from waada.core.people import Brand, Person
from waada.core.refusals import Refused
from waada.core.summary import Row
from waada.engine import Engine
from waada.ports import Ids, Recorded
from waada.sim.evening_texts import DOMAIN, MARK, answer_to
from waada.sim.live_doors import Tally
from waada.sim.live_pace import Pace

COLLEAGUES_MAX = 2
SHARE = 0.5  # of the conversations; the rest is for the person at the desk
HANDLING = {"chat": 60.0, "mail": 150.0, "api": 120.0}  # median story seconds from opening to answering
HANDLING_SPREAD = 0.5
HANDLING_SECONDS_MIN = 6.0  # nobody reads and answers faster than that, at any speed
BREATH_SECONDS = 30.0
BREATH_SECONDS_MIN = 2.0


class Reader(Protocol):
    """What a colleague's screen shows: a conversation, and everything said in it."""

    async def load(self, kind: Any, brand_id: BrandId, stream: str) -> Any:
        """Return the state of a stream."""
        ...

    async def facts(self, brand_id: BrandId, stream: str) -> tuple[Recorded, ...]:
        """Return what happened in a stream."""
        ...


class Stream(Protocol):
    """What the hub hands out: facts, and signals of who types and looks."""

    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> object: ...
    def close(self) -> None:
        """Hear no more."""
        ...


class Hub(Protocol):
    """The feed of this installation (`web.feed.FeedHub`)."""

    def subscribe(self, brand_id: BrandId) -> Stream:
        """Hear everything of a brand from now on."""
        ...

    def signal(self, brand_id: BrandId, stream: str, what: str, payload: dict[str, object]) -> None:
        """Show who types or looks."""
        ...


class Sign(Protocol):
    """Somebody types or looks."""

    @property
    def stream(self) -> str: ...
    @property
    def payload(self) -> dict[str, object]: ...


@dataclass(slots=True)
class Colleague:
    """One at work. `came` says that it was we who put them on duty."""

    person: Person
    came: bool = False
    stepped_back: bool = False
    task: asyncio.Task[None] | None = None


@dataclass(slots=True)
class Sight:
    """What is known of the evening's conversations: their rows, and where a real person is."""

    rows: dict[str, Row] = field(default_factory=dict)
    evening: set[str] = field(default_factory=set)
    viewed: dict[str, set[str]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    lots: dict[str, bool] = field(default_factory=dict)


class Colleagues:
    """At most two simulated people at the desk."""

    def __init__(
        self,
        *,
        engine: Engine,
        reader: Reader,
        hub: Hub,
        ids: Ids,
        brand: Brand,
        pace: Pace,
        tally: Tally,
        dice: Random,
    ) -> None:
        self._engine, self._reader, self._hub, self._ids = engine, reader, hub, ids
        self._brand, self._pace, self._tally, self._dice = brand, pace, tally, dice
        self._given: set[CommandId] = set()
        self._sight = Sight()
        self._busy: set[str] = set()
        self.here: list[Colleague] = []

    @property
    def names(self) -> tuple[str, ...]:
        """Return who is at work."""
        return tuple(each.person.name for each in self.here if not each.stepped_back)

    def choose(self, real: Sequence[PersonId]) -> None:
        """Choose who works: agents before leads, never an owner, never somebody who is here in person."""
        # The first agents of a brand are the ones whose sign-ins are tried first; leave them to people.
        free = [each for each in reversed(self._brand.present()) if each.joined and each.id not in real]
        ranked = [each for role in ("agent", "lead") for each in free if each.role == role]
        self.here = [Colleague(person=each) for each in ranked[:COLLEAGUES_MAX]]

    async def run(self) -> None:
        """Come to work and stay until cancelled; `end` sends everybody home."""
        for each in self.here:
            each.task = asyncio.create_task(self._work(each), name="simulated colleague")
        try:
            while True:
                await self._watch()
                # Cut off for being slow: what was missed is left to the person at the desk.
                await self._pace.pause(0.0, at_least=1.0)
        finally:
            tasks = [each.task for each in self.here if each.task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def end(self) -> None:
        """Let go of what is not answered, and go home."""
        for each in self.here:
            if each.stepped_back:
                continue
            for row in self._sight.rows.values():
                if row.assignee == each.person.id and row.status == "open":
                    await self._order(each, row.id, c.Assign(person_id=None))
            if each.came:
                await self._order(each, self._brand.id, c.SetDuty(person_id=each.person.id, on_duty=False))

    # --- seeing ---

    async def _watch(self) -> None:
        subscription = self._hub.subscribe(self._brand.id)
        try:
            async for item in subscription:
                if isinstance(item, Recorded):
                    self._happened(item)
                else:
                    self._signalled(cast("Sign", item))
        finally:
            subscription.close()

    def _happened(self, fact: Recorded) -> None:
        sight, event = self._sight, fact.event
        if isinstance(event, e.ConversationOpened):
            marked = MARK in (event.customer.name or "") or (event.customer.email or "").endswith(f"@{DOMAIN}")
            if marked:
                sight.evening.add(fact.stream)
        elif isinstance(event, e.CustomerWrote) and MARK in event.message.text:
            sight.evening.add(fact.stream)
        if fact.row is not None and fact.stream in sight.evening:
            sight.rows[fact.stream] = fact.row
        person = person_of(fact.by)
        if person is not None and fact.command_id not in self._given:
            self._is_here(person)
            sight.touched.add(fact.stream)

    def _signalled(self, sign: Sign) -> None:
        who = sign.payload.get("who")
        if not isinstance(who, dict) or sign.payload.get("simulated") or who.get("id") == "customer":
            return
        viewers = self._sight.viewed.setdefault(sign.stream, set())
        if sign.payload.get("on"):
            viewers.add(who["id"])
            self._is_here(who["id"])
        else:
            viewers.discard(who["id"])

    def _is_here(self, person: PersonId) -> None:
        """The person whose place a colleague takes is here: from now on it is theirs."""
        for each in self.here:
            if each.person.id == person and not each.stepped_back:
                each.stepped_back = True
                if each.task is not None:
                    each.task.cancel()

    def _is_free(self, colleague: Colleague, row: Row) -> bool:
        sight = self._sight
        if row.status != "open" or row.assignee not in (None, colleague.person.id):
            return False
        if row.id in self._busy or row.id in sight.touched or sight.viewed.get(row.id):
            return False
        return sight.lots.setdefault(row.id, self._dice.random() < SHARE)

    # --- working ---

    async def _work(self, colleague: Colleague) -> None:
        while True:
            try:
                await self._on_duty(colleague)
                await self._pace.pause(BREATH_SECONDS * (0.5 + self._dice.random()), at_least=BREATH_SECONDS_MIN)
                free = [row for row in self._sight.rows.values() if self._is_free(colleague, row)]
                if free:
                    await self._take(colleague, min(free, key=lambda row: (row.due_at or row.last_at, row.id)))
            except Exception as error:  # noqa: BLE001 - the database may be away; a colleague shrugs and goes on
                self._tally.trouble("broken", f"A simulated colleague could not work: {error}.")

    async def _on_duty(self, colleague: Colleague) -> None:
        brand = await self._reader.load("brand", self._brand.id, self._brand.id)
        person = brand.person(colleague.person.id) if isinstance(brand, Brand) else None
        if person is not None and not person.on_duty:
            colleague.came = True
            await self._order(colleague, self._brand.id, c.SetDuty(person_id=person.id, on_duty=True))

    async def _take(self, colleague: Colleague, row: Row) -> None:
        self._busy.add(row.id)
        try:
            if not await self._assign(colleague, row.id):
                return
            self._show(colleague, row.id, "viewing", on=True)
            median = HANDLING.get(row.channel_kind, HANDLING["mail"])
            self._show(colleague, row.id, "typing", on=True)
            await self._pace.pause(
                self._dice.lognormvariate(log(median), HANDLING_SPREAD), at_least=HANDLING_SECONDS_MIN
            )
            await self._answer(colleague, row.id)
        finally:
            self._busy.discard(row.id)
            self._show(colleague, row.id, "typing", on=False)
            self._show(colleague, row.id, "viewing", on=False)

    async def _assign(self, colleague: Colleague, stream: str) -> bool:
        """Take it, unless a real person has taken it since the row was drawn."""
        state = await self._reader.load("conversation", self._brand.id, stream)
        if not isinstance(state, Conversation) or state.promise is None:
            return False
        if state.assignee is None:
            return await self._order(colleague, stream, c.Assign(person_id=colleague.person.id))
        return state.assignee == colleague.person.id

    async def _answer(self, colleague: Colleague, stream: str) -> None:
        state = await self._reader.load("conversation", self._brand.id, stream)
        if not isinstance(state, Conversation) or state.promise is None or state.assignee != colleague.person.id:
            return
        if stream in self._sight.touched or self._sight.viewed.get(stream):
            # A real person looks at it: it is theirs now.
            await self._order(colleague, stream, c.Assign(person_id=None))
            return
        words, new = said(await self._reader.facts(self._brand.id, stream))
        name = (state.customer.name or "").removesuffix(MARK).strip()
        text = answer_to(words, new, state.customer.language, name)
        if text is None:
            await self._order(colleague, stream, c.Close(outcome="no_answer_needed"))
            return
        command = c.Reply(
            author=colleague.person.name,
            message=e.Message(id=MessageId(self._ids.fresh()), text=text),
            person_id=colleague.person.id,
            seen_message=state.last_message,
        )
        if await self._order(colleague, stream, command):
            self._tally.by_colleagues += 1

    def _show(self, colleague: Colleague, stream: str, what: str, *, on: bool) -> None:
        who = {"id": colleague.person.id, "name": colleague.person.name}
        self._hub.signal(self._brand.id, stream, what, {"who": who, "on": on, "simulated": True})

    async def _order(self, colleague: Colleague, stream: str, command: c.Command) -> bool:
        """Give a command as that person; return whether it was carried out."""
        known = CommandId(self._ids.fresh())
        self._given.add(known)
        order = c.Order(
            command_id=known,
            brand_id=self._brand.id,
            stream=stream,
            by=by_person(colleague.person.id),
            command=command,
        )
        try:
            await self._engine.handle(order)
        except Refused:
            # Somebody else was faster; that is no trouble, only an evening at a desk.
            self._given.discard(known)
            return False
        return True


def said(facts: Sequence[Recorded]) -> tuple[tuple[str, ...], int]:
    """Return the customer's words in order, and how many of the last ones no person has answered."""
    words: list[str] = []
    new = 0
    for fact in facts:
        if isinstance(fact.event, e.CustomerWrote):
            words.append(fact.event.message.text)
            new += 1
        elif isinstance(fact.event, e.PersonWrote):
            new = 0
    return tuple(words), new
