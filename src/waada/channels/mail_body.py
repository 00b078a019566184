"""The parts of a mail: its readable text, its HTML, its files, and what mail systems attached for machines.

Of alternatives the plain text is read and the HTML shown; parts beside each other are all read, in their order.
A part that is broken becomes text or a file as it stands; nothing is dropped silently.
"""

import html as html_words
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.generator import BytesGenerator
from email.message import Message
from email.policy import compat32

from waada.channels.mail_charset import clean, decoded
from waada.channels.mail_facts import ATTACHMENTS_MAX, DEPTH_MAX, Attachment, ReportPart
from waada.channels.mail_headers import decoded_words, raw_values
from waada.channels.mail_html import declared_charset
from waada.channels.mail_html_text import text_of_html
from waada.channels.mail_names import attachment_name

_REPORT_CHARACTERS_MAX = 256 * 1024
_REPORT_BLOCKS_MAX = 500
_REPORT_TYPES = frozenset(
    (
        "message/delivery-status",
        "message/global-delivery-status",
        "message/feedback-report",
        "text/rfc822-headers",
        "message/rfc822-headers",
        "message/global-headers",
        "message/disposition-notification",
    )
)
_RETURNED_TYPES = frozenset(("message/rfc822", "message/global", "message/partial"))
_NO_HTML_STUB = re.compile(
    r"(?:html|browser).{0,120}(?:e-?mail|view|client|reader|support)|(?:view|support).{0,60}html",
    re.IGNORECASE | re.DOTALL,
)


# A line that starts a part in truth, whatever the header said: it is followed by a header of the part.
_REAL_BOUNDARY = re.compile(r"^--(\S[^\r\n]{0,200}?)[ \t]*\r?\n(?=content-[a-z-]+:)", re.IGNORECASE | re.MULTILINE)


class TooMuchError(Exception):
    """The mail is over a limit; the words say which. Caught by `parse`, which makes a letter of it."""


@dataclass(slots=True)
class Body:
    """What the walk through the parts collects."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    html_as_text: list[str] = field(default_factory=list)
    has_html: bool = False
    attachments: list[Attachment] = field(default_factory=list)
    reports: list[ReportPart] = field(default_factory=list)

    def text(self) -> str:
        """All readable text; of a mail that is nothing but a report, the report."""
        texts = self.plain if self.plain or self.attachments else [report.text for report in self.reports]
        return "\n\n".join(text.strip("\n") for text in texts if text.strip())


def body_of(message: Message) -> Body:
    body = Body()
    _walk(message, body, 0)
    return body


def _walk(part: Message, body: Body, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise TooMuchError(f"the mail is nested more than {DEPTH_MAX} levels deep")
    media_type = part.get_content_type()
    if media_type in _REPORT_TYPES:
        _report(part, media_type, body)
    elif media_type in _RETURNED_TYPES:
        _enclosed(part, media_type, body)
    elif part.is_multipart():
        children = [child for child in part.get_payload() if isinstance(child, Message)]
        if media_type == "multipart/alternative":
            _alternative(children, body, depth)
        else:
            for child in children:
                _walk(child, body, depth + 1)
    else:
        repaired = _repaired(part) if media_type.startswith("multipart/") else None
        if repaired:
            _walk(repaired, body, depth + 1)
        else:
            _leaf(part, media_type, body)


def _repaired(part: Message) -> Message | None:
    """A multipart whose declared boundary is missing or wrong, read with the boundary that its lines really use."""
    payload = part.get_payload()
    found = _REAL_BOUNDARY.search(payload) if isinstance(payload, str) else None
    if not found or not isinstance(payload, str):
        return None
    boundary = found.group(1).replace("\\", "").replace('"', "")
    if boundary != found.group(1):
        return None
    head = f'Content-Type: {part.get_content_type()}; boundary="{boundary}"\n\n'
    repaired = message_from_bytes((head + payload).encode("utf-8", "surrogateescape"), policy=compat32)
    return repaired if repaired.is_multipart() else None


def _alternative(children: list[Message], body: Body, depth: int) -> None:
    """The best plain text and the best HTML of several versions of one thing."""
    versions: list[Body] = []
    for child in children:
        version = Body(attachments=body.attachments, reports=body.reports)
        _walk(child, version, depth + 1)
        versions.append(version)
    plain = next((one for one in versions if one.plain and not one.has_html and one.text().strip()), None)
    rich = next((one for one in reversed(versions) if one.has_html), None)
    if plain and rich and _is_stub(plain.text(), rich.text()):
        plain = None
    chosen = plain or rich or next((one for one in versions if one.plain), None)
    if chosen:
        body.plain += chosen.plain
    if rich:
        body.html += rich.html
        body.html_as_text += rich.html_as_text
        body.has_html = True
    elif chosen:
        body.html += chosen.html
        body.html_as_text += chosen.plain


def _is_stub(plain: str, rich: str) -> bool:
    """A plain part that only says that one should look at the HTML."""
    return len(plain) < 250 and len(rich) > 2 * len(plain) and bool(_NO_HTML_STUB.search(plain))


def _leaf(part: Message, media_type: str, body: Body) -> None:
    disposition = (part.get_content_disposition() or "").lower()
    name = attachment_name(part)
    raw = _payload(part)
    readable = media_type in {"text/plain", "text/html"} or media_type.startswith("multipart/")
    if not readable or disposition == "attachment" or (name and (disposition == "inline" or body.plain)):
        if raw or name:
            _attach(part, media_type, raw, name, body)
        return
    if media_type == "text/html":
        html = decoded(raw, _charset(part) or declared_charset(raw))
        body.html.append(html)
        body.html_as_text.append(text_of_html(html))
        body.plain.append(body.html_as_text[-1])
        body.has_html = True
        return
    text = decoded(raw, _charset(part))
    if part.get_param("format", "", "content-type") == "flowed":
        text = unflowed(text, delete_space=str(part.get_param("delsp", "", "content-type")).lower() == "yes")
    body.plain.append(text)
    body.html_as_text.append(text)
    body.html.append(f'<div style="white-space: pre-wrap">{html_words.escape(text)}</div>')


def _charset(part: Message) -> str | None:
    value = part.get_param("charset")
    if isinstance(value, tuple):  # RFC 2231: (charset, language, value)
        value = value[2]
    return decoded_words(value) if value else None


def _payload(part: Message) -> bytes:
    """The bytes of a part; what is wrongly encoded comes as it stands."""
    try:
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            return payload
    except (ValueError, LookupError, AssertionError, TypeError):
        pass
    text = part.get_payload()
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else b""


def _attach(part: Message, media_type: str, content: bytes, name: str, body: Body) -> None:
    if len(body.attachments) >= ATTACHMENTS_MAX:
        raise TooMuchError(f"the mail has more than {ATTACHMENTS_MAX} attachments")
    content_id = next(iter(raw_values(part, "content-id")), "")
    content_id = clean(decoded_words(content_id)).strip("<> ")
    inline = (part.get_content_disposition() or "").lower() == "inline" or (
        bool(content_id) and part.get_content_disposition() != "attachment"
    )
    body.attachments.append(
        Attachment(
            name=name or attachment_name(part, number=len(body.attachments) + 1),
            media_type=clean(media_type)[:120],
            content=content,
            content_id=content_id or None,
            inline=inline,
        )
    )


def _report(part: Message, media_type: str, body: Body) -> None:
    """Machine-readable parts; a delivery status comes as blocks of headers, which are joined again here."""
    payload = part.get_payload()
    if isinstance(payload, list):
        text = "\n".join(_flat(block) for block in payload[:_REPORT_BLOCKS_MAX] if isinstance(block, Message))
    else:
        text = decoded(_payload(part), _charset(part))
    body.reports.append(ReportPart(media_type=media_type, text=clean(text)[:_REPORT_CHARACTERS_MAX]))


def _flat(block: Message) -> str:
    lines = [f"{name}: {decoded_words(str(value))}" for name, value in block.raw_items()]
    payload = block.get_payload()
    return "\n".join([*lines, "", payload if isinstance(payload, str) else ""])


def _enclosed(part: Message, media_type: str, body: Body) -> None:
    """A mail inside of the mail: a file for the person, and text for whoever looks for our own message in a bounce."""
    inner = b"\n".join(_inner_bytes(part))
    body.reports.append(ReportPart(media_type=media_type, text=decoded(inner[:_REPORT_CHARACTERS_MAX], None)))
    _attach(part, media_type, inner, attachment_name(part) or _subject_name(part), body)


def _inner_bytes(part: Message) -> Iterator[bytes]:
    payload = part.get_payload()
    if not isinstance(payload, list):
        yield _payload(part)
        return
    for child in payload:
        if not isinstance(child, Message):
            continue
        written = io.BytesIO()
        try:
            BytesGenerator(written, mangle_from_=False, maxheaderlen=0, policy=compat32).flatten(child)
        except (ValueError, LookupError, TypeError, AttributeError):
            written = io.BytesIO(_flat(child).encode("utf-8", "surrogateescape"))
        yield written.getvalue()


def _subject_name(part: Message) -> str:
    payload = part.get_payload()
    child = payload[0] if isinstance(payload, list) and payload else None
    subject = decoded_words(" ".join(raw_values(child, "subject")[:1])) if isinstance(child, Message) else ""
    return attachment_name(part, proposed=f"{subject or 'message'}.eml")


def unflowed(text: str, *, delete_space: bool) -> str:
    """RFC 3676: lines that end in a space go on in the next line of the same quote depth."""
    out: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        marks = re.match(r">*", line)
        depth = len(marks.group()) if marks else 0
        content = line[depth:].removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        if open_depth == depth and content != "-- ":
            out[-1] = (out[-1][:-1] if delete_space else out[-1]) + content
        else:
            out.append(("> " * depth + content) if depth else content)
        open_depth = depth if flows else -1
    return "\n".join(out)
