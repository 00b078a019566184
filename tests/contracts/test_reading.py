"""What screens read: queues in order of slack, in stretches that fit together; search; nobody else's brand."""

from __future__ import annotations

from datetime import timedelta

from contracts.shop import Shop, open_shop
from waada.core import commands as c
from waada.core.ids import ConversationId, CustomerId, PersonId
from waada.core.summary import summarise
from waada.ports import View


async def read_all(shop: Shop, view: View, *, person: PersonId | None = None, limit: int = 3) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        rows = await shop.store.rows(shop.brand_id, view, person=person, cursor=cursor, limit=limit)
        assert len(rows.rows) <= limit
        found += [row.id for row in rows.rows]
        cursor = rows.cursor
        if cursor is None:
            return found


async def test_a_row_says_what_the_conversation_is(shop: Shop) -> None:
    done = await shop.write(subject="Parcel 7")
    rows = await shop.store.rows(shop.brand_id, "open")
    assert rows.rows == (summarise(done.conversation),)
    assert rows.cursor is None


async def test_the_queue_is_ordered_by_slack_and_its_stretches_fit_together(shop: Shop) -> None:
    streams = []
    for number in range(8):
        streams.append((await shop.write(email=f"c{number}@customer.test")).conversation.id)
        shop.pass_time(seconds=10)
    # The third one gets more time, the sixth less.
    for number, minutes in ((2, 300), (5, 1)):
        until = shop.clock.now() + timedelta(minutes=minutes)
        await shop.give(streams[number], c.Renegotiate(due_at=until, reason="busy"))
    order = [5, 0, 1, 3, 4, 6, 7, 2]
    assert await read_all(shop, "open") == [streams[number] for number in order]
    assert await read_all(shop, "open", limit=8) == [streams[number] for number in order]


async def test_each_view_shows_what_belongs_there(shop: Shop) -> None:
    streams = []
    for number in range(4):
        streams.append((await shop.write(email=f"c{number}@customer.test")).conversation.id)
        shop.pass_time(seconds=1)
    fresh, mine, answered, closed = streams
    shop.pass_time(minutes=1)
    await shop.give(mine, c.Assign(person_id=shop.agent))
    await shop.reply(answered)
    await shop.reply(closed, close=True)
    assert await read_all(shop, "open") == [fresh, mine]
    assert await read_all(shop, "all") == [fresh, mine, answered]
    assert await read_all(shop, "waiting") == [answered]
    assert await read_all(shop, "closed") == [closed]
    assert await read_all(shop, "unassigned") == [fresh]
    responsible = (await shop.store.rows(shop.brand_id, "unassigned")).rows[0].responsible
    others = {shop.agent: [mine, answered], shop.owner: []}
    for person, theirs in others.items():
        expected = [fresh, *theirs] if person == responsible else theirs
        assert await read_all(shop, "mine", person=person) == expected
    assert await read_all(shop, "mine") == []


async def test_closed_and_answered_ones_come_newest_first(shop: Shop) -> None:
    streams = [(await shop.write(email=f"c{number}@customer.test")).conversation.id for number in range(5)]
    for stream in streams:
        shop.pass_time(seconds=1)
        await shop.reply(stream)
    assert await read_all(shop, "waiting") == streams[::-1]
    for stream in streams:
        shop.pass_time(seconds=20)
        await shop.give(stream, c.Close(outcome="resolved"))
    assert await read_all(shop, "closed") == streams[::-1]
    assert await read_all(shop, "all") == []


async def test_other_brands_see_nothing_of_it(shop: Shop) -> None:
    other = await open_shop(shop.store, slug="other", salt=2)
    done = await shop.write("A secret", subject="parcel")
    assert (await other.store.rows(other.brand_id, "all")).rows == ()
    assert await other.store.search(other.brand_id, "secret") == ()
    assert await other.store.search(other.brand_id, done.conversation.id) == ()
    assert await other.store.conversations_of(other.brand_id, done.conversation.customer.id) == ()
    assert await other.store.on_people(other.brand_id, None, 10) == ()
    assert await other.store.letters(other.brand_id) == ()


async def test_a_customers_conversations_come_newest_first(shop: Shop) -> None:
    first = await shop.write()
    shop.pass_time(minutes=1)
    second = await shop.write(channel="chat")
    await shop.write(email="somebody@else.test")
    found = await shop.store.conversations_of(shop.brand_id, shop.customer().id)
    assert [row.id for row in found] == [second.conversation.id, first.conversation.id]
    assert await shop.store.conversations_of(shop.brand_id, CustomerId("nobody")) == ()


async def test_search_finds_people_words_subjects_notes_and_ids(shop: Shop) -> None:
    anna = (await shop.write("Where is my PARCEL?", subject="Order 4711")).conversation.id
    shop.pass_time(minutes=1)
    jan = (await shop.write("The parcel is broken", name="Jan Łukasz", email="jan@mail.test")).conversation.id
    shop.pass_time(minutes=1)
    await shop.give(anna, c.WriteNote(text="Called the courier, крышка сломана"))
    await shop.reply(anna, "We send another lamp")

    async def found(words: str) -> list[str]:
        return [row.id for row in await shop.store.search(shop.brand_id, words)]

    assert await found("parcel") == [anna, jan]
    assert await found("parc") == [anna, jan]
    assert await found("parcel broken") == [jan]
    assert await found("4711") == [anna]
    assert await found("łuk") == [jan]
    assert await found("jan@mail.test") == [jan]
    assert await found("КРЫШКА") == [anna]
    assert await found("courier lamp anna") == [anna]
    assert await found(anna) == [anna]
    assert await found("arcel") == []
    assert await found("parcel nothing") == []
    for nothing in ("", "  ", "'", "&|!:*", "\x00"):
        assert await found(nothing) == []


async def test_search_gives_no_more_than_asked_for_newest_first(shop: Shop) -> None:
    streams = []
    for number in range(6):
        streams.append((await shop.write("same words", email=f"c{number}@customer.test")).conversation.id)
        shop.pass_time(seconds=1)
    found = await shop.store.search(shop.brand_id, "same", limit=4)
    assert [row.id for row in found] == streams[:-5:-1]


async def test_open_promises_are_walked_through_in_order_of_ids(shop: Shop) -> None:
    streams = [(await shop.write(email=f"c{number}@customer.test")).conversation.id for number in range(5)]
    await shop.reply(streams[2])
    expected = sorted(stream for stream in streams if stream != streams[2])
    walked: list[ConversationId] = []
    while True:
        stretch = await shop.store.on_people(shop.brand_id, walked[-1] if walked else None, 2)
        walked += stretch
        if len(stretch) < 2:
            break
    assert walked == expected
