"""A small brand for the contract suite: a store, an engine on a clock that can be moved, short ways to give orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from waada.clock import CountedIds, VirtualClock
from waada.core import commands as c
from waada.core.events import Customer, Message
from waada.core.hours import Hours
from waada.core.ids import BrandId, CommandId, MessageId, PersonId, customer_id
from waada.core.people import Channel
from waada.core.policies import Policy
from waada.engine import Done, Engine
from waada.ports import Commit, Reading, Store
from waada.words.phrase import CataloguePhrase

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday


class ReadingStore(Store, Reading, Protocol):
    """What both stores are."""


@dataclass
class Shop:
    """One brand with a chat, a mail address and an API, an owner on duty and an agent on duty."""

    store: ReadingStore
    clock: VirtualClock
    ids: CountedIds
    engine: Engine
    brand_id: BrandId
    owner: PersonId
    agent: PersonId
    commits: list[Commit]

    async def give(self, stream: str, command: c.Command, *, by: str = "system", command_id: str | None = None) -> Done:
        order = c.Order(
            command_id=CommandId(command_id or self.ids.fresh()),
            brand_id=self.brand_id,
            stream=stream,
            by=by,
            command=command,
        )
        return await self.engine.handle(order)

    def message(self, text: str, *, ref: str | None = None) -> Message:
        return Message(id=MessageId(self.ids.fresh()), text=text, ref=ref)

    def customer(self, name: str = "Anna Keller", email: str = "anna@customer.test") -> Customer:
        return Customer(id=customer_id(self.brand_id, "email", email), name=name, email=email)

    async def write(
        self,
        text: str = "Where is my parcel?",
        *,
        channel: str = "mail",
        name: str = "Anna Keller",
        email: str = "anna@customer.test",
        subject: str | None = None,
        ref: str | None = None,
        command_id: str | None = None,
    ) -> Done:
        """A customer begins a conversation."""
        start = c.StartConversation(
            channel=channel,
            customer=self.customer(name, email),
            message=self.message(text, ref=ref),
            subject=subject,
        )
        return await self.give(self.ids.fresh(), start, by="customer", command_id=command_id)

    async def again(self, stream: str, text: str = "Hello?") -> Done:
        return await self.give(stream, c.Write(message=self.message(text)), by="customer")

    async def reply(self, stream: str, text: str = "It is on its way.", *, close: bool = False) -> Done:
        reply = c.Reply(
            author="Berta",
            message=self.message(text),
            person_id=self.agent,
            close="answered" if close else None,
        )
        return await self.give(stream, reply, by=f"person:{self.agent}")

    def pass_time(self, **delta: float) -> None:
        self.clock.advance(timedelta(**delta))


async def open_shop(store: ReadingStore, *, slug: str = "shop", start: datetime = START, salt: int = 1) -> Shop:
    clock = VirtualClock(start)
    ids = CountedIds(clock, salt)
    engine = Engine(store=store, clock=clock, ids=ids, phrase=CataloguePhrase())
    commits: list[Commit] = []
    engine.watchers.append(commits.append)
    shop = Shop(
        store=store,
        clock=clock,
        ids=ids,
        engine=engine,
        brand_id=BrandId(ids.fresh()),
        owner=PersonId(ids.fresh()),
        agent=PersonId(ids.fresh()),
        commits=commits,
    )
    found = c.FoundBrand(
        slug=slug,
        name="The Shop",
        zone="Europe/Berlin",
        languages=("en",),
        hours=Hours.always("Europe/Berlin"),
        owner_name="Olga",
        owner_email="olga@shop.test",
        owner_id=shop.owner,
    )
    policy = Policy(first_answer_seconds=900, next_answer_seconds=7200, clock="always")
    invited = c.InvitePerson(person_id=shop.agent, name="Berta", email="berta@shop.test", role="agent")
    steps: tuple[c.Command, ...] = (
        found,
        invited,
        c.SetDuty(person_id=shop.owner, on_duty=True),
        c.SetDuty(person_id=shop.agent, on_duty=True),
        c.SetChannel(channel=Channel(key="chat", kind="chat", name="Chat", live=True, policy=policy)),
        c.SetChannel(channel=Channel(key="api", kind="api", name="API", live=True, policy=policy)),
        c.SetChannel(
            channel=Channel(key="mail", kind="mail", name="Mail", live=True, policy=policy, address="help@shop.test")
        ),
    )
    for step in steps:
        await shop.give(shop.brand_id, step)
    return shop
