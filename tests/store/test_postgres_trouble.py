"""What the store does when the database goes away, when nodes start together, and when versions differ."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from contracts.shop import open_shop
from waada.core import commands as c
from waada.store.migrate import FOLDER, migrate, migrations
from waada.store.postgres import PostgresStore
from waada.store.postgres_pool import DatabaseAway
from waada.store.wakes import EARLIEST, Wake
from waada.trouble import CannotStart, NoRoom, OtherVersion

pytestmark = pytest.mark.postgres

CUT_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


async def test_connections_cut_under_load_lose_and_double_nothing(fresh_database: str) -> None:
    store = await PostgresStore.open(fresh_database)
    shop = await open_shop(store)
    axe = await asyncpg.connect(fresh_database)

    async def cut() -> None:
        for _ in range(10):
            await axe.execute(CUT_ALL)
            await asyncio.sleep(0.01)

    try:
        asked = [shop.write(f"number {number}", email=f"c{number}@customer.test") for number in range(300)]
        results, _ = await asyncio.gather(asyncio.gather(*asked), cut())
        assert store.database.lost > 0
        streams = {done.conversation.id for done in results}
        assert len(streams) == 300
        assert {row.id for row in (await store.rows(shop.brand_id, "open", limit=1000)).rows} == streams
        for done in results:
            facts = await store.facts(shop.brand_id, done.conversation.id)
            assert [fact.version for fact in facts] == [1, 2, 3, 4, 5, 6]
        assert await store.database.pool.fetchval("SELECT count(*) FROM timers") == 300
    finally:
        await axe.close()
        await store.close()


async def test_a_brand_whose_change_was_written_by_a_cut_connection_is_read_again(fresh_database: str) -> None:
    store = await PostgresStore.open(fresh_database)
    shop = await open_shop(store)
    real = store.writer._send
    cuts = 1

    async def written_but_not_told(batch: Any) -> None:
        nonlocal cuts
        await real(batch)
        if cuts:
            cuts -= 1
            store.database.lost += 1
            await real(batch)  # as `patiently` does when the answer was lost

    try:
        heard: list[Wake] = []
        store.watchers.append(heard.append)
        store.writer._send = written_but_not_told  # type: ignore[method-assign]
        done = await shop.give(shop.brand_id, c.SetDuty(person_id=shop.agent, on_duty=False))
        assert done.repeated
        assert await store.brand(shop.brand_id) == done.state
        assert [(wake.facts, wake.timer_at, wake.outbox_at) for wake in heard] == [(True, EARLIEST, EARLIEST)]
    finally:
        await store.close()


async def test_whoever_waits_too_long_for_the_database_is_told_in_plain_words(fresh_database: str) -> None:
    with pytest.raises(DatabaseAway, match="DATABASE_URL"):
        await PostgresStore.open("postgresql://nobody@127.0.0.1:1/nothing")
    store = await PostgresStore.open(fresh_database, patience=timedelta(milliseconds=100))
    tried = 0

    async def cut_off(_connection: object) -> None:
        nonlocal tried
        tried += 1
        raise ConnectionResetError

    try:
        with pytest.raises(DatabaseAway, match="Try again"):
            await store.database.patiently(cut_off)
        assert tried > 1
        assert await store.brands() == ()
    finally:
        await store.close()


async def test_migrating_again_and_together_changes_nothing(fresh_database: str) -> None:
    assert await asyncio.gather(*(migrate(fresh_database) for _ in range(3))) == [(), (), ()]


async def test_a_database_made_by_a_newer_version_is_left_alone(fresh_database: str, tmp_path: Path) -> None:
    for path in FOLDER.glob("*.sql"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "9000_pre_future.sql").write_text("CREATE TABLE future ();")
    assert await migrate(fresh_database, folder=tmp_path) == ("9000_pre_future",)
    with pytest.raises(OtherVersion, match="newer Waada"):
        await migrate(fresh_database)


async def test_a_migration_that_was_changed_is_noticed(fresh_database: str, tmp_path: Path) -> None:
    for path in FOLDER.glob("*.sql"):
        (tmp_path / path.name).write_text(path.read_text() + "\n-- touched\n")
    with pytest.raises(OtherVersion, match="written differently"):
        await migrate(fresh_database, folder=tmp_path)


async def test_what_follows_an_upgrade_waits_until_it_is_asked_for(fresh_database: str, tmp_path: Path) -> None:
    for path in FOLDER.glob("*.sql"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "8000_post_drop.sql").write_text("DROP TABLE drafts;")
    (tmp_path / "8001_pre_add.sql").write_text("CREATE TABLE added ();")
    assert await migrate(fresh_database, folder=tmp_path, phase="pre") == ("8001_pre_add",)
    assert await migrate(fresh_database, folder=tmp_path, phase="post") == ("8000_post_drop",)


def test_migrations_are_numbered_and_named() -> None:
    known = migrations()
    assert [each.number for each in known] == sorted({each.number for each in known})
    assert {each.phase for each in known} <= {"pre", "post"}


async def test_a_database_that_nobody_answers_for_is_one_sentence_without_the_password(unused_tcp_port: int) -> None:
    with pytest.raises(CannotStart, match=r"can't be reached .* DATABASE_URL") as trouble:
        await migrate(f"postgresql://name:secret@127.0.0.1:{unused_tcp_port}/waada")
    assert "secret" not in str(trouble.value)


async def test_a_user_who_may_make_no_tables_is_told_so(fresh_database: str) -> None:
    owner = await asyncpg.connect(fresh_database)
    try:
        await owner.execute(
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC; DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN"
        )
        with pytest.raises(CannotStart, match="DATABASE_URL"):
            await migrate(re.sub(r"(?<=user=)[^&]+|(?<=//)[^@/]+(?=@)", "guest", fresh_database))
    finally:
        await owner.execute("DROP ROLE guest")
        await owner.close()


async def test_a_full_disk_is_told_as_trouble_that_may_pass(fresh_database: str) -> None:
    store = await PostgresStore.open(fresh_database)

    async def on_a_full_disk(_: object) -> None:
        raise asyncpg.DiskFullError("could not extend file: No space left on device")

    try:
        with pytest.raises(NoRoom, match="Free some space"):
            await store.database.patiently(on_a_full_disk)
        assert await store.database.patiently(lambda connection: connection.fetchval("SELECT 1")) == 1
    finally:
        await store.close()
