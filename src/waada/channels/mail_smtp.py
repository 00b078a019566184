"""The built-in mail server: takes mail for the addresses of our channels and for nothing else, never passes any on.

A message is answered with 250 only when it is durably stored; while that can't be, the sender is told to try again.
Limits keep one sender, or many, from taking the whole process: size, connections, commands and mails per peer, time.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import datetime
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from waada.channels.mail_addresses import Place
from waada.channels.mail_facts import RAW_BYTES_MAX
from waada.channels.mail_in import Arrival, Book, MailIntake
from waada.core.ids import BrandId
from waada.ports import Clock
from waada.trouble import AddressTaken, Trouble

log = structlog.get_logger(__name__)

CONNECTIONS_MAX = 200
CONNECTIONS_PER_PEER = 50
# Relays of a big provider bring hundreds of customers' mails a minute; more from one address is a flood.
MAILS_PER_MINUTE = 600
RECIPIENTS_MAX = 100
TIMEOUT_SECONDS = 120.0
COMMAND_BYTES_MAX = 8 * 1024
END = b"\r\n.\r\n"
_MEGABYTES = RAW_BYTES_MAX // 1024 // 1024

TOO_LARGE = f"552 5.3.4 This message is larger than {_MEGABYTES} MB. Send it again without the large attachments."
TRY_AGAIN = "451 4.3.0 The message could not be stored just now. Try again in a moment."
TOO_MANY = "421 4.7.0 Too many messages from your address. Try again in a minute."
FULL = b"421 4.3.2 Too many connections. Try again in a minute.\r\n"


class Rates:
    """How many mails each peer brought within this minute."""

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._minute: datetime | None = None
        self._counts: Counter[str] = Counter()

    def allows(self, peer: str) -> bool:
        """Count one mail of a peer and return whether it is within the rate."""
        minute = self._clock.now().replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
        self._counts[peer] += 1
        return self._counts[peer] <= self._per_minute


class Receiver:
    """What aiosmtpd calls: decides about recipients, stores messages."""

    def __init__(self, intake: MailIntake, book: Book, rates: Rates) -> None:
        self._intake = intake
        self._book = book
        self._rates = rates

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Say what else we can: commands may come without waiting for each answer."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", "250-ENHANCEDSTATUSCODES", responses[-1]]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take what is for a channel of ours."""
        if len(envelope.rcpt_tos) >= RECIPIENTS_MAX:
            return "452 4.5.3 Too many recipients. Send the rest in another message."
        try:
            place = (await self._book()).place_of(address)
        except Trouble:
            return TRY_AGAIN
        if place is None:
            log.info("mail for nobody here", peer=_peer(session), address=address)
            return "550 5.1.1 There is no such address here. Check how it is written."
        if not place.channel.live:
            return "450 4.2.1 This address is not in use yet. Try again later."
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Store the message, once for each brand it is for; only then say 250."""
        if not self._rates.allows(_peer(session)):
            return TOO_MANY
        raw = envelope.original_content or b""
        sender = (envelope.mail_from or "").strip()
        try:
            for place, addresses in (await self._places(envelope.rcpt_tos)).values():
                arrival = Arrival(
                    raw=raw, how="smtp", envelope_from="" if sender == "<>" else sender, envelope_to=tuple(addresses)
                )
                await self._intake.take(place, arrival)
        except (Trouble, OSError, TimeoutError) as trouble:
            log.warning("a mail could not be stored", peer=_peer(session), reason=str(trouble))
            return TRY_AGAIN
        return "250 2.0.0 Stored. It will be read."

    async def handle_exception(self, error: Exception) -> str:
        """A bug of ours is no reason for the sender to give up."""
        log.error("the mail listener failed", exc_info=error)
        return TRY_AGAIN

    async def _places(self, addresses: list[str]) -> dict[BrandId, tuple[Place, list[str]]]:
        book = await self._book()
        found: dict[BrandId, tuple[Place, list[str]]] = {}
        for address in addresses:
            place = book.place_of(address)
            if place is not None:
                found.setdefault(place.brand.id, (place, []))[1].append(address)
        return found


class Room:
    """How many are connected, in all and from each peer."""

    def __init__(self) -> None:
        self.peers: Counter[str] = Counter()
        self.transports: set[asyncio.BaseTransport] = set()

    def enter(self, peer: str) -> bool:
        """Return whether there is room for one more from there."""
        if self.peers.total() >= CONNECTIONS_MAX or self.peers[peer] >= CONNECTIONS_PER_PEER:
            return False
        self.peers[peer] += 1
        return True

    def leave(self, peer: str) -> None:
        """One of them hung up."""
        self.peers[peer] -= 1
        if self.peers[peer] <= 0:
            del self.peers[peer]


class Connection(SMTP):
    """One connection, with our limits and words.

    Messages are read in the pieces they come in, not line by line: large ones cost little, and programs that end lines
    with a bare LF are understood. Only CRLF "." CRLF ends a message, so that none can be smuggled behind another.
    """

    line_length_limit = COMMAND_BYTES_MAX

    def __init__(self, receiver: Receiver, room: Room, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            receiver,
            data_size_limit=RAW_BYTES_MAX,
            enable_SMTPUTF8=True,
            hostname="waada",
            ident="ESMTP",
            timeout=TIMEOUT_SECONDS,
            loop=loop,
        )
        self._room = room
        self._entered: str | None = None
        self._refused = False
        self._message: Incoming | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the peer in, if there is room."""
        peer = _host(transport.get_extra_info("peername"))
        if not self._room.enter(peer):
            self._refused = True
            assert isinstance(transport, asyncio.Transport), "a connection can be written to"
            transport.write(FULL)
            transport.close()
            return
        self._entered = peer
        self._room.transports.add(transport)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Hand on what a peer says: to the message it sends, else to the reader of commands."""
        if self._refused:
            return
        if self._message is None:
            super().data_received(data)
            return
        self._reset_timeout()
        behind = self._message.add(data)
        if behind is not None:
            self._message = None
            super().data_received(behind)

    def eof_received(self) -> bool | None:
        """The peer says no more."""
        return False if self._refused else super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """Make room for another."""
        if self._entered is not None:
            self._room.leave(self._entered)
            self._entered = None
            if self.transport is not None:
                self._room.transports.discard(self.transport)
            super().connection_lost(error)

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """Read a message and hand it to the receiver."""
        if await self.check_helo_needed():
            return
        assert self.envelope is not None, "made with the connection"
        if not self.envelope.rcpt_tos or arg:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 Say first for whom it is: RCPT TO.")
            return
        message = self._message = Incoming(self.loop.create_future())
        early = bytes(self._reader._buffer)  # type: ignore[attr-defined]  # noqa: SLF001 - there is no other way
        self._reader._buffer.clear()  # type: ignore[attr-defined]  # noqa: SLF001
        await self.push("354 End the message with a line that holds a dot and nothing else.")
        if early:
            self.data_received(early)
        raw = await message.whole
        if raw is None:
            status: Any = TOO_LARGE
        else:
            self.envelope.content = self.envelope.original_content = raw
            status = await self._call_handler_hook("DATA")
        self._set_post_data_state()  # type: ignore[no-untyped-call]  # the library has no types here
        await self.push(status)

    async def push(self, status: Any) -> None:
        """Answer; the library's words for what is announced as too large say nothing that helps."""
        own = isinstance(status, str) and status.startswith("552 Error")
        await super().push(TOO_LARGE if own else status)


class Incoming:
    """A message on its way in. `whole` is done when it ended: with its bytes, or None when they were too many."""

    def __init__(self, whole: asyncio.Future[bytes | None]) -> None:
        self.whole = whole
        # As if the line before had just ended, so that an empty message ends like any other.
        self._bytes = bytearray(b"\r\n")
        self._too_large = False

    def add(self, piece: bytes) -> bytes | None:
        """Take a piece; return what came behind the end of the message, None while it goes on."""
        seen = max(0, len(self._bytes) - len(END) + 1)
        self._bytes += piece
        end = self._bytes.find(END, seen)
        if end < 0:
            if len(self._bytes) > RAW_BYTES_MAX + len(END):
                self._too_large = True
                del self._bytes[: -len(END)]
            return None
        behind = bytes(self._bytes[end + len(END) :])
        del self._bytes[end + 2 :]
        if not self.whole.done():
            too_large = self._too_large or len(self._bytes) - 2 > RAW_BYTES_MAX
            # A dot at the beginning of a line was doubled by the sender (RFC 5321 4.5.2).
            self.whole.set_result(None if too_large else bytes(self._bytes.replace(b"\r\n..", b"\r\n.")[2:]))
        return behind


class SmtpListener:
    """Listens on a port, in the loop that starts it."""

    def __init__(self, receiver: Receiver, host: str, port: int) -> None:
        """`port` 0 takes any free one; `port` tells which after the start."""
        self.host = host
        self.port = port
        self._receiver = receiver
        self._room = Room()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to listen. Raises `AddressTaken` when another program does."""
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # the library tells every command of every peer
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: Connection(self._receiver, self._room, loop), self.host, self.port
            )
        except OSError as error:
            raise AddressTaken(
                f"Another program listens for mail on {self.host}:{self.port}, or it may not be used here "
                f"({error.strerror}). Stop it, or set SMTP_PORT to another port."
            ) from error
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more and hang up; what was not stored yet is sent again."""
        if self._server is not None:
            self._server.close()
            for transport in tuple(self._room.transports):
                transport.close()
            await self._server.wait_closed()
            self._server = None

    @property
    def connections(self) -> int:
        """Return how many are connected."""
        return self._room.peers.total()


def _host(peer: Any) -> str:
    return str(peer[0]) if isinstance(peer, tuple) and peer else str(peer or "unknown")


def _peer(session: Session) -> str:
    return _host(session.peer)
