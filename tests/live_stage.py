"""A demo brand on an event loop whose time is virtual: hours of a played evening pass in a second of the test."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from waada.clock import CountedIds, SystemClock, VirtualClock
from waada.core import commands as c
from waada.core import events as e
from waada.core.hours import Hours
from waada.core.ids import BrandId, CommandId, MessageId, PersonId, customer_id
from waada.core.people import Channel
from waada.core.policies import Policy
from waada.engine import Done, Engine
from waada.ports import Commit
from waada.sim.evening_texts import MARK, TONGUES
from waada.sim.live import Evening
from waada.sim.live_doors import Act, Door, Heard, Tally, Visitor, Way
from waada.sim.live_pace import Pace
from waada.store.memory import MemoryStore
from waada.web.feed import FeedHub
from waada.words.phrase import CataloguePhrase
from waada.workers.timers import TimerWorker

T = TypeVar("T")
FRIDAY_FIVE = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALWAYS = Hours.weekly({day: [("00:00", "24:00")] for day in DAYS}, zone="Europe/London")


class JumpingSelector(selectors.DefaultSelector):
    """Never waits: where the loop would sleep, its time jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "everybody waits for ever"
        self.now += max(timeout, 0.0)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on virtual time."""

    def __init__(self) -> None:
        self._jumping = JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


class LoopClock(VirtualClock):
    """The clock on the wall of that loop."""

    def now(self) -> datetime:
        return FRIDAY_FIVE + timedelta(seconds=asyncio.get_running_loop().time())


def on_virtual_time(story: Callable[[], Coroutine[Any, Any, T]]) -> T:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(story())


class Stage:
    """The demo brand with an owner, a lead and three agents, a memory store, the real hub and the real timers."""

    def __init__(self, *, demo: bool = True) -> None:
        self.clock = LoopClock(FRIDAY_FIVE)
        self.ids = CountedIds(self.clock)
        self.store = MemoryStore()
        self.engine = Engine(store=self.store, clock=self.clock, ids=self.ids, phrase=CataloguePhrase())
        self.hub = FeedHub(self.store)
        self.demo = demo
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(self._name())

    async def _name(self) -> None:
        self.brand = BrandId(self.ids.fresh())
        self.owner, self.lead, self.ann, self.ben, self.cat = (PersonId(self.ids.fresh()) for _ in range(5))

    async def open(self) -> "Stage":
        found = c.FoundBrand(
            slug="demo",
            name="Demo shop",
            zone="Europe/London",
            languages=("en", "kk", "cy", "hi", "ar"),
            hours=ALWAYS,
            owner_name="Olive",
            owner_email="olive@shop.test",
            owner_id=self.owner,
            demo=self.demo,
        )
        await self.order(found, self.brand)
        team = (
            (self.lead, "Lee", "lead"),
            (self.ann, "Ann", "agent"),
            (self.ben, "Ben", "agent"),
            (self.cat, "Cat", "agent"),
        )
        for person, name, role in team:
            invite = c.InvitePerson(person_id=person, name=name, email=f"{name}@shop.test", role=role)  # type: ignore[arg-type]
            await self.order(invite, self.brand)
            await self.order(c.JoinPerson(person_id=person), self.brand)
        for key, kind in (("chat", "chat"), ("mail", "mail")):
            policy = Policy(first_answer_seconds=120, next_answer_seconds=300)
            channel = Channel(key=key, kind=kind, name=key, live=True, policy=policy, address="help@demo.test")  # type: ignore[arg-type]
            await self.order(c.SetChannel(channel=channel), self.brand)
        await self.hub.open()
        self.engine.watchers.append(self.hub.saw)
        self.timers = asyncio.create_task(TimerWorker(store=self.store, engine=self.engine, clock=self.clock).run())
        return self

    async def close(self) -> None:
        self.timers.cancel()
        await asyncio.gather(self.timers, return_exceptions=True)
        await self.hub.close()

    def evening(self, doors: Mapping[Way, Door] | None = None, seed: int = 7, **more: Any) -> Evening:
        def make(_brand: object, _pace: Pace, _tally: Tally) -> Mapping[Way, Door]:
            return doors if doors is not None else self.doors()

        return Evening(
            engine=self.engine,
            store=self.store,
            hub=self.hub,
            clock=self.clock,
            ids=self.ids,
            brand_id=self.brand,
            base_url="http://127.0.0.1:1",
            smtp_address=("127.0.0.1", 1),
            api_key="waada_key",
            chance=Random(seed),
            doors=make,
            **more,
        )

    def doors(self) -> dict[Way, Door]:
        return {"chat": FakeDoor(self, "chat"), "mail": FakeDoor(self, "mail"), "form": FakeDoor(self, "mail")}

    async def order(self, command: c.Command, stream: str, by: str = "system") -> Done:
        order = c.Order(
            command_id=CommandId(self.ids.fresh()), brand_id=self.brand, stream=stream, by=by, command=command
        )
        return await self.engine.handle(order)

    def on_duty(self) -> list[str]:
        return [each.name for each in self.store.states[self.brand].people if each.on_duty]  # type: ignore[union-attr]


class FakeDoor:
    """A door that leads straight to the engine."""

    def __init__(self, stage: Stage, channel: str) -> None:
        self.stage, self.channel = stage, channel
        self.open_lines: set[FakeLine] = set()

    async def open(self, visitor: Visitor) -> "FakeLine":
        line = FakeLine(self, visitor)
        self.open_lines.add(line)
        return line


class FakeLine:
    """A customer who hears of commits at once."""

    def __init__(self, door: FakeDoor, visitor: Visitor) -> None:
        self.door, self.stage, self.visitor = door, door.stage, visitor
        self.stream = ""
        self.heard: asyncio.Queue[Heard] = asyncio.Queue()
        self.stage.engine.watchers.append(self.saw)

    def saw(self, commit: Commit) -> None:
        for event in commit.events if commit.stream == self.stream else ():
            if isinstance(event, e.PersonWrote):
                self.heard.put_nowait(Heard(what="answer", message=event.message.id, text=event.message.text))
            elif isinstance(event, e.CustomerTold):
                self.heard.put_nowait(Heard(what="told", message=event.message_id, text=event.text))
            elif isinstance(event, e.ConversationClosed):
                self.heard.put_nowait(Heard(what="closed", message="", text=""))

    async def write(self, text: str) -> None:
        stage, visitor = self.stage, self.visitor
        message = e.Message(id=MessageId(stage.ids.fresh()), text=text)
        if self.stream:
            await stage.order(c.Write(message=message), self.stream, "customer")
            return
        customer = e.Customer(
            id=customer_id(stage.brand, "email", visitor.email),
            name=None if self.door.channel == "chat" else visitor.name,
            email=None if self.door.channel == "chat" else visitor.email,
            language=visitor.language,
        )
        self.stream = stage.ids.fresh()
        start = c.StartConversation(channel=self.door.channel, customer=customer, message=message)
        await stage.order(start, self.stream, "customer")

    async def hear(self) -> Heard:
        return await self.heard.get()

    async def see(self, heard: Heard) -> None:
        await self.stage.order(c.See(message_id=MessageId(heard.message)), self.stream, "customer")

    async def typing(self, *, on: bool) -> None:
        self.stage.hub.signal(self.stage.brand, self.stream, "typing", {"who": {"id": "customer"}, "on": on})

    async def act(self, act: Act) -> bool:
        buttons: dict[Act, c.Command] = {"person": c.AskForPerson(), "release": c.Release()}
        command = buttons.get(act)
        if command is None:
            return False
        await self.stage.order(command, self.stream, "customer")
        return True

    async def leave(self) -> None:
        self.door.open_lines.discard(self)
        if self.saw in self.stage.engine.watchers:
            self.stage.engine.watchers.remove(self.saw)


async def no_time(_seconds: float) -> None:
    """Pauses take no time; others get their turn."""
    await asyncio.sleep(0.001)


def no_time_pace() -> Pace:
    made = Pace(SystemClock(), no_time)
    made.begin(60)
    return made


def visitor(language: str = "en", **more: Any) -> Visitor:
    topic = TONGUES[language].topics[0]
    return Visitor(
        name=f"{TONGUES[language].names[0]} {MARK}",
        email="a@customers.demo.test",
        language=language,
        zone="Asia/Almaty",
        subject=topic.subject,
        **more,
    )
