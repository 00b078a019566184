"""The feed shows every fact once, in an order in which each stream's facts follow each other, from any place on."""

from __future__ import annotations

import asyncio

from contracts.shop import Shop
from waada.core import commands as c
from waada.core.summary import summarise
from waada.ports import Recorded


async def read_all(shop: Shop, cursor: str, limit: int = 5) -> tuple[list[Recorded], str]:
    found: list[Recorded] = []
    while True:
        facts, cursor = await shop.store.feed(cursor, limit)
        found += facts
        if not facts:
            return found, cursor


async def test_the_feed_begins_at_the_end_and_shows_what_follows(shop: Shop) -> None:
    await shop.write()
    facts, cursor = await shop.store.feed(None, 10)
    assert facts == ()
    assert await shop.store.feed(cursor, 10) == ((), cursor)
    done = await shop.write(email="new@customer.test")
    found, _ = await read_all(shop, cursor)
    assert [fact.event for fact in found] == list(done.events)
    assert {fact.stream for fact in found} == {done.conversation.id}
    assert [fact.version for fact in found] == [1, 2, 3, 4, 5, 6]
    assert {(fact.at, fact.by, fact.brand_id) for fact in found} == {(shop.clock.now(), "customer", shop.brand_id)}


async def test_the_row_rides_on_the_last_fact_of_a_command(shop: Shop) -> None:
    _, cursor = await shop.store.feed(None, 1)
    done = await shop.write()
    again = await shop.again(done.conversation.id)
    await shop.give(shop.ids.fresh(), c.ReceiveLetter(channel="mail", reason="list", raw="blob"))
    facts, _ = await read_all(shop, cursor)
    assert [fact.row for fact in facts if fact.row is not None] == [
        summarise(done.conversation),
        summarise(again.conversation),
    ]
    assert facts[5].row is not None
    assert facts[-1].stream_kind == "letter"


async def test_from_every_place_exactly_the_rest_is_shown(shop: Shop) -> None:
    _, start = await shop.store.feed(None, 1)
    streams = [(await shop.write(email=f"c{number}@customer.test")).conversation.id for number in range(3)]
    for stream in streams:
        await shop.again(stream)
        await shop.reply(stream, close=True)
    everything, _ = await read_all(shop, start)
    assert [fact.cursor for fact in everything] == list(dict.fromkeys(fact.cursor for fact in everything))
    for number, fact in enumerate(everything):
        rest, _ = await read_all(shop, fact.cursor, limit=100)
        assert rest == everything[number + 1 :]


async def test_facts_in_the_feed_are_those_of_the_streams(shop: Shop) -> None:
    _, start = await shop.store.feed(None, 1)
    dones = await asyncio.gather(*(shop.write(email=f"c{number}@customer.test") for number in range(20)))
    await asyncio.gather(*(shop.again(done.conversation.id) for done in dones))
    everything, _ = await read_all(shop, start, limit=7)
    for done in dones:
        mine = [fact for fact in everything if fact.stream == done.conversation.id]
        assert tuple(mine) == await shop.store.facts(shop.brand_id, done.conversation.id)
    assert len(everything) == sum(len(commit.events) for commit in shop.commits if commit.stream_kind == "conversation")
