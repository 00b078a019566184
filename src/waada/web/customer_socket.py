"""One open chat window: says who it is, writes, reads along, comes back after a cut.

Rule: what a window is shown is what the log says, in the log's order, each fact once; it resumes after any version.
What it writes goes straight to the engine under the window's own key, so that sending twice makes one message.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import assert_never

import msgspec
import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from waada import codec
from waada.core import commands as c
from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.ids import CUSTOMER, CommandId, ConversationId, MessageId, customer_id
from waada.core.people import Brand, Channel
from waada.core.promises import Promise
from waada.core.refusals import Refused
from waada.ports import Recorded
from waada.tokens import fingerprint, status_token, visitor_token
from waada.web import customer_acts as acts
from waada.web import customer_frames as frames
from waada.web import customer_pages as pages
from waada.web.customer_files import read_file_token
from waada.web.customer_forms import FILES_MAX
from waada.web.customer_identity import guest_of
from waada.web.customer_pages import Reader
from waada.web.customer_presence import Chat
from waada.web.customer_promise import people_here, promise_frame, quote
from waada.web.customer_thread import entry_of, frame_of
from waada.web.feed import Signal, Subscription

_log = structlog.get_logger(__name__)

HELLO_SECONDS = 10.0
# A conversation that ended longer ago than this is over: what the visitor writes now is something new.
CONTINUES_FOR = timedelta(days=14)
CLOSE_AGAIN = 1013  # "try again later": this window fell behind; it comes back and resumes
CLOSE_WRONG = 4400  # the first words were no hello
CLOSE_GONE = 4404  # the channel is no longer live


class ChatSocket:
    """A window's line, from the hello to the end."""

    def __init__(self, chat: Chat, socket: WebSocket, brand: Brand, channel: Channel, client: str) -> None:
        """Know the shared parts and where the line leads."""
        self.chat, self.parts = chat, chat.parts
        self.socket, self.client = socket, client
        self.brand_id, self.channel_key = brand.id, channel.key
        self.visitor = ""
        self.customer = e.Customer(id=customer_id(brand.id, "visitor", "-"))
        self.reader = Reader(language="en", zone=brand.zone, now=self.parts.clock.now())
        self.conversation: ConversationId | None = None
        self.after = 0
        self.version = 0
        self.promise: Promise | None = None
        self.promise_changed = False
        self.last_from_desk = ""
        self.seen = ""
        self.subscription: Subscription | None = None
        self._reading: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve the window until it is gone."""
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                hello = frames.read(await frames.heard(self.socket))
            if not isinstance(hello, frames.Hello):
                raise msgspec.ValidationError("a window says hello first")
            await self._introduce(hello)
            await self.greet()
            while True:
                await self._hear(await frames.heard(self.socket))
        except WebSocketDisconnect:
            pass
        except (msgspec.MsgspecError, TimeoutError):
            await self.socket.close(CLOSE_WRONG)
        finally:
            self._forget()
            self.chat.presence.exit(self.customer.id, self)

    # --- who it is --------------------------------------------------------------------------------------------------

    async def _introduce(self, hello: frames.Hello) -> None:
        """Find out who this is."""
        query = self.socket.query_params
        brand, channel = await self._place()
        language = pages.choose_language(brand, hello.language, self.socket.headers.get("accept-language"))
        now = self.parts.clock.now()
        self.reader = Reader(language=language, zone=pages.zone_or(hello.zone, brand.zone), now=now)
        guest = guest_of(self.parts, brand, channel, hello, query.get("visitor", ""), self.reader)
        self.visitor, self.customer = guest.visitor, guest.customer
        if guest.refused:
            await self._refuse("identity", "error.identity")
        self.chat.presence.enter(self.customer.id, self)
        if query.get("after", "").isdigit() and len(query["after"]) < 10:
            self.after = int(query["after"])

    async def _place(self) -> tuple[Brand, Channel | None]:
        brand = await self.parts.store.brand(self.brand_id)
        assert brand is not None, "a brand stays"
        return brand, brand.channel(self.channel_key)

    async def _find(self) -> Conversation | None:
        """Return the conversation this window goes on with: the customer's last one here, unless it is long over."""
        for row in await self.parts.store.conversations_of(self.brand_id, self.customer.id):
            if row.channel != self.channel_key:
                continue
            if row.status == "closed" and self.parts.clock.now() - row.last_at > CONTINUES_FOR:
                return None
            state = await self.parts.store.load("conversation", self.brand_id, row.id)
            return state if isinstance(state, Conversation) else None
        return None

    # --- what it is shown -------------------------------------------------------------------------------------------

    async def greet(self) -> None:
        """Send the welcome: everything after the version the window has, and from then on every fact as it comes."""
        state = await self._find()
        if state is None or state.id != self.conversation:
            self._forget()
        facts: list[dict[str, object]] = []
        if state is not None and self.conversation is None:
            self._follow(state)
            resumed = self.socket.query_params.get("conversation") == state.id
            facts = await self._catch_up(self.after if resumed else 0)
        brand, _ = await self._place()
        await self._send(
            {
                "kind": "welcome",
                "visitor": visitor_token(self.parts.secret, brand.id, self.visitor),
                "conversation": self.conversation,
                "brand": {"name": brand.name, "colour": pages.colour_of(brand)},
                "language": self.reader.language,
                "direction": frames.direction_of(self.reader),
                "facts": facts,
                "promise": self._promise(),
                "email": state.customer.email if state is not None else self.customer.email,
                "status_url": self._status_url(),
                **await self._now(),
            }
        )
        if self.subscription is not None and self._reading is None:
            self._reading = asyncio.create_task(self._read_along(self.subscription), name="chat window")
        if state is not None and state.left:
            await self._order(c.Return())

    def _follow(self, state: Conversation) -> None:
        self.conversation = state.id
        self.promise = state.promise
        self.subscription = self.parts.hub.subscribe(self.brand_id, state.id)
        self.chat.presence.came(state.id, self)

    async def _catch_up(self, after: int) -> list[dict[str, object]]:
        """Return what was said after a version. Read after subscribing: what comes twice is dropped by its version."""
        assert self.conversation is not None, "a conversation is followed first"
        found: list[dict[str, object]] = []
        for fact in await self.parts.store.facts(self.brand_id, self.conversation):
            frame = self._shown(fact)
            if frame is not None and fact.version > after:
                found.append(frame)
            self.version = fact.version
        return found

    def _shown(self, fact: Recorded) -> dict[str, object] | None:
        entry = entry_of(fact, self._token())
        if entry is None:
            return None
        if entry.what in ("person", "bot") or (entry.what == "told" and entry.why != "acknowledged"):
            self.last_from_desk = entry.id
        prefix = self._prefix()
        return frame_of(entry, fact.command_id.removeprefix(prefix) if fact.command_id.startswith(prefix) else None)

    async def _read_along(self, subscription: Subscription) -> None:
        """Pass on what happens. Whatever ends this ends the line too: a window must never believe that all is quiet."""
        try:
            async for item in subscription:
                if isinstance(item, Signal):
                    await self._signalled(item)
                elif item.version > self.version:
                    await self._happened(item)
        except Exception as error:  # noqa: BLE001 - the window comes back and resumes; the log says why it had to
            _log.warning("a chat window can't be told what happens", trouble=str(error), exc_info=error)
        with suppress(WebSocketDisconnect, RuntimeError):
            await self.socket.close(CLOSE_AGAIN)

    async def _happened(self, fact: Recorded) -> None:
        self.version = fact.version
        frame = self._shown(fact)
        if frame is not None:
            await self._send(frame)
        match fact.event:
            case e.PromiseMade():
                self.promise, self.promise_changed = fact.event.promise, True
            case e.PromiseEnded():
                self.promise, self.promise_changed = None, True
            case e.Undone():
                state = await self._find()
                self.promise, self.promise_changed = state.promise if state is not None else None, True
            case e.CustomerLeft():
                # Said by a node that can't see this window.
                await self._order(c.Return())
            case _:
                pass
        if self.promise_changed and fact.row is not None:
            self.promise_changed = False
            await self._send({"kind": "promise", "promise": self._promise(), "status_url": self._status_url()})

    async def _signalled(self, signal: Signal) -> None:
        frame = frames.signal_frame(signal, self.version)
        if frame is not None:
            await self._send(frame)

    def _promise(self) -> dict[str, object] | None:
        self.reader = replace(self.reader, now=self.parts.clock.now())
        return None if self.promise is None else promise_frame(self.promise, self.reader)

    def _token(self) -> str:
        assert self.conversation is not None, "only a conversation has a status page"
        return status_token(self.parts.secret, self.brand_id, self.conversation)

    def _status_url(self) -> str | None:
        return None if self.conversation is None else f"/p/{self._token()}?lang={self.reader.language}"

    def _forget(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        if self.subscription is not None:
            self.subscription.close()
            self.subscription = None
        if self.conversation is not None:
            self.chat.presence.went(self.brand_id, self.conversation, self)
            self.conversation = None
        self.version, self.promise, self.last_from_desk = 0, None, ""

    # --- what it says -----------------------------------------------------------------------------------------------

    async def _hear(self, text: str) -> None:
        try:
            frame = frames.read(text)
        except msgspec.MsgspecError:
            await self._refuse("", "error.try_again")
            return
        match frame:
            case frames.Write():
                await self._write(frame)
            case frames.Typing():
                self._typing(on=frame.on)
            case frames.Seen():
                await self._see(frame.message)
            case frames.Address():
                await self._address(frame)
            case frames.Act():
                await self._act(frame)
            case frames.Ping():
                await self._send({"kind": "pong", **await self._now()})
            case frames.Hello():
                pass  # who this is was said at the beginning
            case _:
                assert_never(frame)

    async def _write(self, frame: frames.Write) -> None:
        wrong = acts.check_text(frame.text, len(frame.attachments), acts.CHAT_LENGTH_MAX)
        if wrong is not None:
            await self._refuse(frame.key, wrong[0], **wrong[1])
            return
        held = tuple(read_file_token(self.parts.secret, self.visitor, each) for each in frame.attachments[:FILES_MAX])
        files = tuple(each for each in held if each is not None)
        if len(files) != len(frame.attachments):
            await self._refuse(frame.key, "error.try_again")
            return
        if self.chat.limits.wait_seconds("chat", self.visitor, self.parts.clock.now()):
            await self._refuse(frame.key, "error.too_fast")
            return
        message = e.Message(
            id=MessageId(self.parts.ids.fresh()), text=frame.text.replace("\x00", ""), attachments=files
        )
        try:
            state = await self._say(message, frame.key)
        except Refused:
            await self._refuse(frame.key, "error.try_again")
            return
        if state is not None:
            await self._send({"kind": "accepted", "key": frame.key, "version": state.version})

    async def _say(self, message: e.Message, key: str) -> Conversation | None:
        """Give the message to the engine; the first one begins the conversation. None: refused, and said so."""
        if self.conversation is None:
            return await self._begin(message, key)
        return await self._handle(self.conversation, c.Write(message=message), f"{self._prefix()}{key}", message.text)

    async def _begin(self, message: e.Message, key: str) -> Conversation | None:
        async with self.chat.presence.turn(self.customer.id):
            known = await self._find()
            if known is None:
                _, channel = await self._place()
                if channel is None or not channel.live:
                    await self._refuse(key, "contact.no_channel")
                    return None
                if self.parts.limits.wait_seconds("write", self.client, self.parts.clock.now()):
                    await self._refuse(key, "error.too_fast")
                    return None
                command = c.StartConversation(channel=channel.key, customer=self.customer, message=message)
                stream = ConversationId(self.parts.ids.fresh())
                state = await self._handle(stream, command, f"{self._prefix()}{key}", message.text)
            else:
                state = await self._handle(known.id, c.Write(message=message), f"{self._prefix()}{key}", message.text)
        await self.greet()
        for other in self.chat.presence.others(self.customer.id, self):
            await other.greet()
        return state

    def _typing(self, *, on: bool) -> None:
        if self.conversation is not None:
            who = {"id": CUSTOMER, "name": self.customer.name or ""}
            self.parts.hub.signal(self.brand_id, self.conversation, "typing", {"who": who, "on": on})

    async def _see(self, message: str) -> None:
        if message == self.last_from_desk and message != self.seen:
            self.seen = message
            await self._order(c.See(message_id=MessageId(message)))

    async def _address(self, frame: frames.Address) -> None:
        """Keep where to answer if the customer leaves. A bare address opens nothing: it doesn't say who writes."""
        email = frame.email.strip()
        if not acts.is_email(email):
            await self._refuse(frame.key, "error.email_invalid")
            return
        self.customer = replace(self.customer, email=email)
        if self.conversation is not None:
            await self._order(c.PreferContact(how="chat", address=email))
        await self._send({"kind": "address", "email": email})

    async def _act(self, frame: frames.Act) -> None:
        state = await self._find()
        if state is None:
            await self._refuse(frame.key, "error.try_again")
            return
        said = await acts.carry_out(self.parts, state, frame.action, f"{self._prefix()}act:{frame.key}")
        if not said.done:
            await self._refuse(frame.key, said.key)

    async def _now(self) -> dict[str, object]:
        """Return what changes by itself: the time, what would be promised now, whether somebody is there."""
        brand, channel = await self._place()
        self.reader = replace(self.reader, now=self.parts.clock.now())
        before = quote(brand, channel, self.reader, self.parts.engine) if channel is not None else None
        return {
            "now": self.reader.now,
            "promise_before": frames.before_frame(before),
            "people_here": people_here(brand, channel, self.reader.now),
        }

    async def _order(self, command: c.ConversationCommand) -> None:
        assert self.conversation is not None, "only where there is a conversation"
        try:
            await self._handle(self.conversation, command, self.parts.ids.fresh(), None)
        except Refused:
            return  # what the window only reports (seen, here again) is no request of the customer's

    async def _handle(
        self, stream: ConversationId, command: c.ConversationCommand, command_id: str, text: str | None
    ) -> Conversation:
        order = c.Order(
            command_id=CommandId(command_id),
            brand_id=self.brand_id,
            stream=stream,
            by=CUSTOMER,
            command=command,
            # The first message may be sent again as a second one: what counts is the text under the key.
            asked=None if text is None else fingerprint(text),
        )
        return (await self.parts.engine.handle(order)).conversation

    def _prefix(self) -> str:
        return f"chat:{self.customer.id}:"

    async def _refuse(self, key: str, words: str, **values: object) -> None:
        await self._send({"kind": "refused", "key": key, "words": self.reader.say(words, **values)})

    async def _send(self, frame: dict[str, object]) -> None:
        try:
            await self.socket.send_text(codec.encode(frame).decode())
        except (WebSocketDisconnect, RuntimeError):
            return  # the window is gone; reading from it ends this
