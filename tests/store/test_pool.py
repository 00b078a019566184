"""Connections to a database that is away."""

import asyncio
import socket
from datetime import timedelta

import asyncpg
import pytest

from waada.store.postgres_pool import Database, DatabaseAway


def nobody_listens() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_who_stops_does_not_wait_for_a_database_that_is_away() -> None:
    """With the patience of a running node every step of stopping would wait for its whole length."""
    dsn = f"postgresql://127.0.0.1:{nobody_listens()}/waada"
    pool = await asyncpg.create_pool(dsn, min_size=0)
    database = Database(pool, dsn, connections=4, patience=timedelta(minutes=2))
    waiting = asyncio.create_task(database.fetch("brands"))  # begun before anybody stopped
    await asyncio.sleep(0)
    database.hurry(0.05)
    async with asyncio.timeout(20):
        with pytest.raises(DatabaseAway):
            await waiting
        with pytest.raises(DatabaseAway):
            await database.fetch("brands")
    await database.close()
