"""What the store does a second: commits (beside what the disk does), timers' lateness, latency of the feed, search.

Starts its own durable PostgreSQL in a temporary folder. Everything runs on one event loop, as in a node; the database
has the rest of the machine.
    python bench/store.py [--seconds 10] [--only timers]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop
from _host import Host, lengths

from waada.clock import RandomIds, SystemClock
from waada.core import commands as c
from waada.core.events import Customer, Message
from waada.core.hours import Hours
from waada.core.ids import BrandId, CommandId, MessageId, PersonId, customer_id
from waada.core.people import Channel
from waada.core.policies import Policy
from waada.engine import Engine
from waada.node import steady
from waada.store.embedded import EmbeddedPostgres
from waada.store.migrate import migrate
from waada.store.postgres import PostgresStore
from waada.words.phrase import CataloguePhrase
from waada.workers.timers import TimerWorker

SENTENCES = (
    "where is my parcel it should have come on friday the courier says nobody was home please call me back about "
    "order number refund invoice broken screen charger size exchange shoes blue delivery address wrong street"
)
WORDS = SENTENCES.split()
SHARES = (0.5, 0.95, 0.99)
CONVERSATIONS_SEARCHED = 100_000

Timed = list[tuple[float, float]]  # when each was due, and how many seconds it took from then


def at_quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def line(name: str, count: float, seconds: list[float], rest: str = "") -> None:
    shown = "".join(f"{at_quantile(seconds, share) * 1000:>9.1f}" for share in SHARES)
    print(f"{name:<34}{count:>10.0f}{shown}   {rest}", flush=True)


def timed_line(name: str, count: float, timed: Timed, host: Host, rest: str = "") -> None:
    """Print a line, and another of the moments that the host left alone."""
    line(name, count, lengths(timed), rest)
    alone = host.undisturbed(timed)
    line("... undisturbed", len(alone), alone, host.words(timed))


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


async def paced(write: Callable[[], Awaitable[object]], rate: float, seconds: float) -> Timed:
    """Write at a steady rate whether or not the store keeps up; return how long each took from when it was due."""
    took: Timed = []
    began = time.perf_counter()

    async def one(meant: float) -> None:
        await write()
        took.append((meant, time.perf_counter() - meant))

    tasks = []
    for number in range(int(rate * seconds)):
        meant = began + number / rate
        await asyncio.sleep(max(0.0, meant - time.perf_counter()))
        tasks.append(asyncio.create_task(one(meant)))
    await asyncio.gather(*tasks)
    return took


async def commits(desk: Desk, folder: Path, seconds: float, host: Host) -> None:
    print(f"{'new conversations':<34}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    writer = desk.store.writer
    for writers in (1, 16, 64, 256):
        fsyncs = fsyncs_a_second(folder)
        batches, written, cpu = writer.batches, writer.commits, time.process_time()
        count, elapsed, took = await flood(desk.write, writers, seconds)
        per_batch = (writer.commits - written) / (writer.batches - batches)
        cpu_ms = (time.process_time() - cpu) / count * 1000
        rest = f"{per_batch:.0f} a batch, {fsyncs:.0f} fsync/s, {cpu_ms:.2f} ms CPU here"
        line(f"{writers} writers at once", count / elapsed, took, rest)
    fsyncs, batches, written = fsyncs_a_second(folder), writer.batches, writer.commits
    steadily = await paced(desk.write, 500, seconds)
    per_batch = (writer.commits - written) / (writer.batches - batches)
    timed_line("500 a second, steadily", 500, steadily, host, f"{per_batch:.1f} a batch, {fsyncs:.0f} fsync/s")


async def timers(desk: Desk, seconds: float, host: Host, rate: int = 1000) -> None:
    """Arm timers that come due at a steady rate, and see how late each is carried out and written down."""
    late: Timed = []
    done = asyncio.Event()

    def observe(seconds_late: float) -> None:
        late.append((time.perf_counter() - seconds_late, seconds_late))
        if len(late) == len(streams):
            done.set()

    worker = TimerWorker(store=desk.store, engine=desk.engine, clock=SystemClock(), observe=observe)
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
    async with asyncio.timeout(seconds + 60):
        await done.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    timed_line(f"timers late, {rate} a second", len(late), late, host, f"{dict(worker.counts)}")


async def feed(desk: Desk, seconds: float) -> None:
    """From a command's call to its facts in the feed of another node, at 300 a second."""
    other = await PostgresStore.open(desk.store.database.dsn)
    began_at: dict[str, float] = {}
    seen_at: dict[str, float] = {}
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
            seen_at.update((each.stream, now) for each in facts if each.row is not None)
            if len(facts) == 500:
                woken.set()

    async def write() -> None:
        began = time.perf_counter()
        began_at[await desk.write()] = began

    task = asyncio.create_task(read())
    written = await paced(write, 300, seconds)
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    took = [seen_at[stream] - began for stream, began in began_at.items() if stream in seen_at]
    line("command to another node, 300/s", len(took), took, f"of {len(written)} commands")
    await other.close()


async def search(desk: Desk) -> None:
    """Search among many: what was written above, copied until it is enough."""
    pool = desk.store.database.pool
    count = await pool.fetchval("SELECT count(*) FROM conversations")
    copies = max(0, CONVERSATIONS_SEARCHED - count) // max(1, count) + 1
    await pool.execute(
        "CREATE TABLE copies AS SELECT stream, gen_random_uuid() AS copy "
        f"FROM conversations, generate_series(1, {copies})"
    )
    for table in ("conversations", "search"):
        names = await pool.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND column_name <> 'stream'",
            table,
        )
        listed = ", ".join(row["column_name"] for row in names)
        await pool.execute(
            f"INSERT INTO {table} (stream, {listed}) SELECT copy, {listed} FROM {table} JOIN copies USING (stream)"
        )
    await pool.execute("ANALYZE")
    count = await pool.fetchval("SELECT count(*) FROM conversations")
    for words in ("parcel", "p", "customer 99", "parcel refund blue", "customer123", "nowhere"):
        took = []
        for _ in range(20):
            began = time.perf_counter()
            found = await desk.store.search(desk.brand_id, words)
            took.append(time.perf_counter() - began)
        line(f"search {words!r}", len(found), took, f"of {count:,} conversations")
    took = []
    for _ in range(5):
        began = time.perf_counter()
        await desk.store.rows(desk.brand_id, "open", limit=10_000)
        took.append(time.perf_counter() - began)
    line("10,000 rows of the queue", 10_000, took)


async def main(seconds: float, only: str) -> None:
    with tempfile.TemporaryDirectory(prefix="waada-bench-", ignore_cleanup_errors=True) as name, Host() as host:
        os.chmod(name, 0o711)  # noqa: PTH101 - the database may run as another user
        folder = Path(name)
        database = EmbeddedPostgres(folder)
        dsn = await database.start()
        await migrate(dsn)
        store = await PostgresStore.open(dsn)
        steady()  # as a node does
        try:
            print(f"load of this machine before we began: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
            desk = Desk(store, "a")
            await desk.open()
            if only != "timers":
                await commits(desk, folder, seconds, host)
            print(f"{'':<34}{'count':>10}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
            slow = Desk(store, "b")
            await slow.open(first_answer_seconds=86_400)
            await timers(slow, seconds, host)
            if only != "timers":
                await feed(desk, seconds)
                await search(desk)
        finally:
            await store.close()
            await database.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--only", choices=("all", "timers"), default="all")
    asked = parser.parse_args()
    uvloop.run(main(asked.seconds, asked.only))
