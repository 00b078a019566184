"""Who a signed-in customer is: by an expiring token that the brand's own site signed, never by a bare e-mail address.

A channel's settings hold the key: `identity_secret` (HS256, sealed) or `identity_public_key` (EdDSA, PEM). A token
names the customer by `sub`; `name` and `email` are taken along. Without `exp`, or for too long, it is refused:
what never expires is a password in an address bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, OKPKey

from waada.core.events import Customer
from waada.core.ids import customer_id
from waada.core.people import Brand, Channel
from waada.sealing import WrongSecret, channel_purpose, is_sealed, unseal
from waada.tokens import read_visitor_token
from waada.web import customer_pages as pages
from waada.web.customer_frames import Hello
from waada.web.customer_pages import Reader
from waada.web.parts import Parts

LASTS_MAX = timedelta(days=1)
SKEW = timedelta(minutes=1)  # two servers' clocks may differ by that
LENGTH_MAX = 4_096
SECRET_SETTING = "identity_secret"  # noqa: S105 - the name of a setting
KEY_SETTING = "identity_public_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the brand's site says it is."""

    reference: str
    name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Who opened a chat window. `refused`: a token was shown that proves nothing (any more)."""

    visitor: str
    customer: Customer
    refused: bool = False


def guest_of(parts: Parts, brand: Brand, channel: Channel | None, hello: Hello, token: str, reader: Reader) -> Guest:
    """Return who a window belongs to: the signed-in customer, else the visitor this browser has been before."""
    visitor = read_visitor_token(parts.secret, brand.id, token) or parts.ids.fresh()
    zone = pages.zone_or(hello.zone, "") or None
    identity = None
    if hello.identity and channel is not None:
        identity = read_identity(parts.secret, brand.id, channel, hello.identity, reader.now)
    if identity is None:
        customer = Customer(
            id=customer_id(brand.id, "visitor", visitor), language=reader.language, zone=zone, visitor=visitor
        )
        return Guest(visitor=visitor, customer=customer, refused=bool(hello.identity))
    customer = Customer(
        id=customer_id(brand.id, "reference", identity.reference),
        name=identity.name,
        email=identity.email,
        language=reader.language,
        zone=zone,
        visitor=visitor,
        reference=identity.reference,
        verified=True,
    )
    return Guest(visitor=visitor, customer=customer)


def read_identity(secret: bytes, brand_id: str, channel: Channel, token: str, now: datetime) -> Identity | None:
    """Return who a token speaks of, or None when it is not signed by this channel's key, or not valid now."""
    found = _key(secret, brand_id, channel)
    if found is None or len(token) > LENGTH_MAX:
        return None
    key, algorithms = found
    try:
        claims = jwt.decode(token, key, algorithms=algorithms).claims
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 200 or not _valid_now(claims, now):
        return None
    return Identity(reference=subject, name=_text(claims, "name"), email=_text(claims, "email"))


def _valid_now(claims: dict[str, object], now: datetime) -> bool:
    at = now.timestamp()
    expires, starts = claims.get("exp"), claims.get("nbf", 0)
    if isinstance(expires, bool) or not isinstance(expires, int | float) or not isinstance(starts, int | float):
        return False
    return starts - SKEW.total_seconds() <= at < expires <= at + LASTS_MAX.total_seconds()


def _text(claims: dict[str, object], name: str) -> str | None:
    value = claims.get(name)
    return value.strip()[:254] or None if isinstance(value, str) else None


def _key(secret: bytes, brand_id: str, channel: Channel) -> tuple[OctKey | OKPKey, list[str]] | None:
    """Return the one key of a channel and its algorithm, under all its names: the token has no say in that."""
    settings = dict(channel.settings)
    try:
        if settings.get(KEY_SETTING):
            return OKPKey.import_key(settings[KEY_SETTING]), ["EdDSA", "Ed25519"]
        if settings.get(SECRET_SETTING):
            text = settings[SECRET_SETTING]
            if is_sealed(text):
                text = unseal(secret, text, channel_purpose(brand_id, channel.key, SECRET_SETTING))
            return OctKey.import_key(text), ["HS256"]
    except (JoseError, ValueError, TypeError, WrongSecret):
        return None
    return None
