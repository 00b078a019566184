"""What cannot be right on the chat socket: rubbish, floods, a megabyte, files of others; and small wishes that can."""

import json

import pytest

from waada.core import commands as c
from web_customer.shop import Shop
from web_customer.window import Window


@pytest.mark.parametrize(
    "rubbish", ["", "{}", "[]", "null", '{"kind":"destroy"}', '{"kind":"write","key":1}', "\u202e", "{" * 5000]
)
async def test_rubbish_is_refused_and_the_line_stays(shop: Shop, rubbish: str) -> None:
    async with Window(shop.app) as window:
        await window.hello()
        window.say_text(rubbish)
        assert (await window.hear("refused"))["words"]
        window.say(kind="ping")
        assert await window.hear("pong")


@pytest.mark.parametrize("first", ["hello?", '{"kind":"write","key":"k1","text":"before hello"}', ""])
async def test_a_line_that_does_not_begin_with_a_hello_is_ended_with_a_code(shop: Shop, first: str) -> None:
    async with Window(shop.app) as window:
        window.say_text(first)
        with pytest.raises(ConnectionError):
            await window.hear()
    assert window.closed == 4400


async def test_bytes_instead_of_text_are_rubbish_like_any_other(shop: Shop) -> None:
    async with Window(shop.app) as window:
        await window.hello()
        window.say_bytes(b"\x00\xff")
        assert (await window.hear("refused"))["words"]
        window.say(kind="ping")
        assert await window.hear("pong")


async def test_a_window_that_is_gone_before_it_is_welcomed_ends_without_an_error(shop: Shop) -> None:
    window = Window(shop.app, deaf=True)
    async with window:
        window.say(kind="hello", language="en")
        await window.over()
    async with Window(shop.app) as another:
        assert await another.hello()


@pytest.mark.parametrize(
    ("text", "words"), [(" \n", "Please write something first."), ("x" * 1_000_000, "Please shorten your message")]
)
async def test_a_message_that_can_not_be_sent_says_why(shop: Shop, text: str, words: str) -> None:
    async with Window(shop.app) as window:
        await window.hello()
        window.say(kind="write", key="k1", text=text)
        refused = await window.hear("refused")
    assert refused["key"] == "k1"
    assert words in refused["words"]


async def test_sixty_pages_of_text_arrive_whole(shop: Shop) -> None:
    text = "\u202e" + "ж" * 99_999
    async with Window(shop.app) as window:
        await window.hello()
        window.say(kind="write", key="k1", text=text)
        welcome = await window.hear("welcome")
    assert welcome["facts"][0]["message"]["text"] == text


async def test_a_flood_in_one_window_is_slowed_down(shop: Shop) -> None:
    async with Window(shop.app) as window:
        await window.hello()
        for number in range(80):
            window.say(kind="write", key=f"k{number}", text=f"number {number}")
        refused = await window.hear("refused")
        assert "very fast" in refused["words"]
        shop.later(seconds=10)
        window.heard()
        await window.write("once more", refused["key"])


async def test_a_channel_that_is_not_live_ends_the_line(shop: Shop) -> None:
    for path in ("/chat/shop/mail/socket", "/chat/shop/none/socket", "/chat/none/chat/socket"):
        async with Window(shop.app, path) as window:
            window.say(kind="hello")
            with pytest.raises(ConnectionError, match="4404"):
                await window.hear()


async def test_files_can_be_attached_only_by_whoever_sent_them_up(shop: Shop) -> None:
    async with Window(shop.app) as window, shop.browser() as browser:
        token = (await window.hello())["visitor"]
        sent = await browser.post(
            "/chat/shop/chat/files",
            params={"visitor": token},
            content=b"png",
            headers={"content-type": "image/png", "x-file-name": "my%20parcel.png"},
        )
        assert sent.status_code == 201
        assert "bytes" not in sent.text
        blob = sent.json()["blob"]
        window.say(kind="write", key="k1", text="", attachments=[blob])
        (file,) = (await window.hear("welcome"))["facts"][0]["message"]["attachments"]
        assert (file["name"], file["media_type"], file["size"]) == ("my parcel.png", "image/png", 3)
        picture = await browser.get(file["url"])
        assert (picture.content, picture.headers["content-type"]) == (b"png", "image/png")
        async with Window(shop.app) as thief:
            await thief.hello()
            thief.say(kind="write", key="k1", text="mine", attachments=[blob])
            assert (await thief.hear("refused"))["key"] == "k1"
        for forged in (blob[:-1], "x" + blob, ""):
            window.say(kind="write", key="k2", text="forged", attachments=[forged])
            assert await window.hear("refused")
        assert (await browser.post("/chat/shop/chat/files?visitor=x", content=b"1")).status_code == 403


async def test_what_a_customer_wants_besides_writing(shop: Shop) -> None:
    async with Window(shop.app) as window:
        await window.hello(language="ar")
        await window.write("Where is my parcel?")
        window.say(kind="act", key="a1", action="person")
        window.say(kind="act", key="a2", action="ignored")
        window.say(kind="act", key="a3", action="ignored")
        refused = await window.hear("refused")
        assert refused["key"] == "a3"
        assert "ساعة" in refused["words"]
        assert (shop.only().wants_person, shop.only().ignored_times) == (True, 1)
        window.say(kind="act", key="a4", action="release")
        assert (await window.fact("closed"))["what"] == "closed"
        assert shop.only().status == "closed"
        await window.write("I need it after all", "k2")
        assert shop.only().status == "open"


async def test_a_conversation_that_is_long_over_is_not_glued_to_a_new_one(shop: Shop) -> None:
    async with Window(shop.app) as window:
        token = (await window.hello())["visitor"]
        await window.write("Where is my parcel?")
        window.say(kind="act", key="a1", action="release")
        await window.fact("closed")
    shop.later(days=15)
    async with Window(shop.app, visitor=token) as window:
        assert (await window.hello())["facts"] == []
        await window.write("Something new", "k2")
    assert len(shop.conversations()) == 2


async def test_the_page_brings_the_words_of_one_language_and_nothing_can_break_out(shop: Shop) -> None:
    await shop.tell_brand(
        c.ChangeBrand(name="</script><b>", zone="Europe/London", languages=("ar", "en"), colour="red;}</style>")
    )
    async with shop.browser("ar") as browser:
        page = (await browser.get("/chat/shop/chat")).text
        css = (await browser.get("/contact/shop/brand.css")).text
    assert '<html lang="ar" dir="rtl">' in page
    setup = page.split('id="setup">')[1].split("</script>")[0]
    plain = json.loads(setup)
    assert plain["brand"] == "</script><b>"
    assert plain["words"]["chat.send"] == "إرسال"
    assert "red" not in css
    assert "Write now" not in page
