"""Who gets in and what they may see: the one place. Everything else asks here and decides nothing by itself.

A caller is nobody, a person with a session, or an API key; each belongs to exactly one brand, and every read and write
is made in that brand's name. Roles: owner > lead > agent. Customers are let in by signed tokens (`tokens.py`).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal, assert_never
from urllib.parse import urlsplit

from waada.core import events as e
from waada.core.ids import BrandId, PersonId, by_person
from waada.core.people import ROLES, Brand, Channel, Key, Role
from waada.sealing import is_sealed
from waada.tokens import derived, fingerprint, read_status_token, read_visitor_token, status_token, visitor_token

__all__ = [
    "Actor",
    "Who",
    "actor_of_key",
    "actor_of_person",
    "brand_of_key",
    "cookie_of",
    "csrf_token",
    "is_csrf_token",
    "is_own_origin",
    "make_key",
    "may",
    "read_status_token",
    "read_visitor_token",
    "shown_brand",
    "shown_event",
    "status_token",
    "visible_to_customer",
    "visitor_token",
]

SESSION_COOKIE = "waada_session"
CSRF_HEADER = b"x-waada-csrf"
SESSION_LASTS = timedelta(days=14)  # since it was last used
# What stands for a secret setting on a screen; sent back unchanged it means "as before".
MASK = "********"

Who = Literal["anyone", "agent", "lead", "owner"]
_RANK: dict[Role, int] = {role: rank for rank, role in enumerate(reversed(ROLES))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who was let in. `by` is what the log says; `session` is set for browsers (they need a CSRF token)."""

    brand_id: BrandId
    by: str
    role: Role
    name: str
    person_id: PersonId | None = None
    session: str | None = None


def may(actor: Actor | None, who: Who, *, kind: Literal["person", "key"] | None = None) -> bool:
    """Return whether the caller may use a door that is open to `who` (and those above), and to that kind of caller."""
    if who == "anyone":
        return True
    if actor is None or _RANK[actor.role] < _RANK[who]:
        return False
    return kind is None or (kind == "person") == (actor.person_id is not None)


def may_give_role(actor: Actor, role: Role) -> bool:
    """Return whether the caller may make, change or remove people and keys of a role: leads agents, owners anybody."""
    return actor.role == "owner" or (actor.role == "lead" and role == "agent")


# --- people ---------------------------------------------------------------------------------------------------------


def actor_of_person(brand: Brand, person_id: PersonId, session_hash: str) -> Actor | None:
    """Return who a session belongs to, or None when that person is gone."""
    person = brand.person(person_id)
    if person is None or person.removed:
        return None
    return Actor(
        brand_id=brand.id,
        by=by_person(person_id),
        role=person.role,
        name=person.name,
        person_id=person_id,
        session=session_hash,
    )


def cookie_of(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return what the session cookie holds, or None."""
    for name, value in headers:
        if name == b"cookie":
            for part in value.decode("latin-1").split(";"):
                key, _, held = part.strip().partition("=")
                if key == SESSION_COOKIE:
                    return held or None
    return None


def csrf_token(secret: bytes, session_hash: str) -> str:
    """Return what a page of ours must send with every change, and no other site can know."""
    return derived(secret, "csrf", session_hash)


def is_csrf_token(secret: bytes, session_hash: str, given: bytes | None) -> bool:
    """Return whether a request carries its session's token."""
    return given is not None and hmac.compare_digest(csrf_token(secret, session_hash).encode(), given)


def is_own_origin(headers: Iterable[tuple[bytes, bytes]], public_url: str) -> bool:
    """Return whether a request comes from a page of ours: no Origin (no browser), the host it was sent to, or ours."""
    origin = host = None
    for name, value in headers:
        if name == b"origin":
            origin = value.decode("latin-1")
        elif name == b"host":
            host = value.decode("latin-1")
    if origin is None:
        return True
    ours = urlsplit(public_url)
    return origin == f"{ours.scheme}://{ours.netloc}" or (host is not None and urlsplit(origin).netloc == host)


# --- API keys -------------------------------------------------------------------------------------------------------


def make_key(secret: bytes, brand_id: BrandId, command_id: str) -> tuple[str, str]:
    """Return a new API key and what is stored of it. The same command gives the same key: a retry shows it again."""
    text = f"waada_{brand_id.replace('-', '')}_{derived(secret, 'key', brand_id, command_id)}"
    return text, fingerprint(text)


def brand_of_key(text: str) -> BrandId | None:
    """Return the brand an API key says it belongs to, or None when it has not the form of a key."""
    name, _, rest = text.partition("_")
    brand, _, random = rest.partition("_")
    if name != "waada" or len(brand) != 32 or not random or not all(each in "0123456789abcdef" for each in brand):
        return None
    return BrandId(f"{brand[:8]}-{brand[8:12]}-{brand[12:16]}-{brand[16:20]}-{brand[20:]}")


def actor_of_key(brand: Brand, text: str) -> Actor | None:
    """Return who an API key stands for, or None when it opens nothing (any more)."""
    hashed = fingerprint(text)
    for key in brand.keys:
        if hmac.compare_digest(key.hash, hashed):
            return None if key.revoked else _of_key(brand, key)
    return None


def _of_key(brand: Brand, key: Key) -> Actor:
    return Actor(brand_id=brand.id, by=f"key:{key.id}", role=key.role, name=key.name)


# --- what may be seen -----------------------------------------------------------------------------------------------


def visible_to_customer(event: e.Event) -> bool:
    """Return whether a customer may know of a fact: what was said to them and by them, never what colleagues do."""
    match event:
        case (
            e.CustomerWrote()
            | e.PersonWrote()
            | e.BotWrote()
            | e.CustomerTold()
            | e.Undone()
            | e.ConversationClosed()
            | e.ConversationReopened()
            | e.PromiseMade()
            | e.FeltIgnored()
            | e.PersonAskedFor()
            | e.ContactPreferred()
            | e.CustomerSaw()
        ):
            return True
        case (
            e.ConversationOpened()
            | e.EnquiryOpened()
            | e.PromiseEnded()  # its reason may be a colleague's verdict ("spam")
            | e.WaitEnded()
            | e.EnquiryAnswered()
            | e.EnquiryReopened()
            | e.EnquiryEnded()
            | e.NoteWritten()
            | e.Assigned()
            | e.ResponsibleSet()
            | e.Escalated()
            | e.AtRisk()
            | e.Snoozed()
            | e.Undoable()
            | e.CustomerLeft()
            | e.CustomerReturned()
            | e.AutoReplyReceived()
            | e.DeliveryChanged()
            | e.LetterReceived()
            | e.LetterHandled()
            | e.BrandFounded()
            | e.BrandChanged()
            | e.HoursSet()
            | e.ChannelSet()
            | e.PersonInvited()
            | e.PersonJoined()
            | e.PersonChanged()
            | e.PersonRemoved()
            | e.DutySet()
            | e.RosterSet()
            | e.CannedSet()
            | e.CannedDropped()
            | e.BarSet()
            | e.BarDropped()
            | e.KeyAdded()
            | e.KeyRevoked()
        ):
            return False
        case _:
            assert_never(event)


def shown_event(event: e.Event) -> e.Event:
    """Return a fact as the desk may see it: without the hash of a key, without sealed passwords."""
    if isinstance(event, e.KeyAdded):
        return replace(event, key=replace(event.key, hash=""))
    if isinstance(event, e.ChannelSet):
        return replace(event, channel=shown_channel(event.channel))
    return event


def shown_brand(brand: Brand) -> Brand:
    """Return a brand as the desk may see it: without hashes of keys, without sealed passwords."""
    return replace(
        brand,
        keys=tuple(replace(key, hash="") for key in brand.keys),
        channels=tuple(shown_channel(each) for each in brand.channels),
    )


def shown_channel(channel: Channel) -> Channel:
    """Return a channel with a mask where a secret setting stands."""
    settings = tuple((name, MASK if is_sealed(value) else value) for name, value in channel.settings)
    return channel if settings == channel.settings else replace(channel, settings=settings)
