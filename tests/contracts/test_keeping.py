"""How our word was kept: both stores tell the same of every promise, and the customer's record counts the same ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from contracts.shop import START, ReadingStore, Shop
from waada.core import commands as c
from waada.core.ids import BrandId
from waada.core.keeping import Promised, Record, Telling, Verdict, telling, verdict
from waada.workers.timers import timer_order

MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)


class KeepingStore(ReadingStore, Protocol):
    async def promised(self, brand_id: BrandId, start: object, end: object) -> tuple[Promised, ...]: ...
    async def kept_record(self, brand_id: BrandId, start: object, end: object) -> dict[str, Record]: ...


async def told_by_the_desk(shop: Shop) -> None:
    """Whatever timer is due now does what it has to."""
    for claim in await shop.store.claim_timers(shop.clock.now(), 100, timedelta(seconds=30)):
        await shop.engine.handle(timer_order(claim))


async def a_busy_morning(shop: Shop) -> dict[str, str]:
    """One wait of every kind; all fall due at 9:15 but those that began later. Returns their conversations."""
    names = ("kept", "needless", "caught", "late", "silent", "released", "gave_up", "waiting", "moved_twice")
    streams: dict[str, str] = {}
    for name in names:
        done = await shop.write(email=f"{name}@customer.test", channel="chat" if name == "kept" else "mail")
        streams[name] = done.conversation.id
    new = START + timedelta(hours=2)
    for name in ("needless", "caught", "moved_twice"):
        await shop.give(streams[name], c.Renegotiate(due_at=new, reason="busy"))
    shop.pass_time(minutes=10)
    for name in ("kept", "needless"):
        await shop.reply(streams[name])
    await shop.give(streams["released"], c.Release(), by="customer")
    shop.pass_time(minutes=4)
    await shop.give(streams["late"], c.Renegotiate(due_at=new, reason="busy"))
    shop.pass_time(minutes=6)
    await told_by_the_desk(shop)  # the installation was down when 9:15 passed: it owns up at 9:20
    shop.pass_time(minutes=10)
    await shop.give(streams["moved_twice"], c.Renegotiate(due_at=new + A_DAY, reason="need_parts"))
    for name in ("caught", "late", "silent", "moved_twice"):
        await shop.reply(streams[name])
    await shop.give(streams["gave_up"], c.Release(), by="customer")
    shop.pass_time(minutes=10)
    await shop.again(streams["kept"])  # a second wait of the same enquiry
    shop.pass_time(minutes=1)
    await shop.reply(streams["kept"])
    return streams


async def found(shop: Shop) -> dict[str, list[Promised]]:
    store: KeepingStore = shop.store  # type: ignore[assignment]  # both stores have it
    streams: dict[str, list[Promised]] = {}
    for each in await store.promised(shop.brand_id, START, START + A_DAY):
        streams.setdefault(each.conversation_id, []).append(each)
    return streams


async def test_every_way_a_wait_can_go_is_told_apart(shop: Shop) -> None:
    streams = await a_busy_morning(shop)
    every = await found(shop)
    told: dict[str, tuple[Verdict, Telling, int]] = {
        name: (verdict(every[stream][0]), telling(every[stream][0]), every[stream][0].revisions)
        for name, stream in streams.items()
    }
    assert told == {
        "kept": ("kept", "none", 0),
        "needless": ("kept", "needless", 1),
        "caught": ("missed", "caught", 1),
        "late": ("missed", "late", 1),
        "silent": ("missed", "silent", 1),
        "released": ("released", "none", 0),
        "gave_up": ("missed", "silent", 1),
        "waiting": ("missed", "silent", 1),
        "moved_twice": ("missed", "caught", 2),
    }


async def test_a_promise_is_told_with_all_that_is_known_of_it(shop: Shop) -> None:
    streams = await a_busy_morning(shop)
    every = await found(shop)
    first, second = every[streams["kept"]]
    assert (first.channel, first.channel_kind, first.language, first.kind) == ("chat", "chat", "en", "first_answer")
    assert (first.made_at, first.due_at, first.chance) == (START, START + 15 * MINUTE, None)
    assert (first.ended_at, first.told_at, first.basis) == (START + 10 * MINUTE, None, "policy:900s:always")
    assert (second.kind, second.made_at, second.ended_at) == (
        "next_answer",
        START + 40 * MINUTE,
        START + 41 * MINUTE,
    )
    [late] = every[streams["late"]]
    assert (late.told_at, late.ended_at) == (START + 14 * MINUTE, START + 30 * MINUTE)
    [waiting] = every[streams["waiting"]]
    assert (waiting.told_at, waiting.ended_at, waiting.released) == (None, None, False)


async def test_the_record_counts_what_was_scored_by_channel(shop: Shop) -> None:
    await a_busy_morning(shop)
    store: KeepingStore = shop.store  # type: ignore[assignment]  # both stores have it
    assert await store.kept_record(shop.brand_id, START, START + A_DAY) == {
        "chat": Record(kept=2, scored=2),
        "mail": Record(kept=1, scored=7),
    }
    assert await store.kept_record(shop.brand_id, START + A_DAY, START + 2 * A_DAY) == {}


async def test_a_promise_belongs_to_the_time_in_which_it_falls_due(shop: Shop) -> None:
    await shop.write()
    store: KeepingStore = shop.store  # type: ignore[assignment]  # both stores have it
    due = START + 15 * MINUTE
    instant = timedelta(microseconds=1)
    assert len(await store.promised(shop.brand_id, due, due + instant)) == 1
    assert await store.promised(shop.brand_id, START, due) == ()
    assert await store.promised(shop.brand_id, due + instant, due + A_DAY) == ()
    assert await store.promised(shop.owner, due, due + instant) == ()  # type: ignore[arg-type]  # another brand's id


async def test_an_answer_that_was_taken_back_is_none(shop: Shop) -> None:
    stream = (await shop.write()).conversation.id
    shop.pass_time(minutes=5)
    await shop.reply(stream)
    shop.pass_time(seconds=3)
    await shop.give(stream, c.Undo(), by=f"person:{shop.agent}")
    every = await found(shop)
    assert (every[stream][0].ended_at, verdict(every[stream][0])) == (None, "missed")
    shop.pass_time(minutes=1)
    await shop.reply(stream)
    every = await found(shop)
    assert [(each.ended_at, verdict(each)) for each in every[stream]] == [
        (START + timedelta(minutes=6, seconds=3), "kept")
    ]
