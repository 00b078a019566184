"""A brand whose mail comes in and goes out for real on this machine: store, engine, workers, mail room, and a server
outside that takes what is sent. Used by the tests of the mail flow."""

from __future__ import annotations

import asyncio
import smtplib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session

from waada.channels import mail_language
from waada.channels.mail_parts import MailParts
from waada.channels.mailroom import Mailroom
from waada.clock import RandomIds, SystemClock
from waada.core import commands as c
from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.effects import Alert, ReviewPeople, Send
from waada.core.hours import Hours
from waada.core.ids import BrandId, CommandId, MessageId, PersonId, by_person
from waada.core.people import Channel
from waada.core.policies import Policy
from waada.engine import Done, Engine
from waada.ports import Clock
from waada.store.postgres import PostgresStore
from waada.store.postgres_mail import PostgresMailbag
from waada.words import CataloguePhrase
from waada.workers.outbox import Handler, OutboxWorker, ReviewPeopleHandler

T = TypeVar("T")
SECRET = b"a secret of thirty-two bytes....."
ALWAYS = Hours.always("Europe/London")


@dataclass
class Sink:
    """A mail server of somebody else: keeps what it is given, or refuses it with `answers`."""

    mails: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    url: str = ""
    server: asyncio.Server | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(lambda: SMTP(self, loop=loop), "127.0.0.1", 0)
        self.url = f"smtp://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self.server is not None
        self.server.close()
        await self.server.wait_closed()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            answer = self.answers.pop(0)
            if not answer.startswith("250"):
                return answer
        self.senders.append(envelope.mail_from or "")
        assert isinstance(envelope.content, bytes)
        self.mails.append(mail_of(envelope.content))
        return "250 OK"


def mail_of(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


class MailScene:
    """Open it with a database; `close` it at the end."""

    def __init__(self, dsn: str, clock: Clock | None = None) -> None:
        self.dsn = dsn
        self.clock: Clock = clock or SystemClock()
        self.ids = RandomIds()
        self.sink = Sink()
        self.brand = BrandId(self.ids.fresh())
        self.owner, self.ann = PersonId(self.ids.fresh()), PersonId(self.ids.fresh())
        self.tasks: list[asyncio.Task[None]] = []

    async def open(self, *, outside: bool = True, **more: Any) -> MailScene:
        await self.sink.start()
        self.store = await PostgresStore.open(self.dsn)
        self.engine = Engine(store=self.store, clock=self.clock, ids=self.ids, phrase=CataloguePhrase())
        self.parts = MailParts(
            engine=self.engine,
            store=self.store,
            bag=PostgresMailbag(self.store.database),
            clock=self.clock,
            ids=self.ids,
            secret=SECRET,
            public_url="http://desk.test",
            outgoing_url=self.sink.url if outside else None,
        )
        if await self.store.brand_named("shop") is None:
            await self.found(**more)
        else:
            known = await self.store.brand_named("shop")
            assert known is not None
            self.brand, self.owner, self.ann = known.id, known.people[0].id, known.people[1].id
        await self.start_room()
        return self

    async def start_room(self) -> None:
        self.room = Mailroom(self.parts, smtp_port=0)
        self.engine.watchers.append(self.room.saw)
        review = ReviewPeopleHandler(engine=self.engine, people=self.store)
        handlers: dict[type, Handler] = {Send: self.room.send, Alert: self.room.alert, ReviewPeople: review}
        self.outbox = OutboxWorker(store=self.store, clock=self.clock, handlers=handlers, chance=lambda: 0.0)
        self.store.watchers.append(lambda wake: self.outbox.wake(wake.outbox_at))
        await self.room.start()
        self.tasks.append(asyncio.create_task(self.outbox.run()))
        await asyncio.to_thread(mail_language.warm_up)

    async def stop_room(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks = []
        await self.room.stop()

    async def close(self) -> None:
        await self.stop_room()
        await self.sink.stop()
        await self.store.close()

    async def found(
        self, slug: str = "shop", address: str = "help@shop.test", settings: tuple[tuple[str, str], ...] = ()
    ) -> None:
        await self.order(
            c.FoundBrand(
                slug=slug,
                name="Shop",
                zone="Europe/London",
                languages=("en", "ar", "kk", "hi", "cy"),
                hours=ALWAYS,
                owner_name="Olive",
                owner_email="olive@staff.test",
                owner_id=self.owner,
            ),
            self.brand,
        )
        await self.order(
            c.InvitePerson(person_id=self.ann, name="Ann", email="ann@staff.test", role="agent"), self.brand
        )
        await self.set_mail(address=address, settings=settings)
        await self.order(c.SetDuty(person_id=self.ann, on_duty=True), self.brand)

    async def set_mail(
        self, key: str = "mail", address: str = "help@shop.test", settings: tuple[tuple[str, str], ...] = ()
    ) -> None:
        policy = Policy(first_answer_seconds=900, next_answer_seconds=7200, clock="always")
        channel = Channel(
            key=key, kind="mail", name="Mail", live=True, policy=policy, address=address, settings=settings
        )
        await self.order(c.SetChannel(channel=channel), self.brand)

    async def order(self, command: c.Command, stream: str, by: str = "system") -> Done:
        order = c.Order(
            command_id=CommandId(self.ids.fresh()), brand_id=self.brand, stream=stream, by=by, command=command
        )
        return await self.engine.handle(order)

    async def reply(self, conversation: str, text: str = "It is on its way.", **more: Any) -> Done:
        """Ann answers; as from an API key, so that nothing is held back for undo."""
        message = e.Message(id=MessageId(self.ids.fresh()), text=text, **more)
        command = c.Reply(author="Ann", person_id=self.ann, message=message, anyway=True)
        return await self.order(command, conversation, by="key:test")

    async def reply_as_person(self, conversation: str, text: str) -> Done:
        message = e.Message(id=MessageId(self.ids.fresh()), text=text)
        return await self.order(c.Reply(author="Ann", message=message, anyway=True), conversation, by_person(self.ann))

    # --- what a customer does -----------------------------------------------------------------------------------------

    @property
    def port(self) -> int:
        assert self.room.listener is not None
        return self.room.listener.port

    async def deliver(
        self, raw: bytes, to: str | list[str] = "help@shop.test", sender: str = "cora@home.test", **options: Any
    ) -> None:
        """Send bytes to the listener, as any mail program would."""
        await asyncio.to_thread(self._deliver, raw, [to] if isinstance(to, str) else to, sender, options)

    def _deliver(self, raw: bytes, to: list[str], sender: str, options: dict[str, Any]) -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as client:
            client.sendmail(sender, to, raw, **options)

    # --- what can be seen ---------------------------------------------------------------------------------------------

    async def conversations(self) -> list[Conversation]:
        rows = (await self.store.rows(self.brand, "all", limit=1000)).rows
        states = [await self.store.load("conversation", self.brand, row.id) for row in rows]
        return [each for each in states if isinstance(each, Conversation)]

    async def conversation(self) -> Conversation:
        """The only one."""
        found = await self.conversations()
        assert len(found) == 1, [each.subject for each in found]
        return found[0]

    async def facts(self, stream: str) -> list[e.Event]:
        return [each.event for each in await self.store.facts(self.brand, stream)]

    async def until(self, asked: Callable[[], Awaitable[T | None]], seconds: float = 5.0) -> T:
        """Ask again until there is something (not empty, not None)."""
        end = time.monotonic() + seconds
        while not (found := await asked()):
            assert time.monotonic() < end, "it did not happen in time"
            await asyncio.sleep(0.01)
        return found

    async def mailed(self, count: int = 1, seconds: float = 5.0) -> list[EmailMessage]:
        """What customers got, once that many mails arrived."""

        async def enough() -> list[EmailMessage]:
            return self.sink.mails if len(self.sink.mails) >= count else []

        return list(await self.until(enough, seconds))

    async def quiet(self) -> None:
        """Wait until every stored mail is carried out and the outbox is empty."""

        async def done() -> bool:
            waiting = [each for each in await self.parts.bag.raw_counts(self.brand) if each.state == "stored"]
            return not waiting and await self.store.next_outbox_at() is None

        await self.until(done, 60.0)


def plain(text: str, subject: str = "Where is my parcel?", **headers: str) -> bytes:
    """A mail of Cora's."""
    mail = EmailMessage()
    mail["From"] = "Cora Home <cora@home.test>"
    mail["To"] = "help@shop.test"
    mail["Subject"] = subject
    mail.set_content(text)
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    return mail.as_bytes(policy=policy.SMTP)
