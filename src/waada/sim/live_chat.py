"""The chat door: speaks to the real chat socket exactly as the window does, keys, resuming and all.

A line that is cut comes back with its visitor token and the last version it saw, and sends again under the same key
what was not accepted: nothing is lost, nothing is said twice.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import OctKey
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from waada.ports import Clock, Ids
from waada.sim.live_doors import Act, DoorClosed, Heard, Tally, Visitor, insist
from waada.sim.live_pace import Pace

ANSWER_SECONDS_MAX = 10.0
CLOSE_SECONDS_MAX = 1.0
IDENTITY_LASTS = timedelta(hours=12)
CLOSE_TOO_OFTEN = 4429
CLOSE_GONE = 4404
_HEARD = {"person": "answer", "told": "told", "closed": "closed"}
Frame = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDoor:
    """Opens chat windows. `address` is the socket's, without its query; the key says that this is the demo's own.

    With the channel's `identity_secret`, customers are signed in to the shop and so have a name on the desk.
    """

    address: str
    origin: str
    key: str
    clock: Clock
    ids: Ids
    pace: Pace
    tally: Tally
    identity_secret: str | None = None

    async def open(self, visitor: Visitor) -> ChatLine:
        """Open the window: connect, say hello, be welcomed."""
        line = ChatLine(self, visitor)
        await insist(line.connect, self.pace, self.tally)
        return line


class ChatLine:
    """One open window."""

    def __init__(self, door: ChatDoor, visitor: Visitor) -> None:
        self._door, self._visitor = door, visitor
        self._socket: ClientConnection | None = None
        self._token, self._conversation = "", ""
        self._version = 0
        self._heard: deque[Heard] = deque()

    # --- the line ---

    async def connect(self) -> None:
        """Connect, say hello, and take in what was missed. Raises `DoorClosed`."""
        await self.leave()
        query = {"visitor": self._token}
        if self._conversation and self._version:
            query |= {"after": str(self._version), "conversation": self._conversation}
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                self._socket = await connect(
                    f"{self._door.address}?{urlencode(query)}",
                    origin=self._door.origin,  # type: ignore[arg-type]  # a NewType of str
                    additional_headers={"Authorization": f"Bearer {self._door.key}"},
                    compression=None,
                    proxy=None,
                    close_timeout=CLOSE_SECONDS_MAX,
                )
                await self._say(self._hello())
                await self._until("welcome", "")
        except InvalidStatus as refused:
            status = refused.response.status_code
            raise DoorClosed(
                "limited" if status == 429 else "refused", f"The chat answered with {status}."
            ) from refused
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI) as error:
            raise DoorClosed("away", f"The chat could not be reached: {str(error) or 'no answer'}.") from error
        except ConnectionClosed as cut:
            raise _closed(cut) from cut

    def _hello(self) -> Frame:
        visitor, secret = self._visitor, self._door.identity_secret
        frame: Frame = {"kind": "hello", "language": visitor.language, "zone": visitor.zone, "page": self._door.origin}
        if secret is not None:
            expires = self._door.clock.now() + IDENTITY_LASTS
            claims = {
                "sub": visitor.email,
                "name": visitor.name,
                "email": visitor.email,
                "exp": int(expires.timestamp()),
            }
            frame["identity"] = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret))
        return frame

    async def _say(self, frame: Frame) -> None:
        assert self._socket is not None, "a window is connected before it says anything"
        await self._socket.send(json.dumps(frame))

    async def _next(self) -> Frame:
        """Return the next frame, having noted what it tells."""
        assert self._socket is not None, "a window is connected before it hears anything"
        frame: Frame = json.loads(await self._socket.recv())
        if frame["kind"] == "welcome":
            self._token = frame["visitor"]
            conversation = frame["conversation"] or ""
            if conversation != self._conversation:
                self._conversation, self._version = conversation, 0
            for fact in frame.get("facts", ()):
                self._note(fact)
        elif frame["kind"] == "fact":
            self._note(frame)
        return frame

    def _note(self, fact: Frame) -> None:
        if fact["version"] <= self._version:
            return
        self._version = fact["version"]
        what, message = _HEARD.get(fact["what"]), fact.get("message") or {}
        if what == "answer":
            self._heard.append(Heard(what="answer", message=message["id"], text=message["text"]))
        elif what == "told":
            self._heard.append(Heard(what="told", message=message["id"], text=message["text"]))
        elif what == "closed":
            self._heard.append(Heard(what="closed", message="", text=""))

    async def _until(self, kind: str, key: str) -> Frame:
        while True:
            frame = await self._next()
            if frame["kind"] == kind and frame.get("key", "") in {"", key}:
                return frame
            if frame["kind"] == "refused" and frame["key"] == key:
                # Too fast, or not now: both ask for another try a little later.
                raise DoorClosed("limited", f"The chat refused: {frame['words']}")

    async def _steady(self, attempt: Callable[[], Awaitable[None]]) -> None:
        """Do something on the line; when it is cut, come back and do it again."""

        async def once() -> None:
            if self._socket is None:
                await self.connect()
            try:
                async with asyncio.timeout(ANSWER_SECONDS_MAX):
                    await attempt()
            except (ConnectionClosed, TimeoutError) as cut:
                self._socket = None
                raise _closed(cut) from cut

        await insist(once, self._door.pace, self._door.tally)

    # --- what the customer does ---

    async def write(self, text: str) -> None:
        """Send a message, and wait until it is accepted."""
        key = self._door.ids.fresh()

        async def attempt() -> None:
            await self._say({"kind": "write", "key": key, "text": text, "attachments": []})
            await self._until("accepted", key)

        await self._steady(attempt)

    async def hear(self) -> Heard:
        """Wait for what comes; a cut line is taken up again where it was."""
        while not self._heard:
            if self._socket is None:
                await insist(self.connect, self._door.pace, self._door.tally)
                continue
            try:
                await self._next()
            except ConnectionClosed as cut:
                self._socket = None
                closed = _closed(cut)
                self._door.tally.trouble(closed.why, str(closed))
                if closed.why == "refused":
                    raise closed from cut
        return self._heard.popleft()

    async def see(self, heard: Heard) -> None:
        """It was on screen."""
        await self._tell({"kind": "seen", "message": heard.message})

    async def typing(self, *, on: bool) -> None:
        """The customer types, or no longer."""
        await self._tell({"kind": "typing", "on": on})

    async def act(self, act: Act) -> bool:
        """Press a button in the window; leaving an address for later is one too."""
        key = self._door.ids.fresh()
        if act == "mail":
            await self._tell({"kind": "address", "email": self._visitor.email, "key": key})
        else:
            await self._tell({"kind": "act", "action": act, "key": key})
        return True

    async def _tell(self, frame: Frame) -> None:
        """Say what nobody waits for: on a cut line it is simply not said."""
        if self._socket is not None:
            with suppress(ConnectionClosed):
                await self._say(frame)

    async def leave(self) -> None:
        """Close the window."""
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.close()


def _closed(cut: ConnectionClosed | TimeoutError) -> DoorClosed:
    if isinstance(cut, TimeoutError):
        return DoorClosed("cut", f"The chat did not answer within {ANSWER_SECONDS_MAX:.0f} seconds.")
    code = cut.rcvd.code if cut.rcvd is not None else None
    if code == CLOSE_TOO_OFTEN:
        return DoorClosed("limited", "The chat says that this address knocks too often.")
    if code == CLOSE_GONE:
        return DoorClosed("refused", "The chat channel is no longer live.")
    return DoorClosed("cut", f"The chat line was cut ({code or 'no word'}).")
