"""A new user's afternoon in a browser: ask for too much, be told what is missing, fix it, publish, and see it kept."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from desk_scene import Scene, needs_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_browser()]

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WORKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
HOURS = {"zone": "Europe/London", "week": {day: [["09:00", "17:00"]] for day in WORKDAYS}}
# Simulating takes as long as the machine has to spare.
CHECKED = 90_000


def complaints(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [f"{each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"]]


def a_new_mail_channel(page: Page, key: str) -> Locator:
    """The form of a mail channel that is to answer within a quarter of an hour, for twenty who write a day."""
    page.locator(".choices > button", has_text="E-mail").last.click()
    form = page.locator("form").last
    form.get_by_label("Name", exact=True).fill("Orders")
    form.get_by_label("Short name").fill(key)
    form.get_by_label("E-mail address").fill(f"{key}@desk.test")
    form.get_by_label("Expected to write a day").fill("20")
    return form


def test_fifteen_minutes_are_refused_with_what_is_missing_and_published_once_fixed(scene: Scene) -> None:
    before = scene.owner("GET", "/brand")["brand"]["hours"]
    scene.owner("PUT", "/brand/hours", HOURS)
    with scene.window() as olga:
        page = scene.sign_in(olga, "olga", "#/settings/channels")
        form = a_new_mail_channel(page, "orders")
        form.get_by_role("button", name="Save").click()
        expect(form.get_by_role("alert")).to_contain_text("would be kept", timeout=CHECKED)
        expect(form.get_by_text("It would be kept only")).to_be_visible()
        expect(form.get_by_text("Where it breaks")).to_be_visible()
        expect(form.get_by_label("Publish it all the same, because")).to_be_visible()
        assert complaints(page) == []

        form.locator(".gate-change").filter(has_text=re.compile("^Promise")).get_by_role(
            "button", name="Use this"
        ).first.click()
        expect(form.get_by_text("It would be kept only")).to_be_hidden()
        form.get_by_role("button", name="Check this promise").click()
        expect(form.locator(".gate-holds")).to_contain_text("It would be kept", timeout=CHECKED)
        form.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="Orders")).to_be_visible(timeout=CHECKED)
    orders = next(each for each in scene.owner("GET", "/brand")["brand"]["channels"] if each["key"] == "orders")
    assert orders["live"]
    assert orders["policy"]["first_answer_seconds"] > 900
    assert orders["policy"]["overridden"] is None
    # And live: whoever writes is promised that, or sooner than anything longer.
    begun = scene.owner(
        "POST", "/conversations", {"channel": "orders", "customer": {"email": "rosa@desk.test"}, "text": "Where is it?"}
    )
    assert begun["promise"]["chance"] is None or begun["promise"]["chance"] > 0.5
    scene.owner("POST", f"/conversations/{begun['conversation']['id']}/close", {"outcome": "no_answer_needed"})
    off = {each: orders[each] for each in ("kind", "name", "address", "policy")}
    scene.owner("PUT", "/channels/orders", {**off, "live": False})
    scene.owner("PUT", "/brand/hours", before)


def test_an_owner_publishes_it_all_the_same_with_a_reason(scene: Scene) -> None:
    with scene.window() as olga:
        page = scene.sign_in(olga, "olga", "#/settings/channels")
        form = a_new_mail_channel(page, "rush")
        form.get_by_role("button", name="around the clock").click()
        form.get_by_role("button", name="Check this promise").click()
        reason = form.get_by_label("Publish it all the same, because")
        expect(reason).to_be_visible(timeout=CHECKED)
        reason.fill("Five people start on Monday.")
        form.get_by_role("button", name="Save").click()
        expect(page.locator("form").filter(has_text="Five people start on Monday.")).to_be_visible(timeout=CHECKED)
    rush = next(each for each in scene.owner("GET", "/brand")["brand"]["channels"] if each["key"] == "rush")
    assert rush["policy"]["overridden"] == "Five people start on Monday."
    off = {each: rush[each] for each in ("kind", "name", "address", "policy")}
    scene.owner("PUT", "/channels/rush", {**off, "live": False})


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1440), ("en", "dark", 390), ("ar", "light", 390)]
)
def test_the_picture_is_readable_narrow_dark_and_from_right_to_left(
    scene: Scene, language: str, theme: str, width: int
) -> None:
    with scene.window(color_scheme=theme, viewport={"width": width, "height": 1000}) as olga:
        page = scene.sign_in(olga, "olga", "#/settings/channels")
        wanted = "wanted => localStorage.setItem('waada.preferences', JSON.stringify({language: wanted}))"
        page.evaluate(wanted, language)
        page.reload()
        form = page.locator("form").first
        form.locator(".gate-ask input").fill("20")
        form.locator(".gate-ask button").click()
        expect(form.locator(".gate-changes")).to_be_visible(timeout=CHECKED)
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
        assert complaints(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
