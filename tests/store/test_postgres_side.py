"""Files, drafts, mail threads, and the figures of the wall and of neglect."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.shop import START, Shop, open_shop
from waada import codec
from waada.core import commands as c
from waada.core.refusals import Refused
from waada.core.summary import Row
from waada.store.postgres import PostgresStore
from waada.workers.timers import timer_order

pytestmark = pytest.mark.postgres


async def test_a_file_is_kept_as_it_is_and_belongs_to_its_brand(shop: Shop, store: PostgresStore) -> None:
    other = await open_shop(store, slug="other", salt=2)
    content = bytes(range(256)) * 100
    put = await store.put_blob(shop.brand_id, "blob-1", "image/png", content)
    await store.put_blob(shop.brand_id, "blob-1", "text/plain", b"something else")
    assert await store.blob(shop.brand_id, "blob-1") == put
    assert put.content == content
    assert put.size == 25_600
    assert await store.blob(other.brand_id, "blob-1") is None
    assert await store.blob(shop.brand_id, "\x00") is None


async def test_a_draft_is_kept_until_it_is_dropped_and_is_nobody_elses(shop: Shop, store: PostgresStore) -> None:
    stream = (await shop.write()).conversation.id
    await store.put_draft(shop.brand_id, stream, shop.agent, "Dear", START)
    await store.put_draft(shop.brand_id, stream, shop.agent, "Dear Anna\x00", START + timedelta(seconds=3))
    draft = await store.draft(shop.brand_id, stream, shop.agent)
    assert draft is not None
    assert (draft.text, draft.updated_at) == ("Dear Anna�", START + timedelta(seconds=3))
    assert await store.draft(shop.brand_id, stream, shop.owner) is None
    await store.drop_draft(shop.brand_id, stream, shop.agent)
    assert await store.draft(shop.brand_id, stream, shop.agent) is None


async def test_a_mail_finds_its_thread_by_the_first_message_id_that_is_known(shop: Shop, store: PostgresStore) -> None:
    first = await shop.write(ref="<1@customer.test>")
    second = await shop.write(ref="<2@customer.test>")
    refs = ["<unknown@x>", "<2@customer.test>", "<1@customer.test>"]
    found = await store.thread_of(shop.brand_id, refs)
    assert found is not None
    assert found[0] == second.conversation.id
    found = await store.thread_of(shop.brand_id, refs[2:])
    assert found is not None
    assert found == (first.conversation.id, first.conversation.last_message)
    assert await store.thread_of(shop.brand_id, ["<unknown@x>"]) is None
    other = await open_shop(store, slug="other", salt=2)
    assert await store.thread_of(other.brand_id, refs) is None


async def test_the_customer_is_as_last_seen(shop: Shop, store: PostgresStore) -> None:
    await shop.write()
    done = await shop.write(name="Anna Keller-Braun")
    assert await store.customer(shop.brand_id, done.conversation.customer.id) == done.conversation.customer


async def test_the_wall_counts_promises_by_how_they_stand(shop: Shop, store: PostgresStore) -> None:
    kept, moved, released, waiting = [
        (await shop.write(email=f"c{number}@customer.test")).conversation.id for number in range(4)
    ]
    shop.pass_time(minutes=1)
    await shop.reply(kept)
    await shop.give(moved, c.Renegotiate(due_at=START + timedelta(hours=30), reason="busy"))
    await shop.give(released, c.Release(), by="customer")
    await shop.give(shop.ids.fresh(), c.ReceiveLetter(channel="mail", reason="list", raw="blob"))
    wall = await store.wall(shop.brand_id, since=START, now=shop.clock.now())
    assert (wall.kept_today, wall.broken_today, wall.renegotiated_today, wall.released_today) == (1, 0, 1, 1)
    assert (wall.made_today, wall.open, wall.letters) == (5, 2, 1)
    assert (wall.overdue, wall.under_5_min, wall.under_1_h, wall.under_1_day, wall.later) == (0, 0, 1, 0, 1)
    assert [row.id for row in wall.waiting_longest] == sorted([moved, waiting])
    late = await store.wall(shop.brand_id, since=START + timedelta(minutes=2), now=START + timedelta(hours=1))
    assert (late.kept_today, late.made_today, late.overdue) == (0, 0, 1)


async def test_each_wait_is_counted_once_with_both_lengths_and_its_cause(shop: Shop, store: PostgresStore) -> None:
    moved = (await shop.write()).conversation.id
    answered = (await shop.write(email="b@customer.test", channel="chat")).conversation.id
    shop.pass_time(minutes=5)
    await shop.reply(answered)
    await shop.give(moved, c.Renegotiate(due_at=START + timedelta(hours=2), reason="need_parts"))
    await shop.give(moved, c.Renegotiate(due_at=START + timedelta(hours=4), reason="busy"))
    shop.pass_time(minutes=85)
    await shop.reply(moved)
    shop.pass_time(minutes=1)
    await shop.again(answered)
    waits = await store.waits(shop.brand_id, START, START + timedelta(days=1))
    by_place = {(wait.conversation_id, wait.started_at): wait for wait in waits}
    assert len(waits) == len(by_place) == 3
    long = by_place[moved, START]
    assert (long.wall_seconds, long.business_seconds, long.cause) == (5400.0, 5400.0, "need_parts")
    assert (long.renegotiated, long.broken, long.ended_as) == (2, 0, "kept")
    assert long.first_due_at == START + timedelta(minutes=15)
    assert long.ended_at == START + timedelta(minutes=90)
    short = by_place[answered, START]
    assert (short.channel, short.wall_seconds, short.cause, short.kind) == ("chat", 300.0, None, "first_answer")
    running = by_place[answered, START + timedelta(minutes=91)]
    assert (running.ended_at, running.wall_seconds, running.kind) == (None, None, "next_answer")
    assert await store.waits(shop.brand_id, START + timedelta(minutes=1), START + timedelta(minutes=91)) == ()


async def test_a_promise_told_too_late_shows_as_a_broken_wait(shop: Shop, store: PostgresStore) -> None:
    await shop.write()
    shop.pass_time(hours=1)  # as after a night in which nothing ran
    [claim] = await store.claim_timers(shop.clock.now(), 10, timedelta(seconds=30))
    await shop.engine.handle(timer_order(claim))
    [wait] = await store.waits(shop.brand_id, START, START + timedelta(days=1))
    assert (wait.broken, wait.renegotiated, wait.cause) == (1, 0, "overdue")


async def test_what_is_in_trouble_is_counted(shop: Shop, store: PostgresStore) -> None:
    await shop.write()
    claims = await store.claim_outbox(START, 10, timedelta(seconds=30))
    await store.retry_outbox(shop.brand_id, claims[0].key, START + timedelta(minutes=1), "No route to host")
    lengths = await store.queue_lengths()
    assert (lengths.timers, lengths.in_trouble) == (1, 1)


async def test_the_queue_as_json_is_the_queue(shop: Shop, store: PostgresStore) -> None:
    for number in range(5):
        await shop.write(email=f"c{number}@customer.test")
    rows = await store.rows(shop.brand_id, "all", limit=10)
    assert len(rows.rows) == 5
    assert codec.decode(await store.queue_json(shop.brand_id, 10), tuple[Row, ...]) == rows.rows
    assert codec.decode(await store.queue_json(shop.brand_id, 3), tuple[Row, ...]) == rows.rows[:3]


@pytest.mark.parametrize(
    "cursor", ["x", "0_1", "9_0_0_x", "0_0_99999999999999999999_00000000-0000-0000-0000-000000000000"]
)
async def test_what_is_no_place_in_a_list_is_refused(shop: Shop, store: PostgresStore, cursor: str) -> None:
    with pytest.raises(Refused):
        await store.rows(shop.brand_id, "open", cursor=cursor)


async def test_more_words_than_can_be_searched_are_still_written(shop: Shop, store: PostgresStore) -> None:
    def wordy(number: int) -> str:
        heavy = "\U00020000" * 20  # four bytes each
        return " ".join(f"{number}y{each} {number}z{each}{heavy}" for each in range(3000))

    stream = (await shop.write("first " + wordy(0))).conversation.id
    for number in range(1, 8):
        await shop.again(stream, wordy(number))
    assert [row.id for row in await store.search(shop.brand_id, "first")] == [stream]
    assert await store.search(shop.brand_id, "0y1") != ()


async def test_a_very_long_word_is_found(shop: Shop, store: PostgresStore) -> None:
    word = "a" * 5000
    stream = (await shop.write(f"token {word}")).conversation.id
    assert [row.id for row in await store.search(shop.brand_id, word)] == [stream]
