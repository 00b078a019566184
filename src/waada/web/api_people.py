"""People, their roles, rosters and invitations, and API keys. Leads look after agents, owners after everybody."""

from __future__ import annotations

from typing import Annotated, Any, cast

from msgspec import Meta

from waada.core import commands as c
from waada.core.ids import PersonId
from waada.core.people import Brand, Key, Person, Role
from waada.web import shapes as s
from waada.web.access import make_key, may_give_role
from waada.web.api_brand import PlainHours, hours_from
from waada.web.endpoints import Call, Endpoint
from waada.web.joining import invite
from waada.web.problems import Problem, not_found
from waada.web.signin import in_small


class PersonRequest(s.Struct):
    """Somebody who answers, leads or owns."""

    name: s.Name
    email: s.Email
    role: Role
    languages: Annotated[tuple[s.Language, ...], Meta(min_length=1)] = ("en",)


class PersonAnswer(s.Struct):
    """A person as they are now."""

    person: Person


class InvitedAnswer(s.Struct):
    """A person, and where they set their password. The address is a secret until it is used."""

    person: Person
    invitation_url: str


class LinkAnswer(s.Struct):
    """Where a person sets their password."""

    invitation_url: str


class RosterRequest(s.Struct):
    """When a person works; null follows the brand's hours, hours that never open plan no enquiry for them.

    A day off is one of the `special_days` without intervals.
    """

    roster: PlainHours | None
    chats_at_once: int = 1


class KeyRequest(s.Struct):
    """A key for a program."""

    name: s.Name
    role: Role


class KeyAnswer(s.Struct):
    """The key itself, shown only now."""

    key: str
    id: str


async def add_person(call: Call[PersonRequest]) -> InvitedAnswer:
    """Ask somebody to join."""
    asked = call.asked
    _may_give(call, asked.role)
    command_id = call.command_id()
    command = c.InvitePerson(
        person_id=PersonId(call.parts.ids.fresh()),
        name=asked.name,
        email=asked.email,
        role=asked.role,
        languages=asked.languages,
    )
    brand = cast("Brand", (await call.handle(call.brand_id, command, command_id=command_id)).state)
    found = [each for each in brand.present() if in_small(each.email) == in_small(asked.email)]
    if not found:
        raise Problem(409, "This person was asked before, and has left since. Use a new idempotency key.")
    url = await invite(call.parts, brand.id, found[-1].id, command_id)
    return InvitedAnswer(person=found[-1], invitation_url=url)


async def change_person(call: Call[PersonRequest]) -> PersonAnswer:
    """Change a person's name, address, role or languages."""
    asked = call.asked
    person = await _person(call)
    _may_give(call, person.role)
    _may_give(call, asked.role)
    command = c.ChangePerson(
        person_id=person.id, name=asked.name, email=asked.email, role=asked.role, languages=asked.languages
    )
    brand = cast("Brand", (await call.handle(call.brand_id, command)).state)
    await call.parts.signins.rename(brand.id, person.id, in_small(asked.email))
    return PersonAnswer(person=cast("Person", brand.person(person.id)))


async def remove_person(call: Call[None]) -> None:
    """Somebody no longer works here: they are signed out everywhere at once."""
    person = await _person(call)
    _may_give(call, person.role)
    await call.handle(call.brand_id, c.RemovePerson(person_id=person.id))
    await call.parts.signins.drop_person(call.brand_id, person.id)
    await call.parts.connections.close_person(call.brand_id, person.id)


async def invite_again(call: Call[s.EmptyRequest]) -> LinkAnswer:
    """A new link, for somebody who lost theirs or their password."""
    person = await _person(call)
    _may_give(call, person.role)
    return LinkAnswer(invitation_url=await invite(call.parts, call.brand_id, person.id, call.command_id()))


async def set_roster(call: Call[RosterRequest]) -> PersonAnswer:
    """Set when a person works. Leads do it for everybody, since they answer for the cover."""
    asked = call.asked
    person = await _person(call)
    plain = asked.roster
    command = c.SetRoster(
        person_id=person.id,
        roster=hours_from(plain, "roster") if plain is not None else None,
        chats_at_once=asked.chats_at_once,
    )
    brand = cast("Brand", (await call.handle(call.brand_id, command)).state)
    return PersonAnswer(person=cast("Person", brand.person(person.id)))


async def _person(call: Call[Any]) -> Person:
    person = (await call.brand()).person(PersonId(call.path["person"]))
    if person is None or person.removed:
        raise not_found("person")
    return person


def _may_give(call: Call[Any], role: Role) -> None:
    if not may_give_role(call.someone, role):
        raise Problem(403, f"Only an owner looks after people with the role {role}.")


async def add_key(call: Call[KeyRequest]) -> KeyAnswer:
    """Make an API key."""
    command_id = call.command_id()
    text, hashed = make_key(call.parts.secret, call.brand_id, command_id)
    key = Key(id=call.parts.ids.fresh(), name=call.asked.name, hash=hashed, role=call.asked.role, made_at=call.now)
    brand = cast("Brand", (await call.handle(call.brand_id, c.AddKey(key=key), command_id=command_id)).state)
    return KeyAnswer(key=text, id=next(each.id for each in brand.keys if each.hash == hashed))


async def revoke_key(call: Call[None]) -> None:
    """Let a key open nothing any more."""
    await call.handle(call.brand_id, c.RevokeKey(key_id=call.path["api_key"]))


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    one = "/api/v1/people/{person}"
    return (
        Endpoint(
            method="POST",
            path="/api/v1/people",
            summary="Ask somebody to join",
            handler=add_person,
            who="lead",
            status=201,
            statuses=(409,),
            body=PersonRequest,
            answer=InvitedAnswer,
        ),
        Endpoint(
            method="PUT",
            path=one,
            summary="Change a person",
            handler=change_person,
            who="lead",
            statuses=(409,),
            body=PersonRequest,
            answer=PersonAnswer,
        ),
        Endpoint(
            method="DELETE",
            path=one,
            summary="Remove a person",
            handler=remove_person,
            who="lead",
            status=204,
            statuses=(409,),
        ),
        Endpoint(
            method="POST",
            path=f"{one}/invitation",
            summary="Make a new invitation link",
            handler=invite_again,
            who="lead",
            status=201,
            body=s.EmptyRequest,
            answer=LinkAnswer,
        ),
        Endpoint(
            method="PUT",
            path=f"{one}/roster",
            summary="Set when a person works",
            handler=set_roster,
            who="lead",
            statuses=(409,),
            body=RosterRequest,
            answer=PersonAnswer,
        ),
        *_key_endpoints(),
    )


def _key_endpoints() -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            method="POST",
            path="/api/v1/keys",
            summary="Make an API key",
            handler=add_key,
            who="owner",
            status=201,
            body=KeyRequest,
            answer=KeyAnswer,
        ),
        Endpoint(
            method="DELETE",
            path="/api/v1/keys/{api_key}",
            summary="Revoke an API key",
            handler=revoke_key,
            who="owner",
            status=204,
        ),
    )
