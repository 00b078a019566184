"""`WS /feed`: a desk's live connection. One task per connection, and a second only while there is something to send.

It subscribes first and reads the snapshot (or what was missed) afterwards, so that no fact falls between the two.
"""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs

import msgspec
from starlette.types import Receive, Scope, Send

from waada.core import events as e
from waada.core.refusals import Refused
from waada.ports import Recorded
from waada.web.access import Actor, is_own_origin
from waada.web.access_limits import address_of
from waada.web.feed import Item, Subscription
from waada.web.frames import PONG, Framer, signal_frame
from waada.web.letting_in import let_in
from waada.web.parts import Parts
from waada.web.problems import Problem

# Further behind than this, a snapshot is quicker than what was missed.
MISSED_MAX = 5_000
MISSED_PAGE = 500
MESSAGE_LENGTH_MAX = 4_096
# Reconnecting desks read what they missed a few at a time, so that a restart does not begin with a stampede.
_CATCHING_UP = 4

CLOSE_GONE = 4401  # no longer let in: sign in again
CLOSE_SLOW = 1013  # fell behind: come back with the last position


class ClientMessage(msgspec.Struct):
    """What a desk may say."""

    kind: str
    conversation: str | None = None
    on: bool = False


_decoder = msgspec.json.Decoder(ClientMessage)


class DeskFeed:
    """Serves all desks of this process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._framer = Framer(parts.store, parts.hub)
        self._catching_up = asyncio.Semaphore(_CATCHING_UP)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection from beginning to end."""
        await receive()  # websocket.connect
        actor = await self._let_in(scope)
        if actor is None:
            await send({"type": "websocket.close", "code": CLOSE_GONE})
            return
        await send({"type": "websocket.accept"})
        connection = DeskConnection(self._parts, self._framer, actor, send)
        self._parts.connections.enter(connection)
        try:
            await connection.begin(_after(scope), self._catching_up)
            while True:
                message = await receive()
                if message["type"] == "websocket.disconnect":
                    return
                await connection.heard(message.get("text") or "")
        except OSError:
            return  # the other side is gone
        finally:
            connection.leave()
            self._parts.connections.leave(connection)

    async def _let_in(self, scope: Scope) -> Actor | None:
        settings = self._parts.settings
        address = address_of(scope["client"], scope["headers"], trust_proxy=settings.trust_proxy)
        try:
            actor = await let_in(self._parts, scope["headers"], address)
        except Problem:
            return None
        # A cookie travels with every request a browser makes, whoever's page asks for it; a key does not.
        if actor is not None and actor.session is not None and not is_own_origin(scope["headers"], settings.public_url):
            return None
        return actor


class DeskConnection:
    """One desk. Frames go out in the order of the log; a desk that does not keep up is cut off and resumes."""

    __slots__ = ("_begun", "_framer", "_parts", "_pump_task", "_send", "_subscription", "_viewing", "actor", "closing")

    def __init__(self, parts: Parts, framer: Framer, actor: Actor, send: Send) -> None:
        self.actor = actor
        self.closing = False
        self._parts, self._framer, self._send = parts, framer, send
        self._begun = False
        self._pump_task: asyncio.Task[None] | None = None
        self._viewing: str | None = None
        self._subscription: Subscription = parts.hub.subscribe(actor.brand_id, arrived=self._arrived)

    async def begin(self, after: str | None, catching_up: asyncio.Semaphore) -> None:
        """Send what was missed since `after`, or a snapshot; from then on facts as they come."""
        position = self._parts.hub.cursor
        sent: set[str] = set()
        async with catching_up:
            missed = await self._missed(after) if after else None
            if missed is None:
                await self._text(await self._framer.snapshot(self.actor, position))
            else:
                for fact in missed:
                    await self._text(await self._framer.fact(fact))
                    sent.add(fact.cursor)
        for viewer in self._parts.connections.viewers(self.actor.brand_id):
            await self._text(signal_frame(viewer))
        for item in self._subscription.take():
            if not (isinstance(item, Recorded) and item.cursor in sent):
                await self._item(item)
        self._begun = True
        self._arrived()

    async def _missed(self, after: str) -> list[Recorded] | None:
        """Return the brand's facts since a position, or None when a snapshot is the better answer."""
        there = place_of(after)
        here = place_of(self._parts.hub.cursor)
        if there is None or here is None or len(there) != len(here) or there > here:
            return None
        missed: list[Recorded] = []
        cursor, read = after, 0
        while True:
            try:
                facts, cursor = await self._parts.store.feed(cursor, MISSED_PAGE)
            except (Refused, ValueError):
                return None
            missed += [fact for fact in facts if fact.brand_id == self.actor.brand_id]
            read += len(facts)
            if len(facts) < MISSED_PAGE:
                return missed
            if read > MISSED_MAX:
                return None

    def _arrived(self) -> None:
        if self._begun and self._pump_task is None:
            self._pump_task = asyncio.get_running_loop().create_task(self._pump())

    async def _pump(self) -> None:
        """Send what waits, and end."""
        subscription = self._subscription
        try:
            while items := subscription.take():
                for item in items:
                    await self._item(item)
            if subscription.cut:
                self._parts.meter.cut_off.inc()
                await self.close(CLOSE_SLOW)
        except OSError:
            subscription.close()
        finally:
            self._pump_task = None

    async def _item(self, item: Item) -> None:
        if not isinstance(item, Recorded):
            who = item.payload.get("who")
            if not (isinstance(who, dict) and who.get("id") == self._own_id()):
                await self._text(signal_frame(item))
            return
        await self._text(await self._framer.fact(item))
        if self._lets_out(item.event):
            await self.close(CLOSE_GONE)

    def _lets_out(self, event: e.Event) -> bool:
        if isinstance(event, e.PersonRemoved):
            return event.person_id == self.actor.person_id
        return isinstance(event, e.KeyRevoked) and self.actor.by == f"key:{event.key_id}"

    async def heard(self, text: str) -> None:
        """Act on what the desk says; what can't be understood is ignored: newer desks work with older servers."""
        if len(text) > MESSAGE_LENGTH_MAX:
            return
        try:
            message = _decoder.decode(text)
        except msgspec.DecodeError:
            return
        match message.kind:
            case "ping":
                await self._text(PONG)
            case "viewing":
                self._view(message.conversation)
            case "typing" if message.conversation:
                self._signal(message.conversation, "typing", on=message.on)
            case _:
                return

    def viewing(self) -> tuple[str, dict[str, object]] | None:
        """Return which conversation this desk shows, and who looks."""
        return None if self._viewing is None else (self._viewing, self._payload(on=True))

    def _view(self, conversation: str | None) -> None:
        before, self._viewing = self._viewing, conversation
        if before is not None and before != conversation:
            self._signal(before, "viewing", on=False)
        if conversation is not None:
            self._signal(conversation, "viewing", on=True)

    def _signal(self, conversation: str, what: str, *, on: bool) -> None:
        self._parts.hub.signal(self.actor.brand_id, conversation, what, self._payload(on=on))

    def _payload(self, *, on: bool) -> dict[str, object]:
        return {"who": {"id": self._own_id(), "name": self.actor.name}, "on": on}

    def _own_id(self) -> str:
        return self.actor.person_id or self.actor.by

    async def close(self, code: int) -> None:
        """End the connection from our side."""
        if not self.closing:
            self.closing = True
            self._subscription.close()
            await self._send({"type": "websocket.close", "code": code})

    def leave(self) -> None:
        """The connection is over: tell the others, hear no more."""
        self._view(None)
        self._subscription.close()

    async def _text(self, text: str) -> None:
        if not self.closing:
            await self._send({"type": "websocket.send", "text": text})


def place_of(cursor: str) -> tuple[int, ...] | None:
    """Return the numbers in a position, which order it; None for what can't be one."""
    parts = cursor.split(".")
    if len(parts) > 2 or not all(each.isascii() and each.isdigit() and len(each) <= 20 for each in parts):
        return None
    return tuple(int(each) for each in parts)


def _after(scope: Scope) -> str | None:
    found = parse_qs(scope["query_string"].decode("latin-1")).get("after")
    return found[0] if found and found[0] not in {"", "0"} else None
