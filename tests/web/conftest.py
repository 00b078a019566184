"""One office per test, on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from waada.clock import VirtualClock
from web_office import NOON, Office, new_office, running


@pytest.fixture
async def office(fresh_database: str, tmp_path: Path) -> AsyncIterator[Office]:
    clock = VirtualClock(NOON)
    async with running(fresh_database, tmp_path, clock=clock) as (app, parts):
        yield await new_office(app, parts, clock, "shop")


@pytest.fixture
async def other(office: Office) -> Office:
    """Another brand on the same installation."""
    return await new_office(office.app, office.parts, office.clock, "rival", by=office.owner)
