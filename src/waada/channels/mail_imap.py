r"""One connection to one mailbox: what is in it, the bytes of a message, the mark that it was read, word of new mail.

A thin layer over aioimaplib that never hangs: a lost connection or a silent server ends every call with `MailboxAway`.
Messages are only ever peeked at; `\Seen` is set by whoever stored them.
"""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from waada.channels.mail_addresses import Place
from waada.channels.mail_wire import secret_setting
from waada.trouble import Trouble

T = TypeVar("T")

TIMEOUT_SECONDS = 30.0
# A large message over a slow line; the timeout above starts anew with every piece that arrives.
FETCH_SECONDS_MAX = 600.0
# The library reads answers recursively: a longer list of lines in one piece would exhaust it.
SIZES_AT_ONCE = 50
_UID_SIZE = re.compile(rb"UID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UIDVALIDITY = re.compile(rb"UIDVALIDITY (\d+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class MailboxAway(Trouble):
    """A mailbox can't be reached or read just now; it is tried again by itself. The words say what the server said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How to reach a mailbox. `tls`: "ssl" (from the start, checked) or "none" (only within one's own network)."""

    host: str
    port: int
    tls: str
    user: str
    password: str
    folder: str


def account_of(place: Place, secret: bytes) -> Account:
    """Return the account that a channel's settings name (`imap_host`, ...). Raises `Trouble`."""
    tls = "none" if place.setting("imap_tls", "ssl") == "none" else "ssl"
    port = place.setting("imap_port")
    return Account(
        host=place.setting("imap_host"),
        port=int(port) if port.isdigit() else (143 if tls == "none" else 993),
        tls=tls,
        user=place.setting("imap_user") or place.channel.address or "",
        password=secret_setting(place, "imap_password", secret),
        folder=place.setting("imap_folder") or "INBOX",
    )


class MailboxConnection:
    """An open, selected mailbox. Made by `connect`."""

    def __init__(self, client: Any, lost: asyncio.Future[None], uidvalidity: int) -> None:
        self.uidvalidity = uidvalidity
        self._client = client
        self._lost = lost

    @classmethod
    async def connect(cls, account: Account) -> MailboxConnection:
        """Log in and open the folder. Raises `MailboxAway`."""
        from aioimaplib import IMAP4
        from aioimaplib.aioimaplib import quoted

        lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def when_lost(_error: Exception | None) -> None:
            if not lost.done():
                lost.set_result(None)

        context = ssl.create_default_context() if account.tls == "ssl" else None
        client = IMAP4(account.host, account.port, timeout=TIMEOUT_SECONDS, conn_lost_cb=when_lost, ssl_context=context)
        connection = cls(client, lost, 0)
        try:
            await connection._wait(client.wait_hello_from_server())
            await connection._ask(client.login(quoted(account.user), account.password), "log in")
            lines = await connection._ask(client.select(quoted(folder_name(account.folder))), "open the folder")
        except BaseException:
            await connection.close()
            raise
        found = _UIDVALIDITY.search(b" ".join(bytes(line) for line in lines))
        connection.uidvalidity = int(found[1]) if found else 0
        return connection

    @property
    def lost(self) -> bool:
        """Return whether the connection is gone."""
        return self._lost.done()

    async def close(self) -> None:
        """Hang up."""
        protocol = self._client.protocol
        task = self._client._client_task  # noqa: SLF001 - the library leaves a failed connection's error unread
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if protocol is not None and protocol.transport is not None:
            protocol.transport.close()

    async def uids(self, *criteria: str) -> list[int]:
        """Return the uids that match, in order; "ALL", "UNSEEN", ..."""
        lines = await self._ask(self._client.uid_search(*(criteria or ("ALL",)), charset=None), "search")
        found = [word for line in lines[:-1] for word in bytes(line).split() if word.isdigit()]
        return sorted({int(word) for word in found})

    async def uids_since(self, day: date) -> list[int]:
        """Return the uids of messages that came on or after a day."""
        return await self.uids("SINCE", f"{day.day:02d}-{_MONTHS[day.month - 1]}-{day.year}")

    async def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Return the sizes of messages in bytes; those that are gone are not in it."""
        found: dict[int, int] = {}
        for start in range(0, len(uids), SIZES_AT_ONCE):
            some = ",".join(str(uid) for uid in uids[start : start + SIZES_AT_ONCE])
            for line in await self._ask(self._client.uid("fetch", some, "(UID RFC822.SIZE)"), "read sizes"):
                uid, size = _UID_SIZE.search(bytes(line)), _SIZE.search(bytes(line))
                if uid and size:
                    found[int(uid[1])] = int(size[1])
        return found

    async def message(self, uid: int, most: int | None = None) -> bytes | None:
        """Return a message (or its first `most` bytes) without marking it as read; None if it is gone."""
        part = "BODY.PEEK[]" if most is None else f"BODY.PEEK[]<0.{most}>"
        lines = await self._ask(
            self._client.uid("fetch", str(uid), f"(UID {part})"), "fetch a message", FETCH_SECONDS_MAX
        )
        return next((bytes(line) for line in lines if isinstance(line, bytearray)), None)

    async def mark_seen(self, uid: int) -> None:
        """Mark a message as read."""
        await self._ask(self._client.uid("store", str(uid), "+FLAGS.SILENT", r"(\Seen)"), "mark as read")

    @property
    def can_idle(self) -> bool:
        """Return whether the server tells of new mail by itself."""
        return bool(self._client.has_capability("IDLE"))

    async def wait_for_news(self, seconds: float) -> None:
        """Return when the server tells of something, at the latest after `seconds`."""
        if not self.can_idle:
            await self._wait(asyncio.sleep(seconds))
            await self._ask(self._client.noop(), "stay connected")
            return
        idle = await self._wait(self._client.idle_start(timeout=seconds))
        await self._wait(self._news(seconds))
        # Whoever was interrupted before this line hangs up; there is no going on after an unfinished IDLE.
        if self._client.has_pending_idle():
            self._client.idle_done()
            await self._wait(asyncio.wait([idle]), TIMEOUT_SECONDS)

    async def _news(self, seconds: float) -> None:
        """Wait until something exists that did not: flags that somebody changed are no news."""
        while True:
            try:
                pushed = await self._client.wait_server_push(timeout=seconds)
            except TimeoutError:
                return
            if not isinstance(pushed, list) or any(b"EXISTS" in bytes(line) for line in pushed):
                return

    async def _ask(self, asked: Awaitable[Any], what: str, seconds: float = TIMEOUT_SECONDS) -> list[Any]:
        response = await self._wait(asked, seconds)
        if response.result != "OK":
            words = " ".join(bytes(line).decode("utf-8", "replace") for line in response.lines[-1:])
            raise MailboxAway(f"The mail server does not let us {what}: {words[:300]}")
        return list(response.lines)

    async def _wait(self, asked: Awaitable[T], seconds: float | None = None) -> T:
        """Wait for an answer, but not for a connection that is gone."""
        task: asyncio.Future[T] = asyncio.ensure_future(asked)
        try:
            waiting: tuple[asyncio.Future[Any], ...] = (task, self._lost)
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
        except (OSError, TimeoutError) as error:
            raise MailboxAway(f"The mail server can't be reached: {str(error) or type(error).__name__}") from error
        except Exception as error:
            raise MailboxAway(f"The mail server answers in a way we don't understand: {error}") from error
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        raise MailboxAway("The connection to the mail server was lost." if self.lost else "It does not answer.")


def folder_name(name: str) -> str:
    """Return a folder's name as IMAP spells it (RFC 3501 5.1.3): other letters than ASCII in a base64 of their own."""
    out: list[str] = []
    waiting = ""
    for letter in [*name, ""]:
        if letter and not " " <= letter <= "~":
            waiting += letter
            continue
        if waiting:
            encoded = base64.b64encode(waiting.encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",")
            out.append(f"&{encoded}-")
            waiting = ""
        out.append("&-" if letter == "&" else letter)
    return "".join(out)
