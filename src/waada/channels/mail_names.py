"""File names from strangers, made safe: no path, no control character, not too long, never empty.

Names come as RFC 2231 parameters, as RFC 2047 words (forbidden, and used by everybody), as raw bytes, or not at all.
"""

import mimetypes
import re
import unicodedata
from email.message import Message

from waada.channels.mail_charset import clean, decoded
from waada.channels.mail_headers import decoded_words, raw_text, raw_values

_NAME_CHARACTERS_MAX = 120
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\\/]")
# Marks that turn the direction of writing hide the true extension of a file ("gpj.exe" shown as "exe.jpg").
_HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Names that some systems take for devices.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def attachment_name(part: Message, *, number: int | None = None, proposed: str = "") -> str:
    """The safe name of a part; "" if it has none, unless a number is given, from which one is then made."""
    name = safe_name(proposed or _claimed(part))
    if name or number is None:
        return name
    extension = mimetypes.guess_extension(part.get_content_type()) or ".bin"
    return f"attachment-{number}{extension}"


def _claimed(part: Message) -> str:
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        value = _parameter(part, header, parameter)
        if isinstance(value, tuple):
            charset, _, text = value
            raw = (
                text.encode("latin-1", "replace")
                if text.isascii() or max(text) <= "\xff"
                else text.encode("utf-8", "surrogateescape")
            )
            return decoded(raw, charset)
        if value:
            return decoded_words(str(value))
    return ""


def _parameter(part: Message, header: str, parameter: str) -> str | tuple[str | None, str | None, str] | None:
    """Read from the header as text: the parser would turn raw 8-bit names into question marks."""
    for raw in raw_values(part, header):
        readable = Message()
        readable[header] = raw_text(raw)
        try:
            return readable.get_param(parameter, None, header)
        except (ValueError, LookupError, TypeError, AttributeError):
            return None
    return None


def safe_name(name: str) -> str:
    """The last step of a path, without what file systems, headers or eyes could be fooled by."""
    name = unicodedata.normalize("NFC", _HIDDEN.sub("", clean(name)))
    name = re.split(r"[\\/]", name.strip())[-1]
    name = re.sub(r"\s+", " ", _FORBIDDEN.sub("_", name)).strip(" .")
    if _DEVICES.match(name):
        name = f"_{name}"
    if len(name) > _NAME_CHARACTERS_MAX:
        stem, dot, extension = name.rpartition(".")
        kept = extension[:16] if dot else ""
        name = f"{(stem or name)[: _NAME_CHARACTERS_MAX - 1 - len(kept)]}{dot}{kept}"
    return name
