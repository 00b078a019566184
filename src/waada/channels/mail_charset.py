"""Bytes to text, whatever the mail claims they are.

The declared charset is believed when it fits the bytes; if it does not, UTF-8 is tried, then the bytes are looked at.
The result is always clean: valid UTF-8, no NUL, lines ended by a line feed.
"""

import codecs
import re

from charset_normalizer import from_bytes

# Names seen in mail which Python does not know, and old names whose newer superset is what senders really use.
_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "utf8mb4": "utf-8",
    "utf-8mb4": "utf-8",
    "cp-850": "cp850",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "koi8-ru": "koi8_u",
    "unicode-1-1-utf-7": "utf-7",
}
# Charsets that say nothing about the bytes.
_NOTHING_SAID = frozenset(
    ("", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "unknown", "default", "8bit", "7bit", "binary")
)
# What to choose from when bytes have to be looked at: the charsets of mail, not the mainframe pages that fit any bytes.
_LIKELY = [
    "utf_8",
    "cp1251",
    "koi8_r",
    "cp1252",
    "cp1250",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "gb18030",
    "big5",
    "cp932",
    "euc_jp",
    "cp949",
    "cp866",
]
_SAMPLE_BYTES = 4 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ESCAPED_JAPANESE = re.compile(rb"\x1b\$[@B]|\x1b\([BIJ]")


def known_codec(declared: str | None) -> str | None:
    """The Python codec for a declared charset, or None if it says nothing or is not a text codec."""
    name = (declared or "").strip().strip("\"'").lower()
    name = name.split("*")[0].split(";")[0].strip()
    if name in _NOTHING_SAID:
        return None
    name = _ALIASES.get(name, name)
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # `base64`, `rot13` and their kin are codecs too; `idna` and `unicode_escape` are no charsets of mail.
    is_text = getattr(codec, "_is_text_encoding", True)
    return (
        codec.name
        if is_text and codec.name not in {"idna", "punycode", "unicode_escape", "raw_unicode_escape"}
        else None
    )


def decoded(raw: bytes, declared: str | None) -> str:
    """The text of `raw`; never raises. What no charset explains becomes U+FFFD."""
    return clean(_decoded(raw, declared))


def _decoded(raw: bytes, declared: str | None) -> str:
    if raw.startswith(codecs.BOM_UTF8):
        return raw.decode("utf-8-sig", "replace")
    codec = known_codec(declared)
    if codec is None and _ESCAPED_JAPANESE.search(raw):
        codec = "iso2022_jp_ext"
    if raw.isascii() and codec not in {"utf-7", "hz", "iso2022_jp_ext", "iso2022_kr"}:
        return raw.decode("ascii")
    # Multi-byte sequences that are valid UTF-8 do not happen by chance, whatever single-byte charset was declared.
    utf8 = _strictly(raw, "utf-8")
    if utf8 is not None and not (codec or "").startswith(("utf-16", "utf-32", "utf-7", "iso2022", "hz")):
        return utf8
    text = _strictly(raw, codec) if codec else None
    if text is not None:
        return text
    return _mostly(raw, codec) or _looked_at(raw) or raw.decode(codec or "cp1252", "replace")


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _mostly(raw: bytes, codec: str | None) -> str | None:
    """A text with a few broken characters (a cut line, one stray byte) is still in its declared charset."""
    for candidate in (codec, "utf-8"):
        if candidate is None:
            continue
        text = raw.decode(candidate, "replace")
        beyond_ascii = sum(1 for character in text[:_SAMPLE_BYTES] if character > "\x7f")
        if text.count("\ufffd", 0, _SAMPLE_BYTES) * 10 < beyond_ascii:
            return text
    return None


def _looked_at(raw: bytes) -> str | None:
    best = from_bytes(raw[:_SAMPLE_BYTES], cp_isolation=_LIKELY).best()
    if best is None:
        return None
    return raw.decode(best.encoding, "replace")


def clean(text: str) -> str:
    """Without NUL, other control characters and lone surrogates; every line ends in a line feed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub(_replacement, text)


def _replacement(found: re.Match[str]) -> str:
    return "\ufffd" if found.group() >= "\ud800" else ""
