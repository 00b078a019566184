"""The chat window's socket: what is written arrives once, what is answered is seen, a cut loses nothing."""

import asyncio
import json
from typing import Any

import pytest

from waada.core import commands as c
from waada.core import events as e
from waada.core.ids import BrandId
from waada.tokens import visitor_token
from web_customer.shop import SECRET, Shop
from web_customer.window import Window


def texts(welcome: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["what"], each["message"]["text"]) for each in welcome["facts"] if "message" in each]


def facts_of(shop: Shop, kind: type) -> list[Any]:
    return [each.event for each in shop.store.log if isinstance(each.event, kind)]


async def test_the_promise_is_there_before_writing_and_is_the_one_that_is_made(shop: Shop) -> None:
    async with Window(shop.app) as window:
        welcome = await window.hello()
        assert welcome["conversation"] is None
        assert welcome["people_here"] is True
        assert welcome["promise_before"]["sentence"] == (
            "Write now, and a person will answer you within 15 minutes, by 10:15 London time."
        )
        await window.write("Where is my parcel?")
        promise = shop.only().promise
        assert promise is not None
        assert promise.words == welcome["promise_before"]["words"]


async def test_at_night_nobody_is_said_to_be_there(shop: Shop) -> None:
    shop.later(hours=12)
    async with Window(shop.app) as window:
        welcome = await window.hello()
    assert welcome["people_here"] is False
    assert "by 09:15 tomorrow, Tuesday" in welcome["promise_before"]["sentence"]


async def test_a_message_arrives_is_acknowledged_and_answered(shop: Shop) -> None:
    async with Window(shop.app) as window:
        await window.hello()
        window.say(kind="write", key="k1", text="Where is my parcel?")
        welcome = await window.hear("welcome")
        assert texts(welcome)[0] == ("customer", "Where is my parcel?")
        assert welcome["facts"][0]["key"] == "k1"
        assert welcome["promise"]["sentence"] == "A person will answer you by 10:15 London time."
        assert (await window.hear("accepted"))["key"] == "k1"
        await shop.answer("It is on its way.")
        answer = await window.fact("person")
        assert (answer["message"]["text"], answer["message"]["author"]) == ("It is on its way.", "Ann")
        assert (await window.hear("promise"))["promise"] is None


async def test_a_second_message_goes_to_the_same_conversation(shop: Shop) -> None:
    async with Window(shop.app) as window:
        await window.hello()
        await window.write("One", "k1")
        await window.write("Two", "k2")
        assert (await window.fact("customer"))["message"]["text"] == "Two"
    assert shop.only().messages == 2


async def test_the_same_message_sent_again_after_a_cut_is_one(shop: Shop) -> None:
    async with Window(shop.app) as window:
        token = (await window.hello())["visitor"]
        await window.write("Where is my parcel?", "k1")
    async with Window(shop.app, visitor=token) as window:
        await window.hello()
        await window.write("Where is my parcel?", "k1")
        await window.write("Hello?", "k2")
    async with Window(shop.app, visitor=token) as window:
        await window.hello()
        await window.write("Hello?", "k2")
    assert shop.only().messages == 2


async def test_two_tabs_that_write_at_once_make_one_conversation_and_both_see_all(shop: Shop) -> None:
    token = visitor_token(SECRET, shop.brand, shop.ids.fresh())
    async with Window(shop.app, visitor=token) as one, Window(shop.app, visitor=token) as two:
        await one.hello()
        await two.hello()
        one.say(kind="write", key="k1", text="One")
        two.say(kind="write", key="k2", text="Two")
        await one.hear("accepted")
        await two.hear("accepted")
        await shop.answer("I see both.")
        assert (await one.fact("person"))["message"]["text"] == "I see both."
        assert (await two.fact("person"))["message"]["text"] == "I see both."
    assert shop.only().messages == 3


async def test_a_window_that_was_cut_resumes_after_what_it_has(shop: Shop) -> None:
    async with Window(shop.app) as window:
        token = (await window.hello())["visitor"]
        version = (await window.write("Where is my parcel?"))["version"]
    conversation = shop.only().id
    await shop.answer("It is on its way.")
    await shop.answer("It arrives at three.")
    async with Window(shop.app, visitor=token, after=str(version), conversation=conversation) as window:
        welcome = await window.hello()
        assert texts(welcome) == [("person", "It is on its way."), ("person", "It arrives at three.")]
        await shop.answer("Anything else?")
        assert (await window.fact("person"))["message"]["text"] == "Anything else?"
    async with Window(shop.app, visitor=token, after=str(version), conversation=shop.ids.fresh()) as window:
        assert len((await window.hello())["facts"]) == 5  # it had another conversation: everything is shown


async def test_nothing_is_missed_or_doubled_while_many_things_happen(shop: Shop) -> None:
    async with Window(shop.app) as window:
        token = (await window.hello())["visitor"]
        await window.write("Begin")
        seen = [each["message"]["id"] for each in window.heard() if each["kind"] == "fact"]

        async def talk() -> None:
            for number in range(40):
                await shop.answer(f"answer {number}")
                await asyncio.sleep(0)

        talking = asyncio.ensure_future(talk())
        versions: list[int] = []
        for _ in range(8):
            after = str(versions[-1] if versions else 0)
            again = Window(shop.app, visitor=token, after=after, conversation=shop.only().id)
            async with again:
                versions += [each["version"] for each in (await again.hello())["facts"]]
                await asyncio.sleep(0.01)
                versions += [each["version"] for each in again.heard() if each["kind"] == "fact"]
        await talking
        async with Window(shop.app, visitor=token, after=str(versions[-1]), conversation=shop.only().id) as last:
            versions += [each["version"] for each in (await last.hello())["facts"]]
        whole = [each["version"] for each in (await fresh(shop, token))["facts"]]
    assert seen == []
    assert versions == whole


async def fresh(shop: Shop, token: str) -> dict[str, Any]:
    async with Window(shop.app, visitor=token) as window:
        return await window.hello()


async def test_a_window_that_can_not_be_told_any_more_is_ended_so_that_it_comes_back(shop: Shop) -> None:
    async with Window(shop.app) as window:
        token = (await window.hello())["visitor"]
        await window.write("Where is my parcel?")
        await shop.hub.close()
        with pytest.raises(ConnectionError, match="1013"):
            await window.fact("person")
    await shop.hub.open()
    await shop.answer("It is on its way.")
    assert texts(await fresh(shop, token))[-1] == ("person", "It is on its way.")


async def test_what_was_taken_back_disappears(shop: Shop) -> None:
    async with Window(shop.app) as window:
        token = (await window.hello())["visitor"]
        await window.write("Where is my parcel?")
        await shop.answer("Wrong person, sorry")
        message = (await window.fact("person"))["message"]["id"]
        await shop.by_ann(c.Undo())
        assert (await window.fact("withdrawn"))["messages"] == [message]
        frames = window.heard() or [await window.hear("promise")]
        assert frames[-1]["promise"] is not None
    welcome = await fresh(shop, token)
    assert welcome["facts"][-1]["what"] == "withdrawn"


async def test_notes_and_names_of_colleagues_never_reach_the_window(shop: Shop) -> None:
    async with Window(shop.app) as window:
        token = (await window.hello())["visitor"]
        await window.write("Where is my parcel?")
        await shop.by_ann(c.WriteNote(text="a difficult one", person_id=shop.ann))
        await shop.by_ann(c.Transfer(person_id=shop.ben, reason="speaks better"))
        await shop.answer("Hello")
        heard = [await window.fact("person"), *window.heard(), await fresh(shop, token)]
    everything = json.dumps(heard)
    for secret in ("difficult", "speaks better", "Ben", shop.ben, shop.ann):
        assert secret not in everything


async def test_typing_and_looking_are_shown_both_ways(shop: Shop) -> None:
    async with Window(shop.app) as window:
        await window.hello()
        await window.write("Where is my parcel?")
        conversation = shop.only().id
        desk = shop.hub.subscribe(shop.brand)
        window.say(kind="typing", on=True)
        signal = await anext(desk)
        assert (signal.stream, signal.what, signal.payload["on"]) == (conversation, "typing", True)  # type: ignore[union-attr]
        who = {"id": shop.ann, "name": "Ann"}
        shop.hub.signal(shop.brand, conversation, "typing", {"who": who, "on": True})
        assert await window.hear("typing") == {"kind": "typing", "name": "Ann", "on": True}
        shop.hub.signal(shop.brand, conversation, "viewing", {"who": who, "on": True})
        assert (await window.hear("seen"))["by_person"] is True


async def test_seen_is_written_down_once_and_only_for_what_was_shown(shop: Shop) -> None:
    async with Window(shop.app) as window:
        await window.hello()
        await window.write("Where is my parcel?")
        await shop.answer("It is on its way.")
        message = (await window.fact("person"))["message"]["id"]
        for seen in (message, message, "something else"):
            window.say(kind="seen", message=seen)
        window.say(kind="ping")
        await window.hear("pong")
    assert [each.message_id for each in facts_of(shop, e.CustomerSaw)] == [message]


async def test_whoever_leaves_is_answered_by_mail_and_may_come_back(shop: Shop) -> None:
    async with Window(shop.app) as window:
        token = (await window.hello())["visitor"]
        await window.write("Where is my parcel?")
        window.say(kind="address", key="a1", email="cora@home.test")
        assert (await window.hear("address"))["email"] == "cora@home.test"
    shop.later(seconds=19)
    await shop.presence.sweep()
    assert not shop.only().left  # going from page to page in a shop
    shop.later(seconds=1)
    await shop.presence.sweep()
    assert shop.only().left
    (left,) = facts_of(shop, e.CustomerLeft)
    assert (left.unanswered, left.became) == (True, "mail")  # N4
    await shop.answer("It is on its way.")
    assert len(await shop.sending()) == 1
    async with Window(shop.app, visitor=token) as window:
        welcome = await window.hello()
        assert texts(welcome)[-1] == ("person", "It is on its way.")
    assert not shop.only().left
    await shop.answer("Are you back?")
    assert len(await shop.sending()) == 0  # leased, and nothing new


async def test_an_answer_into_a_window_that_nobody_looks_at_any_more_follows_by_mail(shop: Shop) -> None:
    async with Window(shop.app) as window:
        await window.hello()
        window.say(kind="address", key="a1", email="cora@home.test")
        await window.write("Where is my parcel?")
        await shop.answer("I look.")
        window.say(kind="seen", message=(await window.fact("person"))["message"]["id"])
        window.say(kind="ping")
        await window.hear("pong")
    await shop.answer("It is on its way.")  # the window is gone already, but nobody knows yet
    assert await shop.sending() == []
    shop.later(seconds=20)
    await shop.presence.sweep()
    texts_by_id = {each.message.id: each.message.text for each in facts_of(shop, e.PersonWrote)}
    assert [texts_by_id[each] for each in await shop.sending()] == ["It is on its way."]


async def test_a_window_in_another_tab_keeps_the_customer_here(shop: Shop) -> None:
    token = visitor_token(SECRET, shop.brand, shop.ids.fresh())
    async with Window(shop.app, visitor=token) as one:
        await one.hello()
        await one.write("Where is my parcel?")
        async with Window(shop.app, visitor=token) as two:
            await two.hello()
        shop.later(seconds=60)
        await shop.presence.sweep()
        assert not shop.only().left


async def test_a_node_that_does_not_see_the_window_is_corrected(shop: Shop) -> None:
    async with Window(shop.app) as window:
        await window.hello()
        await window.write("Where is my parcel?")
        await shop.order(c.Leave(), shop.only().id, "customer")
        async with asyncio.timeout(20):
            returned = asyncio.Event()
            shop.engine.watchers.append(lambda _commit: None if shop.only().left else returned.set())
            if shop.only().left:
                await returned.wait()


async def test_after_a_restart_those_who_do_not_come_back_have_left(shop: Shop) -> None:
    await shop.write_first("chat")
    await shop.presence.open()
    shop.later(seconds=21)
    await shop.presence.sweep()
    assert shop.only().left


async def test_an_address_says_nothing_about_who_somebody_is(shop: Shop) -> None:
    await shop.write_first("chat")  # Cora, with cora@home.test
    async with Window(shop.app) as window:
        await window.hello()
        window.say(kind="address", key="a1", email="cora@home.test")
        await window.hear("address")
        welcome = await fresh(shop, "")
        assert welcome["conversation"] is None
        await window.write("Tell me all about my orders")
        assert not shop.conversations()[-1].customer.verified
    assert len(shop.conversations()) == 2


@pytest.mark.parametrize("change", ["", "x", "AAAA", "forged", "\u202e"])
async def test_a_changed_visitor_token_is_a_new_visitor(shop: Shop, change: str) -> None:
    async with Window(shop.app) as window:
        token = (await window.hello())["visitor"]
        await window.write("My secret")
    bad = token[:-1] if not change else token + change
    welcome = await fresh(shop, bad)
    assert welcome["conversation"] is None
    assert "My secret" not in json.dumps(welcome)
    assert welcome["visitor"] not in {token, bad}


async def test_another_brands_visitor_token_opens_nothing(shop: Shop) -> None:
    visitor = shop.ids.fresh()
    async with Window(shop.app, visitor=visitor_token(SECRET, shop.brand, visitor)) as window:
        await window.hello()
        await window.write("My secret")
    other = visitor_token(SECRET, BrandId(shop.ids.fresh()), visitor)
    assert (await fresh(shop, other))["conversation"] is None
