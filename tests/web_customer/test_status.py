"""The status page as a customer without JavaScript uses it, and what wakes it for the others."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from waada.core import commands as c
from waada.core.ids import ConversationId
from waada.tokens import status_token
from web_customer.shop import SECRET, Shop, field_of, text_of
from web_customer.test_record import LongChat, offer


async def opened(shop: Shop, channel: str = "chat") -> str:
    await shop.write_first(channel, name="Cora", language="en", zone="Europe/London")
    return shop.link()


async def do(browser: httpx.AsyncClient, link: str, act: str, **fields: str) -> str:
    """Press a button of the page; returns what is read afterwards."""
    page = (await browser.get(link)).text
    answer = await browser.post(link, data={"form": field_of(page, "form"), "act": act, **fields})
    if answer.status_code == 303:
        answer = await browser.get(answer.headers["location"])
    return text_of(answer.text)


async def test_the_page_tells_the_promise_the_time_left_and_what_happens_now(shop: Shop) -> None:
    link = await opened(shop)
    shop.later(minutes=3)
    async with shop.browser() as browser:
        page = text_of((await browser.get(link)).text)
    assert "A person will answer you by 10:15 London time." in page
    assert "Time left: 12:00" in page
    assert "Your request is in the queue." in page
    assert "Updated today at 10:03 London time" in page


async def test_the_history_of_promises_is_honest(shop: Shop) -> None:
    link = await opened(shop)
    due_at = shop.clock.now() + timedelta(hours=3)
    await shop.by_ann(c.Renegotiate(due_at=due_at, reason="busy"))
    async with shop.browser() as browser:
        page = text_of((await browser.get(link)).text)
        assert "Promised by 10:15 London time: we told you a new time. More people than usual" in page
        assert "A person will answer you by 13:00 London time." in page
        await shop.answer("It is on its way.")
        page = text_of((await browser.get(link)).text)
    assert "Promised by 13:00 London time: kept." in page
    assert "We have answered you." in page
    assert "It is on its way." in page


async def test_a_colleague_is_named_once_the_customer_has_heard_from_them(shop: Shop) -> None:
    link = await opened(shop)
    await shop.by_ann(c.Assign(person_id=shop.ann))
    async with shop.browser() as browser:
        assert "A person is working on it." in text_of((await browser.get(link)).text)
        await shop.answer("Let me look.")
        await do(browser, link, "message", text="Thank you")
        assert "Ann is working on it." in text_of((await browser.get(link)).text)


async def test_notes_and_colleagues_never_show(shop: Shop) -> None:
    link = await opened(shop)
    await shop.by_ann(c.WriteNote(text="This one is difficult", person_id=shop.ann))
    await shop.by_ann(c.Transfer(person_id=shop.ben, reason="speaks better"))
    async with shop.browser() as browser:
        page = text_of((await browser.get(link)).text)
    for secret in ("difficult", "speaks better", "Ben", "Lee"):
        assert secret not in page


async def test_outside_of_hours_the_page_says_so_and_that_the_place_is_kept(shop: Shop) -> None:
    link = await opened(shop)
    shop.later(hours=10)
    async with shop.browser() as browser:
        page = text_of((await browser.get(link)).text)
    assert "We are closed now and open again tomorrow, Tuesday, at 09:00 London time. You keep your place." in page


async def test_a_message_can_be_added_once(shop: Shop) -> None:
    link = await opened(shop)
    async with shop.browser() as browser:
        page = (await browser.get(link)).text
        data = {"form": field_of(page, "form"), "act": "message", "text": "One more thing"}
        answers = [await browser.post(link, data=data) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert shop.only().messages == 2


async def test_an_empty_message_is_asked_for_again(shop: Shop) -> None:
    link = await opened(shop)
    async with shop.browser() as browser:
        assert "Please write something first." in await do(browser, link, "message", text=" ")


async def test_feeling_ignored_counts_once_an_hour(shop: Shop) -> None:
    link = await opened(shop)
    async with shop.browser() as browser:
        assert "we are sorry that it feels this way" in await do(browser, link, "ignored")
        assert "You told us less than an hour ago." in await do(browser, link, "ignored")
        assert shop.only().ignored_times == 1
        shop.later(hours=1)
        await do(browser, link, "ignored")
    assert shop.only().ignored_times == 2


async def test_a_person_can_be_asked_for(shop: Shop) -> None:
    link = await opened(shop)
    async with shop.browser() as browser:
        assert "A person will take over." in await do(browser, link, "person")
    assert shop.only().wants_person


async def test_the_customer_may_rather_be_called_or_mailed(shop: Shop) -> None:
    link = await opened(shop)
    async with shop.browser() as browser:
        assert "phone number" in await do(browser, link, "call", address="soon")
        assert "We will call you on +44 20 7946 0000." in await do(browser, link, "call", address="+44 20 7946 0000")
        assert "e-mail address" in await do(browser, link, "mail", address="cora at home")
        assert "We will write to cora@work.test." in await do(browser, link, "mail", address="cora@work.test")
    state = shop.only()
    assert (state.contact, state.customer.email, state.customer.phone) == ("mail", "cora@work.test", "+44 20 7946 0000")


async def test_stopping_is_asked_about_first_and_can_be_undone_by_writing(shop: Shop) -> None:
    link = await opened(shop)
    async with shop.browser() as browser:
        assert "Shall we stop working on this?" in text_of((await browser.get(f"{link}?ask=release")).text)
        assert shop.only().promise is not None
        assert "We have stopped working on this." in await do(browser, link, "release")
        assert shop.only().status == "closed"
        page = text_of((await browser.get(link)).text)
        assert "This request is closed." in page
        assert "I feel ignored" not in page
        await do(browser, link, "message", text="I need it after all")
    assert shop.only().promise is not None


async def test_the_page_speaks_arabic_from_right_to_left(shop: Shop) -> None:
    await shop.write_first("chat", language="ar", zone="Asia/Almaty")
    async with shop.browser() as browser:
        page = (await browser.get(shop.link())).text
    assert '<html lang="ar" dir="rtl"' in page
    assert "٠٣:١٥" in text_of(page) or "١٥:١٥" in text_of(page)


@pytest.mark.parametrize("change", ["x", "=", "AAAA", "%00", "."])
async def test_a_changed_link_opens_nothing(shop: Shop, change: str) -> None:
    link = await opened(shop)
    async with shop.browser() as browser:
        for bad in (link + change, link[:-1], link[:10] + change + link[11:]):
            page = await browser.get(bad)
            assert page.status_code == 404, bad
            assert "parcel" not in page.text
            assert (await browser.post(bad, data={"act": "release"})).status_code == 404
            assert (await browser.get(f"{bad}/events")).status_code == 404
    assert shop.only().status == "open"


async def test_a_link_signed_by_somebody_else_opens_nothing(shop: Shop) -> None:
    await opened(shop)
    forged = status_token(b"another secret of 32 bytes .....", shop.brand, shop.only().id)
    nowhere = status_token(SECRET, shop.brand, ConversationId(shop.ids.fresh()))
    async with shop.browser() as browser:
        assert (await browser.get(f"/p/{forged}")).status_code == 404
        assert (await browser.get(f"/p/{nowhere}")).status_code == 404


async def test_a_form_of_another_page_or_site_does_nothing(shop: Shop) -> None:
    link = await opened(shop)
    async with shop.browser() as browser:
        contact = field_of((await browser.get("/contact/shop")).text, "form")
        for token in ("", contact, "a.b"):
            answer = await browser.post(link, data={"form": token, "act": "release"})
            assert answer.status_code == 409
    assert shop.only().status == "open"


async def test_only_known_words_can_be_put_on_the_page_by_an_address(shop: Shop) -> None:
    link = await opened(shop)
    async with shop.browser() as browser:
        page = (await browser.get(f"{link}?said=<b>call+this+number</b>")).text
        assert "call this number" not in page
        assert "status.link_invalid" not in (await browser.get(f"{link}?said=link_invalid")).text


async def test_an_open_page_hears_of_every_change_without_a_gap(shop: Shop) -> None:
    link = await opened(shop)
    told: asyncio.Queue[str] = asyncio.Queue()
    gone = asyncio.Event()

    async def receive() -> dict[str, object]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        body = message.get("body", b"")
        if body.startswith(b"data:"):
            told.put_nowait(body.decode().split()[1])

    scope = {
        "type": "http",
        "method": "GET",
        "path": f"{link}/events",
        "query_string": b"",
        "headers": [],
        "client": ("192.0.2.1", 1),
    }
    page = asyncio.ensure_future(shop.app(scope, receive, send))
    async with asyncio.timeout(20):
        assert await told.get() == str(shop.only().version)
        await shop.by_ann(c.WriteNote(text="hush", person_id=shop.ann))
        await shop.answer("It is on its way.")
        version = 0
        while version < shop.only().version - 1:
            version = int(await told.get())
        async with shop.browser() as browser:
            part = (await browser.get(f"{link}?part=live")).text
        assert "It is on its way." in part
        assert "<html" not in part
        gone.set()
        await page


async def test_the_page_offers_another_way_where_this_one_takes_long(shop: Shop) -> None:
    shop.engine.outlook = LongChat()
    await offer(shop, "chat", instead="phone")
    link = await opened(shop)
    ask, known = "write us your phone number, and we call you by then.", "We call you by then on the number that you"
    async with shop.browser() as browser:
        page = text_of((await browser.get(link)).text)
        assert page.count(ask) == 2  # beside the promise, and in the acknowledgement
        called = await do(browser, link, "call", address="+44 1632 960001")
    assert "We will call you on +44 1632 960001." in called
    assert (called.count(ask), called.count(known)) == (1, 0)
