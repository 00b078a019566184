"""The headers that keep a browser from doing what nobody meant: one set per kind of answer."""

from __future__ import annotations

Headers = tuple[tuple[bytes, bytes], ...]

_EVERYWHERE: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)

API_HEADERS: Headers = (
    *_EVERYWHERE,
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)

# Our own scripts and styles only, none of them inline; pictures also from data: (avatars) and blob: (previews).
_PAGE = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'"
)
PAGE_HEADERS: Headers = (
    *_EVERYWHERE,
    (b"content-security-policy", f"{_PAGE}; frame-ancestors 'none'".encode()),
)
# The desk also shows mails, each in a frame without scripts that inherits this policy: with the styles its writer gave
# it, and with pictures from elsewhere once a person asks for them.
DESK_HEADERS: Headers = (
    *_EVERYWHERE,
    (
        b"content-security-policy",
        _PAGE.replace("img-src 'self'", "img-src 'self' https:").encode()
        + b"; style-src-attr 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'",
    ),
    (b"cache-control", b"no-cache"),
)
# The chat window lives in a frame on the brand's own pages, wherever those are.
FRAMED_HEADERS: Headers = (
    *((name, value) for name, value in _EVERYWHERE if name != b"cross-origin-opener-policy"),
    (b"content-security-policy", f"{_PAGE}; frame-ancestors *".encode()),
)
# The loader is fetched by other people's pages.
SHARED_HEADERS: Headers = (*_EVERYWHERE, (b"cross-origin-resource-policy", b"cross-origin"))
# A file that somebody sent: no script, no form, no origin of ours, whatever is inside.
FILE_HEADERS: Headers = (
    *_EVERYWHERE,
    (b"content-security-policy", b"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"private, max-age=86400, immutable"),
)
SECURE_HEADERS: Headers = ((b"strict-transport-security", b"max-age=31536000"),)
