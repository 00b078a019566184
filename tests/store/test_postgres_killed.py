"""`kill -9` of PostgreSQL under load: whoever was told that it is written finds it written, once."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from contracts.shop import open_shop
from waada.store.embedded import EmbeddedPostgres
from waada.store.migrate import migrate
from waada.store.postgres import PostgresStore

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

KILLS = 3
WRITERS = 8


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """The path of a socket may not be long, and the database may run as another user."""
    home = Path(tempfile.mkdtemp(prefix="waada-test-"))
    home.chmod(0o711)
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
async def database(short_folder: Path) -> AsyncIterator[EmbeddedPostgres]:
    embedded = EmbeddedPostgres(short_folder)
    await embedded.start()
    yield embedded
    await embedded.stop()


async def test_a_killed_database_loses_and_doubles_nothing(database: EmbeddedPostgres) -> None:
    await migrate(database.dsn)
    store = await PostgresStore.open(database.dsn)
    shop = await open_shop(store)
    told: list[str] = []
    written = asyncio.Semaphore(0)
    over = asyncio.Event()

    async def write(writer: int) -> None:
        number = 0
        while not over.is_set():
            number += 1
            key = f"{writer}-{number}"
            done = await shop.write(key, email=f"c{key}@customer.test", command_id=key)
            told.append(done.conversation.id)
            written.release()

    async def kill() -> None:
        for _ in range(KILLS):
            for _ in range(50):
                await written.acquire()
            assert database.pid is not None
            os.kill(database.pid, signal.SIGKILL)
            await asyncio.sleep(0.1)
        for _ in range(50):
            await written.acquire()
        over.set()

    try:
        await asyncio.wait_for(asyncio.gather(kill(), *map(write, range(WRITERS))), 60)
        assert database.restarts == KILLS
        assert len(set(told)) == len(told)
        pool = store.database.pool
        assert await pool.fetchval("SELECT count(*) FROM conversations") == len(told)
        assert await pool.fetchval("SELECT count(*) FROM events WHERE stream_kind = 'conversation'") == len(told) * 6
        for table in ("timers", "promises", "search"):
            assert await pool.fetchval(f"SELECT count(*) FROM {table}") == len(told)
        facts, _ = await store.feed("0.0", 100_000)
        assert {fact.stream for fact in facts} >= set(told)
    finally:
        await store.close()
