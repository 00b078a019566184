"""Keeps the outlook of a node true: own writes at once, those of others from the feed; judges promises every minute.

Every node knows who stands in line, since every node makes promises. What was learned is kept in a table now and then,
so that the next start need not read the whole log; without it the log is read from its beginning.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast, get_args

import structlog

from waada.core import brand as brands
from waada.core import commands as c
from waada.core.events import BrandEvent, Event
from waada.core.ids import SYSTEM, BrandId, CommandId
from waada.core.people import Brand
from waada.core.refusals import Refused
from waada.core.summary import Row
from waada.engine import Engine
from waada.ports import Clock, Commit, Knowledge, Reading, Recorded, Store
from waada.science import special
from waada.science.learning import Learned
from waada.science.outlook import Judged, LiveOutlook
from waada.trouble import Trouble

JUDGE_SECONDS = 60.0
STIRRED_SECONDS = 5.0  # between two judgings that something brought about
PAGE = 2_000
BEGINNING = "0.0"  # of the log
ROWS = 1_000
AT_ONCE = 8  # judgings handed to the engine side by side: what matters is told first, and customers are not held up

log = structlog.get_logger(__name__)


class Shelf(Protocol):
    """Where what was learned is kept."""

    async def all(self) -> tuple[Knowledge, ...]:
        """Return what is known of every brand."""
        ...

    async def keep(self, knowledge: Knowledge) -> None:
        """Keep it, unless another node has kept more."""
        ...


class Log(Store, Reading, Protocol):
    """Both sides of the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A command as the feed tells of it."""

    brand: Brand | None
    state: Row | Brand
    events: tuple[Event, ...]
    by: str
    at: datetime


class Foresight:
    """One per node. `judge` False leaves the judging to nodes that work."""

    name = "foresight"

    def __init__(
        self,
        *,
        outlook: LiveOutlook,
        engine: Engine,
        store: Log,
        clock: Clock,
        shelf: Shelf,
        judge: bool,
        beginning: str = BEGINNING,
    ) -> None:
        self._outlook, self._engine, self._store, self._clock = outlook, engine, store, clock
        self._shelf, self._judges = shelf, judge
        self._beginning = beginning
        self._cursor: str | None = None
        self._others = True  # whether another node may have written since the cursor
        self._mine: dict[str, int] = {}  # the version up to which this node told the outlook itself
        self._brands: dict[BrandId, Brand] = {}
        self._kept: dict[BrandId, int] = {}
        self._woken = asyncio.Event()

    # --- what is written ---

    def saw(self, commit: Commit) -> None:
        """This node wrote something down. Cheap: called at every commit."""
        self._outlook.saw(commit)
        if isinstance(commit.state, Brand):
            self._brands[commit.state.id] = commit.state
        else:
            self._mine[commit.stream] = commit.version_before + len(commit.events)
        if self._outlook.stirred():
            self._woken.set()

    def woken(self, *, own: bool) -> None:
        """Something was written, here or on another node."""
        if not own:
            self._others = True
            self._woken.set()

    async def begin(self) -> None:
        """Learn who stands in line now, before the first promise is made."""
        for brand in await self._store.brands():
            await self._stand(brand.id)

    async def _stand(self, brand_id: BrandId) -> None:
        cursor: str | None = None
        while True:
            page = await self._store.rows(brand_id, "open", cursor=cursor, limit=ROWS)
            self._outlook.stands(brand_id, page.rows)
            cursor = page.cursor
            if cursor is None:
                return

    # --- running ---

    async def run(self) -> None:
        """Catch up, then judge every minute, and sooner when something stirs, until cancelled."""
        await asyncio.to_thread(special.load)
        while True:
            try:
                await self.turn()
            except Trouble as trouble:
                log.warning("cannot look ahead", reason=str(trouble))
            except Exception:
                # A bug here must not end the judging of everybody's promises.
                log.exception("looking ahead failed")
            await self._sleep()

    async def _sleep(self) -> None:
        self._woken.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(JUDGE_SECONDS):
                await self._woken.wait()
                # Whatever stirs comes in flocks: people go home together.
                await asyncio.sleep(STIRRED_SECONDS)

    async def turn(self) -> None:
        """Read what others wrote, judge what is promised, keep what was learned."""
        if self._cursor is None:
            await self._recall()
        if self._others:
            self._others = False
            await self._catch_up()
        for brand in await self._store.brands():
            if self._judges:
                await self._judge(brand)
            await self._write_down(brand.id)

    async def _recall(self) -> None:
        """Begin with what was kept, and read on from there."""
        cursors: list[str] = []
        known = {kept.brand_id: kept for kept in await self._shelf.all()}
        for brand in await self._store.brands():
            kept = known.get(brand.id)
            if kept is None:
                cursors.append(self._beginning)
                continue
            self._outlook.know(brand.id, Learned.from_plain(kept.body))
            self._brands[brand.id] = brand
            self._kept[brand.id] = self._outlook.learned(brand.id).version
            cursors.append(kept.cursor)
        self._cursor = min(cursors, key=_order) if cursors else self._beginning

    async def _catch_up(self) -> None:
        """Read what was written since, but for what this node wrote."""
        while True:
            facts, cursor = await self._store.feed(self._cursor, PAGE)
            for told in _commands(facts):
                self._hear(told)
            self._cursor = cursor
            if not facts:
                return
            await asyncio.sleep(0)

    def _hear(self, told: list[Recorded]) -> None:
        last = told[-1]
        events = tuple(each.event for each in told)
        if last.stream_kind == "brand":
            brand = self._brands.get(last.brand_id)
            for event in events:
                if brand is None or brand.version < last.version:
                    brand = brands.evolve(brand, _brand_event(event))
            if brand is not None:
                self._brands[brand.id] = brand
                self._outlook.saw(Heard(brand=None, state=brand, events=events, by=last.by, at=last.at))
        elif last.row is not None and self._mine.get(last.stream, 0) < last.version:
            brand = self._brands.get(last.brand_id)
            self._outlook.saw(Heard(brand=brand, state=last.row, events=events, by=last.by, at=last.at))

    async def _judge(self, brand: Brand) -> None:
        found: list[Judged] = []
        for each in self._outlook.judging(brand, self._clock.now()):
            if each is None:
                await asyncio.sleep(0)
            else:
                found.append(each)
        for start in range(0, len(found), AT_ONCE):
            await asyncio.gather(*(self._judge_one(brand.id, each) for each in found[start : start + AT_ONCE]))

    async def _judge_one(self, brand_id: BrandId, judged: Judged) -> None:
        minute = int(self._clock.now().timestamp() // 60)
        order = c.Order(
            # The same on every node that finds it in this minute.
            command_id=CommandId(f"judge:{judged.promise_id}:{minute}"),
            brand_id=brand_id,
            stream=judged.stream,
            by=SYSTEM,
            command=c.Judge(promise_id=judged.promise_id),
        )
        # It was answered or closed meanwhile.
        with contextlib.suppress(Refused):
            await self._engine.handle(order)

    async def _write_down(self, brand_id: BrandId) -> None:
        learned = self._outlook.learned(brand_id)
        if self._cursor is None or self._kept.get(brand_id) == learned.version:
            return
        if not self._others:
            # Nobody else wrote, and what this node wrote is known: the log need not be read to go on from its end.
            _, self._cursor = await self._store.feed(None, 1)
        await self._shelf.keep(
            Knowledge(brand_id=brand_id, version=learned.version, cursor=self._cursor, body=learned.plain())
        )
        self._kept[brand_id] = learned.version
        if len(self._mine) > 10 * PAGE:
            self._mine.clear()


def _commands(facts: tuple[Recorded, ...]) -> list[list[Recorded]]:
    """Put together the facts of each command."""
    found: list[list[Recorded]] = []
    for fact in facts:
        if found and (found[-1][-1].stream, found[-1][-1].command_id) == (fact.stream, fact.command_id):
            found[-1].append(fact)
        else:
            found.append([fact])
    return found


def _brand_event(event: Event) -> BrandEvent:
    assert isinstance(event, get_args(BrandEvent)), "the stream of a brand holds facts about a brand"
    return cast("BrandEvent", event)


def _order(cursor: str) -> tuple[int, ...]:
    return tuple(int(part) for part in cursor.split("."))
