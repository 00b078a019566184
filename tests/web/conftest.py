"""One office per test, on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from waada.clock import VirtualClock
from waada.web import access_passwords
from web_office import NOON, Office, new_office, running, signed_in


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm at the lowest cost: a test signs in several people."""
    monkeypatch.setattr(access_passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
async def office(fresh_database: str, tmp_path: Path) -> AsyncIterator[Office]:
    clock = VirtualClock(NOON)
    async with running(fresh_database, tmp_path, clock=clock) as (app, parts):
        office = await new_office(app, parts, clock, "shop")
        await office.settled()
        yield office


@pytest.fixture
async def other(office: Office) -> Office:
    """Another brand on the same installation."""
    # Whoever begins a brand is signed in there, so the owner does it in another browser.
    ola = await signed_in(office.app, "ola@shop.test")
    rival = await new_office(office.app, office.parts, office.clock, "rival", by=ola)
    await office.settled()
    return rival
