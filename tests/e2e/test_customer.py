"""The customer's side in a real browser: the chat on somebody's shop, the contact page, the status page."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, FrameLocator, Page, async_playwright, expect
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp

from waada.core import commands as c
from waada.web.static_files import StaticFiles
from web_customer.shop import Shop

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
BUILT = (ROOT / "src/waada/web/static/manifest.json").exists()

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),  # one browser for all
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CHROMIUM and BUILT and AXE.exists()) and not os.environ.get("CI"),
        reason="needs chromium and built screens: `make setup`",
    ),
]


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an app on a free port of this machine; returns its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, log_config=None, lifespan="off", ws="websockets-sansio", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        running = asyncio.ensure_future(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await running


class Street:
    """The desk's server, a shop on another origin that embeds the chat, and browsers."""

    def __init__(self, shop: Shop, desk: str, browser: Browser) -> None:
        self.shop, self.desk, self.browser = shop, desk, browser
        self.shopfront = ""
        self.faults: list[str] = []

    @asynccontextmanager
    async def visitor(self, **options: Any) -> AsyncIterator[BrowserContext]:
        """Somebody with a browser of their own. What breaks in it breaks the test."""
        context = await self.browser.new_context(
            **{"locale": "en-GB", "timezone_id": "Europe/London", "viewport": {"width": 1280, "height": 800}, **options}
        )
        context.on("weberror", lambda each: self.faults.append(str(each.error)))
        yield context
        await context.close()
        assert not self.faults, self.faults

    async def chat(self, context: BrowserContext, query: str = "") -> tuple[Page, FrameLocator]:
        """Visit the shop and open the chat; returns the page and what is in the frame."""
        page = await context.new_page()
        await page.goto(self.shopfront + query)
        await page.get_by_role("button", name=re.compile("Chat|محادثة")).click()
        frame = page.frame_locator("iframe")
        await expect(frame.get_by_role("textbox")).to_be_focused()
        return page, frame


def shopfront(desk: str) -> ASGIApp:
    """A page of somebody's, with styles that are in the way and a strict policy of its own."""

    async def page(request: Request) -> Response:
        more = " ".join(f'data-{name}="{value}"' for name, value in request.query_params.items())
        body = f"""<!doctype html><html lang="en"><title>A shop</title><style>button,iframe{{display:block}}</style>
            <main><h1>Boots</h1><p>Many boots.</p></main>
            <script src="{desk}/loader.js" data-brand="shop" data-channel="chat" {more} async></script>"""
        policy = f"default-src 'none'; script-src {desk}; frame-src {desk}; style-src 'unsafe-inline'"
        return HTMLResponse(body, headers={"content-security-policy": policy})

    return Router(routes=[Route("/", page), Route("/favicon.ico", lambda _request: Response())])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def street(browser: Browser) -> AsyncIterator[Street]:
    shop = Shop()
    await shop.open()
    await shop.hub.open()
    shop.engine.watchers.append(shop.hub.saw)
    app = Router(routes=[*shop.app.routes, Mount("/static", app=StaticFiles())], redirect_slashes=False)
    async with served(app) as desk, served(shopfront(desk)) as front:
        street = Street(shop, desk, browser)
        street.shopfront = front + "/"
        yield street
    await shop.presence.close()
    await shop.hub.close()


async def axe(page: Page, frame: str | None = None) -> None:
    """Check a page, or a frame in it, against WCAG 2.2 A and AA."""
    place = page.main_frame if frame is None else next(each for each in page.frames if frame in each.url)
    # The policy of our pages forbids to add scripts; evaluating is what the test's own tool may do.
    await place.evaluate(AXE.read_text("utf-8"))
    found = await place.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    faults = [
        f"{each['id']}: {each['help']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]
    ]
    assert not faults, "\n".join(faults)


async def write(frame: FrameLocator, text: str) -> None:
    await frame.get_by_role("textbox").first.press("ControlOrMeta+a")
    await frame.locator("#text").fill(text)
    await frame.locator("#text").press("Enter")


async def test_a_chat_from_the_promise_to_the_answer(street: Street) -> None:
    async with street.visitor() as context:
        page, frame = await street.chat(context)
        await expect(frame.get_by_text("Write now, and a person will answer you within 15 minutes")).to_be_visible()
        await expect(frame.get_by_text("We are here")).to_be_visible()
        await write(frame, "Where is my parcel?")
        log = frame.get_by_role("log")
        await expect(log.get_by_text("Where is my parcel?")).to_be_visible()
        await expect(log.get_by_text("Delivered")).to_be_visible()
        await expect(frame.get_by_role("timer")).to_contain_text(re.compile(r"1[0-4]:\d\d"))
        await street.shop.answer("It is on its way.")
        await expect(log.get_by_text("It is on its way.")).to_be_visible()
        await expect(log.get_by_text("Ann", exact=True)).to_be_visible()
        await axe(page)
        await axe(page, "/chat/")


async def test_the_network_is_cut_and_comes_back_and_nothing_is_lost(street: Street) -> None:
    async with street.visitor() as context:
        page, frame = await street.chat(context)
        await write(frame, "One")
        await expect(frame.get_by_text("Delivered")).to_be_visible()
        await context.set_offline(True)
        await expect(frame.get_by_text("The connection is gone.")).to_be_visible()
        await write(frame, "Two")
        await write(frame, "Three")
        await street.shop.answer("An answer while you were away")
        await context.set_offline(False)
        await expect(frame.get_by_text("Nothing was lost.")).to_be_visible()
        log = frame.get_by_role("log")
        await expect(log.locator(".customer .text")).to_have_text(["One", "Two", "Three"])
        await expect(log.locator(".waiting")).to_have_count(0)
        await expect(log.get_by_text("An answer while you were away")).to_have_count(1)
        assert street.shop.only().messages == 4
        await context.set_offline(True)
        await write(frame, "Four")
        await expect(frame.get_by_text("Sending")).to_be_visible()
        await page.wait_for_timeout(100)
        await context.set_offline(False)
        await page.goto(street.shopfront)  # the next page of the shop: the window opens by itself
        await expect(log.get_by_text("Four")).to_have_count(1)
        await expect(log.get_by_text("Delivered")).to_be_visible()
        assert street.shop.only().messages == 5


async def test_the_chat_by_keyboard_alone(street: Street) -> None:
    async with street.visitor() as context:
        page = await context.new_page()
        await page.goto(street.shopfront)
        await expect(page.get_by_role("button", name="Chat")).to_be_visible()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        frame = page.frame_locator("iframe")
        await expect(frame.locator("#text")).to_be_focused()
        await page.keyboard.type("Line one")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("Line two")
        await page.keyboard.press("Enter")
        await expect(frame.get_by_text("Delivered")).to_be_visible()
        await expect(frame.locator("#text")).to_be_focused()
        assert street.shop.only().preview == "Line one Line two"
        await frame.get_by_role("button", name="More").focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await expect(frame.get_by_role("button", name="I want a person")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(frame.get_by_role("button", name="More")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(frame.get_by_text("A person will take over.")).to_be_visible()
        assert street.shop.only().wants_person
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Chat")).to_be_focused()


async def test_the_chat_in_arabic_runs_from_right_to_left(street: Street) -> None:
    async with street.visitor(locale="ar", color_scheme="dark", viewport={"width": 390, "height": 780}) as context:
        page, frame = await street.chat(context)
        await expect(frame.locator("html")).to_have_attribute("dir", "rtl")
        await expect(frame.locator(".promise").first).to_contain_text("إذا كتبت الآن")
        await write(frame, "أين طردي؟")
        await expect(frame.get_by_text("تم التسليم")).to_be_visible()
        own = await frame.locator(".bubble.customer").bounding_box()
        window = await frame.locator(".window").bounding_box()
        assert own is not None
        assert window is not None
        assert own["x"] - window["x"] < 20  # one's own messages stand at the end of the line: on the left
        assert street.shop.only().customer.language == "ar"
        await axe(page, "/chat/")


async def test_after_hours_the_window_is_honest_and_takes_an_address(street: Street) -> None:
    street.shop.later(hours=12)
    async with street.visitor() as context:
        _page, frame = await street.chat(context)
        await expect(frame.get_by_text("Nobody is here right now")).to_be_visible()
        await expect(frame.get_by_text("by 09:15 tomorrow, Tuesday, London time")).to_be_visible()
        await write(frame, "Where is my parcel?")
        await frame.get_by_label("Leave your e-mail address").fill("cora")
        await frame.get_by_role("button", name="Save address").click()
        await expect(frame.get_by_text("This does not look like an e-mail address.")).to_be_visible()
        await frame.get_by_label("Leave your e-mail address").fill("cora@home.test")
        await frame.get_by_role("button", name="Save address").click()
        await expect(frame.get_by_text("If you go, we will answer to")).to_be_visible()
        assert street.shop.only().customer.email == "cora@home.test"


async def test_typing_seen_undo_and_unread(street: Street) -> None:
    shop = street.shop
    async with street.visitor() as context:
        page, frame = await street.chat(context)
        await write(frame, "Where is my parcel?")
        await expect(frame.get_by_text("Delivered")).to_be_visible()
        who = {"id": shop.ann, "name": "Ann"}
        shop.hub.signal(shop.brand, shop.only().id, "viewing", {"who": who, "on": True})
        await expect(frame.get_by_text("Seen", exact=True)).to_be_visible()
        shop.hub.signal(shop.brand, shop.only().id, "typing", {"who": who, "on": True})
        await expect(frame.get_by_text("Ann is typing")).to_be_visible()
        await shop.answer("Wrong window, sorry")
        await expect(frame.get_by_text("Wrong window, sorry")).to_be_visible()
        await shop.by_ann(c.Undo())
        await expect(frame.get_by_text("Wrong window, sorry")).to_have_count(0)
        await frame.get_by_role("button", name="Close the chat window").click()
        await shop.answer("It is on its way.")
        await expect(page.get_by_role("button", name="Chat (1)")).to_be_visible()
        await page.get_by_role("button", name="Chat (1)").click()
        await expect(frame.get_by_text("It is on its way.")).to_be_visible()


async def test_files_and_hostile_words_do_no_harm(street: Street) -> None:
    async with street.visitor() as context:
        _page, frame = await street.chat(context)
        await frame.get_by_label("Attach a file").set_input_files(
            {"name": "my parcel.png", "mimeType": "image/png", "buffer": b"not really a picture"}
        )
        await expect(frame.get_by_role("button", name="Remove my parcel.png")).to_be_visible()
        await write(frame, "<img src=x onerror=\"parent.postMessage('owned','*')\"> \u202eevil")
        await expect(frame.get_by_role("link", name="Download my parcel.png")).to_be_visible()
        await street.shop.answer("<script>alert(1)</script>")
        await expect(frame.get_by_text("<script>alert(1)</script>")).to_be_visible()
        assert await frame.locator(".text img, .text script").count() == 0


async def test_another_origin_can_not_speak_to_the_window(street: Street) -> None:
    async with street.visitor() as context:
        page, frame = await street.chat(context)
        await page.evaluate("window.postMessage({kind: 'close'}, '*')")
        await page.wait_for_timeout(200)
        await expect(frame.locator("#text")).to_be_visible()


async def test_two_languages_one_can_be_chosen_and_is_kept(street: Street) -> None:
    async with street.visitor() as context:
        page, frame = await street.chat(context)
        await frame.get_by_role("button", name="More").click()
        await frame.get_by_label("Language").select_option("ar")
        await expect(frame.locator("html")).to_have_attribute("lang", "ar")
        await page.goto(street.shopfront)
        await expect(frame.locator("html")).to_have_attribute("lang", "ar")


@pytest.mark.parametrize(("locale", "scheme", "width"), [("en-GB", "light", 1280), ("ar", "dark", 390)])
async def test_the_pages_are_open_to_everybody(street: Street, locale: str, scheme: str, width: int) -> None:
    options = {"locale": locale, "color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    async with street.visitor(**options, timezone_id="Asia/Almaty") as context:
        page = await context.new_page()
        await page.goto(f"{street.desk}/contact/shop")
        await expect(page.locator("#channels")).to_contain_text("Almaty" if locale != "ar" else "ألماتي")
        await axe(page)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.locator("#text").fill("Where is my parcel?")
        await page.locator("form button").click()
        await expect(page.locator("#thread")).to_contain_text("Where is my parcel?")
        assert street.shop.only().customer.zone == "Asia/Almaty"
        await axe(page)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_chat_opens_in_place_on_the_contact_page(street: Street) -> None:
    async with street.visitor() as context:
        page = await context.new_page()
        await page.goto(f"{street.desk}/contact/shop")
        await page.get_by_role("button", name="Start a chat").click()
        frame = page.frame_locator("iframe")
        await expect(frame.locator("#text")).to_be_focused()
        await frame.get_by_role("button", name="Close the chat window").click()
        await expect(page.get_by_role("button", name="Start a chat")).to_be_focused()


async def test_an_open_status_page_counts_down_and_shows_the_answer_without_loading_again(street: Street) -> None:
    await street.shop.write_first("chat", language="en", zone="Europe/London")
    async with street.visitor() as context:
        page = await context.new_page()
        await page.goto(street.desk + street.shop.link())
        await expect(page.get_by_role("timer")).to_contain_text(re.compile(r"1[0-4]:\d\d"))
        await page.locator("#text").fill("half a sent")
        await street.shop.by_ann(c.Assign(person_id=street.shop.ann))
        await expect(page.get_by_text("A person is working on it.")).to_be_visible()
        await context.set_offline(True)
        await street.shop.answer("It is on its way.")
        await context.set_offline(False)
        await expect(page.get_by_text("It is on its way.")).to_be_visible()
        await expect(page.locator("#text")).to_have_value("half a sent")


async def test_a_customer_without_javascript_gets_everything_but_the_ticking(street: Street) -> None:
    async with street.visitor(java_script_enabled=False) as context:
        page = await context.new_page()
        await page.goto(f"{street.desk}/contact/shop")
        await expect(page.get_by_role("button", name="Start a chat")).to_have_count(0)
        await page.get_by_label("Your message").fill("Where is my parcel?")
        await page.get_by_role("button", name="Send message").click()
        await expect(page.get_by_text("A person will answer you by 10:15 London time.").first).to_be_visible()
        await page.get_by_role("button", name="I feel ignored").click()
        await expect(page.get_by_text("we are sorry that it feels this way")).to_be_visible()
        await page.get_by_role("link", name="I no longer need this").click()
        await page.get_by_role("button", name="Yes, stop").click()
        await expect(page.get_by_text("This request is closed.")).to_be_visible()
