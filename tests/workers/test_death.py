"""A node that is killed in the middle of its work loses nothing, and what another one repeats counts once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.shop import START, Shop, open_shop
from waada.core.effects import Send
from waada.core.events import Escalated
from waada.ports import OutboxClaim
from waada.store.postgres import PostgresStore
from waada.workers.outbox import OutboxWorker
from waada.workers.timers import TimerWorker

pytestmark = pytest.mark.postgres

MORTAL = Path(__file__).with_name("mortal.py")


@pytest.fixture
async def store(fresh_database: str) -> AsyncIterator[PostgresStore]:
    opened = await PostgresStore.open(fresh_database)
    yield opened
    await opened.close()


async def live_and_die(*arguments: str) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        str(MORTAL),
        *arguments,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await asyncio.wait_for(child.communicate(), 60)
    assert child.returncode == -signal.SIGKILL, errors.decode()


async def open_conversations(shop: Shop, number: int) -> list[str]:
    asked = (shop.write(email=f"c{each}@customer.test") for each in range(number))
    return [done.conversation.id for done in await asyncio.gather(*asked)]


async def test_timers_of_a_killed_node_are_carried_out_once(store: PostgresStore, fresh_database: str) -> None:
    shop = await open_shop(store)
    streams = await open_conversations(shop, 120)
    due = START + timedelta(minutes=8)
    await live_and_die("timers", fresh_database, due.isoformat(), "55")

    shop.clock.set(due)
    worker = TimerWorker(store=store, engine=shop.engine, clock=shop.clock, hands=40)
    while await worker.turn():
        pass  # what the dead node had not claimed
    shop.clock.advance(timedelta(seconds=31))
    while await worker.turn():
        pass  # what it had claimed and not finished
    for stream in streams:
        facts = await store.facts(shop.brand_id, stream)
        assert [fact.event.step for fact in facts if isinstance(fact.event, Escalated)] == [1]
    assert await store.database.pool.fetchval("SELECT count(*) FROM timers WHERE guard LIKE '%:1'") == 120


async def test_mail_of_a_killed_node_is_sent_under_the_same_key(
    store: PostgresStore, fresh_database: str, tmp_path: Path
) -> None:
    shop = await open_shop(store)
    await open_conversations(shop, 100)
    expected = await store.database.pool.fetch("SELECT key FROM outbox WHERE kind = 'send'")
    wire = tmp_path / "wire"
    await live_and_die("outbox", fresh_database, START.isoformat(), "35", str(wire))
    sent = wire.read_text().split()
    assert len(sent) == 35

    async def send(claim: OutboxClaim) -> None:
        sent.append(claim.key)

    shop.clock.advance(timedelta(minutes=3))
    worker = OutboxWorker(store=store, clock=shop.clock, handlers={Send: send}, chance=lambda: 0.5, hands=40)
    for _ in range(10):
        await worker.turn()
    assert set(sent) == {row["key"] for row in expected}
    assert len(sent) <= 135  # at least once each, and only what was in hand twice
    assert await store.database.pool.fetchval("SELECT count(*) FROM outbox WHERE kind = 'send'") == 0


async def test_two_nodes_share_the_timers_without_repeating_any(store: PostgresStore, fresh_database: str) -> None:
    shop = await open_shop(store)
    streams = await open_conversations(shop, 100)
    other = await PostgresStore.open(fresh_database)
    shop.clock.advance(timedelta(minutes=8))
    workers = [TimerWorker(store=each, engine=shop.engine, clock=shop.clock, hands=7) for each in (store, other)]

    async def work(worker: TimerWorker) -> None:
        while await worker.turn():
            pass

    await asyncio.gather(*map(work, workers))
    await other.close()
    assert workers[0].counts["done"] + workers[1].counts["done"] == 100
    for stream in streams:
        facts = await store.facts(shop.brand_id, stream)
        assert sum(isinstance(fact.event, Escalated) for fact in facts) == 1
