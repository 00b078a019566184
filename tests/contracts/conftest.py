"""Both stores: every test of this folder runs on the one in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from contracts.shop import ReadingStore, Shop, open_shop
from waada.store.memory import MemoryStore
from waada.store.postgres import PostgresStore


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> str | None:
    """The address of an empty database, or None for the store in memory."""
    return None if request.param == "memory" else str(request.getfixturevalue("fresh_database"))


@pytest.fixture
async def store(database: str | None) -> AsyncIterator[ReadingStore]:
    if database is None:
        yield MemoryStore()
        return
    postgres = await PostgresStore.open(database)
    yield postgres
    await postgres.close()


@pytest.fixture
async def shop(store: ReadingStore) -> Shop:
    return await open_shop(store)
