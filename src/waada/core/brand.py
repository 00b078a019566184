"""Setting up a brand: what may be changed, and how each fact changes it. The shape of a brand stands in `people.py`."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any, assert_never, cast

from waada.core import bars
from waada.core import commands as c
from waada.core import events as e
from waada.core.hours import Hours, NeverOpen
from waada.core.ids import PersonId
from waada.core.moment import Moment
from waada.core.people import ROLES, Brand, Canned, Channel, Person
from waada.core.policies import CHANCE_MAX, CHANCE_MIN, SECONDS_MAX, SECONDS_MIN, Policy
from waada.core.refusals import Conflict, Invalid, NotFound, Refused, require

SLUG = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")
NAME_LENGTH_MAX = 200
CANNED_LENGTH_MAX = 20_000
CHATS_AT_ONCE_MAX = 8


def decide(state: Brand | None, order: c.Order, now: Moment) -> tuple[e.BrandEvent, ...]:
    """Return the facts that follow from an order to a brand."""
    # The engine sends each kind of command to its own decision.
    command = cast("c.BrandCommand", order.command)
    if isinstance(command, c.FoundBrand):
        return _found(state, order, command, now)
    if state is None:
        raise Refused(NotFound(what="brand"))
    match command:
        case c.ChangeBrand():
            _check_name(command.name)
            require(command.languages, Invalid(field="languages", problem="keep at least one language."))
            changed = e.BrandChanged(
                at=now.at, name=command.name, zone=command.zone, languages=command.languages, colour=command.colour
            )
            return (changed,)
        case c.SetHours():
            return _set_hours(state, command, now)
        case c.SetChannel():
            channel = _without_leavers(state, command.channel)
            _check_channel(state, channel, now)
            return () if channel == state.channel(channel.key) else (e.ChannelSet(at=now.at, channel=channel),)
        case c.InvitePerson():
            return _invite(state, command, now)
        case c.JoinPerson():
            person = _present(state, command.person_id)
            return () if person.joined else (e.PersonJoined(at=now.at, person_id=person.id),)
        case c.ChangePerson():
            return _change_person(state, command, now)
        case c.RemovePerson():
            _keep_an_owner(state, command.person_id)
            _present(state, command.person_id)
            return (e.PersonRemoved(at=now.at, person_id=command.person_id),)
        case c.SetDuty():
            person = _present(state, command.person_id)
            if person.on_duty == command.on_duty:
                return ()
            return (e.DutySet(at=now.at, person_id=person.id, on_duty=command.on_duty),)
        case c.SetRoster():
            return _set_roster(state, command, now)
        case c.SetCanned():
            _check_canned(command.canned)
            return (e.CannedSet(at=now.at, canned=command.canned),)
        case c.DropCanned():
            return _drop_canned(state, command, now)
        case c.SetBar():
            return _set_bar(state, command, now)
        case c.DropBar():
            return _drop_bar(state, command, now)
        case c.AddKey():
            _check_name(command.key.name)
            return (e.KeyAdded(at=now.at, key=command.key),)
        case c.RevokeKey():
            return _revoke_key(state, command, now)
        case _:
            assert_never(command)


def evolve(state: Brand | None, event: e.BrandEvent) -> Brand:
    """Return the brand after a fact."""
    if state is None:
        assert isinstance(event, e.BrandFounded), "a brand begins by being founded"
        return Brand(
            id=event.brand_id,
            slug=event.slug,
            name=event.name,
            zone=event.zone,
            languages=event.languages,
            founded_at=event.at,
            hours=event.hours,
            demo=event.demo,
            version=1,
        )
    version = state.version + 1
    match event:
        case e.BrandFounded():
            raise AssertionError("a brand is founded once")
        case e.BrandChanged():
            return replace(
                state, version=version, name=event.name, zone=event.zone, languages=event.languages, colour=event.colour
            )
        case e.HoursSet():
            return replace(state, version=version, hours=event.hours)
        case e.ChannelSet():
            others = tuple(each for each in state.channels if each.key != event.channel.key)
            return replace(
                state, version=version, channels=tuple(sorted((*others, event.channel), key=lambda each: each.key))
            )
        case e.PersonInvited():
            return replace(state, version=version, people=(*state.people, event.person))
        case e.PersonJoined():
            return _with_person(state, event.person_id, joined=True)
        case e.PersonChanged():
            return _with_person(
                state, event.person_id, name=event.name, email=event.email, role=event.role, languages=event.languages
            )
        case e.PersonRemoved():
            return _with_person(state, event.person_id, removed=True, on_duty=False)
        case e.DutySet():
            return _with_person(state, event.person_id, on_duty=event.on_duty)
        case e.RosterSet():
            return _with_person(state, event.person_id, roster=event.roster, chats_at_once=event.chats_at_once)
        case e.CannedSet():
            others_canned = tuple(each for each in state.canned if each.key != event.canned.key)
            return replace(state, version=version, canned=(*others_canned, event.canned))
        case e.CannedDropped():
            return replace(state, version=version, canned=tuple(each for each in state.canned if each.key != event.key))
        case e.BarSet():
            return replace(state, version=version, bars=bars.with_bar(state.bars, event.bar))
        case e.BarDropped():
            return replace(state, version=version, bars=tuple(each for each in state.bars if each.key != event.key))
        case e.KeyAdded():
            return replace(state, version=version, keys=(*state.keys, event.key))
        case e.KeyRevoked():
            keys = tuple(replace(each, revoked=True) if each.id == event.key_id else each for each in state.keys)
            return replace(state, version=version, keys=keys)
        case _:
            assert_never(event)


def _found(state: Brand | None, order: c.Order, command: c.FoundBrand, now: Moment) -> tuple[e.BrandEvent, ...]:
    if state is not None:
        raise Refused(Conflict(problem="This brand exists already."))
    require(
        SLUG.match(command.slug),
        Invalid(field="slug", problem="use small letters, digits and hyphens, like 'my-shop'."),
    )
    _check_name(command.name)
    require(command.languages, Invalid(field="languages", problem="choose at least one language."))
    founded = e.BrandFounded(
        at=now.at,
        brand_id=order.brand_id,
        slug=command.slug,
        name=command.name,
        zone=command.zone,
        languages=command.languages,
        hours=command.hours,
        demo=command.demo,
    )
    owner = Person(
        id=command.owner_id,
        name=command.owner_name,
        email=command.owner_email,
        role="owner",
        languages=command.languages,
    )
    return (founded, e.PersonInvited(at=now.at, person=owner))


def _set_hours(state: Brand, command: c.SetHours, now: Moment) -> tuple[e.BrandEvent, ...]:
    if command.hours == state.hours:
        return ()
    for channel in state.channels:
        if channel.hours is None:
            _check_hours(channel, command.hours, now)
    return (e.HoursSet(at=now.at, hours=command.hours),)


def _invite(state: Brand, command: c.InvitePerson, now: Moment) -> tuple[e.BrandEvent, ...]:
    _check_person(state, command)
    person = Person(
        id=command.person_id, name=command.name, email=command.email, role=command.role, languages=command.languages
    )
    return (e.PersonInvited(at=now.at, person=person),)


def _change_person(state: Brand, command: c.ChangePerson, now: Moment) -> tuple[e.BrandEvent, ...]:
    _present(state, command.person_id)
    _check_person(state, command)
    if command.role != "owner":
        _keep_an_owner(state, command.person_id)
    changed = e.PersonChanged(
        at=now.at,
        person_id=command.person_id,
        name=command.name,
        email=command.email,
        role=command.role,
        languages=command.languages,
    )
    return (changed,)


def _set_roster(state: Brand, command: c.SetRoster, now: Moment) -> tuple[e.BrandEvent, ...]:
    person = _present(state, command.person_id)
    require(
        1 <= command.chats_at_once <= CHATS_AT_ONCE_MAX,
        Invalid(
            field="chats_at_once", problem=f"nobody holds more than {CHATS_AT_ONCE_MAX} chats well, and one at least."
        ),
    )
    if (person.roster, person.chats_at_once) == (command.roster, command.chats_at_once):
        return ()
    return (e.RosterSet(at=now.at, person_id=person.id, roster=command.roster, chats_at_once=command.chats_at_once),)


def _check_person(state: Brand, command: c.InvitePerson | c.ChangePerson) -> None:
    _check_name(command.name)
    require("@" in command.email, Invalid(field="email", problem="this is not an e-mail address."))
    require(command.role in ROLES, Invalid(field="role", problem=f"must be one of: {', '.join(ROLES)}."))
    others = [each.email.casefold() for each in state.present() if each.id != command.person_id]
    require(command.email.casefold() not in others, Conflict(problem=f"{command.email} is on the team already."))


def _set_bar(state: Brand, command: c.SetBar, now: Moment) -> tuple[e.BrandEvent, ...]:
    bar = command.bar
    bars.check(bar)
    if any(each == bar for each in state.bars):
        return ()
    known = any(each.key == bar.key for each in state.bars)
    require(
        known or len(state.bars) < bars.BARS_MAX,
        Conflict(problem=f"A brand keeps at most {bars.BARS_MAX} bars of its own. Drop one first."),
    )
    return (e.BarSet(at=now.at, bar=bar),)


def _drop_bar(state: Brand, command: c.DropBar, now: Moment) -> tuple[e.BrandEvent, ...]:
    require(any(each.key == command.key for each in state.bars), NotFound(what="bar of your own"))
    return (e.BarDropped(at=now.at, key=command.key),)


def _drop_canned(state: Brand, command: c.DropCanned, now: Moment) -> tuple[e.BrandEvent, ...]:
    require(any(each.key == command.key for each in state.canned), NotFound(what="canned reply"))
    return (e.CannedDropped(at=now.at, key=command.key),)


def _revoke_key(state: Brand, command: c.RevokeKey, now: Moment) -> tuple[e.BrandEvent, ...]:
    require(any(each.id == command.key_id and not each.revoked for each in state.keys), NotFound(what="key"))
    return (e.KeyRevoked(at=now.at, key_id=command.key_id),)


def _check_canned(canned: Canned) -> None:
    _check_name(canned.title)
    require(canned.text.strip(), Invalid(field="text", problem="write the reply."))
    require(
        len(canned.text) <= CANNED_LENGTH_MAX,
        Invalid(field="text", problem=f"keep it under {CANNED_LENGTH_MAX:,} characters."),
    )


def _without_leavers(state: Brand, channel: Channel) -> Channel:
    """Whoever left stays in teams until these are set again; that is no reason to refuse the rest of the change."""
    gone = [each.id for each in state.people if each.removed]
    return replace(channel, team=tuple(each for each in channel.team if each not in gone))


def _check_channel(state: Brand, channel: Channel, now: Moment) -> None:
    require(
        SLUG.match(channel.key), Invalid(field="key", problem="use small letters, digits and hyphens, like 'mail'.")
    )
    _check_name(channel.name)
    existing = state.channel(channel.key)
    require(
        existing is None or existing.kind == channel.kind,
        Conflict(problem="A channel keeps its kind. Make another one."),
    )
    if channel.kind == "mail":
        require(
            channel.address and "@" in channel.address,
            Invalid(field="address", problem="a mail channel needs its e-mail address."),
        )
        _check_address_free(state, channel)
    for person in channel.team:
        _present(state, person)
    policy = channel.policy
    if policy is None:
        require(
            not channel.live,
            Invalid(
                field="policy",
                problem="a channel can't go live without a promise. Say within what time people are answered.",
            ),
        )
        return
    _check_policy(policy)
    _check_hours(channel, state.hours_of(channel), now)


def _check_policy(policy: Policy) -> None:
    for seconds in (policy.first_answer_seconds, policy.next_answer_seconds):
        require(
            SECONDS_MIN <= seconds <= SECONDS_MAX,
            Invalid(field="policy", problem="promise between 10 seconds and 30 days."),
        )
    require(
        CHANCE_MIN <= policy.chance <= CHANCE_MAX,
        Invalid(
            field="policy", problem=f"choose a chance of keeping it between {CHANCE_MIN:.0%} and {CHANCE_MAX:.0%}."
        ),
    )
    ceiling = policy.ceiling_seconds
    require(
        ceiling is None or max(policy.first_answer_seconds, policy.next_answer_seconds) <= ceiling <= SECONDS_MAX,
        Invalid(field="policy", problem="the longest time to offer can't be shorter than what you want promised."),
    )


def _check_address_free(state: Brand, channel: Channel) -> None:
    """Mail to an address belongs to one channel, else nobody knows where it goes."""
    others = [each for each in state.channels if each.kind == "mail" and each.key != channel.key]
    taken = next((each for each in others if (each.address or "").lower() == (channel.address or "").lower()), None)
    if taken is not None:
        raise Refused(Conflict(problem=f"{channel.address} is the address of {taken.name} already. Use another one."))


def _check_hours(channel: Channel, hours: Hours, now: Moment) -> None:
    """A live channel that promises in opening hours needs hours that hold what it promises (X1)."""
    policy = channel.policy
    if policy is None or policy.clock == "always" or not channel.live:
        return
    try:
        hours.add(now.at, timedelta(seconds=max(policy.first_answer_seconds, policy.next_answer_seconds)))
    except NeverOpen:
        problem = (
            f"{channel.name} opens too little to keep what it promises, or never. Open more hours, promise around "
            "the clock, or take the channel off first."
        )
        raise Refused(Invalid(field="hours", problem=problem)) from None


def _with_person(state: Brand, person_id: PersonId, **changes: Any) -> Brand:
    people = tuple(replace(each, **changes) if each.id == person_id else each for each in state.people)
    return replace(state, version=state.version + 1, people=people)


def _present(state: Brand, person_id: PersonId) -> Person:
    person = state.person(person_id)
    if person is None or person.removed:
        raise Refused(NotFound(what="person"))
    return person


def _keep_an_owner(state: Brand, person_id: PersonId) -> None:
    """Somebody who can sign in stays an owner: an invitation that nobody has taken up yet opens no door."""
    leaving = state.person(person_id)
    joined = leaving is not None and leaving.role == "owner" and leaving.joined
    others = [each for each in state.present() if each.role == "owner" and each.id != person_id]
    require(
        any(each.joined or not joined for each in others),
        Conflict(problem="A brand keeps at least one owner who has joined. Make somebody else an owner first."),
    )


def _check_name(name: str) -> None:
    require(name.strip(), Invalid(field="name", problem="give it a name."))
    require(len(name) <= NAME_LENGTH_MAX, Invalid(field="name", problem=f"keep it under {NAME_LENGTH_MAX} characters."))
