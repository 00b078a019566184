"""The feed between transactions that overlap, and between nodes: nothing is skipped, and everybody hears at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from contracts.shop import Shop
from waada.core import commands as c
from waada.core.ids import BrandId, CommandId
from waada.core.refusals import Refused
from waada.ports import Recorded
from waada.store.columns import join, lines_of
from waada.store.migrate import migrate
from waada.store.postgres import PostgresStore
from waada.store.wakes import Wake

pytestmark = pytest.mark.postgres


@pytest.fixture
async def other_node(fresh_database: str) -> AsyncIterator[PostgresStore]:
    opened = await PostgresStore.open(fresh_database)
    yield opened
    await opened.close()


async def until(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), 5)


async def test_a_commit_that_comes_late_is_not_skipped(shop: Shop, store: PostgresStore, fresh_database: str) -> None:
    done = await shop.write()
    late = replace(
        shop.commits[-1], stream=shop.ids.fresh(), command_id=CommandId("late"), effects=(), promises=(), timers=()
    )
    _, start = await store.feed(None, 1)
    slow = await asyncpg.connect(fresh_database)
    try:
        transaction = slow.transaction()
        await transaction.start()
        await slow.execute(store.database.statement("append"), *join([lines_of(late)]))

        quick = await shop.again(done.conversation.id)
        assert await store.feed(start, 100) == ((), start)
        # A reader that went by position alone would see the quick one now, and from there on never the slow one.
        positions = await slow.fetch("SELECT position, stream::text FROM events ORDER BY position DESC LIMIT 7")
        assert positions[0]["stream"] == quick.conversation.id
        assert positions[-1]["stream"] == late.stream
        by_position = await store.database.pool.fetch(
            "SELECT stream::text FROM events WHERE position >= $1 ORDER BY position", positions[-1]["position"]
        )
        assert {row["stream"] for row in by_position} == {quick.conversation.id}

        await transaction.commit()
    finally:
        await slow.close()
    facts, _ = await store.feed(start, 100)
    assert [fact.stream for fact in facts] == [late.stream] * 6 + [quick.conversation.id] * len(quick.events)


async def test_the_thousandth_transaction_comes_after_the_one_before_it(
    shop: Shop, store: PostgresStore, fresh_database: str
) -> None:
    """Found by killing programs under load: as text, 10 comes before 9, and a reader would skip or repeat."""
    done = await shop.write()
    connection = await asyncpg.connect(fresh_database)
    try:
        # The tenth transaction wrote the last facts, the ninth all others; both are long over.
        await connection.execute("UPDATE events SET xact = '9'::xid8")
        await connection.execute(
            "UPDATE events SET xact = '10'::xid8 WHERE stream::text = $1 AND version > 3", done.conversation.id
        )
    finally:
        await connection.close()
    whole, _ = await store.feed("0.0", 1000)
    assert whole[-1].cursor.startswith("10.")
    cursor = "0.0"
    read: list[Recorded] = []
    while facts := (await store.feed(cursor, 2))[0]:
        read += facts
        cursor = facts[-1].cursor
    assert read == list(whole)


async def test_the_feed_looks_again_by_itself_when_a_slow_commit_held_it_up(
    shop: Shop, store: PostgresStore, fresh_database: str
) -> None:
    _, start = await store.feed(None, 1)
    woken = asyncio.Event()
    slow = await asyncpg.connect(fresh_database)
    transaction = slow.transaction()
    await transaction.start()
    await slow.fetchval("SELECT pg_current_xact_id()")
    done = await shop.write()
    store.watchers.append(lambda wake: woken.set() if wake.facts else None)
    assert await store.feed(start, 100) == ((), start)
    await slow.close()  # nobody tells us that it is gone
    await until(woken)
    while True:
        facts, _ = await store.feed(start, 100)
        if facts:
            break
        woken.clear()
        await until(woken)
    assert [fact.event for fact in facts] == list(done.events)


async def test_another_node_hears_of_facts_timers_and_outbox(shop: Shop, other_node: PostgresStore) -> None:
    heard: list[Wake] = []
    woken = asyncio.Event()

    def watch(wake: Wake) -> None:
        heard.append(wake)
        if wake.timer_at is not None:
            woken.set()

    other_node.watchers.append(watch)
    done = await shop.write()
    await until(woken)
    promise = done.conversation.promise
    assert promise is not None
    assert any(wake.facts for wake in heard)
    assert not any(wake.own for wake in heard)
    assert min(wake.timer_at for wake in heard if wake.timer_at is not None) == promise.check_at
    assert min(wake.outbox_at for wake in heard if wake.outbox_at is not None) == shop.clock.now()


async def test_another_node_hears_that_what_could_not_be_sent_shall_be_tried_now(
    shop: Shop, other_node: PostgresStore, store: PostgresStore
) -> None:
    await shop.write()
    now = shop.clock.now()
    for claim in await store.claim_outbox(now, 10, timedelta(seconds=30)):
        await store.retry_outbox(shop.brand_id, claim.key, now + timedelta(minutes=15), "No route to host", "away")
    await asyncio.sleep(0.1)  # what was written before has been heard
    woken = asyncio.Event()
    other_node.watchers.append(lambda wake: woken.set() if wake.outbox_at == now else None)
    assert await store.hurry_outbox(shop.brand_id, now) == 1
    await until(woken)


async def test_another_node_sees_a_changed_brand(shop: Shop, other_node: PostgresStore) -> None:
    before = await other_node.brand_named("shop")
    assert before is not None
    woken = asyncio.Event()
    other_node.watchers.append(lambda wake: woken.set() if shop.brand_id in wake.brands else None)
    await shop.give(shop.brand_id, c.SetDuty(person_id=shop.agent, on_duty=False))
    await until(woken)
    after = await other_node.brand(shop.brand_id)
    assert after is not None
    assert after.version == before.version + 1


async def test_a_node_that_lost_its_ear_looks_at_everything_when_it_hears_again(
    shop: Shop, other_node: PostgresStore, store: PostgresStore
) -> None:
    woken = asyncio.Event()
    assert await other_node.brand(shop.brand_id) is not None
    other_node.watchers.append(lambda wake: woken.set() if "*" in wake.brands else None)
    await store.database.pool.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await until(woken)
    assert other_node.bell.reconnected == 1
    done = await shop.write()
    assert await other_node.load("conversation", shop.brand_id, done.conversation.id) == done.state


@pytest.mark.parametrize("cursor", ["", "0", "x.y", "1", "1.", ".1", "-1.2", "1.99999999999999999999", "٣.1"])
async def test_what_is_no_place_in_the_feed_is_refused(store: PostgresStore, cursor: str) -> None:
    with pytest.raises(Refused):
        await store.feed(cursor, 10)


async def test_a_restored_database_goes_on_where_it_was(shop: Shop, store: PostgresStore, fresh_database: str) -> None:
    done = await shop.write()
    # As after a restore from a cluster that had counted further.
    await store.database.pool.execute("UPDATE events SET xact = '99999999999'")
    _, cursor = await store.feed("0.0", 100)
    assert cursor == "0.0"
    await migrate(fresh_database)
    facts, cursor = await store.feed("0.0", 100)
    assert [fact.version for fact in facts if fact.stream == done.conversation.id] == [1, 2, 3, 4, 5, 6]
    shop.clock.advance(timedelta(minutes=1))
    again = await shop.again(done.conversation.id)
    facts, _ = await store.feed(cursor, 100)
    assert [fact.event for fact in facts] == list(again.events)


async def test_so_many_changed_brands_that_they_fit_in_no_message_are_all_read_again(
    shop: Shop, store: PostgresStore, other_node: PostgresStore
) -> None:
    before = await other_node.brand(shop.brand_id)
    assert before is not None
    woken = asyncio.Event()
    other_node.watchers.append(lambda wake: woken.set() if wake.brands else None)
    await shop.give(shop.brand_id, c.SetDuty(person_id=shop.agent, on_duty=False))
    store.bell.ring(Wake(brands=tuple(BrandId(shop.ids.fresh()) for _ in range(500))))
    await until(woken)
    after = await other_node.brand(shop.brand_id)
    assert after is not None
    assert after.version == before.version + 1
