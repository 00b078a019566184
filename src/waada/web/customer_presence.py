"""Which customers have their chat window open, so that whoever leaves is answered by mail instead.

A window that is gone for longer than a page takes to load has left; one that comes back has returned. A node knows only
its own windows: when another node (or a restart) says that somebody left who is here, the window here says otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from waada.core import commands as c
from waada.core.ids import CUSTOMER, BrandId, CommandId, ConversationId, CustomerId
from waada.core.refusals import Refused
from waada.web.access_limits import Limits
from waada.web.parts import Parts

GRACE = timedelta(seconds=20)  # going from page to page in a shop, or a tunnel
LOOK_SECONDS = 1.0
ROWS_PAGE = 500

_log = structlog.get_logger(__name__)
Key = TypeVar("Key")


class Window(Protocol):
    """An open chat window."""

    async def greet(self) -> None:
        """Look again what conversation this is, and show it."""
        ...


class CustomerPresence:
    """The open windows of this process. `open()` at the start, `close()` at the end."""

    def __init__(self, parts: Parts, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Begin with nobody."""
        self._parts = parts
        self._sleep = sleep
        self._by_customer: dict[CustomerId, list[Window]] = {}
        self._by_conversation: dict[ConversationId, list[Window]] = {}
        self._gone: dict[ConversationId, tuple[BrandId, datetime]] = {}
        self._turns: dict[CustomerId, tuple[asyncio.Lock, list[int]]] = {}
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """After a restart: whoever was chatting has the usual time to come back before we write to them by mail."""
        now = self._parts.clock.now()
        for brand in await self._parts.store.brands():
            cursor = None
            while True:
                found = await self._parts.store.rows(brand.id, "all", cursor=cursor, limit=ROWS_PAGE)
                for row in found.rows:
                    if row.channel_kind == "chat" and row.id not in self._by_conversation:
                        self._gone[row.id] = (brand.id, now)
                cursor = found.cursor
                if cursor is None:
                    break
        self._watch()

    async def close(self) -> None:
        """Stop looking; nobody has left because we end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def enter(self, customer: CustomerId, window: Window) -> None:
        """A window was opened."""
        self._by_customer.setdefault(customer, []).append(window)

    def exit(self, customer: CustomerId, window: Window) -> None:
        """A window is gone."""
        _drop(self._by_customer, customer, window)

    def others(self, customer: CustomerId, window: Window) -> tuple[Window, ...]:
        """Return the same customer's other windows here."""
        return tuple(each for each in self._by_customer.get(customer, ()) if each is not window)

    def came(self, conversation: ConversationId, window: Window) -> None:
        """A window shows a conversation."""
        self._gone.pop(conversation, None)
        self._by_conversation.setdefault(conversation, []).append(window)

    def went(self, brand_id: BrandId, conversation: ConversationId, window: Window) -> None:
        """A window shows it no longer."""
        _drop(self._by_conversation, conversation, window)
        if conversation not in self._by_conversation:
            self._gone[conversation] = (brand_id, self._parts.clock.now())
            self._watch()

    @asynccontextmanager
    async def turn(self, customer: CustomerId) -> AsyncIterator[None]:
        """Let one window of a customer begin a conversation at a time: two tabs must not make two."""
        lock, waiting = self._turns.setdefault(customer, (asyncio.Lock(), [0]))
        waiting[0] += 1
        try:
            async with lock:
                yield
        finally:
            waiting[0] -= 1
            if not waiting[0]:
                self._turns.pop(customer, None)

    async def sweep(self) -> None:
        """Write down who has left by now."""
        now = self._parts.clock.now()
        due = [(stream, brand) for stream, (brand, since) in self._gone.items() if now - since >= GRACE]
        for stream, brand_id in due:
            self._gone.pop(stream, None)
            order = c.Order(
                command_id=CommandId(self._parts.ids.fresh()),
                brand_id=brand_id,
                stream=stream,
                by=CUSTOMER,
                command=c.Leave(),
            )
            try:
                await self._parts.engine.handle(order)
            except Refused as refused:
                _log.info("a customer left, but can't be said to", conversation=stream, reason=str(refused))

    def _watch(self) -> None:
        if self._gone and self._task is None:
            self._task = asyncio.create_task(self._look(), name="customer presence")

    async def _look(self) -> None:
        while self._gone:
            await self._sleep(LOOK_SECONDS)
            try:
                await self.sweep()
            except Exception as error:  # noqa: BLE001 - the database may be away; who left is written down once it is back
                _log.warning("who has left can't be written down now", trouble=str(error))
        self._task = None


@dataclass(frozen=True, slots=True)
class Chat:
    """What all windows of this process share."""

    parts: Parts
    presence: CustomerPresence
    limits: Limits


def _drop(windows: dict[Key, list[Window]], key: Key, window: Window) -> None:
    known = windows.get(key, [])
    if window in known:
        known.remove(window)
    if not known:
        windows.pop(key, None)
