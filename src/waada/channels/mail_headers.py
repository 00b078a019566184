"""Header values as people meant them: decoded words, addresses, message ids, dates.

Headers in the wild break every rule, so nothing here raises and nothing is trusted: what does not look like an address
or an id is left out. The raw message keeps what was really written.
"""

import base64
import binascii
import inspect
import quopri
import re
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from waada.channels.mail_charset import clean, decoded
from waada.channels.mail_facts import AuthenticationResult

_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(=\?)")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
# Every repetition is bounded: an unbounded one takes minutes on a header made for that.
_ADDRESS = re.compile(r"[^\s@<>()\[\]\",;:\\]{1,128}@[^\s@<>()\[\]\",;:\\]{1,255}")
_MESSAGE_ID = re.compile(r"<([^<>]{1,1000})>")
_BARE_MESSAGE_ID = re.compile(r"[^\s<>\",;()]{1,500}@[^\s<>\",;()]{1,500}")
_AUTHENTICATION = re.compile(r"(?:^|;|\s)(spf|dkim|dmarc|arc|auth|iprev)\s*=\s*([a-z]+)", re.IGNORECASE)
# Later Pythons answer "nothing" for a whole header with one odd address unless told to be lenient.
_LENIENT = {"strict": False} if "strict" in inspect.signature(getaddresses).parameters else {}
_ADDRESSES_MAX = 500
_REFERENCES_MAX = 200
_HEADER_CHARACTERS_MAX = 64 * 1024


def unfolded(raw: str) -> str:
    return _FOLD.sub(" ", raw[:_HEADER_CHARACTERS_MAX]).strip()


def decoded_words(raw: str, hint: str | None = None) -> str:
    """RFC 2047 as practised: inside quotes and words, unpadded, split within a character, or raw 8-bit.

    `hint` is the charset of the body, in which raw bytes in headers mostly are too.
    """
    joined = _BETWEEN_WORDS.sub(r"\1\2", unfolded(raw))
    out: list[str] = []
    waiting, charset, end = b"", "", 0
    for word in _ENCODED_WORD.finditer(joined):
        between = joined[end : word.start()]
        if waiting and (between or charset != word.group(1).lower()):
            out.append(decoded(waiting, charset))
            waiting = b""
        out.append(raw_text(between, hint))
        charset, end = word.group(1).lower(), word.end()
        waiting += _word_bytes(word.group(2), word.group(3))
    out.append(decoded(waiting, charset) if waiting else "")
    out.append(raw_text(joined[end:], hint))
    return clean("".join(out)).replace("\n", " ").strip()


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return quopri.decodestring(raw.replace(b"_", b" ").replace(b" ", b"=20"))
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    except (binascii.Error, ValueError):
        return base64.b64decode(kept[: len(kept) // 4 * 4])


def raw_text(text: str, hint: str | None = None) -> str:
    """Header bytes beyond ASCII arrive from the parser as surrogates; here they become text again."""
    if text.isascii():
        return text
    return decoded(text.encode("utf-8", "surrogateescape"), hint)


def decoded_headers(message: Message, hint: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((clean(name).lower(), decoded_words(str(value), hint)) for name, value in message.raw_items())


def raw_values(message: Message, name: str) -> list[str]:
    return [unfolded(str(value)) for key, value in message.raw_items() if key.lower() == name]


def named_addresses(values: list[str], hint: str | None = None) -> tuple[tuple[str, str], ...]:
    """(name, address) pairs from raw headers, each address once, in order; groups are opened, nonsense is left out."""
    found: dict[str, str] = {}
    for name, address in _split(values):
        cleaned = address_of(decoded_words(address))
        if cleaned and cleaned not in found:
            found[cleaned] = decoded_words(name, hint).strip("\"' ")
        if len(found) >= _ADDRESSES_MAX:
            break
    return tuple((name, address) for address, name in found.items())


def _split(values: list[str]) -> list[tuple[str, str]]:
    try:
        pairs = getaddresses(values, **_LENIENT)
    except (ValueError, IndexError, TypeError, RecursionError):
        pairs = []
    if any("@" in address for _, address in pairs):
        return pairs
    return [("", address) for value in values for address in _ADDRESS.findall(decoded_words(value))]


def address_of(text: str) -> str | None:
    """The address in `text` in lower case, or None. Case is folded because no mail system in use tells case apart."""
    found = _ADDRESS.search(text)
    return found.group().strip(".'").lower() if found and len(found.group()) <= 320 else None


def message_ids(values: list[str], *, limit: int = _REFERENCES_MAX) -> tuple[str, ...]:
    """Message ids without brackets, in order, each once. Far too many are cut in the middle: both ends matter."""
    joined = " ".join(decoded_words(value) for value in values)
    found = _MESSAGE_ID.findall(joined) or _BARE_MESSAGE_ID.findall(joined)
    unique = tuple(dict.fromkeys(re.sub(r"\s+", "", one) for one in found))
    unique = tuple(one for one in unique if 0 < len(one) <= 998)
    return unique if len(unique) <= limit else (*unique[: limit // 2], *unique[-limit // 2 :])


def instant(value: str | None) -> datetime | None:
    """The date of a mail in UTC, or None. A date without a zone is taken as UTC (RFC 5322 4.3)."""
    if not value:
        return None
    try:
        when = parsedate_to_datetime(value)
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return when if 1970 <= when.year <= 9000 else None


def authentication_results(values: tuple[str, ...]) -> tuple[AuthenticationResult, ...]:
    """RFC 8601 results. Only those of a server the caller trusts mean anything: anybody can write this header."""
    results: list[AuthenticationResult] = []
    for value in values[:20]:
        server = value.split(";", 1)[0].strip().split(" ")[0].lower()
        without_comments = re.sub(r"\([^()]*\)", " ", value)
        for method, result in _AUTHENTICATION.findall(without_comments):
            results.append(AuthenticationResult(server=server, method=method.lower(), result=result.lower()))
    return tuple(results)
