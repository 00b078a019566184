"""The Promises page: honest while there is little to judge, readable by everybody, every figure with its conversations.

Its figures are made here by the core from four weeks of promises: on a real clock nobody would wait for them.
"""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from playwright.sync_api import Page, Route, expect

from desk_scene import Scene, needs_browser
from e2e.test_desk_for_everybody import complaints, go, wider_than_its_window
from waada.core.ids import ConversationId, PromiseId
from waada.core.keeping import Promised, telling, verdict
from waada.core.keeping_report import report

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_browser()]

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


def four_weeks(conversation: str) -> list[Promised]:
    """Promises whose chances mean what they say, but for Monday mornings at ten."""
    luck, found = random.Random(7), []
    for number in range(4000):
        made_at = NOW - timedelta(minutes=luck.uniform(30, 28 * 24 * 60))
        chance = 1 - luck.random() ** 3 * 0.4
        kept = luck.random() < chance and not (made_at.weekday() == 0 and made_at.hour == 10)
        found.append(
            Promised(
                promise_id=PromiseId(f"{number:08d}"),
                conversation_id=ConversationId(conversation),
                channel=luck.choice(("chat", "mail")),
                channel_kind="chat",
                language=luck.choice(("en", "ar", "cy")),
                kind="first_answer",
                made_at=made_at,
                due_at=made_at + timedelta(minutes=20),
                chance=chance,
                basis="target",
                told_at=made_at + timedelta(minutes=luck.uniform(1, 20)) if luck.random() < 0.1 else None,
                ended_at=made_at + timedelta(minutes=luck.uniform(1, 20) if kept else luck.uniform(21, 90)),
                released=luck.random() < 0.05,
                revisions=1,
            )
        )
    return found


def with_four_weeks(page: Page, conversation: str = "019e8834-7600-7000-8000-000000000000") -> None:
    """Answer what the page asks with four weeks of promises."""
    every = four_weeks(conversation)
    figures = {
        "from": NOW - timedelta(days=28),
        "to": NOW,
        "zone": "Europe/London",
        "report": report(every, LONDON, NOW),
    }

    def answer(route: Route) -> None:
        if "/promises/report" in route.request.url:
            route.fulfill(body=msgspec.json.encode(figures), content_type="application/json")
            return
        missed = [each for each in every if verdict(each) == "missed"][:20]
        items = [
            {
                **msgspec.to_builtins(each),
                "status": verdict(each),
                "telling": telling(each),
                "conversation": {"customer": "Nora"},
            }
            for each in missed
        ]
        route.fulfill(body=msgspec.json.encode({"items": items, "cursor": None}), content_type="application/json")

    page.route(re.compile(r"/api/v1/promises[?/]"), answer)


def opened(page: Page, language: str = "en", theme: str = "light") -> None:
    page.evaluate(
        "wanted => localStorage.setItem('waada.preferences', JSON.stringify(wanted))",
        {"language": language, "theme": theme},
    )
    page.goto(page.url.partition("#")[0] + "#/promises")
    page.reload()
    expect(page.locator(".calibration")).to_be_visible()


def test_a_new_brand_is_told_that_nothing_can_be_judged_yet(scene: Scene) -> None:
    with scene.window() as olga:
        page = scene.sign_in(olga)
        page.keyboard.press("g")
        page.keyboard.press("p")
        expect(page.get_by_role("heading", name="Promises", exact=True)).to_be_visible()
        expect(page.get_by_role("heading", name="No promise has fallen due yet")).to_be_visible()
        assert complaints(page) == []


def test_agents_have_no_promises_page(scene: Scene) -> None:
    with scene.window() as amir:
        page = scene.sign_in(amir, "amir")
        expect(page.get_by_role("navigation", name="Views").get_by_role("link", name="Promises")).to_have_count(0)
        page.keyboard.press("g")
        page.keyboard.press("p")
        page.wait_for_timeout(200)
        assert not page.url.endswith("#/promises")


def test_every_figure_leads_to_its_conversations_and_back(scene: Scene) -> None:
    conversation = scene.writes("Where is my order?", name="Nora")
    with scene.window() as olga:
        page = scene.sign_in(olga)
        with_four_weeks(page, conversation)
        opened(page)
        page.get_by_role("link", name="Last 7 days").click()
        expect(page).to_have_url(re.compile("days=7"))
        with page.expect_request(re.compile("status=missed")):
            page.locator(".figure", has_text="Missed").get_by_role("link").click()
        expect(page.get_by_role("heading", name="The conversations behind this figure")).to_be_visible()
        assert complaints(page) == []
        page.get_by_role("link", name="Nora").first.click()
        expect(page.get_by_role("log")).to_contain_text("Where is my order?")
        page.go_back()
        page.get_by_role("link", name="Back to the figures").click()
        page.get_by_role("link", name=re.compile("^Stated 9[0-9.]+%: kept")).first.focus()
        with page.expect_request(re.compile(r"chance_from=0\.9")):
            page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="The conversations behind this figure")).to_be_visible()


def test_the_hours_of_the_week_are_one_stop_with_arrows_inside(scene: Scene) -> None:
    with scene.window() as olga:
        page = scene.sign_in(olga)
        with_four_weeks(page)
        opened(page)
        assert page.locator(".heat[tabindex='0']").count() == 1
        page.locator("[data-cell='0-09']").focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator("[data-cell='0-10']")).to_be_focused()
        assert page.locator(".heat[tabindex='0']").count() == 1
        page.keyboard.press("ArrowDown")
        expect(page.locator("[data-cell='1-10']")).to_be_focused()
        page.keyboard.press("ArrowUp")
        with page.expect_request(re.compile(r"(?=.*weekday=0)(?=.*hour=10)")):
            page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="The conversations behind this figure")).to_be_visible()


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("en", "dark"), ("ar", "light")])
def test_the_page_shuts_nobody_out(scene: Scene, language: str, theme: str) -> None:
    with scene.window() as olga:
        page = scene.sign_in(olga)
        with_four_weeks(page)
        opened(page, language, theme)
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
        page.locator("summary").click()
        assert complaints(page) == []
        assert not wider_than_its_window(page)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_fits_a_phone(scene: Scene, language: str) -> None:
    with scene.window(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True) as phone:
        page = scene.sign_in(phone)
        with_four_weeks(page)
        opened(page, language)
        assert not wider_than_its_window(page)
        go(page, "#/promises/days=30&status=missed&behind=1")
        expect(page.get_by_role("table")).to_be_visible()
        assert not wider_than_its_window(page)
        assert complaints(page) == []
