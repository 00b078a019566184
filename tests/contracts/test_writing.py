"""What is written comes back as it was, once, and two writers never overwrite each other."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from contracts.shop import ReadingStore, Shop, open_shop
from waada.core import commands as c
from waada.core import conversation as conversations
from waada.core import letters
from waada.core.conversation import Conversation
from waada.core.ids import BrandId, CommandId, PromiseId
from waada.core.letters import Letter
from waada.core.people import Brand
from waada.core.refusals import Refused
from waada.ports import CommandKnown, VersionTaken


async def test_a_conversation_is_read_back_as_it_was_written(shop: Shop) -> None:
    done = await shop.write(subject="Parcel 7")
    await shop.again(done.conversation.id)
    last = await shop.reply(done.conversation.id)
    assert await shop.store.load("conversation", shop.brand_id, done.conversation.id) == last.state
    facts = await shop.store.facts(shop.brand_id, done.conversation.id)
    assert [fact.version for fact in facts] == list(range(1, last.state.version + 1))
    folded: Conversation | None = None
    for fact in facts:
        folded = conversations.evolve(folded, fact.event, fact.stream)  # type: ignore[arg-type]
    assert folded == last.state


async def test_a_letter_is_read_back_and_listed_until_it_is_handled(shop: Shop) -> None:
    receive = c.ReceiveLetter(channel="mail", reason="unreadable", raw="blob", sender="x@y.test", preview="\x00?")
    older = await shop.give(shop.ids.fresh(), receive)
    shop.pass_time(minutes=1)
    newer = await shop.give(shop.ids.fresh(), replace(receive, subject="second"))
    assert isinstance(older.state, Letter)
    assert await shop.store.load("letter", shop.brand_id, older.state.id) == older.state
    assert await shop.store.letters(shop.brand_id) == (newer.state, older.state)
    handled = await shop.give(older.state.id, c.HandleLetter(outcome="dismissed"))
    assert await shop.store.letters(shop.brand_id) == (newer.state,)
    assert await shop.store.letters(shop.brand_id, handled=True) == (handled.state,)
    facts = await shop.store.facts(shop.brand_id, older.state.id)
    letter: Letter | None = None
    for fact in facts:
        letter = letters.evolve(letter, fact.event)  # type: ignore[arg-type]
    assert letter == handled.state


async def test_a_brand_is_found_by_id_by_name_and_in_the_list(shop: Shop) -> None:
    other = await open_shop(shop.store, slug="another", salt=2)
    brand = await shop.store.brand(shop.brand_id)
    assert isinstance(brand, Brand)
    assert brand == await shop.store.load("brand", shop.brand_id, shop.brand_id)
    assert brand == await shop.store.brand_named("shop")
    assert {person.name for person in brand.people} == {"Olga", "Berta"}
    assert [each.slug for each in await shop.store.brands()] == ["another", "shop"]
    assert await shop.store.brand_named("nobody") is None
    assert (await shop.store.brands())[0].id == other.brand_id


async def test_a_change_of_the_brand_is_seen_at_once(shop: Shop) -> None:
    await shop.give(shop.brand_id, c.SetDuty(person_id=shop.agent, on_duty=False))
    brand = await shop.store.brand(shop.brand_id)
    assert brand is not None
    person = brand.person(shop.agent)
    assert person is not None
    assert not person.on_duty


async def test_a_short_name_belongs_to_one_brand(shop: Shop) -> None:
    with pytest.raises(Refused):
        await open_shop(shop.store, slug="shop", salt=3)
    assert len(await shop.store.brands()) == 1


async def test_nothing_is_found_under_an_unknown_id_or_another_brand(shop: Shop) -> None:
    other = await open_shop(shop.store, slug="other", salt=2)
    done = await shop.write()
    stream = done.conversation.id
    assert await shop.store.load("conversation", other.brand_id, stream) is None
    assert await shop.store.load("letter", shop.brand_id, stream) is None
    assert await shop.store.facts(other.brand_id, stream) == ()
    for wrong in ("nothing", shop.ids.fresh()):
        assert await shop.store.load("conversation", shop.brand_id, wrong) is None
        assert await shop.store.facts(shop.brand_id, wrong) == ()
        assert await shop.store.promise(shop.brand_id, PromiseId(wrong)) is None
        assert await shop.store.brand(BrandId(wrong)) is None


async def test_only_one_of_two_writers_of_the_same_version_succeeds(shop: Shop) -> None:
    done = await shop.write()
    await shop.again(done.conversation.id)
    late = replace(shop.commits[-1], command_id=CommandId("another"))
    with pytest.raises(VersionTaken):
        await shop.store.append(late)
    facts = await shop.store.facts(shop.brand_id, done.conversation.id)
    assert len(facts) == late.state.version


async def test_a_command_counts_once_and_is_remembered(shop: Shop) -> None:
    done = await shop.write(command_id="key-1")
    with pytest.raises(CommandKnown):
        await shop.store.append(replace(shop.commits[-1], stream=shop.ids.fresh()))
    again = await shop.write(command_id="key-1")
    assert again.repeated
    assert again.state == done.state
    recall = await shop.store.recall(shop.brand_id, CommandId("key-1"))
    assert recall is not None
    assert (recall.stream, recall.stream_kind, recall.version) == (done.conversation.id, "conversation", 6)
    assert await shop.store.recall(shop.brand_id, CommandId("key-2")) is None


async def test_the_same_key_in_another_brand_is_another_command(shop: Shop) -> None:
    other = await open_shop(shop.store, slug="other", salt=2)
    first = await shop.write(command_id="key-1")
    second = await other.write(command_id="key-1")
    assert not second.repeated
    assert first.conversation.id != second.conversation.id


async def test_of_many_commands_at_once_only_the_guilty_ones_are_told(shop: Shop) -> None:
    await shop.write(command_id="known")
    known = shop.commits[-1]
    count = len(shop.commits)
    asked = [shop.write(f"Number {number}", email=f"c{number}@customer.test") for number in range(40)]
    orders = [*asked, shop.store.append(replace(known, stream=shop.ids.fresh()))]
    results = await asyncio.gather(*orders, return_exceptions=True)
    assert [type(each) for each in results if isinstance(each, BaseException)] == [CommandKnown]
    assert len(shop.commits) == count + 40
    rows = await shop.store.rows(shop.brand_id, "open", limit=100)
    assert len(rows.rows) == 41


async def test_many_people_write_to_one_conversation_and_nothing_is_lost(shop: Shop) -> None:
    stream = (await shop.write()).conversation.id
    await asyncio.gather(*(shop.again(stream, f"word {number}") for number in range(20)))
    facts = await shop.store.facts(shop.brand_id, stream)
    assert [fact.version for fact in facts] == list(range(1, len(facts) + 1))
    assert sum(1 for fact in facts if type(fact.event).__name__ == "CustomerWrote") == 21


async def test_two_nodes_write_to_one_conversation_and_nothing_is_lost(shop: Shop, store: ReadingStore) -> None:
    stream = (await shop.write()).conversation.id
    twin = replace(shop, ids=type(shop.ids)(shop.clock, 9))
    twin.engine = type(shop.engine)(store=store, clock=shop.clock, ids=twin.ids, phrase=shop.engine.phrase)
    await asyncio.gather(*((shop, twin)[number % 2].again(stream, f"word {number}") for number in range(20)))
    facts = await shop.store.facts(shop.brand_id, stream)
    assert [fact.version for fact in facts] == list(range(1, len(facts) + 1))
    assert sum(1 for fact in facts if type(fact.event).__name__ == "CustomerWrote") == 21


async def test_a_promise_is_found_and_shows_how_it_ended(shop: Shop) -> None:
    done = await shop.write()
    promise = done.conversation.promise
    assert promise is not None
    found = await shop.store.promise(shop.brand_id, promise.id)
    assert found is not None
    assert (found.promise, found.conversation_id) == (promise, done.conversation.id)
    await shop.reply(done.conversation.id)
    kept = await shop.store.promise(shop.brand_id, promise.id)
    assert kept is not None
    assert kept.promise.status == "kept"
    other = await open_shop(shop.store, slug="other", salt=2)
    assert await shop.store.promise(other.brand_id, promise.id) is None


async def test_text_that_databases_dislike_is_kept_as_it_is(shop: Shop) -> None:
    text = "null \x00, quotes '\"\\, emoji \U0001f4e6, عربي हिन्दी қазақша"
    done = await shop.write(text, name="O'Hara \x00", subject="\x00")
    facts = await shop.store.facts(shop.brand_id, done.conversation.id)
    assert any(getattr(getattr(fact.event, "message", None), "text", None) == text for fact in facts)
    assert await shop.store.load("conversation", shop.brand_id, done.conversation.id) == done.state
