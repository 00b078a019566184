"""Joining: invitation links, and the first start of an installation. Both end with somebody signed in."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, cast

from msgspec import Meta

from waada.core import commands as c
from waada.core.hours import Hours
from waada.core.ids import BrandId, CommandId, PersonId, by_person
from waada.core.people import Brand, Person
from waada.signins import Invitation
from waada.tokens import derived, fingerprint
from waada.web import shapes as s
from waada.web.endpoints import Answer, Call, Endpoint
from waada.web.parts import Parts
from waada.web.problems import Problem
from waada.web.signin import MeAnswer, Password, begin_session, set_password
from waada.web.zones import check_zone

INVITATION_LASTS = timedelta(days=7)
_first_run = asyncio.Lock()


class InvitedPerson(s.Struct):
    """Who was invited."""

    name: str
    email: str


class InvitingBrand(s.Struct):
    """By whom."""

    name: str


class InvitationAnswer(s.Struct):
    """What a link is for."""

    person: InvitedPerson
    brand: InvitingBrand


class AcceptRequest(s.Struct):
    """The password to sign in with from now on."""

    password: Password
    name: s.Name | None = None


class FirstBrand(s.Struct):
    """A new brand."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    zone: Annotated[str, Meta(max_length=60)]
    languages: Annotated[tuple[s.Language, ...], Meta(min_length=1)] = ("en",)
    slug: s.Slug | None = None


class FirstOwner(s.Struct):
    """Its first owner."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    email: s.Email
    password: Password


class FirstRunRequest(s.Struct):
    """A brand and its owner."""

    brand: FirstBrand
    owner: FirstOwner


class FirstRunAnswer(s.Struct):
    """Whether this installation still waits for its first brand."""

    open: bool


# --- invitations ----------------------------------------------------------------------------------------------------


async def invite(parts: Parts, brand_id: BrandId, person_id: PersonId, command_id: str) -> str:
    """Return the address at which a person sets their password. The same command gives the same address."""
    token = derived(parts.secret, "invitation", brand_id, person_id, command_id)
    await parts.signins.invite(
        Invitation(
            hash=fingerprint(token),
            brand_id=brand_id,
            person_id=person_id,
            expires_at=parts.clock.now() + INVITATION_LASTS,
        )
    )
    return f"{parts.settings.public_url}/invitation/{token}"


async def invitation(call: Call[None]) -> InvitationAnswer:
    """What a link is for."""
    brand, person, _ = await _invited(call)
    return InvitationAnswer(
        person=InvitedPerson(name=person.name, email=person.email), brand=InvitingBrand(name=brand.name)
    )


async def accept(call: Call[AcceptRequest]) -> Answer:
    """Set a password, join, and be signed in."""
    brand, person, hashed = await _invited(call)
    name = (call.asked.name or "").strip() or person.name
    if not await call.parts.signins.use_invitation(hashed, call.now):
        raise _gone()
    await set_password(call.parts, brand.id, person, call.asked.password, call.now)
    await call.parts.signins.end_sessions(brand.id, person.id)
    await call.parts.connections.close_person(brand.id, person.id)
    commands: list[c.BrandCommand] = [c.JoinPerson(person_id=person.id)]
    if name != person.name:
        commands.append(
            c.ChangePerson(
                person_id=person.id, name=name, email=person.email, role=person.role, languages=person.languages
            )
        )
    for command in commands:
        brand = await _by_themselves(call.parts, brand.id, person.id, command)
    return await begin_session(call, brand, person.id)


async def _by_themselves(parts: Parts, brand_id: BrandId, person_id: PersonId, command: c.BrandCommand) -> Brand:
    order = c.Order(
        command_id=CommandId(parts.ids.fresh()),
        brand_id=brand_id,
        stream=brand_id,
        by=by_person(person_id),
        command=command,
    )
    return cast("Brand", (await parts.engine.handle(order)).state)


async def _invited(call: Call[Any]) -> tuple[Brand, Person, str]:
    hashed = fingerprint(call.path["token"])
    known = await call.parts.signins.invitation(hashed)
    if known is None or known.used_at is not None or known.expires_at <= call.now:
        raise _gone()
    brand = await call.parts.store.brand(known.brand_id)
    person = brand.person(known.person_id) if brand is not None else None
    if brand is None or person is None or person.removed:
        raise _gone()
    return brand, person, hashed


def _gone() -> Problem:
    return Problem(404, "This invitation was used, or is too old. Ask whoever sent it for a new one.")


# --- the first start ------------------------------------------------------------------------------------------------


async def is_first_run(call: Call[None]) -> FirstRunAnswer:
    """Whether there is no brand yet."""
    return FirstRunAnswer(open=not await call.parts.store.brands())


async def first_run(call: Call[FirstRunRequest]) -> Answer:
    """Begin a brand: anybody may begin the first one, later ones take an owner."""
    asked = call.asked
    check_zone(asked.brand.zone, "brand.zone")
    async with _first_run:
        brands = await call.parts.store.brands()
        if brands and call.actor is None:
            raise Problem(401, "This installation has been set up already. Sign in.")
        if brands and call.someone.role != "owner":
            raise Problem(403, "This takes the role owner. Ask somebody who has it.")
        taken = {each.slug for each in brands}
        brand, person = await _found(call, asked, asked.brand.slug or _free_slug(asked.brand.name, taken))
    await set_password(call.parts, brand.id, person, asked.owner.password, call.now)
    return replace(await begin_session(call, brand, person.id), status=201)


async def _found(call: Call[FirstRunRequest], asked: FirstRunRequest, slug: str) -> tuple[Brand, Person]:
    brand_id, person_id = BrandId(call.parts.ids.fresh()), PersonId(call.parts.ids.fresh())
    week = {day: [("09:00", "17:00")] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
    found = c.FoundBrand(
        slug=slug,
        name=asked.brand.name,
        zone=asked.brand.zone,
        languages=asked.brand.languages,
        hours=Hours.weekly(week, zone=asked.brand.zone),
        owner_name=asked.owner.name,
        owner_email=asked.owner.email,
        owner_id=person_id,
    )
    await _by_themselves(call.parts, brand_id, person_id, found)
    brand = await _by_themselves(call.parts, brand_id, person_id, c.JoinPerson(person_id=person_id))
    person = brand.person(person_id)
    assert person is not None, "a brand begins with its owner"
    return brand, person


def _free_slug(name: str, taken: set[str]) -> str:
    """Return a short name for addresses, from the brand's own."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:30].strip("-") or "brand"
    return next(each for each in (slug, *(f"{slug}-{n}" for n in range(2, 10_000))) if each not in taken)


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    invited, first = "/api/v1/invitations/{token}", "/api/v1/first-run"
    return (
        Endpoint(
            method="GET",
            path=invited,
            summary="Read an invitation",
            handler=invitation,
            who="anyone",
            bucket="invitation",
            answer=InvitationAnswer,
        ),
        Endpoint(
            method="POST",
            path=invited,
            summary="Accept an invitation",
            handler=accept,
            who="anyone",
            bucket="invitation",
            csrf=False,
            body=AcceptRequest,
            answer=MeAnswer,
        ),
        Endpoint(
            method="GET",
            path=first,
            summary="Is this installation new?",
            handler=is_first_run,
            who="anyone",
            bucket="page",
            answer=FirstRunAnswer,
        ),
        Endpoint(
            method="POST",
            path=first,
            summary="Begin a brand",
            handler=first_run,
            who="anyone",
            bucket="first-run",
            status=201,
            statuses=(401, 409),
            body=FirstRunRequest,
            answer=MeAnswer,
        ),
    )
