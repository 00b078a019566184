"""Play a Friday evening: from 17:00 to 23:00 simulated customers write to the demo brand through its real doors.

They write while a person at the desk answers beside at most two simulated colleagues. Nothing here reaches past the
doors: forms by HTTP with a key, the chat socket, SMTP; colleagues by `engine.handle`. Whatever goes wrong is counted,
shown in `status`, and never ends the show. Only a demo brand is ever played with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from typing import Any

import structlog

from waada.core.ids import BrandId, PersonId
from waada.core.people import Brand, ChannelKind
from waada.core.refusals import Conflict, Invalid, NotAllowed, NotFound, Refused, require
from waada.engine import Engine
from waada.ports import Clock, Ids
from waada.sim.live_chat import ChatDoor
from waada.sim.live_customers import BEGINS_HOUR, EVENING_SECONDS, Arrival, Customer, plan
from waada.sim.live_doors import Door, DoorClosed, Tally, Way
from waada.sim.live_form import Api, FormDoor
from waada.sim.live_mail import MailDoor, Post, Postman
from waada.sim.live_pace import Pace, Sleep
from waada.sim.live_staff import Colleagues, Hub, Reader

SPEEDS = (1, 5, 20, 60)
# At the end the last ones get that many real seconds to finish, however fast the story went.
LAST_SECONDS = 20.0

_log = structlog.get_logger(__name__)
MakeDoors = Callable[[Brand, Pace, Tally], Mapping[Way, Door]]


class Evening:
    """One at a time. `doors` replaces the real ones in tests; `post` is the local outbox, without which nobody mails.

    `api_key` is a key of the brand's; `identity_secret` the chat channel's, if it has one.
    """

    def __init__(  # noqa: PLR0913 - this is where the show is put together
        self,
        *,
        engine: Engine,
        store: Reader,
        hub: Hub,
        clock: Clock,
        ids: Ids,
        brand_id: BrandId,
        base_url: str,
        smtp_address: tuple[str, int],
        api_key: str,
        post: Post | None = None,
        identity_secret: str | None = None,
        chance: Random | None = None,
        sleep: Sleep = asyncio.sleep,
        doors: MakeDoors | None = None,
    ) -> None:
        self._engine, self._store, self._hub, self._clock, self._ids = engine, store, hub, clock, ids
        self._brand_id, self._base_url, self._smtp = brand_id, base_url.rstrip("/"), smtp_address
        self._key, self._post, self._identity_secret = api_key, post, identity_secret
        self._dice = chance or Random()  # noqa: S311 - a show, no secret
        self._sleep, self._make_doors = sleep, doors or self._real_doors
        self._pace = Pace(clock, sleep)
        self._tally = Tally()
        self._colleagues: Colleagues | None = None
        self._postman: Postman | None = None
        self._customers: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._began_at: datetime | None = None
        self._coming = 0
        self._ended_at = 0.0

    async def start(self, speed: float, person_id: PersonId | None = None) -> None:
        """Begin the evening, or go on at another speed. `person_id` is who sits at the desk: nobody plays them.

        Raises `Refused`.
        """
        require(speed in SPEEDS, Invalid(field="speed", problem=f"choose one of {', '.join(map(str, SPEEDS))}."))
        async with self._starting:
            if self._running:
                self._pace.change(speed)
                return
            brand = await self._store.load("brand", self._brand_id, self._brand_id)
            if not isinstance(brand, Brand):
                raise Refused(NotFound(what="brand"))
            require(brand.demo, NotAllowed(problem="Only a demo brand can be played with."))
            self._pace, self._tally = Pace(self._clock, self._sleep), Tally()
            self._postman = None
            doors = self._make_doors(brand, self._pace, self._tally)
            require(doors, Conflict(problem="This brand has no live channel to write to. Set one live first."))
            arrivals = plan(self._dice, brand.languages, frozenset(doors))
            self._colleagues = Colleagues(
                engine=self._engine,
                reader=self._store,
                hub=self._hub,
                ids=self._ids,
                brand=brand,
                pace=self._pace,
                tally=self._tally,
                dice=Random(self._dice.random()),  # noqa: S311 - a show, no secret
            )
            self._colleagues.choose(() if person_id is None else (person_id,))
            self._began_at, self._coming, self._ended_at = self._clock.now(), len(arrivals), 0.0
            self._pace.begin(speed)
            self._task = asyncio.create_task(self._play(arrivals, doors, self._colleagues), name="evening")

    async def stop(self) -> None:
        """End it now; returns when everybody is gone."""
        task = self._task
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def ended(self) -> None:
        """Wait until it is over."""
        if self._task is not None:
            await asyncio.wait({self._task})

    def status(self) -> dict[str, object]:
        """Return how the evening goes. `story_minute` counts from 17:00."""
        tally = self._tally
        seconds = self._pace.seconds if self._running else self._ended_at
        minute = int(min(seconds, EVENING_SECONDS) // 60)
        return {
            "running": self._running,
            "speed": self._pace.speed,
            "speeds": SPEEDS,
            "began_at": self._began_at,
            "story_minute": minute,
            "story_minutes": int(EVENING_SECONDS // 60),
            "story_time": f"{BEGINS_HOUR + minute // 60:02d}:{minute % 60:02d}",
            "expected": self._coming,
            "arrived": tally.arrived,
            "written": tally.written,
            "answered": tally.answered,
            "waiting": tally.waiting,
            "thanked": tally.thanked,
            "felt_ignored": tally.felt_ignored,
            "gave_up": tally.gave_up,
            "answered_by_colleagues": tally.by_colleagues,
            "colleagues": self._colleagues.names if self._colleagues is not None and self._running else (),
            "troubles": dict(tally.troubles),
            "last_trouble": tally.last_trouble,
        }

    @property
    def speed(self) -> float | None:
        """How fast it plays; None while it doesn't."""
        return self._pace.speed if self._running else None

    @property
    def _running(self) -> bool:
        return self._task is not None and not self._task.done()

    # --- the evening ---

    async def _play(self, arrivals: tuple[Arrival, ...], doors: Mapping[Way, Door], colleagues: Colleagues) -> None:
        others = [asyncio.create_task(colleagues.run(), name="simulated colleagues")]
        if self._postman is not None:
            others.append(asyncio.create_task(self._postman.run(), name="postman"))
        _log.info("a simulated evening begins", customers=len(arrivals), colleagues=colleagues.names)
        try:
            for arrival in arrivals:
                await self._pace.pause(arrival.at - self._pace.seconds)
                task = asyncio.create_task(self._live(arrival, doors[arrival.way]), name="simulated customer")
                self._customers.add(task)
                task.add_done_callback(self._customers.discard)
            await self._pace.pause(EVENING_SECONDS - self._pace.seconds, at_least=LAST_SECONDS)
            self._ended_at = EVENING_SECONDS
        finally:
            self._ended_at = self._ended_at or self._pace.seconds
            everybody = [*others, *self._customers]
            for task in everybody:
                task.cancel()
            await asyncio.gather(*everybody, return_exceptions=True)
            try:
                await colleagues.end()
            except Exception as error:  # noqa: BLE001 - the database may be away; nobody is kept from going home
                self._tally.trouble("broken", f"The simulated colleagues could not sign off: {error}.")
            _log.info("a simulated evening ends", written=self._tally.written, troubles=dict(self._tally.troubles))

    async def _live(self, arrival: Arrival, door: Door) -> None:
        dice = Random(self._dice.random())  # noqa: S311 - a show, no secret
        try:
            await Customer(arrival, self._pace, self._tally, dice).live(door)
        except DoorClosed:
            # Counted where it happened; this customer did not get through.
            self._tally.gave_up += 1
        except Exception as error:  # noqa: BLE001 - a bug in one customer must not end the evening; it is logged whole
            self._tally.trouble("bugs", f"A simulated customer stumbled: {type(error).__name__}.")
            _log.error("a simulated customer stumbled", way=arrival.way, exc_info=error)

    # --- the doors ---

    def _real_doors(self, brand: Brand, pace: Pace, tally: Tally) -> Mapping[Way, Door]:
        doors: dict[Way, Door] = {}
        common: dict[str, Any] = {"ids": self._ids, "pace": pace, "tally": tally}
        chat, mail = _live_channel(brand, "chat"), _live_channel(brand, "mail")
        if chat is not None:
            doors["chat"] = ChatDoor(
                address=f"ws{self._base_url.removeprefix('http')}/chat/{brand.slug}/{chat}/socket",
                origin=self._base_url,
                key=self._key,
                clock=self._clock,
                identity_secret=self._identity_secret,
                **common,
            )
        if mail is not None and self._post is not None:
            self._postman = Postman(self._post, brand.id, pace, tally)
            address = brand.channel(mail).address  # type: ignore[union-attr]  # it was found a line above
            assert address is not None, "a mail channel has an address"
            doors["mail"] = MailDoor(
                address=address, smtp=self._smtp, postman=self._postman, clock=self._clock, **common
            )
        # A form on the shop's own page comes in on the channel for that, else where mail comes in.
        form = _live_channel(brand, "api") or mail or chat
        if form is not None:
            doors["form"] = FormDoor(api=Api(self._base_url, self._key), channel=form, **common)
        return doors


def _live_channel(brand: Brand, kind: ChannelKind) -> str | None:
    return next((each.key for each in brand.channels if each.kind == kind and each.live), None)
