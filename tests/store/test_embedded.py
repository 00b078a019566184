"""The built-in database as the person who runs it meets it: start, stop, crash, wrong folder, taken folder."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from waada.store.embedded import EmbeddedPostgres
from waada.store.embedded_folder import identity_for, no_room, running_server, works_in
from waada.store.embedded_programs import Identity, Programs, can_enter, choose_programs, reachable_programs
from waada.trouble import AlreadyRunning, CannotStart, NoProgram, NoRoom, OtherVersion

pytestmark = pytest.mark.postgres

SYSTEMS_PROGRAMS = sorted(path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb"))

PARENT = """
import asyncio, sys, time
from pathlib import Path
from waada.store.embedded import EmbeddedPostgres

async def main() -> None:
    database = EmbeddedPostgres(Path(sys.argv[1]))
    print(await database.start(), database.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A home whose data folder exists already, so that each test costs a second less."""
    home = Path(tempfile.mkdtemp(prefix="waada-test-"))
    home.chmod(0o711)

    async def make() -> None:
        async with EmbeddedPostgres(home, durable=False):
            pass

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(make())
    yield home
    shutil.rmtree(home)


@pytest.fixture
async def database(made: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A running one."""
    embedded = EmbeddedPostgres(made, durable=False)
    await embedded.start()
    yield embedded
    await embedded.stop()


async def ask(dsn: str, question: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def ask_patiently(dsn: str, question: str, seconds: float = 20.0) -> object:
    until = time.monotonic() + seconds
    while True:
        try:
            return await ask(dsn, question)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.02)


async def test_a_new_installation_has_a_database_that_sorts_the_same_everywhere() -> None:
    with tempfile.TemporaryDirectory(prefix="waada-test-") as home:
        async with EmbeddedPostgres(Path(home), durable=False) as dsn:
            assert await ask(dsn, "SELECT current_database()") == "waada"
            provider = await ask(dsn, "SELECT datlocprovider::text FROM pg_database WHERE datname = 'waada'")
            assert provider in {"b", "c"}
            assert await ask(dsn, "SELECT 'a' > 'B'") is True
            assert await ask(dsn, "SELECT lower('ÄӘ')") == "äә"
            assert await ask(dsn, "SHOW listen_addresses") == ""
            assert await ask(dsn, "SHOW jit") == "off"


async def test_what_was_written_is_there_after_a_second_start(made: Path) -> None:
    async with EmbeddedPostgres(made, durable=False) as dsn:
        await ask(dsn, "CREATE TABLE kept AS SELECT 'yes' AS word")
    again = EmbeddedPostgres(made, durable=False)
    dsn = await again.start()
    assert await ask(dsn, "SELECT word FROM kept") == "yes"
    assert again.started_in_seconds < 5
    await again.stop()
    assert again.pid is None
    with pytest.raises((FileNotFoundError, ConnectionRefusedError)):
        await ask(dsn, "SELECT 1")
    await again.stop()


async def test_a_killed_database_comes_back_by_itself(database: EmbeddedPostgres) -> None:
    first = database.pid
    assert first is not None
    await ask(database.dsn, "CREATE TABLE survivor AS SELECT 7 AS number")
    os.kill(first, signal.SIGKILL)
    assert await ask_patiently(database.dsn, "SELECT number FROM survivor") == 7
    assert database.pid not in {None, first}


async def test_a_killed_connection_takes_only_a_moment(database: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(database.dsn)
    backend = connection.get_server_pid()
    os.kill(backend, signal.SIGKILL)
    assert await ask_patiently(database.dsn, "SELECT 1") == 1
    connection.terminate()


async def test_a_killed_waada_leaves_nothing_that_hinders_the_next_one(made: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(made), stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "src"}
    )
    assert parent.stdout is not None
    line = ""
    while not line.startswith("postgresql://"):
        line = (await parent.stdout.readline()).decode()
        assert line, "the parent ended"
    dsn, pid = line.split()
    await ask(dsn, "CREATE TABLE orphan AS SELECT 1 AS number")
    parent.kill()
    await parent.wait()
    async with EmbeddedPostgres(made, durable=False) as dsn_again:
        assert await ask(dsn_again, "SELECT number FROM orphan") == 1
        running = running_server(made / "postgres" / "cluster")
        assert running is not None
        assert running.pid != int(pid)
    assert not works_in(int(pid), made / "postgres" / "cluster")


async def test_waada_and_its_database_killed_together_under_load_lose_nothing_that_was_said(made: Path) -> None:
    cluster = made / "postgres" / "cluster"
    for turn in range(3):
        parent = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PARENT, str(made), stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "src"}
        )
        assert parent.stdout is not None
        line = ""
        while not line.startswith("postgresql://"):
            line = (await parent.stdout.readline()).decode()
        dsn, pid = line.split()
        connection = await asyncpg.connect(dsn)
        await connection.execute("CREATE TABLE IF NOT EXISTS said (turn int, number int)")
        for number in range(50):
            await connection.execute("INSERT INTO said VALUES ($1, $2)", turn, number)
        os.kill(int(pid), signal.SIGKILL)
        parent.kill()
        await parent.wait()
        connection.terminate()
        assert not works_in(int(pid), cluster)
    async with EmbeddedPostgres(made, durable=False) as dsn:
        assert await ask(dsn, "SELECT count(*) FROM said") == 150


async def test_a_crash_of_the_whole_machine_is_recovered_from(made: Path) -> None:
    """The old process number now belongs to another program: this test's own."""
    cluster = made / "postgres" / "cluster"
    (cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster}\n1\n5432\n/nowhere\n\n1 1\nready\n")
    async with EmbeddedPostgres(made, durable=False) as dsn:
        assert await ask(dsn, "SELECT 1") == 1


async def test_a_second_waada_on_the_same_folder_is_told_who_is_there(database: EmbeddedPostgres) -> None:
    with pytest.raises(AlreadyRunning, match=rf"process {os.getpid()}\).*WAADA_HOME"):
        await EmbeddedPostgres(database.home, durable=False).start()
    assert await ask(database.dsn, "SELECT 1") == 1


async def test_a_command_beside_a_running_waada_uses_its_database(database: EmbeddedPostgres) -> None:
    guest = EmbeddedPostgres(database.home, join=True)
    dsn = await guest.start()
    assert await ask(dsn, "SELECT 2") == 2
    await guest.stop()
    assert await ask(database.dsn, "SELECT 3") == 3


async def test_a_folder_of_another_version_gets_a_plain_sentence() -> None:
    with tempfile.TemporaryDirectory(prefix="waada-test-") as home:
        cluster = Path(home) / "postgres" / "cluster"
        cluster.mkdir(parents=True)
        (cluster / "PG_VERSION").write_text("99\n")
        with pytest.raises(OtherVersion, match=r"made by PostgreSQL 99, .*WAADA_PG_BIN"):
            await EmbeddedPostgres(Path(home)).start()


async def test_a_full_disk_gets_a_plain_sentence() -> None:
    with tempfile.TemporaryDirectory(prefix="waada-test-") as home:
        (Path(home) / "postgres").mkdir()
        embedded = EmbeddedPostgres(Path(home), free_bytes_min=10**18)
        with pytest.raises(NoRoom, match=r"MB are free .* Free some space"):
            await embedded.start()
        assert embedded.pid is None
    full = no_room(Path("/x"), OSError(28, "No space left on device"))
    assert "disk of /x is full" in str(full)


async def test_a_home_that_cannot_be_a_folder_gets_a_plain_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(NoRoom, match="WAADA_HOME"):
        await EmbeddedPostgres(tmp_path / "file" / "home").start()


async def test_a_damaged_folder_says_what_the_database_said(made: Path) -> None:
    damaged = Path(tempfile.mkdtemp(prefix="waada-test-"))
    try:
        shutil.copytree(made / "postgres", damaged / "postgres")
        for path in [damaged / "postgres" / "cluster", *(damaged / "postgres" / "cluster").rglob("*")]:
            owner = identity_for(made / "postgres" / "cluster")
            if owner is not None:
                os.chown(path, owner.uid, owner.gid)
        (damaged / "postgres" / "cluster" / "global" / "pg_control").unlink()
        with pytest.raises(CannotStart, match=r"pg_control.* log is in"):
            await EmbeddedPostgres(damaged, durable=False).start()
        await EmbeddedPostgres(damaged, database_url="postgresql://elsewhere/x").stop()
    finally:
        shutil.rmtree(damaged)


async def test_a_database_of_your_own_is_used_as_it_is(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path / "unused", database_url="postgresql://db.example/waada") as dsn:
        assert dsn == "postgresql://db.example/waada"
    assert not (tmp_path / "unused").exists()


async def test_a_home_with_a_very_long_path_still_starts() -> None:
    with tempfile.TemporaryDirectory(prefix="waada-test-") as base:
        home = Path(base) / ("a very long name " * 8) / "and a second % one"
        async with EmbeddedPostgres(home, durable=False) as dsn:
            assert await ask(dsn, "SELECT 1") == 1


@pytest.mark.skipif(not SYSTEMS_PROGRAMS, reason="the system has no PostgreSQL of its own")
async def test_the_systems_own_postgres_does_as_well_and_its_folder_keeps_its_version() -> None:
    with contextlib.closing(os_folder()) as folder:
        home = folder.path
        async with EmbeddedPostgres(home, programs_folder=SYSTEMS_PROGRAMS[-1], durable=False) as dsn:
            version = str(await ask(dsn, "SHOW server_version"))
            assert version.startswith(SYSTEMS_PROGRAMS[-1].parent.name)
            assert await ask(dsn, "SELECT lower('ÄӘ')") == "äә"
        async with EmbeddedPostgres(home, durable=False) as dsn:
            assert await ask(dsn, "SHOW server_version") == version


def test_wrong_programs_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(NoProgram, match="WAADA_PG_BIN says"):
        choose_programs(None, tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the database as another user")
def test_programs_in_a_closed_folder_are_copied_and_no_folder_is_opened(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    tool = closed / "pginstall" / "bin"
    tool.mkdir(parents=True)
    (tool / "postgres").write_text("#!/bin/sh\n")
    (tool / "postgres").chmod(0o755)
    (tmp_path / "closed.libs").mkdir()
    (tmp_path / "closed.libs" / "libpq.so").touch()
    closed.chmod(0o700)
    nobody = Identity(uid=65534, gid=65534)
    assert not can_enter(tool, nobody)
    with contextlib.closing(os_folder()) as folder:
        programs = reachable_programs(Programs(folder=tool, version="18.0"), nobody, [closed, folder.path])
        assert can_enter(programs.folder, nobody)
        assert programs.folder.is_relative_to(folder.path)
        assert (programs.folder / "../../../closed.libs/libpq.so").exists()
    assert closed.stat().st_mode & 0o777 == 0o700


class os_folder:  # noqa: N801 - a small fixture that closes itself
    """A folder that everybody may enter; pytest's own are closed to others."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="waada-test-"))
        self.path.chmod(0o755)

    def close(self) -> None:
        shutil.rmtree(self.path)
