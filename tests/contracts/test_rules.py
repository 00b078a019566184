"""What rules are judged by is the same in both stores: waits, how they ended, who answered, who asked for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast

from contracts.shop import START, Shop, open_shop
from waada.core import commands as c
from waada.core.rules import Asked, Waited
from waada.web.parts import Judged

DAY = timedelta(days=1)


async def waits(shop: Shop) -> tuple[Waited, ...]:
    return tuple(await cast("Judged", shop.store).rule_waits(shop.brand_id, START, START + DAY, answers=True))


async def asks(shop: Shop) -> tuple[Asked, ...]:
    return tuple(await cast("Judged", shop.store).rule_asks(shop.brand_id, START, START + DAY))


async def test_a_wait_says_who_answered_or_why_nobody_did(shop: Shop) -> None:
    answered = (await shop.write()).conversation.id
    shop.pass_time(minutes=1)
    spam = (await shop.write(channel="chat")).conversation.id
    shop.pass_time(minutes=1)
    await shop.write(channel="api")
    await shop.reply(answered)
    await shop.give(spam, c.Close(outcome="spam"), by=f"person:{shop.agent}")
    shop.pass_time(minutes=1)
    await shop.again(answered)
    first, second, third, again = await waits(shop)
    assert (first.channel_kind, first.kind, first.answered_by, first.outcome) == (
        "mail",
        "first_answer",
        shop.agent,
        None,
    )
    assert first.ended_at == START + timedelta(minutes=2)
    assert (second.released, second.outcome, second.answered_by) == (True, "spam", None)
    assert (third.ended_at, third.released, third.answered_by) == (None, False, None)
    assert (again.kind, again.ended_at) == ("next_answer", None)
    unasked = await cast("Judged", shop.store).rule_waits(shop.brand_id, START, START + DAY, answers=False)
    assert tuple(unasked) == (replace(first, answered_by=None), second, third, again)


async def test_a_wait_whose_promise_moved_counts_once_from_its_beginning(shop: Shop) -> None:
    stream = (await shop.write()).conversation.id
    await shop.give(stream, c.Renegotiate(due_at=START + timedelta(hours=2), reason="busy"))
    shop.pass_time(minutes=90)
    await shop.reply(stream)
    (only,) = await waits(shop)
    assert (only.started_at, only.ended_at) == (START, START + timedelta(minutes=90))
    assert (only.kind, only.answered_by) == ("first_answer", shop.agent)


async def test_an_answer_that_was_taken_back_answers_nobody(shop: Shop) -> None:
    stream = (await shop.write()).conversation.id
    await shop.give(stream, c.AskForPerson(), by="customer")
    shop.pass_time(seconds=30)
    await shop.reply(stream)
    shop.pass_time(seconds=5)
    await shop.give(stream, c.Undo(), by=f"person:{shop.agent}")
    (only,) = await waits(shop)
    assert (only.ended_at, only.answered_by) == (None, None)
    assert (await asks(shop))[0].answered_at is None
    shop.pass_time(seconds=25)
    await shop.reply(stream)
    assert (await asks(shop))[0].answered_at == START + timedelta(minutes=1)
    assert (await waits(shop))[0].answered_by == shop.agent


async def test_who_asked_for_a_person_is_counted_when_they_asked(shop: Shop) -> None:
    stream = (await shop.write(channel="chat")).conversation.id
    shop.pass_time(seconds=10)
    await shop.give(stream, c.AskForPerson(), by="customer")
    shop.pass_time(seconds=20)
    await shop.reply(stream)
    (only,) = await asks(shop)
    assert only == Asked(
        channel_kind="chat", at=START + timedelta(seconds=10), answered_at=START + timedelta(seconds=30)
    )


async def test_another_brand_and_another_time_are_not_seen(shop: Shop) -> None:
    other = await open_shop(shop.store, slug="other", salt=2)
    await shop.give((await shop.write()).conversation.id, c.AskForPerson(), by="customer")
    assert await waits(other) == ()
    assert await asks(other) == ()
    store = cast("Judged", shop.store)
    assert await store.rule_waits(shop.brand_id, START - DAY, START, answers=True) == ()
    assert await store.rule_asks(shop.brand_id, START - DAY, START) == ()
