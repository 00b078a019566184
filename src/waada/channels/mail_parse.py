"""Mail in, facts out: `parse` turns the bytes of any message into a `ParsedMail`, and never raises.

What cannot be understood, or is over a limit, comes back with the reason in `unreadable` and as much as could be read,
so that the caller shows it to a person as a letter and goes on with the next mail. No network, no store, no clock.
"""

import hashlib
import re
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from waada.channels.mail_body import Body, TooMuchError, body_of
from waada.channels.mail_charset import clean, decoded
from waada.channels.mail_facts import (
    HEADER_BYTES_MAX,
    LINES_MAX,
    LINES_TIMES_BOUNDARIES_MAX,
    PART_HEADER_BYTES_MAX,
    PARTS_MAX,
    RAW_BYTES_MAX,
    SEPARATORS_MAX,
    SUBJECT_CHARACTERS_MAX,
    TEXT_CHARACTERS_MAX,
    ParsedMail,
)
from waada.channels.mail_headers import (
    address_of,
    authentication_results,
    decoded_headers,
    instant,
    message_ids,
    named_addresses,
    raw_values,
)
from waada.channels.mail_html import sanitised
from waada.channels.mail_quotes import Folded, fold

_END_OF_HEADER = re.compile(rb"\r?\n\r?\n|\r\r")
_PART_HEADER = re.compile(rb"^content-(?:type|disposition):[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_PREVIEW_BYTES = 64 * 1024
# Trace headers differ between two copies of one mail; these are what the sender wrote.
_FINGERPRINTED = (
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "reply-to",
    "auto-submitted",
    "x-autoreply",
    "content-type",
    "content-transfer-encoding",
)


def parse(raw: bytes) -> ParsedMail:
    """The facts of one raw message. Shape and limits: see `ParsedMail` and `mail_facts`."""
    known = ParsedMail(size_bytes=len(raw), content_sha256=hashlib.sha256(raw).hexdigest())
    known = replace(known, content_fingerprint=known.content_sha256)
    refusal = _over_limit(raw)
    if refusal:
        return _letter(known, raw, refusal)
    try:
        message = message_from_bytes(_without_envelope_line(raw), policy=compat32)
        known = _with_header(replace(known, content_fingerprint=_fingerprint(message, raw)), message)
        if not known.headers:
            return _letter(known, raw, "it has no mail header, so there is neither a sender nor a subject")
        known = _with_body(known, body_of(message))
    except TooMuchError as reason:
        return _letter(known, raw, str(reason))
    except (MemoryError, RecursionError):
        return _letter(known, raw, "it is built in too complicated a way to be read")
    except Exception as bug:  # noqa: BLE001  the promise of this module: one odd mail never stops those behind it
        return _letter(known, raw, f"reading it failed ({type(bug).__name__})")
    return known


def _over_limit(raw: bytes) -> str | None:
    if len(raw) > RAW_BYTES_MAX:
        return f"it is larger than {RAW_BYTES_MAX // 1024 // 1024} MB"
    if not raw.strip():
        return "it is empty"
    end = _END_OF_HEADER.search(raw)
    if (end.start() if end else len(raw)) > HEADER_BYTES_MAX:
        return f"its header is larger than {HEADER_BYTES_MAX // 1024} KB"
    boundaries = raw.lower().count(b"boundary=")
    lines = max(raw.count(b"\n"), raw.count(b"\r"))
    too_many_parts = boundaries > 0 and raw.count(b"\n--") > SEPARATORS_MAX
    if too_many_parts or lines > LINES_MAX or lines * (boundaries + 1) > LINES_TIMES_BOUNDARIES_MAX:
        return "it has too many parts and lines to be read in reasonable time"
    heads = [len(found.group()) for found in _PART_HEADER.finditer(raw)]
    if len(heads) > PARTS_MAX:
        return f"it has more than {PARTS_MAX} parts"
    if max(heads, default=0) > PART_HEADER_BYTES_MAX:
        return f"a part of it describes itself in more than {PART_HEADER_BYTES_MAX} characters"
    return None


def _letter(known: ParsedMail, raw: bytes, reason: str) -> ParsedMail:
    """What could be read, and the beginning of the raw text for the person who will look at it."""
    preview = decoded(raw[:_PREVIEW_BYTES], None)
    return replace(known, unreadable=reason, text=preview, fresh_text=preview, html=None)


def _without_envelope_line(raw: bytes) -> bytes:
    """Mailboxes and some bounces start with "From sender date" or empty lines, which are not part of the message."""
    raw = raw.lstrip(b"\r\n\xef\xbb\xbf")
    first, _, rest = raw.partition(b"\n")
    return rest if first.startswith((b"From ", b">From ")) else raw


def _with_header(known: ParsedMail, message: Message) -> ParsedMail:
    hint = next((part.get_content_charset() for part in message.walk() if part.get_content_charset()), None)
    headers = decoded_headers(message, hint)
    named = named_addresses(raw_values(message, "from"), hint) or named_addresses(raw_values(message, "sender"), hint)
    sender = (*named, ("", None))[0]
    first = dict(reversed(headers))
    return replace(
        known,
        headers=headers,
        message_id=next(iter(message_ids(raw_values(message, "message-id")[:1])), None),
        in_reply_to=message_ids(raw_values(message, "in-reply-to")),
        references=message_ids(raw_values(message, "references")),
        from_name=sender[0],
        from_address=sender[1],
        reply_to=_addresses(message, "reply-to"),
        to=_addresses(message, "to"),
        cc=_addresses(message, "cc"),
        delivered_to=_addresses(
            message, "delivered-to", "x-original-to", "x-envelope-to", "envelope-to", "x-delivered-to"
        ),
        return_path=_return_path(message),
        subject=first.get("subject", "")[:SUBJECT_CHARACTERS_MAX],
        sent_at=instant(first.get("date")),
        content_language=first.get("content-language", "").split(",")[0].strip() or None,
        list_id=_list_id(first.get("list-id")),
        authentication=authentication_results(
            tuple(value for name, value in headers if name == "authentication-results")
        ),
        media_type=clean(message.get_content_type()),
    )


def _addresses(message: Message, *names: str) -> tuple[str, ...]:
    found = named_addresses([value for name in names for value in raw_values(message, name)])
    return tuple(address for _, address in found)


def _return_path(message: Message) -> str | None:
    """The envelope sender; "" for the null sender of bounces, None if nobody noted it."""
    values = raw_values(message, "return-path")
    if not values:
        return None
    return address_of(values[0]) or ("" if values[0].replace(" ", "") in {"<>", ""} else values[0].strip("<> ").lower())


def _list_id(value: str | None) -> str | None:
    if not value:
        return None
    bracketed = re.search(r"<([^<>]+)>", value)
    return (bracketed.group(1) if bracketed else value).strip().lower() or None


def _with_body(known: ParsedMail, body: Body) -> ParsedMail:
    text = clean(body.text())[:TEXT_CHARACTERS_MAX]
    rich = "\n".join(body.html) if body.has_html else None
    html, remote_images = sanitised(rich) if rich else (None, ())
    folded = _best_fold(text, "\n".join(body.html_as_text) if rich else None)
    return replace(
        known,
        text=text,
        html=html,
        remote_images=remote_images,
        fresh_text=folded.fresh,
        quoted_text=folded.quoted,
        signature=folded.signature,
        attachments=tuple(body.attachments),
        reports=tuple(body.reports),
    )


def _best_fold(text: str, html_as_text: str | None) -> Folded:
    """The plain text decides; the HTML, where quotes are marked, is asked if the plain text shows no quote at all."""
    folded = fold(text)
    if html_as_text is None or folded.quoted or text.strip() == html_as_text.strip():
        return folded
    from_html = fold(clean(html_as_text)[:TEXT_CHARACTERS_MAX])
    return from_html if from_html.quoted and from_html.fresh else folded


def _fingerprint(message: Message, raw: bytes) -> str:
    digest = hashlib.sha256()
    for name in _FINGERPRINTED:
        for value in raw_values(message, name):
            digest.update(f"{name}:{' '.join(value.split())}\n".encode("utf-8", "surrogateescape"))
    end = _END_OF_HEADER.search(raw)
    body = raw[end.end() :] if end else b""
    digest.update(body.replace(b"\r\n", b"\n").rstrip())
    return digest.hexdigest()
