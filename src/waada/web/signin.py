"""Signing in and out, and what a person may change about themselves."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Annotated, Any, cast

from msgspec import Meta

from waada.core import commands as c
from waada.core.ids import BrandId, PersonId
from waada.core.people import Brand, Person, Role
from waada.signins import Credential, Session
from waada.tokens import fingerprint
from waada.web import shapes as s
from waada.web.access import SESSION_COOKIE, SESSION_LASTS, Actor, actor_of_person, csrf_token, shown_brand
from waada.web.access_passwords import LENGTH_MAX, LENGTH_MIN, hash_password, is_password
from waada.web.endpoints import Answer, Call, Endpoint
from waada.web.parts import Parts
from waada.web.problems import Problem, too_many

FAILURES_MAX = 10
LOCKED_FOR = timedelta(minutes=15)

Password = Annotated[str, Meta(min_length=LENGTH_MIN, max_length=LENGTH_MAX)]


class SignInRequest(s.Struct):
    """E-mail address and password; `brand` (its slug) where one address works for several."""

    email: Annotated[str, Meta(max_length=254)]
    password: Annotated[str, Meta(max_length=LENGTH_MAX)]
    brand: s.Slug | None = None


class MeAnswer(s.Struct):
    """Who is asking. `csrf` goes into the header X-Waada-CSRF of every change; a key has no person and needs none."""

    person: Person | None
    brand: Brand
    csrf: str
    role: Role
    languages: tuple[str, ...]


class MeRequest(s.Struct):
    """What a person may change about themselves."""

    name: s.Name
    languages: Annotated[tuple[s.Language, ...], Meta(min_length=1)]


class DutyRequest(s.Struct):
    """On duty or off."""

    on_duty: bool


class PasswordRequest(s.Struct):
    """A new password; every other session of the person ends."""

    old: Annotated[str, Meta(max_length=LENGTH_MAX)]
    new: Password


async def sign_in(call: Call[SignInRequest]) -> Answer:
    """Begin a session."""
    signins, email = call.parts.signins, in_small(call.asked.email)
    known = await signins.failures(email)
    if known is not None and known.count >= FAILURES_MAX and call.now - known.last_at < LOCKED_FOR:
        raise too_many((known.last_at + LOCKED_FOR - call.now).total_seconds())
    found = await _matching(call, email)
    if found is None:
        await signins.failed(email, call.now, call.now - LOCKED_FOR)
        raise Problem(401, "This address and password don't belong together.")
    await signins.forgive(email)
    return await begin_session(call, *found)


async def _matching(call: Call[SignInRequest], email: str) -> tuple[Brand, PersonId] | None:
    """Return the first brand in which address and password open a session."""
    tried = False
    for credential in await call.parts.signins.credentials(email):
        brand = await call.parts.store.brand(credential.brand_id)
        person = brand.person(credential.person_id) if brand is not None else None
        if brand is None or person is None or person.removed or call.asked.brand not in {None, brand.slug}:
            continue
        tried = True
        if await is_password(credential.password_hash, call.asked.password):
            return brand, person.id
    if not tried:
        await is_password(None, call.asked.password)
    return None


async def begin_session(call: Call[Any], brand: Brand, person_id: PersonId) -> Answer:
    """Let somebody in: a new session, its cookie, and who they are."""
    held = secrets.token_urlsafe(32)
    session = Session(
        hash=fingerprint(held), brand_id=brand.id, person_id=person_id, made_at=call.now, seen_at=call.now
    )
    await call.parts.signins.begin_session(session)
    actor = actor_of_person(brand, person_id, session.hash)
    assert actor is not None, "who signs in is there"
    return Answer(_me(call.parts, brand, actor), headers=(_cookie(call.parts, held),))


def _cookie(parts: Parts, held: str) -> tuple[bytes, bytes]:
    seconds = int(SESSION_LASTS.total_seconds()) if held else 0
    secure = "; Secure" if parts.settings.public_url.startswith("https:") else ""
    line = f"{SESSION_COOKIE}={held}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    return (b"set-cookie", line.encode("ascii"))


def _me(parts: Parts, brand: Brand, actor: Actor) -> MeAnswer:
    person = brand.person(actor.person_id) if actor.person_id is not None else None
    return MeAnswer(
        person=person,
        brand=shown_brand(brand),
        csrf=csrf_token(parts.secret, actor.session) if actor.session is not None else "",
        role=actor.role,
        languages=person.languages if person is not None else brand.languages,
    )


async def sign_out(call: Call[None]) -> Answer:
    """End the session."""
    actor = call.actor
    if actor is not None and actor.session is not None:
        await call.parts.signins.end_session(actor.session)
        await call.parts.connections.close_session(actor.session)
    return Answer(status=204, headers=(_cookie(call.parts, ""),))


async def me(call: Call[None]) -> Answer:
    """Who is asking. The cookie is sent anew, so that it lasts as long as it is used."""
    answer = _me(call.parts, await call.brand(), call.someone)
    cookie = next((part for part in _cookies(call.headers) if part.startswith(f"{SESSION_COOKIE}=")), None)
    if call.someone.session is None or cookie is None:
        return Answer(answer)
    return Answer(answer, headers=(_cookie(call.parts, cookie.partition("=")[2]),))


def _cookies(headers: Any) -> list[str]:
    return [each.strip() for each in headers.get(b"cookie", b"").decode("latin-1").split(";")]


async def change_me(call: Call[MeRequest]) -> MeAnswer:
    """Change one's own name and languages."""
    brand, person_id = await call.brand(), call.someone.person_id
    person = brand.person(person_id)
    assert person is not None, "only people have a name to change"
    command = c.ChangePerson(
        person_id=person.id,
        name=call.asked.name,
        email=person.email,
        role=person.role,
        languages=call.asked.languages,
    )
    return await _me_after(call, command)


async def set_duty(call: Call[DutyRequest]) -> MeAnswer:
    """Come on duty or go off duty."""
    person_id = call.someone.person_id
    assert person_id is not None, "only people are on duty"
    return await _me_after(call, c.SetDuty(person_id=person_id, on_duty=call.asked.on_duty))


async def _me_after(call: Call[Any], command: c.BrandCommand) -> MeAnswer:
    done = await call.handle(call.brand_id, command)
    return _me(call.parts, cast("Brand", done.state), call.someone)


async def change_password(call: Call[PasswordRequest]) -> Answer:
    """Set a new password; whoever else is signed in as this person no longer is."""
    actor, brand = call.someone, await call.brand()
    person = brand.person(actor.person_id)
    assert person is not None, "only people have passwords"
    mine = [
        each
        for each in await call.parts.signins.credentials(in_small(person.email))
        if (each.brand_id, each.person_id) == (brand.id, person.id)
    ]
    if not mine or not await is_password(mine[0].password_hash, call.asked.old):
        raise Problem(422, "This is not your password now.", field="old")
    await set_password(call.parts, brand.id, person, call.asked.new, call.now)
    await call.parts.signins.end_sessions(brand.id, person.id, but=actor.session)
    await call.parts.connections.close_person(brand.id, person.id, but=actor.session)
    return Answer(status=204)


async def set_password(parts: Parts, brand_id: BrandId, person: Person, password: str, now: datetime) -> None:
    """Let a person sign in with this password from now on."""
    await parts.signins.set_credential(
        Credential(
            brand_id=brand_id,
            person_id=person.id,
            email=in_small(person.email),
            password_hash=await hash_password(password),
            changed_at=now,
        )
    )


def in_small(email: str) -> str:
    """Return an address as it is kept for signing in."""
    return email.strip().casefold()


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    return (*_session_endpoints(), *_me_endpoints())


def _session_endpoints() -> tuple[Endpoint, ...]:
    path = "/api/v1/session"
    return (
        Endpoint(
            method="POST",
            path=path,
            summary="Sign in",
            handler=sign_in,
            who="anyone",
            bucket="sign-in",
            csrf=False,
            body=SignInRequest,
            answer=MeAnswer,
            statuses=(401,),
        ),
        Endpoint(
            method="DELETE", path=path, summary="Sign out", handler=sign_out, who="anyone", status=204, statuses=(403,)
        ),
    )


def _me_endpoints() -> tuple[Endpoint, ...]:
    path = "/api/v1/me"
    return (
        Endpoint(method="GET", path=path, summary="Who is asking", handler=me, who="agent", answer=MeAnswer),
        Endpoint(
            method="PUT",
            path=path,
            summary="Change name and languages",
            handler=change_me,
            who="agent",
            kind="person",
            body=MeRequest,
            answer=MeAnswer,
        ),
        Endpoint(
            method="PUT",
            path=f"{path}/duty",
            summary="Come on duty or go off duty",
            handler=set_duty,
            who="agent",
            kind="person",
            body=DutyRequest,
            answer=MeAnswer,
        ),
        Endpoint(
            method="PUT",
            path=f"{path}/password",
            summary="Change the password",
            handler=change_password,
            who="agent",
            kind="person",
            body=PasswordRequest,
            status=204,
        ),
    )
