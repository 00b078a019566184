"""What the feed sends to a desk: the snapshot, then facts and signals. Each is encoded once, for everybody.

A fact rides with the state it led to (a conversation's row, the brand, the letter), so that a screen only ever replaces
what it shows by something newer: snapshot + facts = a new snapshot.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import datetime
from typing import Any, cast

import msgspec

from waada import codec
from waada.core.ids import BrandId
from waada.core.letters import Letter
from waada.core.people import Brand, Person
from waada.core.summary import Row
from waada.ports import Recorded, StreamKind
from waada.web.access import Actor, shown_brand, shown_event
from waada.web.feed import FeedHub, Signal
from waada.web.parts import WebStore

ROWS_MAX = 20_000
FRAMES_KEPT = 2_000
PONG = '{"kind":"pong"}'


class FactFrame(msgspec.Struct):
    """A fact on the feed."""

    kind: str
    position: str
    stream: str
    stream_kind: StreamKind
    version: int
    at: datetime
    by: str
    command_id: str
    event_kind: str
    event: Any
    row: Row | None
    brand: Brand | msgspec.UnsetType = msgspec.UNSET
    letter: Letter | msgspec.UnsetType = msgspec.UNSET


class SnapshotFrame(msgspec.Struct):
    """Everything a desk shows, as of a position."""

    kind: str
    position: str
    me: Person | dict[str, object]
    brand: msgspec.Raw
    rows: msgspec.Raw
    letters: msgspec.Raw


class _Shown(msgspec.Struct):
    """The part of a snapshot that is the same for all of a brand. `changes` tells whether it is still fresh."""

    changes: int
    brand: msgspec.Raw
    rows: msgspec.Raw
    letters: msgspec.Raw


class Framer:
    """Turns facts into text, once each, and keeps the latest."""

    def __init__(self, store: WebStore, hub: FeedHub) -> None:
        self._store, self._hub = store, hub
        self._frames: OrderedDict[str, str] = OrderedDict()
        self._shown: dict[BrandId, asyncio.Task[_Shown]] = {}
        self._asked_at: dict[BrandId, int] = {}

    async def fact(self, fact: Recorded) -> str:
        """Return the frame of a fact."""
        known = self._frames.get(fact.cursor)
        if known is not None:
            return known
        frame = FactFrame(
            kind="fact",
            position=fact.cursor,
            stream=fact.stream,
            stream_kind=fact.stream_kind,
            version=fact.version,
            at=fact.at,
            by=fact.by,
            # Whoever gave the command knows it by their own key; the part before it only keeps callers apart.
            command_id=fact.command_id.removeprefix(f"{fact.by}:"),
            event_kind=codec.event_kind(fact.event),
            event=shown_event(fact.event),
            row=fact.row,
        )
        if fact.stream_kind != "conversation":
            await self._add_state(frame, fact)
        text = codec.encode(frame).decode()
        self._frames[fact.cursor] = text
        if len(self._frames) > FRAMES_KEPT:
            self._frames.popitem(last=False)
        return text

    async def _add_state(self, frame: FactFrame, fact: Recorded) -> None:
        state = await self._store.load(fact.stream_kind, fact.brand_id, fact.stream)
        if isinstance(state, Brand):
            frame.brand = shown_brand(state)
        elif isinstance(state, Letter):
            frame.letter = state

    async def snapshot(self, actor: Actor, position: str) -> str:
        """Return the snapshot for somebody who has subscribed at `position` already, so that nothing is missed."""
        shown = await self._fresh(actor.brand_id)
        brand = cast("Brand", await self._store.brand(actor.brand_id))
        frame = SnapshotFrame(
            kind="snapshot",
            position=position,
            me=me_of(brand, actor),
            brand=shown.brand,
            rows=shown.rows,
            letters=shown.letters,
        )
        return codec.encode(frame).decode()

    async def _fresh(self, brand_id: BrandId) -> _Shown:
        """Return a snapshot of the brand at least as new as what the feed has handed out; many who ask share one."""
        changes = self._hub.changes(brand_id)
        task = self._shown.get(brand_id)
        if task is None or self._asked_at[brand_id] < changes or (task.done() and task.exception() is not None):
            task = self._shown[brand_id] = asyncio.create_task(self._read(brand_id, changes))
            self._asked_at[brand_id] = changes
        return await asyncio.shield(task)

    async def _read(self, brand_id: BrandId, changes: int) -> _Shown:
        brand = await self._store.load("brand", brand_id, brand_id)
        rows = await self._store.queue_json(brand_id, ROWS_MAX)
        letters = await self._store.letters(brand_id)
        return _Shown(
            changes=changes,
            brand=msgspec.Raw(codec.encode(shown_brand(cast("Brand", brand)))),
            rows=msgspec.Raw(rows),
            letters=msgspec.Raw(codec.encode(letters)),
        )


def me_of(brand: Brand, actor: Actor) -> Person | dict[str, object]:
    """Return who is asking, as the desk shows it. A key has a name and a role, and nothing else of a person."""
    person = brand.person(actor.person_id) if actor.person_id is not None else None
    if person is None:
        return {"id": actor.by, "name": actor.name, "role": actor.role, "languages": brand.languages, "on_duty": False}
    return person


def signal_frame(signal: Signal) -> str:
    """Return the frame of a signal."""
    return codec.encode({"kind": "signal", "what": signal.what, "stream": signal.stream, **signal.payload}).decode()
