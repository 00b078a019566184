"""Who is here: open desks, who looks at what, and going off duty when the last desk of a person has been gone a while.

A person is off duty ten minutes after they were last seen on any node; somebody who never signed in (a simulated
colleague, say) is left as they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from waada.core import commands as c
from waada.core.ids import SYSTEM, BrandId, CommandId, PersonId
from waada.core.refusals import Refused
from waada.web.access import SESSION_LASTS, Actor
from waada.web.feed import Signal

if TYPE_CHECKING:
    from waada.web.parts import Parts

OFF_DUTY_AFTER = timedelta(minutes=10)
LOOK_SECONDS = 30.0
CLOSE_GONE = 4401

_log = structlog.get_logger(__name__)


class Desk(Protocol):
    """An open connection of a desk."""

    @property
    def actor(self) -> Actor: ...

    def viewing(self) -> tuple[str, dict[str, object]] | None:
        """Return which conversation is shown there, and by whom."""
        ...

    async def close(self, code: int) -> None:
        """End it from our side."""
        ...


class Connections:
    """The desks that are open in this process."""

    def __init__(self) -> None:
        self._open: dict[int, Desk] = {}

    def __len__(self) -> int:
        return len(self._open)

    def enter(self, desk: Desk) -> None:
        """A desk was opened."""
        self._open[id(desk)] = desk

    def leave(self, desk: Desk) -> None:
        """It was closed."""
        self._open.pop(id(desk), None)

    def viewers(self, brand_id: BrandId) -> Iterator[Signal]:
        """Return who looks at which conversation now, for a desk that has just opened."""
        for desk in tuple(self._open.values()):
            found = desk.viewing() if desk.actor.brand_id == brand_id else None
            if found is not None:
                yield Signal(brand_id=brand_id, stream=found[0], what="viewing", payload=found[1])

    def sessions(self) -> tuple[str, ...]:
        """Return the sessions that have a desk open."""
        return tuple({desk.actor.session: None for desk in self._open.values() if desk.actor.session is not None})

    def is_here(self, brand_id: BrandId, person_id: PersonId) -> bool:
        """Return whether a person has a desk open here."""
        return any(
            each.actor.brand_id == brand_id and each.actor.person_id == person_id for each in self._open.values()
        )

    async def close_session(self, session_hash: str) -> None:
        """Somebody signed out: close their desks."""
        for desk in tuple(self._open.values()):
            if desk.actor.session == session_hash:
                await desk.close(CLOSE_GONE)

    async def close_person(self, brand_id: BrandId, person_id: PersonId, but: str | None = None) -> None:
        """Somebody was signed out everywhere, except in the session `but`."""
        for desk in tuple(self._open.values()):
            actor = desk.actor
            if actor.brand_id == brand_id and actor.person_id == person_id and actor.session != but:
                await desk.close(CLOSE_GONE)


async def look_around(parts: Parts) -> None:
    """Slide the sessions of open desks along, close those that ended elsewhere, take absent people off duty."""
    now = parts.clock.now()
    open_sessions = parts.connections.sessions()
    alive = await parts.signins.touch(open_sessions, now)
    for each in open_sessions:
        if each not in alive:
            await parts.connections.close_session(each)
    for brand in await parts.store.brands():
        absent = [person.id for person in brand.people if person.on_duty]
        seen = await parts.signins.last_seen(brand.id) if absent else {}
        for person in absent:
            await _perhaps_off_duty(parts, brand.id, person, seen.get(person), now)
    await parts.signins.sweep(now - SESSION_LASTS, now - timedelta(days=1))


async def _perhaps_off_duty(
    parts: Parts, brand_id: BrandId, person_id: PersonId, seen: datetime | None, now: datetime
) -> None:
    if seen is None or now - seen < OFF_DUTY_AFTER or parts.connections.is_here(brand_id, person_id):
        return
    order = c.Order(
        # Several nodes may notice at once; the same absence counts once.
        command_id=CommandId(f"absent:{person_id}:{seen.isoformat()}"),
        brand_id=brand_id,
        stream=brand_id,
        by=SYSTEM,
        command=c.SetDuty(person_id=person_id, on_duty=False),
    )
    try:
        await parts.engine.handle(order)
    except Refused as refused:
        _log.info("an absent person could not be taken off duty", person=person_id, why=str(refused))


async def keep_looking(parts: Parts) -> None:
    """Look around for ever."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await look_around(parts)
        except Exception as error:  # noqa: BLE001 - the database may be away; the next look finds the same people
            _log.warning("could not look who is here", trouble=str(error))
