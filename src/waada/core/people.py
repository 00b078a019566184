"""The brand and what it set up: channels, hours, policies, people. One aggregate, read by every decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from waada.core.bars import Bar
from waada.core.hours import Hours
from waada.core.ids import BrandId, PersonId
from waada.core.policies import Policy

Role = Literal["owner", "lead", "agent"]
ChannelKind = Literal["chat", "mail", "api"]
ROLES: tuple[Role, ...] = ("owner", "lead", "agent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An employee who answers, leads or owns. `on_duty` is what they said last; `removed` people keep their name.

    `roster` is when they work, breaks and days off included; None is whenever the brand is open, and hours that never
    open mean that no enquiry is planned for them. `chats_at_once` is how many chats they hold side by side.
    """

    id: PersonId
    name: str
    email: str
    role: Role
    languages: tuple[str, ...] = ("en",)
    on_duty: bool = False
    joined: bool = False
    removed: bool = False
    roster: Hours | None = None
    chats_at_once: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A way in. It cannot be live without a policy (X1); `team` empty means everybody."""

    key: str
    kind: ChannelKind
    name: str
    live: bool = False
    address: str | None = None
    policy: Policy | None = None
    hours: Hours | None = None
    team: tuple[PersonId, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """A reply written beforehand; `{customer}`, `{agent}`, `{brand}`, `{promise}` are filled in when it is used."""

    key: str
    title: str
    text: str
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key: only its hash is kept."""

    id: str
    name: str
    hash: str
    role: Role
    made_at: datetime
    revoked: bool = False


@dataclass(frozen=True, slots=False, kw_only=True)  # keeps what it has looked up; a changed brand is a new one
class Brand:
    """A business on this installation, with everything a decision may need to know about it."""

    id: BrandId
    slug: str
    name: str
    zone: str
    languages: tuple[str, ...]
    founded_at: datetime
    hours: Hours
    demo: bool = False
    channels: tuple[Channel, ...] = ()
    people: tuple[Person, ...] = ()
    canned: tuple[Canned, ...] = ()
    bars: tuple[Bar, ...] = ()
    keys: tuple[Key, ...] = ()
    colour: str = "#0f766e"
    version: int = 0

    def channel(self, key: str) -> Channel | None:
        """Return the channel with that key, or None."""
        return self._channels.get(key)

    def person(self, person: PersonId | None) -> Person | None:
        """Return the person, also one who was removed, or None."""
        return self._people.get(person)

    def hours_of(self, channel: Channel) -> Hours:
        """Return when the channel has people: its own hours, else the brand's."""
        return channel.hours or self.hours

    def roster_of(self, person: Person) -> Hours:
        """Return when a person works: their own roster, else the brand's hours."""
        return person.roster or self.hours

    def team_of(self, channel: Channel | None) -> tuple[Person, ...]:
        """Return who answers on a channel, on duty or not: its team, everybody where none is set."""
        if channel is None or not channel.team:
            return self._present
        return tuple(each for each in self._present if each.id in channel.team)

    def present(self) -> tuple[Person, ...]:
        """Return everybody who can be asked to do something, on duty or not."""
        return self._present

    def on_duty(self) -> tuple[Person, ...]:
        """Return everybody who is at work."""
        return self._on_duty

    @cached_property
    def _channels(self) -> dict[str, Channel]:
        return {channel.key: channel for channel in self.channels}

    @cached_property
    def _people(self) -> dict[PersonId | None, Person]:
        return {person.id: person for person in self.people}

    @cached_property
    def _present(self) -> tuple[Person, ...]:
        return tuple(each for each in self.people if not each.removed)

    @cached_property
    def _on_duty(self) -> tuple[Person, ...]:
        return tuple(each for each in self._present if each.on_duty)
