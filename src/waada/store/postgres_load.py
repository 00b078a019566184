"""Reading states: requests of the same turn of the event loop become one query, and brands are remembered.

A remembered brand is put away when its own commit is written here, or when another node says that it changed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import cast

from waada import codec
from waada.core.ids import BrandId
from waada.core.people import Brand
from waada.ports import Commit, State, StreamKind
from waada.store.postgres_pool import Database
from waada.store.wakes import EVERY_BRAND, Wake

_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def is_id(text: str) -> bool:
    """Return whether a text can be an id; what can't is simply not found."""
    return _UUID.fullmatch(text) is not None


class Loader:
    """States by key, many at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wanted: dict[StreamKind, dict[tuple[str, str], list[asyncio.Future[State | None]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def load(self, kind: StreamKind, brand_id: BrandId, stream: str) -> State | None:
        """Return the state of a stream, or None."""
        if not is_id(brand_id) or not is_id(stream):
            return None
        loop = asyncio.get_running_loop()
        found: asyncio.Future[State | None] = loop.create_future()
        wanted = self._wanted.get(kind)
        if wanted is None:
            wanted = self._wanted[kind] = {}
            loop.call_soon(self._start, kind)
        wanted.setdefault((brand_id, stream), []).append(found)
        return await found

    def _start(self, kind: StreamKind) -> None:
        task = asyncio.create_task(self._read(kind, self._wanted.pop(kind)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self, kind: StreamKind, wanted: dict[tuple[str, str], list[asyncio.Future[State | None]]]) -> None:
        keys = list(wanted)
        try:
            rows = await self._database.fetch(f"load_{kind}", [key[0] for key in keys], [key[1] for key in keys])
            states = {row[0] - 1: cast("State", codec.decode(row[1], codec.STATES[kind])) for row in rows}
        except Exception as error:  # noqa: BLE001 - told to everybody who waits
            for futures in wanted.values():
                for future in futures:
                    if not future.done():
                        future.set_exception(error)
            return
        for number, key in enumerate(keys):
            for future in wanted[key]:
                if not future.done():
                    future.set_result(states.get(number))


class BrandShelf:
    """Brands as last seen. Reading one that is here costs nothing, and every decision reads one."""

    def __init__(self, database: Database, loader: Loader) -> None:
        self._database = database
        self._loader = loader
        self._brands: dict[BrandId, Brand] = {}
        self._slugs: dict[str, BrandId] = {}
        self._changes = 0

    async def brand(self, brand_id: BrandId) -> Brand | None:
        """Return a brand."""
        known = self._brands.get(brand_id)
        if known is not None:
            return known
        changes = self._changes
        brand = cast("Brand | None", await self._loader.load("brand", brand_id, brand_id))
        if brand is not None and changes == self._changes:
            self._brands[brand_id] = brand
        return brand

    async def brand_named(self, slug: str) -> Brand | None:
        """Return the brand with that slug; a slug never changes."""
        if "\x00" in slug:
            return None
        brand_id = self._slugs.get(slug)
        if brand_id is None:
            brand_id = await self._database.fetchval("brand_named", slug)
            if brand_id is None:
                return None
            self._slugs[slug] = brand_id
        return await self.brand(brand_id)

    async def brands(self) -> tuple[Brand, ...]:
        """Return all brands, by slug."""
        return tuple(codec.decode(row["state"], Brand) for row in await self._database.fetch("brands"))

    def written(self, commit: Commit) -> None:
        """Remember what this process wrote."""
        assert isinstance(commit.state, Brand), "only a brand's commit belongs here"
        self._changes += 1
        known = self._brands.get(commit.brand_id)
        if known is None or known.version < commit.state.version:
            self._brands[commit.brand_id] = commit.state

    def woken(self, wake: Wake) -> None:
        """Forget what another node changed."""
        if not wake.own and wake.brands:
            self.forget(wake.brands)

    def forget(self, brands: Iterable[BrandId]) -> None:
        """Read these brands again when they are asked for next."""
        self._changes += 1
        for brand_id in brands:
            self._brands.pop(brand_id, None)
            if brand_id == EVERY_BRAND:
                self._brands.clear()
