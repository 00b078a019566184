"""Workers hand due timers to the engine and effects to their handlers, try again after trouble, sleep in between."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from contracts.shop import START, Shop, open_shop
from waada.clock import SystemClock
from waada.core import commands as c
from waada.core.effects import ReviewPeople, Send
from waada.core.events import Escalated
from waada.ports import OutboxClaim
from waada.store.memory import MemoryStore
from waada.trouble import Trouble
from waada.workers.crew import Crew
from waada.workers.outbox import Handler, OutboxWorker, ReviewPeopleHandler, backoff
from waada.workers.timers import TimerWorker


@pytest.fixture
async def shop() -> Shop:
    opened = await open_shop(MemoryStore())
    for claim in await opened.store.claim_outbox(START, 100, timedelta(0)):
        await opened.store.finish_outbox(claim.brand_id, claim.key)
    return opened


def timer_worker(shop: Shop, late: list[float] | None = None) -> TimerWorker:
    observe = late.append if late is not None else None
    return TimerWorker(store=shop.store, engine=shop.engine, clock=shop.clock, observe=observe)


async def test_a_promise_left_alone_warns_people_and_is_told_a_new_time_before_it_breaks(shop: Shop) -> None:
    done = await shop.write()
    first = done.conversation.promise
    assert first is not None
    late: list[float] = []
    worker = timer_worker(shop, late)
    assert await worker.turn() == 0
    while (at := await shop.store.next_timer_at()) is not None and at < first.due_at:
        shop.clock.set(at)
        assert await worker.turn() == 1
    facts = await shop.store.facts(shop.brand_id, done.conversation.id)
    assert [fact.event.step for fact in facts if isinstance(fact.event, Escalated)] == [1, 2, 3, 4, 5]
    found = await shop.store.promise(shop.brand_id, first.id)
    assert found is not None
    assert found.promise.status == "renegotiated"
    assert set(late) == {0.0}


async def test_a_stale_timer_does_nothing_and_goes_away(shop: Shop) -> None:
    done = await shop.write()
    shop.pass_time(minutes=8)
    claims = await shop.store.claim_timers(shop.clock.now(), 10, timedelta(0))
    await shop.reply(done.conversation.id, close=True)
    version = len(await shop.store.facts(shop.brand_id, done.conversation.id))
    again = TimerWorker(store=shop.store, engine=shop.engine, clock=shop.clock)
    for claim in claims:
        await again._hand_over(claim)
    assert len(await shop.store.facts(shop.brand_id, done.conversation.id)) == version
    assert await shop.store.next_timer_at() is None


async def test_what_meets_trouble_is_tried_again_later_each_time_under_the_same_key(shop: Shop) -> None:
    await shop.write()
    tried: list[OutboxClaim] = []

    async def send(claim: OutboxClaim) -> None:
        tried.append(claim)
        if len(tried) < 4:
            raise Trouble("The mail server says no.")

    worker = OutboxWorker(store=shop.store, clock=shop.clock, handlers={Send: send}, chance=lambda: 0.5)
    began = shop.clock.now()
    waits = []
    while (at := await shop.store.next_outbox_at()) is not None:
        waits.append((at - began).total_seconds())
        shop.clock.set(at)
        assert await worker.turn() == 1
    assert waits == [0, 1, 3, 7]
    assert {claim.key for claim in tried} == {tried[0].key}
    assert [claim.attempts for claim in tried] == [1, 2, 3, 4]
    assert worker.counts["Send in trouble"] == 3
    assert worker.counts["Send done"] == 1


async def test_what_met_trouble_is_tried_again_when_its_pause_is_over_not_when_somebody_looks(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waada.workers.outbox.BACKOFF_FIRST", timedelta(milliseconds=20))
    clock = SystemClock()
    shop.clock.set(clock.now())
    await shop.write()
    tried = 0
    sent = asyncio.Event()

    async def send(_claim: OutboxClaim) -> None:
        nonlocal tried
        tried += 1
        if tried == 1:
            await asyncio.sleep(0.05)  # until the worker has gone to sleep, for five seconds
            raise Trouble("The mail server says no.")
        sent.set()

    worker = OutboxWorker(store=shop.store, clock=clock, handlers={Send: send}, chance=lambda: 0.5)
    task = asyncio.create_task(worker.run())
    await asyncio.wait_for(sent.wait(), 3)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_an_effect_that_nobody_here_can_carry_out_waits(shop: Shop) -> None:
    await shop.write()
    worker = OutboxWorker(store=shop.store, clock=shop.clock, handlers={}, chance=lambda: 0.5)
    assert await worker.turn() == 1
    assert await shop.store.next_outbox_at() == START + timedelta(seconds=1)


def test_pauses_grow_to_a_quarter_of_an_hour_and_are_spread() -> None:
    assert [backoff(attempts, 0.5).total_seconds() for attempts in (1, 2, 3, 10, 11, 500)] == [1, 2, 4, 512, 900, 900]
    assert backoff(500, 0.0) == timedelta(minutes=7.5)
    assert backoff(1, 0.99) < timedelta(seconds=1.5)


async def test_when_somebody_goes_off_duty_all_open_promises_rest_on_somebody_who_is_there(shop: Shop) -> None:
    dones = [await shop.write(email=f"c{number}@customer.test") for number in range(60)]
    await shop.give(dones[0].conversation.id, c.Assign(person_id=shop.agent))
    await shop.give(shop.brand_id, c.SetDuty(person_id=shop.agent, on_duty=False))
    handler = ReviewPeopleHandler(engine=shop.engine, people=shop.store)

    async def ignore(_claim: OutboxClaim) -> None:
        return

    handlers: dict[type, Handler] = {ReviewPeople: handler, Send: ignore}
    worker = OutboxWorker(store=shop.store, clock=shop.clock, handlers=handlers, chance=lambda: 0.5)
    while await worker.turn():
        pass
    rows = await shop.store.rows(shop.brand_id, "open", limit=100)
    assert len(rows.rows) == 60
    assert {row.responsible for row in rows.rows} == {shop.owner}
    assert worker.counts["ReviewPeople done"] == 1


class Rows:
    """A table in which rows come due, on the clock of this machine."""

    def __init__(self) -> None:
        self.due: list[tuple[float, str]] = []
        self.done: list[str] = []
        self.finished = asyncio.Event()
        self.looked = 0

    async def claim(self, _now: object, limit: int, _lease: timedelta) -> tuple[str, ...]:
        self.looked += 1
        here = asyncio.get_running_loop().time()
        ready = sorted(row for row in self.due if row[0] <= here)[:limit]
        self.due = [row for row in self.due if row not in ready]
        return tuple(name for _, name in ready)

    async def next_at(self) -> object:
        if not self.due:
            return None
        seconds = min(self.due)[0] - asyncio.get_running_loop().time()
        return SystemClock().now() + timedelta(seconds=seconds)

    async def work(self, name: str) -> None:
        if name == "bug":
            raise ValueError(name)
        self.done.append(name)
        if name == "last":
            self.finished.set()


def crew_of(rows: Rows) -> Crew[str]:
    return Crew(
        "rows",
        clock=SystemClock(),
        claim=rows.claim,
        next_at=rows.next_at,  # type: ignore[arg-type]  # says when in its own words
        work=rows.work,
        hands=4,
        lease=timedelta(seconds=30),
    )


async def test_a_crew_sleeps_until_something_is_due_or_it_is_woken() -> None:
    rows = Rows()
    crew = crew_of(rows)
    task = asyncio.create_task(crew.run())
    await asyncio.sleep(0.05)
    looked = rows.looked
    assert looked < 5  # it sleeps
    now = asyncio.get_running_loop().time()
    rows.due = [(now + 0.03 * number, f"row {number}") for number in range(1, 4)] + [(now + 0.15, "last")]
    crew.wake(SystemClock().now())
    await asyncio.wait_for(rows.finished.wait(), 3)
    assert rows.done == ["row 1", "row 2", "row 3", "last"]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_one_row_that_fails_stops_no_other() -> None:
    rows = Rows()
    crew = crew_of(rows)
    rows.due = [(0.0, "bug"), (0.0, "fine"), *((1.0, f"row {number}") for number in range(20)), (2.0, "last")]
    task = asyncio.create_task(crew.run())
    await asyncio.wait_for(rows.finished.wait(), 3)
    assert len(rows.done) == 22
    assert crew.counts == {"done": 22, "bugs": 1}
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_crew_that_is_stopped_finishes_what_it_has_in_hand() -> None:
    rows = Rows()
    claimed, let_go = asyncio.Event(), asyncio.Event()
    real = rows.claim

    async def slow_claim(now: object, limit: int, lease: timedelta) -> tuple[str, ...]:
        found = await real(now, limit, lease)
        claimed.set()
        await let_go.wait()
        return found

    rows.claim = slow_claim  # type: ignore[method-assign, assignment]  # in its own words
    rows.due = [(0.0, "row"), (0.1, "last")]
    crew = crew_of(rows)
    task = asyncio.create_task(crew.run())
    await claimed.wait()
    task.cancel()
    await asyncio.sleep(0)
    let_go.set()
    await asyncio.gather(task, return_exceptions=True)
    assert rows.done == ["row", "last"]


async def test_a_crew_that_meets_trouble_while_it_is_stopped_stops_all_the_same() -> None:
    rows = Rows()
    claiming, away = asyncio.Event(), asyncio.Event()

    async def claim(now: object, limit: int, lease: timedelta) -> tuple[str, ...]:
        claiming.set()
        await away.wait()
        raise Trouble("The database cannot be reached just now.")

    rows.claim = claim  # type: ignore[method-assign, assignment]  # in its own words
    task = asyncio.create_task(crew_of(rows).run())
    await claiming.wait()
    task.cancel()
    await asyncio.sleep(0)
    away.set()
    done, _ = await asyncio.wait({task}, timeout=5)
    assert task in done
    assert task.cancelled()


async def test_a_mail_that_a_stopping_node_could_not_send_is_sent_by_the_next_at_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waada.workers.crew.STOP_SECONDS_MAX", 0.01)
    await shop.write()
    begun = asyncio.Event()

    async def hang(_claim: OutboxClaim) -> None:
        begun.set()
        await asyncio.Event().wait()

    worker = OutboxWorker(store=shop.store, clock=shop.clock, handlers={Send: hang}, chance=lambda: 0.5)
    task = asyncio.create_task(worker.run())
    await asyncio.wait_for(begun.wait(), 3)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await shop.store.next_outbox_at() == shop.clock.now()
    [claim] = await shop.store.claim_outbox(shop.clock.now(), 10, timedelta(seconds=30))
    assert claim.attempts == 2
