"""Writing commands, many in one transaction: while one batch is on its way to the disk the next one gathers.

The disk writes a few hundred times a second at best; so many commands share one write. A batch that holds a command
which can't be written is sifted, and the others are written at once: only the guilty one is told.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from waada.core.refusals import Conflict, Refused
from waada.ports import CommandKnown, Commit, VersionTaken
from waada.store.columns import Lines, columns, join, lines_of, storable
from waada.store.postgres_pool import Database, Pooled

BATCH_MAX = 128  # one statement stays under a megabyte and a few tens of milliseconds
# Two batches overlap work in the database with work in this process; more make them smaller, which costs more.
IN_FLIGHT_MAX = 2
# A statement by itself costs the database and this process about a millisecond, a further command in it a fourth.
# So a busy store lets commands gather this long, and nobody notices the wait. At 500 conversations a second it saves a
# tenth of the node's processor against half of it, which shortens the line before it by more than the wait.
GAP_SECONDS = 0.010
SIFTS_MAX = 3

Write = tuple[str, list[Sequence[Any]]]


@dataclass(slots=True, eq=False)
class _Asked:
    """A command that wants to be written."""

    commit: Commit
    lines: Lines
    written: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def tell(self, error: Exception) -> None:
        """Answer that it was not written."""
        if not self.written.done():
            self.written.set_exception(error)


class Writer:
    """Gathers commands into batches. `on_written` hears of every batch that is durable.

    `on_doubt` hears of commands that turned out to be known after a connection was lost: we may have written them.
    """

    def __init__(
        self,
        database: Database,
        on_written: Callable[[Sequence[Commit]], None],
        on_doubt: Callable[[Sequence[Commit]], None],
    ) -> None:
        self.batches = 0
        self.commits = 0
        self._database = database
        self._on_written = on_written
        self._on_doubt = on_doubt
        self._waiting: deque[_Asked] = deque()
        self._in_flight: set[asyncio.Task[None]] = set()
        self._starting = False
        self._started_at = 0.0

    async def append(self, commit: Commit) -> None:
        """Write a command; durable when it returns. Raises `VersionTaken` or `CommandKnown`."""
        asked = _Asked(commit=commit, lines=lines_of(commit))
        asked.written.add_done_callback(_seen)
        self._waiting.append(asked)
        self._start_soon()
        # A caller that goes away must not take back what may be on the disk already.
        await asyncio.shield(asked.written)

    async def drain(self) -> None:
        """Wait until everything asked for is written."""
        while self._waiting or self._in_flight:
            await asyncio.gather(*self._in_flight, return_exceptions=True)
            await asyncio.sleep(0)

    def _start_soon(self) -> None:
        """Start a batch a moment after the last one, or at once when that is long ago (nobody else is in a hurry)."""
        if not self._starting and len(self._in_flight) < IN_FLIGHT_MAX:
            self._starting = True
            loop = asyncio.get_running_loop()
            loop.call_at(self._started_at + GAP_SECONDS, self._start)

    def _start(self) -> None:
        self._starting = False
        self._started_at = asyncio.get_running_loop().time()
        batch = self._take()
        if batch:
            task = asyncio.create_task(self._write(batch))
            self._in_flight.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        if self._waiting:
            self._start_soon()

    def _take(self) -> list[_Asked]:
        """Take a batch in which no stream and no command stands twice; in order, so that locks never cross."""
        batch: list[_Asked] = []
        left: list[_Asked] = []
        taken: set[tuple[str, str]] = set()
        while self._waiting and len(batch) < BATCH_MAX:
            asked = self._waiting.popleft()
            commit = asked.commit
            names = {(commit.brand_id, commit.stream), (commit.brand_id, commit.command_id)}
            if names & taken:
                left.append(asked)
                continue
            taken |= names
            batch.append(asked)
        self._waiting.extendleft(reversed(left))
        batch.sort(key=lambda each: (each.commit.brand_id, each.commit.stream))
        return batch

    async def _write(self, batch: list[_Asked]) -> None:
        lost = self._database.lost
        try:
            for _ in range(SIFTS_MAX):
                try:
                    await self._send(batch)
                except asyncpg.UniqueViolationError:
                    batch = await self._sift(batch, in_doubt=self._database.lost > lost)
                else:
                    self._done(batch)
                    return
            for asked in batch:
                await self._write_alone(asked)
        except Exception as error:  # noqa: BLE001 - told to everybody who asked
            for asked in batch:
                asked.tell(error)
        except asyncio.CancelledError:
            for asked in batch:
                asked.written.cancel()
            raise

    async def _write_alone(self, asked: _Asked) -> None:
        try:
            await self._send([asked])
        except asyncpg.UniqueViolationError as error:
            if await self._sift([asked], in_doubt=True):
                asked.tell(_meaning(error))
        except Exception as error:  # noqa: BLE001 - told to the one who asked; the others go on
            asked.tell(error)
        else:
            self._done([asked])

    def _done(self, batch: list[_Asked]) -> None:
        self.batches += 1
        self.commits += len(batch)
        for asked in batch:
            if not asked.written.done():
                asked.written.set_result(None)
        if batch:
            self._on_written([asked.commit for asked in batch])

    async def _send(self, batch: list[_Asked]) -> None:
        """Write a batch in one transaction; most need only one statement."""
        if not batch:
            return
        writes = self._writes([asked.lines for asked in batch])
        if len(writes) == 1:
            [(sql, parameters)] = writes
            await self._database.patiently(lambda connection: connection.execute(sql, *parameters))
        else:
            await self._database.patiently(lambda connection: _in_one(connection, writes))

    def _writes(self, batch: list[Lines]) -> list[Write]:
        statement = self._database.statement
        writes: list[Write] = [(statement("append"), join(batch))]
        for name, width in (("letters", 5), ("brands", 3), ("refs", 4), ("cancels", 2), ("undone", 3)):
            table = [line for lines in batch for line in getattr(lines, name)]
            if table:
                writes.append((statement(f"append_{name}"), columns(table, width)))
        return writes

    async def _sift(self, batch: list[_Asked], *, in_doubt: bool) -> list[_Asked]:
        """Tell those whose commands are known or whose streams have moved on, and return the others.

        Asked of the tables, since the name of the violated constraint depends on which table came first. A known
        command comes before a taken version: when a request is repeated both are true, and only the first helps.
        """
        commits = [asked.commit for asked in batch]
        guilty = await self._database.fetch(
            "append_guilty",
            [each.brand_id for each in commits],
            [each.stream for each in commits],
            [each.version_before + 1 for each in commits],
            [storable(each.command_id) for each in commits],
        )
        found = {row["number"] - 1: row for row in guilty}
        if in_doubt and found:
            self._on_doubt([commits[number] for number in found])
        for number, row in found.items():
            batch[number].tell(CommandKnown() if row["is_known"] else VersionTaken())
        return [asked for number, asked in enumerate(batch) if number not in found]


def _seen(written: asyncio.Future[None]) -> None:
    """Look at the result, so that one whose caller went away is not reported as forgotten."""
    if not written.cancelled():
        written.exception()


async def _in_one(connection: Pooled, writes: list[Write]) -> None:
    async with connection.transaction():
        for sql, parameters in writes:
            await connection.execute(sql, *parameters)


def _meaning(error: asyncpg.UniqueViolationError) -> Exception:
    if error.constraint_name == "brands_slug":
        return Refused(Conflict(problem="Another brand has this short name already. Choose another one."))
    return error
