"""Timers and outbox: each row is worked on by one at a time, comes up when its lease ends, and goes when it is done."""

from __future__ import annotations

from datetime import timedelta

from contracts.shop import START, Shop, open_shop
from waada.core import commands as c
from waada.core.effects import Alert, ReviewPeople, Send
from waada.ports import Unsent, UnsentCause
from waada.workers.timers import timer_order

LEASE = timedelta(seconds=30)


async def test_a_new_conversation_arms_exactly_one_timer(shop: Shop) -> None:
    done = await shop.write()
    promise = done.conversation.promise
    assert promise is not None
    assert await shop.store.next_timer_at() == promise.check_at
    assert await shop.store.claim_timers(promise.check_at - timedelta(microseconds=1), 10, LEASE) == ()
    [claim] = await shop.store.claim_timers(promise.check_at, 10, LEASE)
    assert (claim.brand_id, claim.stream, claim.stream_kind) == (shop.brand_id, done.conversation.id, "conversation")
    assert (claim.slot, claim.guard, claim.due_at) == ("promise", f"{promise.id}:0", promise.check_at)


async def test_a_timer_is_claimed_once_until_its_lease_ends(shop: Shop) -> None:
    await shop.write()
    now = START + timedelta(hours=1)
    [claim] = await shop.store.claim_timers(now, 10, LEASE)
    assert await shop.store.claim_timers(now, 10, LEASE) == ()
    assert await shop.store.claim_timers(now + LEASE - timedelta(microseconds=1), 10, LEASE) == ()
    assert await shop.store.next_timer_at() == now + LEASE
    assert await shop.store.claim_timers(now + LEASE, 10, LEASE) == (claim,)


async def test_timers_come_earliest_first_and_no_more_than_asked_for(shop: Shop) -> None:
    streams = []
    for number in range(5):
        streams.append((await shop.write(email=f"c{number}@customer.test")).conversation.id)
        shop.pass_time(minutes=1)
    now = START + timedelta(hours=1)
    first = await shop.store.claim_timers(now, 3, LEASE)
    rest = await shop.store.claim_timers(now, 3, LEASE)
    assert [claim.stream for claim in first + rest] == streams
    assert await shop.store.claim_timers(now, 3, LEASE) == ()


async def test_a_timer_carried_out_makes_room_for_the_next_one(shop: Shop) -> None:
    done = await shop.write()
    shop.pass_time(minutes=8)
    [claim] = await shop.store.claim_timers(shop.clock.now(), 10, LEASE)
    fired = await shop.engine.handle(timer_order(claim))
    promise = fired.conversation.promise
    assert promise is not None
    assert promise.step == 1
    assert await shop.store.next_timer_at() == promise.check_at
    again = await shop.engine.handle(timer_order(claim))
    assert again.events == ()
    assert len(await shop.store.facts(shop.brand_id, done.conversation.id)) == fired.state.version


async def test_an_answer_replaces_the_promises_timer_by_the_settling(shop: Shop) -> None:
    done = await shop.write()
    answered = await shop.reply(done.conversation.id)
    assert await shop.store.next_timer_at() == answered.conversation.settles_at
    now = START + timedelta(days=30)
    assert [claim.slot for claim in await shop.store.claim_timers(now, 10, LEASE)] == ["settle"]


async def test_closing_leaves_no_timer(shop: Shop) -> None:
    done = await shop.write()
    await shop.reply(done.conversation.id, close=True)
    assert await shop.store.next_timer_at() is None


async def test_only_the_stale_timer_is_dropped(shop: Shop) -> None:
    done = await shop.write()
    promise = done.conversation.promise
    assert promise is not None
    stream = done.conversation.id
    await shop.store.drop_timer(shop.brand_id, stream, "promise", "another guard")
    assert await shop.store.next_timer_at() == promise.check_at
    await shop.store.drop_timer(shop.brand_id, stream, "promise", f"{promise.id}:0")
    assert await shop.store.next_timer_at() is None


async def test_a_message_is_sent_once_until_its_lease_ends_and_then_forgotten(shop: Shop) -> None:
    await _clear(shop)
    done = await shop.write()
    assert await shop.store.next_outbox_at() == START
    [claim] = await shop.store.claim_outbox(START, 10, LEASE)
    assert isinstance(claim.effect, Send)
    assert (claim.brand_id, claim.stream, claim.attempts, claim.due_at) == (
        shop.brand_id,
        done.conversation.id,
        1,
        START,
    )
    assert await shop.store.claim_outbox(START, 10, LEASE) == ()
    [again] = await shop.store.claim_outbox(START + LEASE, 10, LEASE)
    assert (again.key, again.effect, again.attempts) == (claim.key, claim.effect, 2)
    await shop.store.finish_outbox(shop.brand_id, claim.key)
    assert await shop.store.next_outbox_at() is None
    assert await shop.store.claim_outbox(START + timedelta(days=1), 10, LEASE) == ()


async def test_an_effect_in_trouble_comes_up_again_when_it_was_put_off_to(shop: Shop) -> None:
    await _clear(shop)
    await shop.write()
    [claim] = await shop.store.claim_outbox(START, 10, LEASE)
    later = START + timedelta(minutes=7)
    await shop.store.retry_outbox(shop.brand_id, claim.key, later, "The mail server is full.\x00")
    assert await shop.store.next_outbox_at() == later
    assert await shop.store.claim_outbox(START + LEASE, 10, LEASE) == ()
    [again] = await shop.store.claim_outbox(later, 10, LEASE)
    assert (again.key, again.attempts) == (claim.key, 2)


async def test_messages_in_trouble_are_shown_with_why_and_since_when(shop: Shop) -> None:
    await _clear(shop)
    anna = await shop.write()
    shop.pass_time(minutes=1)
    ben = await shop.write(name="Ben", email="ben@customer.test")
    shop.pass_time(minutes=1)
    cleo = await shop.write(name="Cleo", email="cleo@customer.test")
    assert await shop.store.unsent(shop.brand_id) == Unsent(causes=(), messages=())
    now = shop.clock.now()
    for claim, minutes, words, cause in zip(
        await shop.store.claim_outbox(now, 10, LEASE),
        (9, 5, 7),
        ("no route", "connection refused", "421 try later"),
        ("away", "away", "later"),
        strict=True,
    ):
        await shop.store.retry_outbox(shop.brand_id, claim.key, now + timedelta(minutes=minutes), words, cause)  # type: ignore[arg-type]  # each is a cause
    found = await shop.store.unsent(shop.brand_id)
    assert found.causes == (
        UnsentCause(
            cause="away", count=2, since=START, due_at=now + timedelta(minutes=5), trouble="connection refused"
        ),
        UnsentCause(cause="later", count=1, since=now, due_at=now + timedelta(minutes=7), trouble="421 try later"),
    )
    assert [each.row.id for each in found.messages if each.row] == [done.conversation.id for done in (anna, ben, cleo)]
    one = found.messages[1]
    assert isinstance(one.effect, Send)
    assert (one.attempts, one.since, one.due_at) == (1, START + timedelta(minutes=1), now + timedelta(minutes=5))
    assert (one.trouble, one.cause) == ("connection refused", "away")
    [first] = (await shop.store.unsent(shop.brand_id, first=cleo.conversation.id, limit=1)).messages
    assert (first.stream, first.cause) == (cleo.conversation.id, "later")


async def test_a_message_in_trouble_keeps_its_time_until_it_is_done(shop: Shop) -> None:
    await _clear(shop)
    await shop.write()
    for attempt in (1, 2):
        [claim] = await shop.store.claim_outbox(shop.clock.now(), 10, LEASE)
        later = shop.clock.now() + timedelta(minutes=attempt)
        await shop.store.retry_outbox(shop.brand_id, claim.key, later, "The mail server is away.", "away")
        shop.pass_time(minutes=attempt)
    [waiting] = (await shop.store.unsent(shop.brand_id)).messages
    assert (waiting.attempts, waiting.since, waiting.due_at) == (2, START, START + timedelta(minutes=3))
    await shop.store.finish_outbox(shop.brand_id, claim.key)
    assert await shop.store.unsent(shop.brand_id) == Unsent(causes=(), messages=())


async def test_messages_in_trouble_are_tried_at_once_when_somebody_asks(shop: Shop) -> None:
    await _clear(shop)
    other = await open_shop(shop.store, slug="other", salt=2)
    await _clear(shop)
    for each in (shop, other):
        await each.write()
    shop.pass_time(minutes=1)
    now = shop.clock.now()
    for claim in await shop.store.claim_outbox(now, 10, LEASE):
        await shop.store.retry_outbox(claim.brand_id, claim.key, now + timedelta(minutes=15), "away", "away")
    await shop.write(email="ben@customer.test")
    assert await shop.store.hurry_outbox(shop.brand_id, now + timedelta(seconds=30)) == 1
    assert await shop.store.hurry_outbox(shop.brand_id, now + timedelta(seconds=30)) == 0
    [waiting] = (await shop.store.unsent(shop.brand_id)).messages
    assert (waiting.since, waiting.due_at) == (START, now + timedelta(seconds=30))
    claims = await shop.store.claim_outbox(now + timedelta(minutes=1), 10, LEASE)
    assert sorted(claim.attempts for claim in claims) == [1, 2]
    assert {claim.brand_id for claim in claims} == {shop.brand_id}
    # Whoever works on it is not disturbed.
    assert await shop.store.hurry_outbox(shop.brand_id, now + timedelta(seconds=20)) == 0


async def test_what_nobody_reads_is_no_message(shop: Shop) -> None:
    await _clear(shop)
    await shop.give(shop.brand_id, c.SetDuty(person_id=shop.agent, on_duty=False))
    for claim in await shop.store.claim_outbox(shop.clock.now(), 10, LEASE):
        assert isinstance(claim.effect, ReviewPeople)
        await shop.store.retry_outbox(shop.brand_id, claim.key, START + timedelta(hours=1), "The database is away.")
    assert await shop.store.unsent(shop.brand_id) == Unsent(causes=(), messages=())
    assert await shop.store.hurry_outbox(shop.brand_id, shop.clock.now()) == 0


async def test_an_answer_is_held_back_until_it_can_be_undone_no_more(shop: Shop) -> None:
    done = await shop.write()
    await _clear(shop)
    shop.pass_time(minutes=1)
    await shop.reply(done.conversation.id)
    held = shop.clock.now() + timedelta(seconds=10)
    assert await shop.store.claim_outbox(shop.clock.now() + timedelta(seconds=9), 10, LEASE) == ()
    assert await shop.store.next_outbox_at() == held
    assert len(await shop.store.claim_outbox(held, 10, LEASE)) == 1


async def test_an_undone_answer_never_leaves_and_its_promise_is_open_again(shop: Shop) -> None:
    done = await shop.write()
    promise = done.conversation.promise
    assert promise is not None
    await _clear(shop)
    await shop.reply(done.conversation.id)
    await shop.give(done.conversation.id, c.Undo(), by=f"person:{shop.agent}")
    assert await shop.store.next_outbox_at() is None
    found = await shop.store.promise(shop.brand_id, promise.id)
    assert found is not None
    assert found.promise.status == "open"
    assert await shop.store.next_timer_at() == promise.check_at


async def test_a_promise_that_was_undone_is_gone(shop: Shop) -> None:
    done = await shop.write()
    first = done.conversation.promise
    snooze = c.Snooze(until=START + timedelta(hours=3))
    snoozed = await shop.give(done.conversation.id, snooze, by=f"person:{shop.agent}")
    follow_up = snoozed.conversation.promise
    assert first is not None
    assert follow_up is not None
    assert await shop.store.promise(shop.brand_id, follow_up.id) is not None
    await shop.give(done.conversation.id, c.Undo(), by=f"person:{shop.agent}")
    assert await shop.store.promise(shop.brand_id, follow_up.id) is None
    found = await shop.store.promise(shop.brand_id, first.id)
    assert found is not None
    assert found.promise.status == "open"


async def test_a_change_of_duty_and_a_warning_leave_something_to_do(shop: Shop) -> None:
    await _clear(shop)
    await shop.give(shop.brand_id, c.SetDuty(person_id=shop.agent, on_duty=False))
    await shop.give(shop.brand_id, c.SetDuty(person_id=shop.owner, on_duty=False))
    claims = await shop.store.claim_outbox(shop.clock.now(), 10, LEASE)
    assert [type(claim.effect) for claim in claims] == [ReviewPeople, ReviewPeople]
    assert len({claim.key for claim in claims}) == 2
    for claim in claims:
        await shop.store.finish_outbox(claim.brand_id, claim.key)
    await shop.write()
    shop.pass_time(minutes=8)
    [timer] = await shop.store.claim_timers(shop.clock.now(), 10, LEASE)
    await shop.engine.handle(timer_order(timer))
    claims = await shop.store.claim_outbox(shop.clock.now(), 10, LEASE)
    assert {type(claim.effect) for claim in claims} == {Send, Alert}
    [alert] = [claim.effect for claim in claims if isinstance(claim.effect, Alert)]
    assert alert.people == (shop.owner,)


async def test_rows_of_all_brands_are_claimed_together(shop: Shop) -> None:
    other = await open_shop(shop.store, slug="other", salt=2)
    await shop.write()
    await other.write()
    claims = await shop.store.claim_timers(START + timedelta(hours=1), 10, LEASE)
    assert {claim.brand_id for claim in claims} == {shop.brand_id, other.brand_id}


async def _clear(shop: Shop) -> None:
    """Carry out everything that is due."""
    for claim in await shop.store.claim_outbox(shop.clock.now(), 100, LEASE):
        await shop.store.finish_outbox(claim.brand_id, claim.key)
