"""The mail door: customers with a mailbox who write over real SMTP, and answer by quoting, as people do.

What we send them lands in the local outbox; one postman reads it there and brings each mail to its customer. An answer
goes to the signed reply address, under the thread's headers; a customer who is away lets their mailbox answer, once.
"""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections import deque
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from typing import Protocol

from aiosmtplib import (
    SMTPConnectError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
    send,
)

from waada.core.ids import BrandId
from waada.mailbag import PostedMail
from waada.ports import Clock, Ids
from waada.sim.evening_texts import DOMAIN, TONGUES
from waada.sim.live_doors import Act, DoorClosed, Heard, Tally, Visitor, Why, insist
from waada.sim.live_pace import Pace

TIMEOUT_SECONDS = 10.0
ROUND_SECONDS = 2.0  # how often the postman looks
POSTED_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A mail that reached a customer. `automatic`: a machine wrote it."""

    message_id: str
    reply_to: str
    subject: str
    text: str
    references: str
    automatic: bool


class Post(Protocol):
    """The local outbox (`mailbag.Mailbag` and `mailbag.MailDesk` have it)."""

    async def posted(self, brand_id: BrandId, before: str | None, limit: int) -> tuple[PostedMail, ...]:
        """Return mails without their bytes, newest first."""
        ...

    async def posted_mail(self, brand_id: BrandId, mail_id: str) -> PostedMail | None:
        """Return one mail, whole."""
        ...


class Postman:
    """Brings new mail of the local outbox to the customers of this evening, each once."""

    def __init__(self, post: Post, brand_id: BrandId, pace: Pace, tally: Tally) -> None:
        self._post, self._brand_id, self._pace, self._tally = post, brand_id, pace, tally
        self._boxes: dict[str, asyncio.Queue[Arrived]] = {}
        self._brought: set[str] = set()

    def box(self, address: str) -> asyncio.Queue[Arrived]:
        """Return a customer's mailbox."""
        return self._boxes.setdefault(address, asyncio.Queue())

    async def run(self) -> None:
        """Go round until cancelled."""
        while True:
            await self._pace.pause(0.0, at_least=ROUND_SECONDS)
            try:
                await self._round()
            except Exception as error:  # noqa: BLE001 - the database may be away; the next round finds the same mail
                self._tally.trouble("broken", f"The local outbox can't be read: {error}.")

    async def _round(self) -> None:
        found = await self._post.posted(self._brand_id, None, POSTED_MAX)
        for brief in reversed(found):
            for address in brief.recipients:
                if address in self._boxes and brief.id not in self._brought:
                    self._brought.add(brief.id)
                    whole = await self._post.posted_mail(self._brand_id, brief.id)
                    if whole is not None:
                        self._boxes[address].put_nowait(read(whole.raw))


def read(raw: bytes) -> Arrived:
    """Read a mail of ours as a customer's program does."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage), "the default policy makes these"
    body = mail.get_body(("plain", "html"))
    reply_to = mail["reply-to"] or mail["from"]
    return Arrived(
        message_id=str(mail["message-id"] or "").strip(),
        reply_to=reply_to.addresses[0].addr_spec,
        subject=str(mail["subject"] or ""),
        text=body.get_content() if body is not None else "",
        references=str(mail["references"] or ""),
        automatic=str(mail["auto-submitted"] or "no").lower() != "no",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDoor:
    """Opens lines of mail to `address`, the channel's; `smtp` is our listener."""

    address: str
    smtp: tuple[str, int]
    postman: Postman
    clock: Clock
    ids: Ids
    pace: Pace
    tally: Tally

    async def open(self, visitor: Visitor) -> MailLine:
        """Nothing happens on the wire before the first mail."""
        return MailLine(self, visitor)

    async def send(self, mail: EmailMessage, sender: str) -> None:
        """Hand a mail to the listener. Raises `DoorClosed`."""
        host, port = self.smtp
        try:
            await send(
                mail,
                sender=sender,
                recipients=[mail["to"].addresses[0].addr_spec],
                hostname=host,
                port=port,
                start_tls=False,
                timeout=TIMEOUT_SECONDS,
            )
        except (SMTPConnectError, SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
            raise DoorClosed("away", f"The mail port {port} could not be reached: {error}.") from error
        except SMTPResponseException as error:
            why: Why = "limited" if 400 <= error.code < 500 else "refused"
            raise DoorClosed(why, f"The mail port answered {error.code} {error.message}.") from error
        except SMTPException as error:
            raise DoorClosed("refused", f"The mail port refused: {error}.") from error


@dataclass(slots=True)
class MailLine:
    """One customer's correspondence."""

    door: MailDoor
    visitor: Visitor
    _last: Arrived | None = None
    _own: str = ""
    _away_said: bool = False
    _heard: deque[Heard] = field(default_factory=deque)

    async def write(self, text: str) -> None:
        """Send a new mail, or answer the last one that came, quoting it."""
        mail = self._mail(text, photo=self.visitor.photo and not self._own)
        await insist(lambda: self.door.send(mail, self.visitor.email), self.door.pace, self.door.tally)
        self._own = mail["message-id"]

    async def hear(self) -> Heard:
        """Wait for the postman."""
        box = self.door.postman.box(self.visitor.email)
        while not self._heard:
            arrived = await box.get()
            self._last = arrived
            self._heard.append(
                Heard(what="told" if arrived.automatic else "answer", message=arrived.message_id, text=arrived.text)
            )
            if self.visitor.away and not self._away_said:
                self._away_said = True
                mail = self._away(arrived)
                await insist(lambda mail=mail: self.door.send(mail, ""), self.door.pace, self.door.tally)  # type: ignore[misc]
        return self._heard.popleft()

    async def see(self, heard: Heard) -> None:
        """Mail does not tell."""

    async def typing(self, *, on: bool) -> None:
        """Mail does not tell."""

    async def act(self, act: Act) -> bool:  # noqa: ARG002 - whichever it is, it is said in words
        """There are no buttons in a mail."""
        return False

    async def leave(self) -> None:
        """Nothing to close; the mailbox stays."""

    def _mail(self, text: str, *, photo: bool) -> EmailMessage:
        last, visitor = self._last, self.visitor
        mail = self._envelope(f"Re: {visitor.subject}" if last or self._own else visitor.subject)
        quoted = "\n".join(f"> {line}" for line in last.text.strip().splitlines()) if last else ""
        intro = TONGUES[visitor.language].quoted.format(name=last.reply_to if last else "")
        plain = f"{text}\n\n{visitor.name}\n" + (f"\n{intro}\n{quoted}\n" if quoted else "")
        direction = "rtl" if visitor.language == "ar" else "ltr"
        marked = f'<div dir="{direction}"><p>{escape(text)}</p><p>{escape(visitor.name)}</p></div>'
        if last:
            marked += f'<div class="gmail_quote"><div>{escape(intro)}</div><blockquote>'
            marked += f"{escape(last.text.strip())}</blockquote></div>"
        mail.set_content(plain)
        mail.add_alternative(f"<html><body>{marked}</body></html>", subtype="html")
        if photo:
            mail.add_attachment(picture(), maintype="image", subtype="png", filename="photo.png")
        return mail

    def _away(self, arrived: Arrived) -> EmailMessage:
        subject, text = TONGUES[self.visitor.language].away
        mail = self._envelope(f"{subject}: {arrived.subject}")
        mail["Auto-Submitted"] = "auto-replied"
        mail.set_content(text)
        return mail

    def _envelope(self, subject: str) -> EmailMessage:
        mail, last = EmailMessage(policy=policy.SMTP), self._last
        mail["From"] = f'"{self.visitor.name}" <{self.visitor.email}>'
        mail["To"] = last.reply_to if last else self.door.address
        mail["Subject"] = " ".join(subject.split())
        mail["Date"] = format_datetime(self.door.clock.now())
        mail["Message-ID"] = f"<{self.door.ids.fresh()}@{DOMAIN}>"
        # Nothing has come yet: people answer the mail they sent themselves.
        known = last.message_id if last else self._own
        if known:
            mail["In-Reply-To"] = known
            mail["References"] = f"{last.references} {known}".strip() if last else known
        return mail


def picture(width: int = 96, height: int = 64) -> bytes:
    """Return a small PNG of an evening sky: something to look at that belongs to nobody."""
    rows = b"".join(
        b"\x00" + b"".join(bytes((40 + 2 * y, 40 + x // 2, 120 - y)) for x in range(width)) for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
