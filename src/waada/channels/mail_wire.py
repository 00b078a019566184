"""Putting a mail on the wire: through the channel's own mail server, the installation's, or into the local outbox.

Two ends are told apart: what the other side will never take (the person who wrote it must know), and trouble that may
pass (it is tried again, with the same Message-ID).
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from waada.channels.mail_addresses import Place
from waada.channels.mail_parts import MailParts
from waada.channels.mail_write import OutgoingMail, sendable, write
from waada.core.ids import BrandId
from waada.mailbag import PostedMail
from waada.sealing import WrongSecret, channel_purpose, is_sealed, unseal
from waada.trouble import Cause, Trouble

if TYPE_CHECKING:
    import aiosmtplib

# Providers take a few connections from one customer at a time.
AT_ONCE = 8
TIMEOUT_SECONDS = 30.0
WORDS_MAX = 500


class MailServerAway(Trouble):
    """The outgoing mail server can't be reached, or takes nothing just now. It is tried again; see its words."""

    def __init__(self, words: str, cause: Cause = "away") -> None:
        super().__init__(words)
        self.cause = cause


class NotTaken(Exception):
    """The mail server said that it will never take this mail; the words say why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """An outgoing mail server. `tls`: from the start (and checked), by STARTTLS (and checked), or if it is offered."""

    host: str
    port: int
    tls: str = "offered"
    user: str | None = None
    password: str | None = None


_SCHEMES = {"smtp": "offered", "smtps": "ssl", "smtp+starttls": "starttls"}
_PORTS = {"offered": 25, "ssl": 465, "starttls": 587}


def server_of_url(url: str) -> Server:
    """Return the server that SMTP_URL names, such as smtps://name:password@mail.example.org:465."""
    parts = urlsplit(url)
    tls = _SCHEMES[parts.scheme]
    return Server(
        host=parts.hostname or "",
        port=parts.port or _PORTS[tls],
        tls=tls,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def server_of_place(place: Place | None, secret: bytes) -> Server | None:
    """Return the channel's own outgoing server (settings `smtp_host`, ...), or None. Raises `Trouble`."""
    if place is None or not place.setting("smtp_host"):
        return None
    tls = place.setting("smtp_tls", "ssl")
    tls = tls if tls in _PORTS else "offered"
    port = place.setting("smtp_port")
    return Server(
        host=place.setting("smtp_host"),
        port=int(port) if port.isdigit() else _PORTS[tls],
        tls=tls,
        user=place.setting("smtp_user") or None,
        password=secret_setting(place, "smtp_password", secret) or None,
    )


def secret_setting(place: Place, name: str, secret: bytes) -> str:
    """Return a setting that may be sealed. Raises `MailServerAway` when it was sealed on another installation."""
    value = place.setting(name)
    if not is_sealed(value):
        return value
    try:
        return unseal(secret, value, channel_purpose(place.brand.id, place.channel.key, name))
    except WrongSecret as error:
        raise MailServerAway(
            f"The password of the channel {place.channel.key} was sealed with another secret. Type it again.", "login"
        ) from error


class Wire:
    """Sends mails."""

    def __init__(self, parts: MailParts) -> None:
        """Read the installation's own server once."""
        self._parts = parts
        self._server = server_of_url(parts.outgoing_url) if parts.outgoing_url else None
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def send(self, brand_id: BrandId, place: Place | None, mail: OutgoingMail) -> str:
        """Send a mail and return where it went. Raises `NotTaken`, `UnsendableError` or `Trouble`."""
        raw = write(mail)
        recipients = [sendable(each) for each in (*mail.to, *mail.cc)]
        # Bounces come back to the signed address, so that they find the conversation whatever they quote.
        sender = sendable(mail.reply_to or mail.from_address)
        server = server_of_place(place, self._parts.secret) or self._server
        if server is None:
            posted = PostedMail(
                id=mail.message_id,
                brand_id=brand_id,
                at=self._parts.clock.now(),
                sender=f"{mail.from_name} <{mail.from_address}>",
                recipients=tuple(recipients),
                subject=mail.subject,
                raw=raw,
            )
            await self._parts.bag.post_locally(posted)
            return "kept in the local outbox, because no mail server is set up"
        async with self._turns:
            await _transmit(server, sender, recipients, raw)
        return f"taken by {server.host}"


async def _transmit(server: Server, sender: str, recipients: list[str], raw: bytes) -> None:
    import aiosmtplib

    try:
        async with _client(server) as client:
            await client.sendmail(sender, recipients, raw)
    except aiosmtplib.SMTPRecipientsRefused as refused:
        told = "; ".join(f"{each.recipient}: {each.code} {each.message}" for each in refused.recipients)
        if all(each.code >= 500 for each in refused.recipients):
            raise NotTaken(told[:WORDS_MAX]) from refused
        raise MailServerAway(told[:WORDS_MAX], "later") from refused
    except aiosmtplib.SMTPDataError as refused:
        told = f"{refused.code} {refused.message}"[:WORDS_MAX]
        if refused.code >= 500:
            raise NotTaken(told) from refused
        raise MailServerAway(told, "later") from refused
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        # A refused login or sender is a wrong setting here, not a wrong customer: it is tried until it is set right.
        raise MailServerAway(f"{server.host}: {_words(error)}"[:WORDS_MAX], _cause(error)) from error


def _words(error: Exception) -> str:
    """Return what the server said, code first, as it is written in manuals."""
    import aiosmtplib

    return f"{error.code} {error.message}" if isinstance(error, aiosmtplib.SMTPResponseException) else str(error)


def _cause(error: BaseException) -> Cause:
    """Return why nothing could be handed over, as far as the error tells."""
    import aiosmtplib

    if isinstance(error, aiosmtplib.SMTPResponseException) and error.code < 500:
        return "later"
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return "login"
        case aiosmtplib.SMTPSenderRefused():
            return "sender"
        case aiosmtplib.SMTPResponseException():
            return "other"
        case ssl.SSLError():
            return "unsafe"
        case OSError():
            return _cause(error.__cause__) if error.__cause__ is not None else "away"
        case _:
            # What the library itself complains of: the server offers no way to sign in, or no STARTTLS.
            return "login" if "AUTH" in str(error).upper() else "unsafe"


def _client(server: Server) -> aiosmtplib.SMTP:
    import aiosmtplib

    return aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.tls == "ssl",
        start_tls=True if server.tls == "starttls" else None if server.tls == "offered" else False,
        validate_certs=server.tls != "offered",
        timeout=TIMEOUT_SECONDS,
    )


__all__ = ["MailServerAway", "NotTaken", "Server", "Wire", "secret_setting", "server_of_place", "server_of_url"]
