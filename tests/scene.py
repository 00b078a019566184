"""A small brand on a virtual clock: what the tests of the core and the engine play on."""

from datetime import UTC, datetime, timedelta

from waada.clock import CountedIds, VirtualClock
from waada.core import commands as c
from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.effects import Send
from waada.core.events import Told
from waada.core.hours import Hours
from waada.core.ids import BrandId, CommandId, MessageId, PersonId, by_person, customer_id
from waada.core.outlook import Outlook
from waada.core.people import Channel
from waada.core.policies import Instead, Policy, PromiseKind, Wording
from waada.core.promises import Promise
from waada.engine import Done, Engine
from waada.store.memory import MemoryStore

MONDAY_TEN = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
OFFICE = Hours.weekly({day: [("09:00", "17:00")] for day in WEEKDAYS}, zone="Europe/London")


class PlainPhrase:
    """Words that show what they were made from."""

    def promise(
        self,
        kind: PromiseKind,
        due_at: datetime,
        now: datetime,
        language: str,
        zone: str,
        wording: Wording = "within",  # noqa: ARG002 - the protocol's form
        begins_at: datetime | None = None,  # noqa: ARG002
    ) -> str:
        return f"{kind} by {due_at:%H:%M} ({language}, {zone}, in {(due_at - now).total_seconds():.0f} s)"

    def told(self, why: Told, language: str, words: str, reason: str | None) -> str:
        return f"{why}: {words} [{reason}] ({language})"

    def moved(self, why: Told, old: Promise, new: Promise, now: datetime, zone: str) -> str:
        before = "before" if new.due_at < old.due_at else "not by"
        said = f"{before} {old.due_at:%H:%M}, said at {now:%H:%M}, {zone}"
        return f"{why}: {new.words} [{new.reason}] ({new.language}, {said})"

    def instead(self, instead: Instead, language: str, *, reachable: bool) -> str:
        return f"or by {instead} ({language}, {'reachable' if reachable else 'not reachable'})"


class Scene:
    """A brand with an owner, a lead, two agents, a chat and a mail channel."""

    def __init__(self, start: datetime = MONDAY_TEN, outlook: Outlook | None = None) -> None:
        self.clock = VirtualClock(start)
        self.ids = CountedIds(self.clock)
        self.store = MemoryStore()
        self.engine = Engine(store=self.store, clock=self.clock, ids=self.ids, phrase=PlainPhrase(), outlook=outlook)
        self.brand = BrandId(self.ids.fresh())
        self.owner, self.lead, self.ann, self.ben = (PersonId(self.ids.fresh()) for _ in range(4))

    async def open(self, *, on_duty: bool = True, policy: Policy | None = None) -> "Scene":
        await self.tell_brand(
            c.FoundBrand(
                slug="shop",
                name="Shop",
                zone="Europe/London",
                languages=("en", "ar"),
                hours=OFFICE,
                owner_name="Olive",
                owner_email="olive@shop.test",
                owner_id=self.owner,
            )
        )
        for person, name, role in ((self.lead, "Lee", "lead"), (self.ann, "Ann", "agent"), (self.ben, "Ben", "agent")):
            await self.tell_brand(
                c.InvitePerson(person_id=person, name=name, email=f"{name.lower()}@shop.test", role=role)  # type: ignore[arg-type]
            )
        policy = policy or Policy(first_answer_seconds=900, next_answer_seconds=7200)
        for key, kind in (("chat", "chat"), ("mail", "mail")):
            channel = Channel(key=key, kind=kind, name=key, live=True, policy=policy, address="help@shop.test")  # type: ignore[arg-type]
            await self.tell_brand(c.SetChannel(channel=channel))
        for person in (self.ann, self.ben) if on_duty else ():
            await self.duty(person, on=True)
        return self

    async def tell_brand(self, command: c.Command) -> Done:
        return await self.order(command, self.brand)

    async def duty(self, person: PersonId, *, on: bool) -> None:
        await self.tell_brand(c.SetDuty(person_id=person, on_duty=on))

    async def order(self, command: c.Command, stream: str, by: str = "system", key: str | None = None) -> Done:
        command_id = CommandId(key or self.ids.fresh())
        return await self.engine.handle(
            c.Order(command_id=command_id, brand_id=self.brand, stream=stream, by=by, command=command)
        )

    def message(self, text: str = "Where is my parcel?") -> e.Message:
        return e.Message(id=MessageId(self.ids.fresh()), text=text)

    async def write_first(
        self, channel: str = "chat", text: str = "Where is my parcel?", **customer: object
    ) -> Conversation:
        who = e.Customer(id=customer_id(self.brand, "visitor", "v1"), email="cora@home.test", **customer)  # type: ignore[arg-type]
        command = c.StartConversation(channel=channel, customer=who, message=self.message(text))
        return (await self.order(command, self.ids.fresh(), "customer")).conversation

    async def write(self, stream: str, text: str = "Are you there?") -> Done:
        return await self.order(c.Write(message=self.message(text)), stream, "customer")

    async def reply(self, stream: str, person: PersonId | None = None, **more: object) -> Done:
        who = person or self.ann
        command = c.Reply(author="Ann", person_id=who, message=self.message("It is on its way."), **more)  # type: ignore[arg-type]
        return await self.order(command, stream, by_person(who))

    async def by(self, person: PersonId, command: c.Command, stream: str) -> Done:
        return await self.order(command, stream, by_person(person))

    async def state(self, stream: str) -> Conversation:
        state = await self.store.load("conversation", self.brand, stream)
        assert isinstance(state, Conversation)
        return state

    async def sending(self) -> list[str]:
        """The messages that wait in the outbox to be sent."""
        parcels = await self.store.claim_outbox(self.clock.now() + timedelta(hours=1), 100, timedelta(hours=1))
        return [parcel.effect.message_id for parcel in parcels if isinstance(parcel.effect, Send)]

    async def pass_time(self, amount: timedelta) -> list[e.ConversationEvent]:
        """Move the clock, firing every timer on the way at its instant; return what happened."""
        end = self.clock.now() + amount
        happened: list[e.ConversationEvent] = []
        while (at := await self.store.next_timer_at()) is not None and at <= end:
            self.clock.set(max(at, self.clock.now()))
            happened += await self.fire()
        self.clock.set(end)
        return happened

    async def fire(self) -> list[e.ConversationEvent]:
        happened: list[e.ConversationEvent] = []
        for claim in await self.store.claim_timers(self.clock.now(), 100, timedelta(seconds=30)):
            done = await self.order(c.TimerDue(slot=claim.slot, guard=claim.guard), claim.stream)
            happened += done.events  # type: ignore[arg-type]
        return happened


def kinds(facts: object) -> list[str]:
    """The names of facts, in order."""
    return [type(fact).__name__ for fact in facts]  # type: ignore[attr-defined]
