"""A store on an empty PostgreSQL database, and a shop in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from contracts.shop import Shop, open_shop
from waada.store.postgres import PostgresStore


@pytest.fixture
async def store(fresh_database: str) -> AsyncIterator[PostgresStore]:
    opened = await PostgresStore.open(fresh_database)
    yield opened
    await opened.close()


@pytest.fixture
async def shop(store: PostgresStore) -> Shop:
    return await open_shop(store)
