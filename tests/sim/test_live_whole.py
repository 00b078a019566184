"""A played evening against the whole of Waada: PostgreSQL, web server, chat socket, SMTP listener, outbox, workers."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from waada.channels.mail_parts import MailParts
from waada.channels.mailroom import Mailroom
from waada.clock import RandomIds, SystemClock
from waada.core import commands as c
from waada.core import events as e
from waada.core.hours import Hours
from waada.core.ids import BrandId, CommandId, PersonId
from waada.core.people import Channel, ChannelKind, Role
from waada.core.policies import Policy
from waada.engine import Engine
from waada.node import Core, listening, new_key, parts_of, serving, working
from waada.ports import Recorded
from waada.science.outlook import LiveOutlook
from waada.settings import Settings
from waada.sim.evening_texts import DOMAIN, MARK
from waada.sim.live import Evening
from waada.sim.live_form import Api
from waada.store.embedded import EmbeddedPostgres
from waada.store.postgres import PostgresStore
from waada.store.postgres_mail import PostgresMailbag
from waada.words.phrase import CataloguePhrase

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

# The evening's own clock runs this much faster than the server's: 6 minutes at speed 60 become 18 seconds.
HASTE = 20
SECRET = b"a secret of thirty-two bytes!!!!"


class HastyClock(SystemClock):
    def __init__(self) -> None:
        self._began = super().now()

    def now(self) -> datetime:
        now = super().now()
        return now + (now - self._began) * (HASTE - 1)


async def hasty_sleep(seconds: float) -> None:
    await asyncio.sleep(seconds / HASTE)


async def found_demo(core: Core) -> BrandId:
    brand = BrandId(core.ids.fresh())

    async def order(command: c.Command) -> None:
        known = CommandId(core.ids.fresh())
        await core.engine.handle(c.Order(command_id=known, brand_id=brand, stream=brand, by="system", command=command))

    found = c.FoundBrand(
        slug="demo",
        name="Demo shop",
        zone="Asia/Almaty",
        languages=("en", "kk", "cy", "hi", "ar"),
        hours=Hours.always("Asia/Almaty"),
        owner_name="Olive",
        owner_email="olive@staff.test",
        owner_id=PersonId(core.ids.fresh()),
        demo=True,
    )
    await order(found)
    team: tuple[tuple[str, Role], ...] = (("Lee", "lead"), ("Ann", "agent"), ("Ben", "agent"), ("Cat", "agent"))
    for name, role in team:
        person = PersonId(core.ids.fresh())
        await order(c.InvitePerson(person_id=person, name=name, email=f"{name}@staff.test", role=role))
        await order(c.JoinPerson(person_id=person))
    policy = Policy(first_answer_seconds=120, next_answer_seconds=300)
    ways: tuple[tuple[str, ChannelKind, str | None], ...] = (("chat", "chat", None), ("mail", "mail", "help@demo.test"))
    for key, kind, address in ways:
        channel = Channel(key=key, kind=kind, name=key, live=True, policy=policy, address=address)
        await order(c.SetChannel(channel=channel))
    return brand


@asynccontextmanager
async def installation(dsn: str, home: Path) -> AsyncIterator[tuple[Core, BrandId, Evening, Api]]:
    """Everything that `waada up` runs, on ports of this machine's choice."""
    store = await PostgresStore.open(dsn)
    clock, ids = SystemClock(), RandomIds()
    outlook = LiveOutlook()
    engine = Engine(store=store, clock=clock, ids=ids, phrase=CataloguePhrase(), outlook=outlook)
    bound = listening("127.0.0.1", 0, "PORT")
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    core = Core(
        settings=Settings(home=home, public_url=url),
        database=EmbeddedPostgres(home, database_url=dsn),
        store=store,
        outlook=outlook,
        engine=engine,
        clock=clock,
        ids=ids,
        secret=SECRET,
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        brand = await found_demo(core)
        bag = PostgresMailbag(store.database)
        room = Mailroom(
            MailParts(engine=engine, store=store, bag=bag, clock=clock, ids=ids, secret=SECRET, public_url=url),
            smtp_port=0,
            fetch=False,
        )
        engine.watchers.append(room.saw)
        await stack.enter_async_context(working(core, room))
        await room.start()
        stack.push_async_callback(room.stop)
        parts = parts_of(core, room, None)
        assert room.listener is not None
        key = await new_key(core, "demo", "agent", "Friday evening")
        evening = Evening(
            engine=engine,
            store=store,
            hub=parts.hub,
            clock=HastyClock(),
            ids=ids,
            brand_id=brand,
            base_url=url,
            smtp_address=("127.0.0.1", room.listener.port),
            api_key=key,
            post=room,
            chance=Random(11),
            sleep=hasty_sleep,
        )
        await stack.enter_async_context(serving(replace(parts, demo=evening), bound, store.watchers.append))
        stack.push_async_callback(evening.stop)
        yield core, brand, evening, Api(url, key)


async def everything(core: Core, brand: BrandId) -> list[Recorded]:
    found: list[Recorded] = []
    cursor: str | None = None
    while True:
        page = await core.store.rows(brand, "all", cursor=cursor, limit=200)
        closed = await core.store.rows(brand, "closed", limit=200) if cursor is None else None
        for row in (*page.rows, *(closed.rows if closed else ())):
            found += await core.store.facts(brand, row.id)
        cursor = page.cursor
        if cursor is None:
            return found


async def test_an_evening_comes_in_through_every_real_door_and_is_answered(fresh_database: str, tmp_path: Path) -> None:
    async with installation(fresh_database, tmp_path) as (core, brand, evening, _):
        await evening.start(60)
        await asyncio.wait_for(evening.ended(), 120)
        status = evening.status()
        facts = await everything(core, brand)
        letters = await core.store.letters(brand)
    assert status["troubles"] == {}, status["last_trouble"]
    assert status["story_time"] == "23:00"
    arrived = int(str(status["arrived"]))
    opened = [fact.event for fact in facts if isinstance(fact.event, e.ConversationOpened)]
    assert 60 <= arrived <= 90
    # Two or three who came last may still have been typing when the doors closed.
    assert arrived - 3 <= len(opened) <= arrived
    assert letters == ()
    kinds = Counter(event.channel_kind for event in opened)
    assert kinds["chat"] > 15
    assert kinds["mail"] > 15
    by_api = {fact.stream for fact in facts if fact.by.startswith("key:") and fact.version == 1}
    by_smtp = {fact.stream for fact in facts if isinstance(fact.event, e.CustomerWrote) and fact.event.message.ref}
    assert len(by_api) > 5
    assert len(by_smtp) > 10
    assert not by_api & by_smtp
    names = [event.customer.name for event in opened if event.channel_kind == "mail"]
    assert all(MARK in (name or "") for name in names)
    assert all((event.customer.email or "").endswith(DOMAIN) for event in opened if event.channel_kind == "mail")
    assert any(isinstance(fact.event, e.PersonWrote) for fact in facts)
    assert any(isinstance(fact.event, e.AutoReplyReceived) for fact in facts), "one was out of office"
    assert any(isinstance(fact.event, e.CustomerSaw) for fact in facts), "the chat window told what was seen"
    wrote = [fact.event.message for fact in facts if isinstance(fact.event, e.CustomerWrote)]
    assert any(message.attachments for message in wrote)
    assert any(message.folded for message in wrote), "somebody answered by quoting"
    assert int(str(status["answered"])) > 5


async def test_stopping_lets_everybody_out_and_sends_the_colleagues_home(fresh_database: str, tmp_path: Path) -> None:
    async with installation(fresh_database, tmp_path) as (core, brand, evening, api):
        assert (await api.call("GET", "/api/v1/demo/play"))["playing"] is False
        begun = await api.call("POST", "/api/v1/demo/play", {"speed": 60})
        assert (begun["playing"], begun["speed"], begun["evening"]["story_time"]) == (True, 60, "17:00")
        await asyncio.sleep(4)
        before = evening.status()
        began = core.clock.now()
        assert (await api.call("DELETE", "/api/v1/demo/play"))["playing"] is False
        assert core.clock.now() - began < timedelta(seconds=5)
        assert int(str(before["arrived"])) > 2
        assert evening.speed is None
        found = await core.store.load("brand", brand, brand)
        assert found is not None
        assert not [each for each in found.people if each.on_duty]  # type: ignore[union-attr]
        assert evening.status()["troubles"] == {}
