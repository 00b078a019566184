"""The contact page as a customer without JavaScript uses it."""

import asyncio

import httpx
import pytest

from waada.core import commands as c
from waada.core import events as e
from waada.core.people import Channel
from waada.core.policies import Policy
from web_customer.shop import Shop, field_of, text_of

XSS = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


async def send(browser: httpx.AsyncClient, page: str, **fields: str) -> httpx.Response:
    data = {"form": field_of(page, "form"), "lang": "en", "text": "Where is my parcel?", **fields}
    return await browser.post("/contact/shop", data=data)


async def test_every_channel_shows_its_promise_before_anybody_writes(shop: Shop) -> None:
    async with shop.browser() as browser:
        page = text_of((await browser.get("/contact/shop")).text)
    assert "Write now, and a person will answer you within 15 minutes, by 10:15 London time." in page
    assert "Open now, until 17:00" in page
    assert "Write to help@shop.test" in page


async def test_the_promise_on_the_page_is_the_one_that_is_made(shop: Shop) -> None:
    async with shop.browser() as browser:
        page = (await browser.get("/contact/shop")).text
        await send(browser, page, email="cora@home.test")
    promise = shop.only().promise
    assert promise is not None
    assert promise.words in text_of(page)


async def test_opening_hours_stand_on_the_customers_own_clock(shop: Shop) -> None:
    async with shop.browser() as browser:
        page = text_of((await browser.get("/contact/shop?zone=Asia/Almaty")).text)
    assert "Monday 14:00–22:00" in page  # 09:00-17:00 in London
    assert "by 15:15 Almaty time" in page
    assert "Sunday closed" in page


async def test_at_night_the_page_says_when_somebody_is_there_again(shop: Shop) -> None:
    shop.later(hours=12)
    async with shop.browser() as browser:
        page = text_of((await browser.get("/contact/shop")).text)
    assert "Closed now, open again tomorrow, Tuesday, at 09:00 London time" in page
    assert "by 09:15 tomorrow, Tuesday, London time" in page


@pytest.mark.parametrize(
    ("asked", "accepted", "shown"),
    [
        ("", "ar,en;q=0.5", "ar"),
        ("", "fr-CH, ar;q=0.9", "ar"),
        ("?lang=ar", "en", "ar"),
        ("", "de", "en"),
        ("?lang=xx", "", "en"),
    ],
)
async def test_the_page_speaks_the_customers_language(shop: Shop, asked: str, accepted: str, shown: str) -> None:
    async with shop.browser(accepted) as browser:
        page = (await browser.get(f"/contact/shop{asked}")).text
    assert f'<html lang="{shown}" dir="{"rtl" if shown == "ar" else "ltr"}"' in page


async def test_a_message_without_an_address_is_followed_on_a_page_of_its_own(shop: Shop) -> None:
    async with shop.browser() as browser:
        page = (await browser.get("/contact/shop")).text
        answer = await send(browser, page, name="Cora")
        assert answer.status_code == 303
        status = text_of((await browser.get(answer.headers["location"])).text)
    state = shop.only()
    assert (state.channel, state.customer.name, state.customer.email) == ("chat", "Cora", None)
    assert "Thank you, your message has arrived." in status
    assert "A person will answer you by 10:15 London time." in status
    assert "Where is my parcel?" in status


async def test_a_message_with_an_address_is_answered_by_mail(shop: Shop) -> None:
    async with shop.browser() as browser:
        await send(browser, (await browser.get("/contact/shop")).text, email="cora@home.test", zone="Asia/Almaty")
    state = shop.only()
    assert (state.channel, state.customer.email, state.customer.zone) == ("mail", "cora@home.test", "Asia/Almaty")
    assert not state.customer.verified
    assert await shop.sending()


async def test_a_double_click_makes_one_message(shop: Shop) -> None:
    async with shop.browser() as browser:
        page = (await browser.get("/contact/shop")).text
        both = await asyncio.gather(send(browser, page), send(browser, page))
        again = await send(browser, page)
    assert [each.status_code for each in (*both, again)] == [303, 303, 303]
    assert len({each.headers["location"] for each in (*both, again)}) == 1
    assert shop.only().messages == 1


async def test_going_back_and_writing_something_else_keeps_the_new_words(shop: Shop) -> None:
    async with shop.browser() as browser:
        page = (await browser.get("/contact/shop")).text
        await send(browser, page)
        other = await send(browser, page, text="And my invoice?")
        assert other.status_code == 422
        assert "And my invoice?" in other.text
        assert (await send(browser, other.text, text="And my invoice?")).status_code == 303
    assert len(shop.conversations()) == 2


@pytest.mark.parametrize(
    ("fields", "words", "status"),
    [
        ({"text": "  "}, "Please write something first.", 422),
        ({"text": "x" * 1_000_001}, "Please shorten your message", 422),
        ({"email": "cora"}, "This does not look like an e-mail address.", 422),
        ({"website": "buy"}, "Please leave this field empty", 422),
        ({"form": "forged"}, "This page was open for too long.", 409),
    ],
)
async def test_a_form_that_comes_back_says_why_and_keeps_the_words(
    shop: Shop, fields: dict[str, str], words: str, status: int
) -> None:
    async with shop.browser() as browser:
        answer = await send(browser, (await browser.get("/contact/shop")).text, **{"name": "Cora", **fields})
    assert answer.status_code == status
    assert words in text_of(answer.text)
    assert 'value="Cora"' in answer.text
    assert not shop.conversations()


async def test_a_person_caught_by_the_trap_sees_it_and_gets_through(shop: Shop) -> None:
    async with shop.browser() as browser:
        caught = await send(browser, (await browser.get("/contact/shop")).text, website="filled by the browser")
        assert 'class="trap"' not in caught.text
        assert "Where is my parcel?" in caught.text
        assert (await send(browser, caught.text, website="")).status_code == 303


async def test_a_form_from_yesterday_is_not_taken(shop: Shop) -> None:
    async with shop.browser() as browser:
        page = (await browser.get("/contact/shop")).text
        shop.later(hours=25)
        assert (await send(browser, page)).status_code == 409
    assert not shop.conversations()


async def test_a_flood_from_one_address_is_slowed_down_and_loses_nothing(shop: Shop) -> None:
    async with shop.browser() as browser:
        page = (await browser.get("/contact/shop")).text
        answers = [await send(browser, page, text=f"number {n}") for n in range(30)]
    slow = [each for each in answers if each.status_code == 429]
    assert slow
    assert "number 29" in slow[-1].text


async def test_hostile_words_stay_words(shop: Shop) -> None:
    override = "\u202eevil\u202c"
    async with shop.browser() as browser:
        page = (await browser.get("/contact/shop")).text
        answer = await send(browser, page, name=XSS, subject=XSS, text=f"{XSS} {override} \x00")
        status = (await browser.get(answer.headers["location"])).text
    assert "<script>alert" not in status
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in status
    assert '<p class="text" dir="auto">' in status  # an element of its own holds whatever direction is in it
    assert shop.only().preview.startswith("<script>")


async def test_files_come_along_and_are_handed_out_without_any_power(shop: Shop) -> None:
    page_file = b"<script>alert(document.cookie)</script>"
    async with shop.browser() as browser:
        page = (await browser.get("/contact/shop")).text
        answer = await browser.post(
            "/contact/shop",
            data={"form": field_of(page, "form"), "text": "See the file"},
            files=[("files", ("../../a \u202efdp.html", page_file, "text/html")), ("files", ("", b"", ""))],
        )
        assert answer.status_code == 303
        (held,) = (each.event for each in shop.store.log if isinstance(each.event, e.CustomerWrote))
        (attachment,) = held.message.attachments
        assert attachment.name == "a fdp.html"
        link = answer.headers["location"].split("?")[0].replace("/p/", "/files/")
        file = await browser.get(f"{link}/{attachment.blob}")
        foreign = await browser.get(f"{link}/{shop.ids.fresh()}")
    assert file.content == page_file
    assert "sandbox" in file.headers["content-security-policy"]
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith("attachment;")
    assert foreign.status_code == 404


async def test_a_file_of_a_message_that_was_taken_back_is_gone_too(shop: Shop) -> None:
    await shop.write_first("chat")
    file = await shop.shelf.put_blob(shop.brand, "secret-file", "image/png", b"png")
    attachment = e.Attachment(blob="secret-file", name="a.png", media_type="image/png", size=file.size)
    message = e.Message(id=shop.message().id, text="Oh", attachments=(attachment,))
    await shop.by_ann(c.Reply(author="Ann", person_id=shop.ann, message=message))
    address = shop.link().replace("/p/", "/files/") + "/secret-file"
    async with shop.browser() as browser:
        assert (await browser.get(address)).status_code == 200
        await shop.by_ann(c.Undo())
        assert (await browser.get(address)).status_code == 404


async def test_a_channel_that_is_not_live_is_not_shown(shop: Shop) -> None:
    policy = Policy(first_answer_seconds=900, next_answer_seconds=900)
    for key in ("chat", "mail"):
        off = Channel(key=key, kind=key, name=key, live=False, policy=policy, address="help@shop.test")
        await shop.tell_brand(c.SetChannel(channel=off))
    async with shop.browser() as browser:
        page = await browser.get("/contact/shop")
    assert "There is no way to write to this business here at the moment." in text_of(page.text)


async def test_an_unknown_brand_is_not_found_in_words(shop: Shop) -> None:
    async with shop.browser("ar") as browser:
        page = await browser.get("/contact/nobody")
    assert page.status_code == 404
    assert 'dir="rtl"' in page.text


async def test_no_page_may_run_anybody_elses_script(shop: Shop) -> None:
    async with shop.browser() as browser:
        page = await browser.get("/contact/shop")
        frame = await browser.get("/chat/shop/chat")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "frame-ancestors *" in frame.headers["content-security-policy"]


async def test_the_brands_colour_is_readable_and_nothing_but_a_colour(shop: Shop) -> None:
    async with shop.browser() as browser:
        await shop.tell_brand(c.ChangeBrand(name="Shop", zone="Europe/London", languages=("en",), colour="#ffee00"))
        assert "--on-accent:#000000" in (await browser.get("/contact/shop/brand.css")).text
