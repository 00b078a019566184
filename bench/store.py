"""What the store does a second: commits (beside what the disk does), timers' lateness, latency of the feed, search.

Starts its own durable PostgreSQL in a temporary folder: `python bench/store.py [seconds]`. Everything runs on one event
loop, as in a node; the database has the rest of the machine.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop

from waada.clock import RandomIds, SystemClock
from waada.core import commands as c
from waada.core.events import Customer, Message
from waada.core.hours import Hours
from waada.core.ids import BrandId, CommandId, MessageId, PersonId, customer_id
from waada.core.people import Channel
from waada.core.policies import Policy
from waada.engine import Engine
from waada.store.embedded import EmbeddedPostgres
from waada.store.migrate import migrate
from waada.store.postgres import PostgresStore
from waada.words.phrase import CataloguePhrase
from waada.workers.timers import TimerWorker

WORDS = (
    "where is my parcel it should have come on friday the courier says nobody was home please call me back about "
    "order number refund invoice broken screen charger size exchange shoes blue delivery address wrong street"
).split()


def at_quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def fsyncs_a_second(folder: Path, seconds: float = 1.0) -> float:
    """How often this disk puts 8 KiB in safety: what a commit by itself would cost."""
    block, times = os.urandom(8192), 0
    fd = os.open(folder / "calibration", os.O_CREAT | os.O_WRONLY)
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        os.pwrite(fd, block, 0)
        os.fdatasync(fd)
        times += 1
    os.close(fd)
    return times / seconds


class Desk:
    """A brand to write to."""

    def __init__(self, store: PostgresStore, salt: str) -> None:
        self.ids = RandomIds()
        self.store = store
        self.engine = Engine(store=store, clock=SystemClock(), ids=self.ids, phrase=CataloguePhrase())
        self.brand_id = BrandId(self.ids.fresh())
        self.slug = f"bench-{salt}"
        self.chance = random.Random(1)

    async def give(self, stream: str, command: c.Command, by: str = "system") -> None:
        order = c.Order(
            command_id=CommandId(self.ids.fresh()), brand_id=self.brand_id, stream=stream, by=by, command=command
        )
        await self.engine.handle(order)

    async def open(self, first_answer_seconds: int = 900) -> None:
        owner = PersonId(self.ids.fresh())
        policy = Policy(first_answer_seconds=first_answer_seconds, next_answer_seconds=7200, clock="always")
        found = c.FoundBrand(
            slug=self.slug,
            name="Bench",
            zone="Asia/Almaty",
            languages=("en",),
            hours=Hours.always("Asia/Almaty"),
            owner_name="Olga",
            owner_email="o@bench.test",
            owner_id=owner,
        )
        await self.give(self.brand_id, found)
        await self.give(self.brand_id, c.SetDuty(person_id=owner, on_duty=True))
        channel = Channel(key="api", kind="api", name="API", live=True, policy=policy)
        await self.give(self.brand_id, c.SetChannel(channel=channel))

    async def write(self) -> str:
        number = self.chance.randrange(10**9)
        email = f"customer{number}@bench.test"
        customer = Customer(id=customer_id(self.brand_id, "email", email), name=f"Customer {number}", email=email)
        text = " ".join(self.chance.choices(WORDS, k=25)) + f" {number}"
        start = c.StartConversation(
            channel="api", customer=customer, message=Message(id=MessageId(self.ids.fresh()), text=text)
        )
        stream = self.ids.fresh()
        await self.give(stream, start, by="customer")
        return stream


async def flood(write: Callable[[], Awaitable[object]], writers: int, seconds: float) -> tuple[int, float, list[float]]:
    """Write as fast as `writers` at once can; return how many, in what time, and how long each took."""
    took: list[float] = []
    until = time.perf_counter() + seconds

    async def one() -> None:
        while time.perf_counter() < until:
            began = time.perf_counter()
            await write()
            took.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(writers)))
    return len(took), time.perf_counter() - began, took


async def paced(write: Callable[[], Awaitable[object]], rate: float, seconds: float) -> list[float]:
    """Write at a steady rate whether or not the store keeps up; return how long each took since it was meant to begin."""
    took: list[float] = []
    began = time.perf_counter()

    async def one(meant: float) -> None:
        await write()
        took.append(time.perf_counter() - meant)

    tasks = []
    for number in range(int(rate * seconds)):
        meant = began + number / rate
        await asyncio.sleep(max(0.0, meant - time.perf_counter()))
        tasks.append(asyncio.create_task(one(meant)))
    await asyncio.gather(*tasks)
    return took


async def commits(desk: Desk, folder: Path, seconds: float) -> None:
    print(f"{'new conversations':<34}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'a batch':>9}{'fsync/s':>9}{'CPU ms':>8}")
    for writers in (1, 16, 64, 256):
        fsyncs = fsyncs_a_second(folder)
        batches, written, cpu = desk.store.writer.batches, desk.store.writer.commits, time.process_time()
        count, elapsed, took = await flood(desk.write, writers, seconds)
        per_batch = (desk.store.writer.commits - written) / (desk.store.writer.batches - batches)
        cpu_ms = (time.process_time() - cpu) / count * 1000
        row = "".join(f"{at_quantile(took, share) * 1000:>9.1f}" for share in (0.5, 0.95, 0.99))
        print(f"{f'{writers} writers at once':<34}{count / elapsed:>10.0f}{row}{per_batch:>9.1f}{fsyncs:>9.0f}{cpu_ms:>8.2f}")
    fsyncs = fsyncs_a_second(folder)
    took = await paced(desk.write, 500, seconds)
    row = "".join(f"{at_quantile(took, share) * 1000:>9.1f}" for share in (0.5, 0.95, 0.99))
    print(f"{'500 a second, steadily':<34}{500:>10}{row}{'':>9}{fsyncs:>9.0f}")


async def timers(desk: Desk, seconds: float, rate: int = 1000) -> None:
    """Arm timers that come due at a steady rate, and see how late each is carried out and written down."""
    late: list[float] = []
    worker = TimerWorker(store=desk.store, engine=desk.engine, clock=SystemClock(), observe=late.append)
    streams = [await each for each in asyncio.as_completed([desk.write() for _ in range(int(rate * seconds))])]
    await asyncio.sleep(1)
    first = datetime.now(UTC) + timedelta(seconds=2)
    async with desk.store.database.pool.acquire() as connection:
        # The commands above armed them for minutes from now; the same timers, due one after the other.
        await connection.executemany(
            "UPDATE timers SET due_at = $2, wake_at = $2 WHERE stream = $1",
            [(stream, first + timedelta(seconds=number / rate)) for number, stream in enumerate(streams)],
        )
    task = asyncio.create_task(worker.run())
    until = time.perf_counter() + seconds + 20
    while len(late) < len(streams) and time.perf_counter() < until:
        await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    row = "".join(f"{at_quantile(late, share) * 1000:>9.1f}" for share in (0.5, 0.95, 0.99))
    print(f"{f'timers late, {rate} a second':<34}{len(late):>10}{row}   {dict(worker.counts)}")


async def feed(desk: Desk, seconds: float) -> None:
    """From a command's call to its facts in the feed of another node, at 300 a second."""
    other = await PostgresStore.open(desk.store.database.dsn)
    began_at: dict[str, float] = {}
    took: list[float] = []
    woken = asyncio.Event()
    other.watchers.append(lambda wake: woken.set() if wake.facts else None)
    _, cursor = await other.feed(None, 1)

    async def read() -> None:
        nonlocal cursor
        while True:
            await woken.wait()
            woken.clear()
            facts, cursor = await other.feed(cursor, 500)
            now = time.perf_counter()
            took.extend(now - began_at[each.stream] for each in facts if each.row is not None and each.stream in began_at)
            if len(facts) == 500:
                woken.set()

    async def write() -> None:
        began_at[desk.ids.fresh()] = 0.0
        began = time.perf_counter()
        stream = await desk.write()
        began_at[stream] = began

    task = asyncio.create_task(read())
    took_own = await paced(write, 300, seconds)
    await asyncio.sleep(1)
    task.cancel()
    row = "".join(f"{at_quantile(took, share) * 1000:>9.1f}" for share in (0.5, 0.95, 0.99))
    print(f"{'command to another node, 300/s':<34}{len(took):>10}{row}   of {len(took_own)} commands")
    await other.close()


async def search(desk: Desk) -> None:
    count = await desk.store.database.pool.fetchval("SELECT count(*) FROM conversations")
    for words in ("parcel", "p", "customer 99", "parcel refund blue", "customer123", "nowhere"):
        took = []
        for _ in range(10):
            began = time.perf_counter()
            found = await desk.store.search(desk.brand_id, words)
            took.append(time.perf_counter() - began)
        row = "".join(f"{at_quantile(took, share) * 1000:>9.1f}" for share in (0.5, 0.95, 0.99))
        print(f"{f'search {words!r}':<34}{len(found):>10}{row}   of {count} conversations")
    began = time.perf_counter()
    rows = await desk.store.rows(desk.brand_id, "open", limit=10_000)
    print(f"{'queue of open conversations':<34}{len(rows.rows):>10}{(time.perf_counter() - began) * 1000:>9.1f}")


async def main(seconds: float) -> None:
    with tempfile.TemporaryDirectory(prefix="waada-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        database = EmbeddedPostgres(folder)
        dsn = await database.start()
        await migrate(dsn)
        store = await PostgresStore.open(dsn)
        try:
            desk = Desk(store, "a")
            await desk.open()
            await commits(desk, folder, seconds)
            print(f"{'':<34}{'count':>10}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
            slow = Desk(store, "b")
            await slow.open(first_answer_seconds=86_400)
            await timers(slow, seconds)
            await feed(desk, seconds)
            await search(desk)
        finally:
            await store.close()
            await database.stop()


if __name__ == "__main__":
    uvloop.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0))
