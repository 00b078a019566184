"""Finding out who calls: an API key, or a session cookie. Used by requests and by sockets alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from waada.tokens import fingerprint
from waada.web.access import SESSION_LASTS, Actor, actor_of_key, actor_of_person, brand_of_key, cookie_of
from waada.web.parts import Parts
from waada.web.problems import Problem, too_many

# Writing down that a session is used at every request would make every read a write.
SLIDE_AFTER = timedelta(minutes=2)


async def let_in(parts: Parts, headers: Iterable[tuple[bytes, bytes]], address: str) -> Actor | None:
    """Return who calls, or None for somebody unknown. Raises a `Problem` for a key that opens nothing."""
    for name, value in headers:
        if name == b"authorization":
            return await _by_key(parts, value, address)
    cookie = cookie_of(headers)
    return None if cookie is None else await _by_cookie(parts, cookie)


async def _by_key(parts: Parts, header: bytes, address: str) -> Actor:
    scheme, _, text = header.decode("latin-1").partition(" ")
    brand_id = brand_of_key(text.strip()) if scheme.lower() == "bearer" else None
    brand = await parts.store.brand(brand_id) if brand_id is not None else None
    actor = actor_of_key(brand, text.strip()) if brand is not None else None
    if actor is None:
        seconds = parts.limits.wait_seconds("key", address, parts.clock.now())
        if seconds:
            raise too_many(seconds)
        raise Problem(
            401,
            "This API key opens nothing. Make a new one in the settings of the brand.",
            headers=((b"www-authenticate", b'Bearer realm="waada", error="invalid_token"'),),
        )
    return actor


async def _by_cookie(parts: Parts, cookie: str) -> Actor | None:
    hashed = fingerprint(cookie)
    session = await parts.signins.session(hashed)
    now = parts.clock.now()
    if session is None or now - session.seen_at > SESSION_LASTS:
        return None
    brand = await parts.store.brand(session.brand_id)
    actor = actor_of_person(brand, session.person_id, hashed) if brand is not None else None
    if actor is not None and now - session.seen_at > SLIDE_AFTER:
        await parts.signins.touch((hashed,), now)
    return actor
