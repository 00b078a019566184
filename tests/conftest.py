"""What every test may use: no network but this machine's own, and a real PostgreSQL with a fresh database per test."""

import asyncio
import ipaddress
import itertools
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import settings

from embedded_postgres_support import at_database, fill_template
from waada.store.embedded import EmbeddedPostgres

numbers = itertools.count(1)

# How long an example takes says more about the machine than about the code.
settings.register_profile("waada", deadline=None)
settings.load_profile("waada")


def is_own_machine(family: int, address: Any) -> bool:
    if family == socket.AF_UNIX:
        return True
    host = address[0] if isinstance(address, tuple) else address
    if host in {None, "", "localhost", b"localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def closed_network() -> Iterator[None]:
    """A test that would reach out fails at once and says where it wanted to go."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            real = getattr(socket.socket, name)

            def guarded(self: socket.socket, address: Any, real: Any = real) -> Any:
                assert is_own_machine(self.family, address), f"a test wants to connect to {address}"
                return real(self, address)

            patch.setattr(socket.socket, name, guarded)
        real_lookup = socket.getaddrinfo

        def guarded_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
            assert is_own_machine(socket.AF_INET, (host,)), f"a test wants to look up {host}"
            return real_lookup(host, *args, **kwargs)

        patch.setattr(socket, "getaddrinfo", guarded_lookup)
        yield


@pytest.fixture(scope="session")
def postgres_dsn() -> Iterator[str]:
    """The address of a running PostgreSQL that forgets everything at the end (one for the whole run)."""
    home = Path(tempfile.mkdtemp(prefix="waada-test-"))
    home.chmod(0o711)
    database = EmbeddedPostgres(home, durable=False)
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        yield runner.run(database.start())
        runner.run(database.stop())
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def template_database(postgres_dsn: str) -> str:
    """The name of a database with the schema in it, to be copied."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(fill_template(postgres_dsn, "waada_template"))
    return "waada_template"


@pytest.fixture
async def fresh_database(postgres_dsn: str, template_database: str) -> AsyncIterator[str]:
    """The address of a database of this test's own: the whole schema, no rows."""
    name = f"test_{next(numbers)}"
    connection = await asyncpg.connect(postgres_dsn)
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template_database} STRATEGY FILE_COPY")
        yield at_database(postgres_dsn, name)
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()
