"""What a mail says, as frozen facts, and the limits within which it is read.

Every text in here is valid UTF-8 without NUL bytes, so that it can be stored and sent as it is. A mail that cannot be
understood is a `ParsedMail` too, with the reason in `unreadable`: the caller shows it as a letter.
"""

from dataclasses import dataclass
from datetime import datetime

# Most mail systems refuse more than 25 MB, so nobody can have meant to send us more.
RAW_BYTES_MAX = 25 * 1024 * 1024
# More than this is an archive or an attack, not a question to a business.
ATTACHMENTS_MAX = 100
# A real header block is a few kilobytes; a mail that crossed many relays may reach a hundred.
HEADER_BYTES_MAX = 256 * 1024
# Forwards of forwards reach about eight levels.
DEPTH_MAX = 30
# The MIME parser compares every line with every open boundary; this product keeps the slowest mail to a few seconds.
LINES_TIMES_BOUNDARIES_MAX = 20_000_000
# 25 MB of attachments in base64 are 340,000 lines.
LINES_MAX = 1_000_000
# Lines that can start a part, in a mail that has parts.
SEPARATORS_MAX = 10_000
# Reading a parameter list takes the square of its length; a file name of 255 characters takes about 3,000 when encoded.
PART_HEADER_BYTES_MAX = 4096
# Two headers for each of a thousand parts: more than any digest of a list.
PARTS_MAX = 2000
# The longest line that mail may have is 998 characters; a subject folded over two of them is already strange.
SUBJECT_CHARACTERS_MAX = 2000
# What a person could read. The whole stays in the raw message.
TEXT_CHARACTERS_MAX = 2_000_000
# The sanitiser takes the square of the depth, and far too deep it ends the process. Newsletters have 5,000 tags.
HTML_TAGS_MAX = 20_000
HTML_CHARACTERS_MAX = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a mail; `name` is safe to show and to use as a file name."""

    name: str
    media_type: str
    content: bytes
    content_id: str | None
    inline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationResult:
    """What a mail server on the way found out about the sender, such as `spf` `pass`."""

    server: str
    method: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPart:
    """A part written by a mail system for a machine: a delivery status, a complaint, the returned message."""

    media_type: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMail:
    """A mail as read. Message ids come without angle brackets, addresses in lower case without a name.

    `text` is the whole readable text, `fresh_text` what the sender wrote this time; `headers` are all decoded headers
    in their order, names in lower case. `content_fingerprint` is equal for two copies of one mail that came by
    different ways.
    """

    unreadable: str | None = None
    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    from_address: str | None = None
    from_name: str = ""
    reply_to: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    delivered_to: tuple[str, ...] = ()
    return_path: str | None = None
    subject: str = ""
    sent_at: datetime | None = None
    text: str = ""
    html: str | None = None
    remote_images: tuple[str, ...] = ()
    fresh_text: str = ""
    quoted_text: str = ""
    signature: str = ""
    attachments: tuple[Attachment, ...] = ()
    reports: tuple[ReportPart, ...] = ()
    content_language: str | None = None
    list_id: str | None = None
    authentication: tuple[AuthenticationResult, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "text/plain"
    size_bytes: int = 0
    content_sha256: str = ""
    content_fingerprint: str = ""

    def header(self, name: str) -> str | None:
        """The first header of that name (given in lower case)."""
        return next((value for key, value in self.headers if key == name), None)

    def header_values(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.headers if key == name)
