"""Facts in, mail out: `write` builds the bytes of a message that any mail program shows well and threads right.

Plain text and HTML say the same, in the customer's language and direction. Nothing a customer or a person typed can
become a header: line breaks are taken out of every value, and what is no address is refused.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from enum import StrEnum
from typing import Literal

from waada.channels.mail_charset import clean
from waada.channels.mail_facts import Attachment
from waada.channels.mail_html_write import html_page
from waada.channels.mail_names import safe_name

_SENDABLE = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[^\s@<>()\[\],;:\\\"]{1,255}")
_MESSAGE_ID = re.compile(r"[!-;=?-~]{3,300}")  # visible ASCII but the angle brackets
_MEDIA_TYPE = re.compile(r"(application|audio|font|image|model|text|video)/([A-Za-z0-9][A-Za-z0-9.+-]{0,100})")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_IDS_KEPT = 20  # the first, which starts the thread, and the latest; a header of hundreds is cut by some systems
_SUBJECT_CHARACTERS_MAX = 500


class UnsendableError(ValueError):
    """A recipient or sender is no address that mail can be sent to; show it to the person, do not retry."""


class Automatic(StrEnum):
    """RFC 3834: who let this mail be sent."""

    NO = "no"  # a person pressed send
    REPLIED = "auto-replied"  # an answer to one message, such as the acknowledgement
    GENERATED = "auto-generated"  # sent on our own account, such as a new time for a promise


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """One mail to send. Message ids without brackets; `text` as typed, paragraphs apart by an empty line.

    `promise_words` and the status link stand in a box below the text; `footer` is small print, such as the brand.
    """

    message_id: str
    own_domain: str
    sent_at: datetime
    from_name: str
    from_address: str
    reply_to: str | None
    to: tuple[str, ...]
    subject: str
    text: str
    language: str
    direction: Literal["ltr", "rtl"]
    cc: tuple[str, ...] = ()
    promise_words: str = ""
    status_url: str = ""
    status_words: str = ""
    footer: str = ""
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    automatic: Automatic = Automatic.NO
    attachments: tuple[Attachment, ...] = ()


class _MailPolicy(EmailPolicy):
    """The standard policy, but message ids are folded between ids: it would encode long ones as words."""

    def fold(self, name: str, value: str) -> str:
        return _folded_ids(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        ids = _folded_ids(name, value)
        return ids.encode("ascii") if ids else super().fold_binary(name, value)


def _folded_ids(name: str, value: str) -> str | None:
    if name.lower() not in {"message-id", "in-reply-to", "references"}:
        return None
    return f"{name}: " + "\r\n ".join(value.split()) + "\r\n"


# 7bit, because not every relay on the way takes 8-bit bodies.
_POLICY = _MailPolicy(linesep="\r\n", cte_type="7bit", max_line_length=78)


def write(mail: OutgoingMail) -> bytes:
    """The message as bytes with CRLF, no line over 998 characters. Raises `UnsendableError` for what is no address."""
    message = EmailMessage(policy=_POLICY)
    _address_header(message, mail)
    _thread_header(message, mail)
    if mail.automatic is not Automatic.NO:
        message["Auto-Submitted"] = mail.automatic.value
        message["X-Auto-Response-Suppress"] = "All"
    message["X-Loop"] = one_line(mail.own_domain)
    message.set_content(plain_text(mail))
    message.add_alternative(_html(mail), subtype="html")
    for attachment in mail.attachments:
        _attach(message, attachment)
    if _LANGUAGE.fullmatch(mail.language):
        message["Content-Language"] = mail.language
    # The same mail has the same bytes whenever it is tried again; chance would choose the boundaries otherwise.
    seed = hashlib.sha256(mail.message_id.encode("ascii")).hexdigest()[:24]
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{seed}_{number}")
    return message.as_bytes()


def one_line(text: str) -> str:
    """Without line breaks and control characters: a value that can be nothing but the value of one header."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", " ", clean(text)).split())


def _address_header(message: EmailMessage, mail: OutgoingMail) -> None:
    message["Date"] = format_datetime(mail.sent_at)
    message["From"] = Address(display_name=one_line(mail.from_name), addr_spec=sendable(mail.from_address))
    message["To"] = tuple(Address(addr_spec=sendable(one)) for one in mail.to)
    if mail.cc:
        message["Cc"] = tuple(Address(addr_spec=sendable(one)) for one in mail.cc)
    if mail.reply_to:
        name = one_line(mail.from_name)
        message["Reply-To"] = Address(display_name=name, addr_spec=sendable(mail.reply_to))
    message["Subject"] = one_line(mail.subject)[:_SUBJECT_CHARACTERS_MAX]


def sendable(address: str) -> str:
    """The address as it goes over the wire: an international domain in its ASCII form."""
    if not _SENDABLE.fullmatch(address):
        raise UnsendableError(f"{one_line(address)[:120]!r} is no address that mail can be sent to")
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise UnsendableError(f"{one_line(address)[:120]!r} has no valid domain") from error


def _thread_header(message: EmailMessage, mail: OutgoingMail) -> None:
    assert _MESSAGE_ID.fullmatch(mail.message_id), "made by message_id_for"
    message["Message-ID"] = f"<{mail.message_id}>"
    known = [one for one in mail.references if _MESSAGE_ID.fullmatch(one)]
    if mail.in_reply_to and _MESSAGE_ID.fullmatch(mail.in_reply_to):
        message["In-Reply-To"] = f"<{mail.in_reply_to}>"
        known.append(mail.in_reply_to)
    ids = list(dict.fromkeys(known))
    if len(ids) > _IDS_KEPT:
        ids = [ids[0], *ids[-(_IDS_KEPT - 1) :]]
    if ids:
        message["References"] = " ".join(f"<{one}>" for one in ids)


def plain_text(mail: OutgoingMail) -> str:
    """The text part: what was typed, then the promise and where it can be followed, then the small print."""
    link = f"{mail.status_words}:\n{mail.status_url}" if mail.status_words else mail.status_url
    footer = f"-- \n{mail.footer}" if mail.footer else ""
    # The box repeats the promise for the eye; in plain text it would only be said twice.
    promise = "" if mail.promise_words in mail.text else mail.promise_words
    parts = (mail.text, promise, link if mail.status_url else "", footer)
    return "\n\n".join(clean(part).strip("\n") for part in parts if part.strip()) + "\n"


def _html(mail: OutgoingMail) -> str:
    return html_page(
        text=clean(mail.text),
        subject=one_line(mail.subject),
        language=mail.language if _LANGUAGE.fullmatch(mail.language) else "",
        direction=mail.direction,
        promise_words=clean(mail.promise_words),
        status_url=mail.status_url if mail.status_url.startswith(("https://", "http://")) else "",
        status_words=clean(mail.status_words) or mail.status_url,
        footer=clean(mail.footer),
    )


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    known = _MEDIA_TYPE.fullmatch(attachment.media_type)
    main, sub = known.groups() if known else ("application", "octet-stream")
    add: Callable[..., None] = message.add_attachment
    add(attachment.content, maintype=main, subtype=sub, filename=safe_name(attachment.name) or "attachment")
