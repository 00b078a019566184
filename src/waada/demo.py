"""The demo brand of `make run`: a simulated past week, sign-ins for its people, and an evening that can be played.

Everything in it is labelled as simulated. It is made once; a second start finds it as it was left.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from waada.core.commands import AddKey, Order
from waada.core.events import LetterReceived
from waada.core.ids import SYSTEM, CommandId, PersonId
from waada.core.people import Brand, Key
from waada.ports import Commit, Knowledge
from waada.settings import Demo
from waada.signins import Credential, SignIns
from waada.sim.demo import SLUG, Week, demo_week, letter_text
from waada.sim.live import Evening
from waada.store.postgres_knowledge import PostgresKnowledge
from waada.store.postgres_mail import PostgresMailbag
from waada.store.postgres_signins import PostgresSignIns
from waada.tokens import status_token
from waada.web.access import make_key
from waada.web.access_passwords import hash_password, is_password

if TYPE_CHECKING:
    from waada.channels.mailroom import Mailroom
    from waada.node import Core
    from waada.web.feed import FeedHub

# Printed in the terminal and only ever set for the demo's simulated people.
PASSWORD = "waada-demo"  # noqa: S105 - a password that everybody may know
# `DEMO=live` begins at a pace at which a person can follow.
LIVE_SPEED = 5.0


@dataclass(slots=True)
class Show:
    """The demo brand, and its evening (`web.parts.Demo`)."""

    core: Core
    brand: Brand
    key: str
    open_conversation: str | None = None
    sign_ins: tuple[tuple[str, str, str], ...] = ()  # address, role, password
    evening: Evening | None = field(default=None)

    @classmethod
    async def open(cls, core: Core, playable: bool) -> Self:  # noqa: FBT001 - one caller
        """Find the demo brand, or make it with its week."""
        brand = await core.store.brand_named(SLUG)
        if brand is None:
            brand = await _make(core)
        key = await _key(core, brand) if playable else ""
        first = await core.store.rows(brand.id, "open", limit=1)
        known = await sign_ins_of(brand, PostgresSignIns(core.store.database))
        return cls(core, brand, key, first.rows[0].id if first.rows else None, known)

    async def ready(self, hub: FeedHub, room: Mailroom) -> None:
        """Everything answers now: the evening may be played; `DEMO=live` begins it."""
        core, settings = self.core, self.core.settings
        port = room.listener.port if room.listener is not None else settings.smtp_port
        self.evening = Evening(
            engine=core.engine,
            store=core.store,
            hub=hub,
            clock=core.clock,
            ids=core.ids,
            brand_id=self.brand.id,
            base_url=f"http://127.0.0.1:{settings.port}",
            smtp_address=("127.0.0.1", port),
            api_key=self.key,
            post=PostgresMailbag(core.store.database),
        )
        if settings.demo is Demo.LIVE:
            await self.start(LIVE_SPEED)

    @property
    def speed(self) -> float | None:
        """How fast it plays; None while it doesn't."""
        status = self.status()
        return float(str(status["speed"])) if status["running"] else None

    async def start(self, speed: float, person_id: PersonId | None = None) -> None:
        """Begin the evening, or go on at another speed; nobody plays the person at the desk."""
        if self.evening is not None:
            await self.evening.start(speed, person_id)

    def status(self) -> dict[str, object]:
        """Return how the evening goes."""
        return self.evening.status() if self.evening is not None else {"running": False}

    async def stop(self) -> None:
        """Stop the evening; what was written stays."""
        if self.evening is not None:
            await self.evening.stop()

    def addresses(self, url: str) -> list[tuple[str, str]]:
        """Return what a customer may open."""
        found = [("Contact page", f"{url}/contact/{SLUG}")]
        if self.open_conversation is not None:
            token = status_token(self.core.secret, self.brand.id, self.open_conversation)  # type: ignore[arg-type]
            found.append(("Status page", f"{url}/p/{token}"))
        mail = next((each.address for each in self.brand.channels if each.kind == "mail"), None)
        return [*found, ("Mail to", str(mail))] if mail else found


async def sign_ins_of(brand: Brand, signins: SignIns) -> tuple[tuple[str, str, str], ...]:
    """Return who still has the password that everybody may know: address, role, password.

    A demo is played with: people are asked to join it, and set passwords of their own.
    """
    people = brand.present()
    hashes: dict[PersonId, str] = {}
    for person in people:
        for each in await signins.credentials(person.email.lower()):
            if (each.brand_id, each.person_id) == (brand.id, person.id):
                hashes[person.id] = each.password_hash
    # Whoever was not changed has the same one: checking takes a while.
    distinct = set(hashes.values())
    open_ones = dict(
        zip(distinct, await asyncio.gather(*(is_password(each, PASSWORD) for each in distinct)), strict=True)
    )
    return tuple((each.email, each.role, PASSWORD) for each in people if open_ones.get(hashes.get(each.id, "")))


async def _make(core: Core) -> Brand:
    """Write the simulated week into the store, conversation by conversation, and let its people sign in."""
    week = await asyncio.to_thread(demo_week, core.clock.now())
    streams: dict[str, list[Commit]] = defaultdict(list)
    for commit in week.commits:
        streams[commit.stream].append(commit)
    brands = [stream for stream, own in streams.items() if own[0].stream_kind == "brand"]
    for stream in brands:
        await _write(core, streams.pop(stream))
    await asyncio.gather(*(_write(core, own) for own in streams.values()))
    brand = await core.store.brand_named(SLUG)
    assert brand is not None, "the week founds its brand"
    signins = PostgresSignIns(core.store.database)
    hashed = await hash_password(PASSWORD)
    for person in brand.present():
        await signins.set_credential(
            Credential(
                brand_id=brand.id,
                person_id=person.id,
                email=person.email.lower(),
                password_hash=hashed,
                changed_at=core.clock.now(),
            )
        )
    await _know(core, brand, week)
    return brand


async def _know(core: Core, brand: Brand, week: Week) -> None:
    """Keep what the week taught: it was written conversation by conversation, and can't be learned from that log."""
    _, cursor = await core.store.feed(None, 1)
    learned = week.learned
    knowledge = Knowledge(brand_id=brand.id, version=learned.version, cursor=cursor, body=learned.plain())
    await PostgresKnowledge(core.store.database).keep(knowledge)


async def _write(core: Core, commits: list[Commit]) -> None:
    for commit in commits:
        for fact in commit.events:
            if isinstance(fact, LetterReceived):
                await core.store.put_blob(commit.brand_id, fact.raw, "message/rfc822", letter_text(fact))
        await core.store.append(commit)


async def _key(core: Core, brand: Brand) -> str:
    """Return the key by which the simulated customers write: the same at every start."""
    command_id = CommandId("demo-evening")
    text, hashed = make_key(core.secret, brand.id, command_id)
    if all(each.hash != hashed for each in brand.keys):
        made = Key(id=core.ids.fresh(), name="simulated customers", hash=hashed, role="agent", made_at=core.clock.now())
        order = Order(command_id=command_id, brand_id=brand.id, stream=brand.id, by=SYSTEM, command=AddKey(key=made))
        await core.engine.handle(order)
    return text
