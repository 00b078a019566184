"""The connections to PostgreSQL: statements by name, tried again while the database is away, trouble in plain words.

A database that restarts (an upgrade, a kill, a failover) is waited for; whoever waits longer than `patience` is told.
Every statement tried again is safe to repeat: reads, leases, upserts, and `append`, whose commands count once.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import asyncpg

from waada.store.queries import statements
from waada.trouble import NoRoom, Trouble

T = TypeVar("T")
# In quotes: these classes have parameters only in the eyes of mypy.
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Pooled: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

if TYPE_CHECKING:
    _Base = asyncpg.Connection[asyncpg.Record]
else:
    _Base = asyncpg.Connection

PATIENCE = timedelta(seconds=15)  # the embedded database comes back within one or two; a failover takes about ten
# Whoever stops Waada while the database is away should not have to wait for it, again and again, to the end.
HURRY_SECONDS = 2.0
PAUSE_SECONDS = 0.05
STATEMENT_SECONDS_MAX = 60.0
RESERVED = 2  # for writing commands, however much is being read

# Every table is reached by its key. Plans made while a table is still empty would read all of it once it is full.
PLANS = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"

# What asyncpg raises when the server goes, is gone, or is not ready yet.
LOST = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a statement that begins just as its connection is being cut
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


class DatabaseAway(Trouble):
    """The database cannot be reached. Waada goes on by itself when it is back; see its log if it does not come."""


class _PlainConnection(_Base):
    """A connection that is not reset when it goes back to the pool: nothing here leaves anything behind in one."""

    def get_reset_query(self) -> str:
        return ""


class Database:
    """A pool of connections. Made by `Database.connect`."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], dsn: str, *, connections: int, patience: timedelta) -> None:
        assert connections > RESERVED, "reading needs connections too"
        self.pool = pool
        self._reading = asyncio.Semaphore(connections - RESERVED)
        self.dsn = dsn
        self.lost = 0
        self._patience_seconds = patience.total_seconds()
        self._leave_at = math.inf
        self._statements = statements()

    @classmethod
    async def connect(cls, dsn: str, *, connections: int = 8, patience: timedelta = PATIENCE) -> Database:
        """Open a pool of up to `connections`."""
        try:
            pool = await asyncpg.create_pool(
                dsn,
                min_size=0,
                max_size=connections,
                connection_class=_PlainConnection,
                command_timeout=STATEMENT_SECONDS_MAX,
                max_inactive_connection_lifetime=0,
                init=_prepare,
            )
            assert pool is not None, "a pool that was awaited is open"
            async with pool.acquire():
                pass  # so that a wrong address is told now
        except (OSError, asyncpg.PostgresError) as error:
            raise DatabaseAway(
                f"The database cannot be reached: {error}. Check DATABASE_URL, and start again."
            ) from error
        return cls(pool, dsn, connections=connections, patience=patience)

    def hurry(self, seconds: float = HURRY_SECONDS) -> None:
        """The process is to stop: from so many seconds on, nobody waits for a database that is away."""
        self._leave_at = time.monotonic() + seconds

    async def close(self) -> None:
        """Close all connections; what is in flight is finished first, for a few seconds."""
        try:
            await asyncio.wait_for(self.pool.close(), 5.0)
        except TimeoutError:
            self.pool.terminate()

    def statement(self, name: str) -> str:
        """Return the SQL of a named statement."""
        return self._statements[name]

    async def fetch(self, name: str, *args: object) -> list[asyncpg.Record]:
        """Run a named statement and return its rows."""
        sql = self._statements[name]
        async with self._reading:
            return await self.patiently(lambda connection: connection.fetch(sql, *args))

    async def fetchrow(self, name: str, *args: object) -> asyncpg.Record | None:
        """Run a named statement and return its first row."""
        rows = await self.fetch(name, *args)
        return rows[0] if rows else None

    async def fetchval(self, name: str, *args: object) -> Any:
        """Run a named statement and return the first field of its first row."""
        row = await self.fetchrow(name, *args)
        return None if row is None else row[0]

    async def custom(self, name: str, *args: object) -> list[asyncpg.Record]:
        """Run a named statement with a plan made for these arguments: rare and common words need different ones."""
        sql = self._statements[name]

        async def work(connection: Pooled) -> list[asyncpg.Record]:
            async with connection.transaction():
                await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL enable_seqscan = on")
                return await connection.fetch(sql, *args)

        async with self._reading:
            return await self.patiently(work)

    async def execute(self, name: str, *args: object) -> None:
        """Run a named statement."""
        await self.fetch(name, *args)

    async def patiently(self, work: Callable[[Pooled], Awaitable[T]]) -> T:
        """Do something with a connection, again while the database is away. It must be safe to do twice.

        Does not stand in line with those who read: for writing commands.

        :raises DatabaseAway: it did not come back in time
        :raises waada.trouble.NoRoom: its disk or memory is full
        """
        until = time.monotonic() + self._patience_seconds
        while True:
            try:
                async with self.pool.acquire() as connection:
                    try:
                        return await work(connection)
                    except LOST:
                        connection.terminate()  # in whatever state it is, nobody shall get it again
                        raise
            except LOST as error:
                self.lost += 1
                if time.monotonic() > min(until, self._leave_at) or self.pool.is_closing():
                    raise DatabaseAway("The database cannot be reached just now. Try again in a moment.") from error
                await asyncio.sleep(PAUSE_SECONDS)
            except asyncpg.InsufficientResourcesError as error:
                raise NoRoom(f"The database has no room left ({error}). Free some space on its disk.") from error


async def _prepare(connection: Connection) -> None:
    await connection.execute(PLANS)
