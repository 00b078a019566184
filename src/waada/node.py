"""One running process of Waada: database, engine, workers, mail and web, put together and taken apart in order.

`waada up` is a node that does everything; `serve` and `work` are nodes beside a shared `DATABASE_URL`.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Self

import structlog
import uvicorn

from waada.channels.mail_parts import MailParts
from waada.channels.mailroom import Mailroom
from waada.clock import RandomIds, SystemClock
from waada.core.commands import AddKey, Order
from waada.core.effects import Alert, ReviewPeople, Send
from waada.core.ids import SYSTEM, CommandId
from waada.core.people import ROLES, Key
from waada.demo import Show
from waada.engine import Engine
from waada.proving import Gate
from waada.science.outlook import LiveOutlook
from waada.sealing import FILE_NAME, load_secret
from waada.settings import Demo, Settings
from waada.sim.gate_keeper import GateKeeper
from waada.store.embedded import EmbeddedPostgres
from waada.store.migrate import migrate
from waada.store.postgres import PostgresStore
from waada.store.postgres_knowledge import PostgresKnowledge
from waada.store.postgres_mail import PostgresMailbag
from waada.store.postgres_signins import PostgresSignIns
from waada.store.wakes import Wake
from waada.trouble import AddressTaken, WrongSetting
from waada.web import app as web
from waada.web import chat, contact, status
from waada.web.access import make_key
from waada.web.access_limits import Limits
from waada.web.customer_presence import CustomerPresence
from waada.web.feed import FeedHub
from waada.web.parts import Parts
from waada.words.phrase import CataloguePhrase
from waada.workers.foresight import Foresight
from waada.workers.outbox import OutboxWorker, ReviewPeopleHandler
from waada.workers.timers import TimerWorker

log = structlog.get_logger(__name__)

# New objects before Python looks for rings among them, and how many such looks make a longer one. Its own 700 is
# reached by two requests, so that what was in flight soon counted as old and was walked through with all the rest.
COLLECT_AFTER = (10_000, 20, 20)

WORDS_WHEN_LOST = (
    "The secret of this installation was not there and has been made anew: links in mails already sent open nothing "
    "any more, and mailbox passwords must be typed again. If you have the old file, put it back and start again."
)


@dataclass(slots=True, kw_only=True)
class Core:
    """What every command of the command line needs: the database, the store, the engine."""

    settings: Settings
    database: EmbeddedPostgres
    store: PostgresStore
    outlook: LiveOutlook
    engine: Engine
    clock: SystemClock
    ids: RandomIds
    secret: bytes

    @classmethod
    async def open(cls, settings: Settings, *, join: bool = False) -> Self:
        """Start or join the database, bring its schema up to date, connect. Raises `Trouble` in plain words."""
        database = EmbeddedPostgres(
            settings.home, database_url=settings.database_url, programs_folder=settings.pg_bin, join=join
        )
        dsn = await database.start()
        try:
            await migrate(dsn)
            made_anew = settings.secret is None and not (settings.home / FILE_NAME).exists()
            secret = load_secret(settings.home, settings.secret)
            store = await PostgresStore.open(dsn)
            if made_anew and await store.brands():
                log.warning(WORDS_WHEN_LOST, file=str(settings.home / FILE_NAME))
        except BaseException:
            await database.stop()
            raise
        clock, ids = SystemClock(), RandomIds()
        outlook = LiveOutlook()
        engine = Engine(store=store, clock=clock, ids=ids, phrase=CataloguePhrase(), outlook=outlook)
        return cls(
            settings=settings,
            database=database,
            store=store,
            outlook=outlook,
            engine=engine,
            clock=clock,
            ids=ids,
            secret=secret,
        )

    async def close(self) -> None:
        """Write what was asked for, disconnect, stop the database."""
        await self.store.close()
        await self.database.stop()


@dataclass(slots=True, kw_only=True)
class Workers:
    """Timers and outbox of one node."""

    timers: TimerWorker
    outbox: OutboxWorker
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    def of(cls, core: Core, handlers: dict[type, Any], observe: Callable[[float], None] | None) -> Self:
        """Make them; `handlers` carry out effects that leave the house (`Send`, `Alert`)."""
        review = ReviewPeopleHandler(engine=core.engine, people=core.store)
        every = {ReviewPeople: review, **handlers}
        chance = random.SystemRandom().random
        workers = cls(
            timers=TimerWorker(engine=core.engine, store=core.store, clock=core.clock, observe=observe),
            outbox=OutboxWorker(store=core.store, clock=core.clock, handlers=every, chance=chance),
        )
        core.store.watchers.append(workers.woken)
        return workers

    def woken(self, wake: Wake) -> None:
        """Something was written, here or in another node."""
        self.timers.wake(wake.timer_at)
        self.outbox.wake(wake.outbox_at)

    def start(self) -> None:
        """Begin to work."""
        self.tasks = [asyncio.create_task(each.run(), name=each.name) for each in (self.timers, self.outbox)]

    async def stop(self) -> None:
        """Finish what is in hand."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def listening(host: str, port: int, variable: str) -> socket.socket:
    """Return a bound socket, so that a taken port is known before anything starts.

    Raises `AddressTaken` with what to do about it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        message = (
            f"Port {port} on {host} can't be used: {error.strerror}. "
            f"Stop the other program, or choose another port, such as {variable}={port + 1}."
        )
        raise AddressTaken(message) from error
    bound.set_inheritable(True)
    return bound


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: who stops a node is the command line's business."""

    def capture_signals(self) -> Any:  # uvicorn's own type is a private generator
        """Leave the signals alone."""
        return nullcontext()


def parts_of(core: Core, room: Mailroom | None, show: Show | None, gate: Gate | None = None) -> Parts:
    """Return what every web module gets."""
    return Parts(
        settings=core.settings,
        engine=core.engine,
        store=core.store,
        clock=core.clock,
        ids=core.ids,
        hub=FeedHub(core.store),
        secret=core.secret,
        signins=PostgresSignIns(core.store.database),
        limits=Limits(factor=float(core.settings.limits)),
        mail=room,
        demo=show,
        gate=gate,
    )


@asynccontextmanager
async def serving(
    parts: Parts, bound: socket.socket, wake: Callable[[Callable[[Wake], None]], None]
) -> AsyncIterator[None]:
    """Answer HTTP and WebSocket on a bound socket for as long as the block runs."""
    presence = CustomerPresence(parts)
    routes = [*contact.routes(parts), *status.routes(parts), *chat.routes(parts, presence)]
    wake(lambda each: parts.hub.wake() if each.facts else None)
    config = uvicorn.Config(
        web.build(parts, routes),
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # a compressor for each socket costs more memory than the socket
        ws_max_size=1_000_000,  # files go by POST; a chat message is a few kilobytes
        lifespan="off",
        access_log=False,
        proxy_headers=False,  # whether a proxy is believed, TRUST_PROXY says (`access_limits.address_of`)
        log_level="warning",
        server_header=False,
        backlog=2048,
        timeout_graceful_shutdown=3,
    )
    server = _Server(config)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(web.serving(parts))
        await presence.open()
        stack.push_async_callback(presence.close)
        task = asyncio.create_task(server.serve(sockets=[bound]), name="web")
        while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn offers no event to wait for
            await asyncio.sleep(0.001)
        try:
            yield
        finally:
            server.should_exit = True
            await task


async def new_key(core: Core, slug: str, role: str, name: str) -> str:
    """Make an API key for a brand and return it. Raises `Trouble` when there is no such brand or role."""
    brand = await core.store.brand_named(slug)
    if brand is None:
        known = ", ".join(each.slug for each in await core.store.brands()) or "none yet"
        message = f"There is no brand {slug!r} here. Known brands: {known}."
        raise WrongSetting(message)
    if role not in ROLES:
        message = f"A key can't have the role {role!r}. Use one of: {', '.join(ROLES)}."
        raise WrongSetting(message)
    command_id = CommandId(core.ids.fresh())
    text, hashed = make_key(core.secret, brand.id, command_id)
    made = Key(id=core.ids.fresh(), name=name, hash=hashed, role=role, made_at=core.clock.now())
    await core.engine.handle(
        Order(command_id=command_id, brand_id=brand.id, stream=brand.id, by=SYSTEM, command=AddKey(key=made))
    )
    return text


def mail_room(core: Core, *, work: bool) -> Mailroom:
    """Return the mail room. Every node reads in it what came and went; one that works also listens and fetches."""
    settings = core.settings
    parts = MailParts(
        engine=core.engine,
        store=core.store,
        bag=PostgresMailbag(core.store.database),
        clock=core.clock,
        ids=core.ids,
        secret=core.secret,
        public_url=settings.public_url,
        outgoing_url=settings.outgoing_smtp_url,
        node=f"{socket.gethostname()}:{os.getpid()}",
    )
    smtp_port = settings.smtp_port if work else None
    return Mailroom(parts, smtp_host=settings.smtp_host, smtp_port=smtp_port, fetch=work)


@asynccontextmanager
async def mailing(core: Core, room: Mailroom) -> AsyncIterator[None]:
    """Take mail in and send it for as long as the block runs."""
    core.engine.watchers.append(room.saw)
    await room.start()
    try:
        yield
    finally:
        core.engine.watchers.remove(room.saw)
        await room.stop()


@asynccontextmanager
async def foreseeing(core: Core, *, judge: bool) -> AsyncIterator[None]:
    """Know who stands in line and what their waits teach, for as long as the block runs; `judge` open promises."""
    foresight = Foresight(
        outlook=core.outlook,
        engine=core.engine,
        store=core.store,
        clock=core.clock,
        shelf=PostgresKnowledge(core.store.database),
        judge=judge,
    )
    core.engine.watchers.append(foresight.saw)
    core.store.watchers.append(lambda wake: foresight.woken(own=wake.own or not wake.facts))
    await foresight.begin()
    task = asyncio.create_task(foresight.run(), name=foresight.name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        core.engine.watchers.remove(foresight.saw)


@asynccontextmanager
async def working(core: Core, room: Mailroom, observe: Callable[[float], None] | None = None) -> AsyncIterator[None]:
    """Work off timers and outbox for as long as the block runs."""
    workers = Workers.of(core, {Send: room.send, Alert: room.alert}, observe)
    workers.start()
    try:
        yield
    finally:
        await workers.stop()


def steady() -> None:
    """Keep Python's collector from stopping the node: walking through all there is takes 80 ms, and nobody is answered.

    What is there once everything has started (code, words, brands) stays for good, so it is not walked through again.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


async def run(settings: Settings, *, serve: bool, work: bool, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """Run a node until `stop` is set; `say` prints its addresses once it answers. Raises `Trouble`."""
    began = time.monotonic()
    bound = listening(settings.host, settings.port, "PORT") if serve else None
    async with AsyncExitStack() as stack:
        core = await Core.open(settings)
        stack.push_async_callback(core.close)
        show = await Show.open(core, bound is not None and work) if settings.demo is not Demo.OFF else None
        await stack.enter_async_context(foreseeing(core, judge=work))
        room = mail_room(core, work=work)
        gate = GateKeeper(core.outlook, core.clock)
        stack.push_async_callback(gate.close)
        parts = parts_of(core, room, show, gate) if bound is not None else None
        if work:
            await stack.enter_async_context(mailing(core, room))
            late = parts.meter.timer_fired.observe if parts is not None else None
            await stack.enter_async_context(working(core, room, late))
        if bound is not None and parts is not None:
            await stack.enter_async_context(serving(parts, bound, core.store.watchers.append))
        if show is not None and parts is not None and work:
            stack.push_async_callback(show.stop)
            await show.ready(parts.hub, room)
        steady()
        say(words_at_start(settings, show, serve=serve, work=work, seconds=time.monotonic() - began))
        await stop.wait()
        core.store.database.hurry()


def words_at_start(settings: Settings, show: Show | None, *, serve: bool, work: bool, seconds: float) -> str:
    """Return what a person at the terminal reads when everything answers."""
    url = settings.public_url
    lines = [f"Waada is ready, after {seconds:.1f} s."]
    if serve:
        lines.append(f"  Desk           {url}/")
    if serve and show is not None:
        lines += [f"  {name:14} {address}" for name, address in show.addresses(url)]
    if work:
        lines.append(f"  Mail in        SMTP on {settings.smtp_host}:{settings.smtp_port}")
    if work and serve and settings.outgoing_smtp_url is None:
        lines.append(f"  Mail out       kept here, read it at {url}/outbox (set SMTP_URL to send it)")
    if show is not None and show.sign_ins:
        lines += [
            "  Sign in as",
            *(f"    {email:24} {role:6}  password: {password}" for email, role, password in show.sign_ins),
        ]
    return "\n".join([*lines, "Ctrl-C stops it."])
