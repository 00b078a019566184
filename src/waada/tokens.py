"""Signed tokens that open one thing without signing in, and secrets derived from this installation's own.

A token says what it opens and carries a keyed hash of it; each purpose has its own key, so that a token for one thing
never opens another. The same thing always gives the same token: a link in an old mail goes on working.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

from waada.core.ids import BrandId, ConversationId

_SIGNATURE_BYTES = 16  # 128 bits: nobody guesses it, and the link still fits on one line of a mail
_UUID_BYTES = 16


def status_token(secret: bytes, brand_id: BrandId, conversation_id: ConversationId) -> str:
    """Return the token of the status page of a conversation: stable, no login."""
    named = UUID(brand_id).bytes + UUID(conversation_id).bytes
    return _signed(secret, b"status", named)


def read_status_token(secret: bytes, token: str) -> tuple[BrandId, ConversationId] | None:
    """Return the brand and the conversation a status token opens, or None when it is not one of ours."""
    named = _read(secret, b"status", token, 2 * _UUID_BYTES)
    if named is None:
        return None
    brand, conversation = named[:_UUID_BYTES], named[_UUID_BYTES:]
    return BrandId(str(UUID(bytes=brand))), ConversationId(str(UUID(bytes=conversation)))


def visitor_token(secret: bytes, brand_id: BrandId, visitor: str) -> str:
    """Return the token by which a browser proves that it is that visitor of that brand; `visitor` is a fresh id."""
    return _signed(secret, b"visitor", UUID(brand_id).bytes + UUID(visitor).bytes)


def read_visitor_token(secret: bytes, brand_id: BrandId, token: str) -> str | None:
    """Return the visitor behind a token of that brand, or None."""
    named = _read(secret, b"visitor", token, 2 * _UUID_BYTES)
    if named is None or named[:_UUID_BYTES] != UUID(brand_id).bytes:
        return None
    return str(UUID(bytes=named[_UUID_BYTES:]))


def derived(secret: bytes, purpose: str, *parts: str) -> str:
    """Return 256 bits of text that only this installation can work out, the same for the same parts."""
    named = "\x00".join(parts).encode("utf-8", "surrogatepass")
    return _text(blake2b(named, key=_key(secret, purpose.encode()), digest_size=32).digest())


def fingerprint(text: str) -> str:
    """Return what is stored instead of a secret that somebody else keeps (a session, an API key): its hash."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()


def _signed(secret: bytes, purpose: bytes, named: bytes) -> str:
    signature = blake2b(named, key=_key(secret, purpose), digest_size=_SIGNATURE_BYTES).digest()
    return _text(named + signature)


def _read(secret: bytes, purpose: bytes, token: str, length: int) -> bytes | None:
    try:
        whole = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return None
    named = whole[:length]
    # Comparing with the one spelling refuses tokens with stray characters, which base64 would overlook.
    return named if len(whole) > length and hmac.compare_digest(_signed(secret, purpose, named), token) else None


@lru_cache(maxsize=64)
def _key(secret: bytes, purpose: bytes) -> bytes:
    return blake2b(purpose, key=secret[:64], digest_size=32).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
