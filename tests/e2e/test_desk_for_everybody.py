"""The desk for everybody: screen readers, narrow windows, dark rooms, right-to-left readers, other roles."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from desk_scene import Scene, needs_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_browser()]

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
SCREENS = ("#/all", "#/closed", "#/letters", "#/wall", "#/guide")
SETTINGS = ("me", "brand", "hours", "channels", "people", "rosters", "canned", "keys", "widget")


def complaints(page: Page, rules: tuple[str, ...] = RULES) -> list[str]:
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, {runOnly: rules})", list(rules))
    return [f"{page.url} {each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"]]


def speak(page: Page, language: str) -> None:
    """Choose the language of the desk, as its settings do."""
    page.evaluate("wanted => localStorage.setItem('waada.preferences', JSON.stringify({language: wanted}))", language)
    page.reload()


def go(page: Page, address: str) -> None:
    page.evaluate("to => { location.hash = to }", address)
    page.wait_for_timeout(250)


def wider_than_its_window(page: Page) -> bool:
    wide: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
    return wide


def filled(scene: Scene) -> str:
    conversation = scene.writes("Where is my order?", name="Nora")
    scene.customer("POST", f"/conversations/{conversation}/customer-actions", {"action": "ignored"})
    scene.owner("POST", f"/conversations/{conversation}/notes", {"text": "@Amir Agent knows", "mentions": []})
    scene.owner("POST", f"/conversations/{conversation}/messages", {"author": "person", "text": "On its way."})
    scene.adds(conversation, "Thank you! And when?")
    scene.writes("سؤال آخر", name="ليلى", language="ar")
    return conversation


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_screen_shuts_anybody_out(scene: Scene, theme: str) -> None:
    conversation = filled(scene)
    # Only the colours differ between the two.
    rules = RULES if theme == "light" else ("color-contrast",)
    with scene.window(color_scheme=theme) as olga:
        page = scene.sign_in(olga)
        found: list[str] = []
        for address in (*SCREENS, *(f"#/settings/{each}" for each in SETTINGS), f"#/all/{conversation}"):
            go(page, address)
            found += complaints(page, rules)
        expect(page.get_by_role("log")).to_contain_text("And when?")
        for key, name in (
            ("p", "Promise a new time"),
            ("s", "Put aside"),
            ("i", "Who takes it?"),
            ("e", "Close"),
            ("?", "Keyboard"),
            ("Control+k", "Commands"),
        ):
            page.keyboard.press(key)
            expect(page.get_by_role("dialog")).to_be_visible()
            expect(page.get_by_role("dialog")).to_have_accessible_name(re.compile(name))
            found += complaints(page, rules)
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_be_hidden()
        assert found == []


def test_signing_in_shuts_nobody_out(scene: Scene) -> None:
    with scene.window() as somebody:
        page = somebody.new_page()
        page.goto(scene.base)
        page.get_by_label("E-mail address").fill("olga@desk.test")
        page.get_by_label("Password").fill("not the password")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert complaints(page) == []


def test_the_desk_reads_from_right_to_left_in_arabic(scene: Scene) -> None:
    conversation = filled(scene)
    with scene.window() as olga:
        page = olga.new_page()
        page.goto(f"{scene.base}/#/all/{conversation}")
        speak(page, "ar")
        page.get_by_label("البريد الإلكتروني").fill("olga@desk.test")
        page.get_by_label("كلمة المرور").fill("a long enough sentence")
        page.get_by_role("button", name="دخول").click()
        expect(page.get_by_role("log")).to_contain_text("And when?")
        assert page.evaluate("document.documentElement.dir") == "rtl"
        rail, queue = page.get_by_role("navigation").bounding_box(), page.get_by_role("listbox").bounding_box()
        assert rail is not None
        assert queue is not None
        assert rail["x"] > queue["x"]
        page.get_by_role("textbox", name="رد").fill("قريبًا")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("log")).to_contain_text("قريبًا")
        assert not wider_than_its_window(page)
        assert complaints(page) == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_one_hand_and_a_phone_are_enough(scene: Scene, language: str) -> None:
    filled(scene)
    with scene.window(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as phone:
        page = scene.sign_in(phone)
        page.evaluate(
            "wanted => localStorage.setItem('waada.preferences', JSON.stringify({language: wanted}))", language
        )
        page.reload()
        expect(page.get_by_role("option").first).to_be_visible()
        assert not wider_than_its_window(page)
        page.get_by_role("option").filter(has_text="Nora").tap()
        expect(page.get_by_role("log")).to_contain_text("And when?")
        expect(page.get_by_role("listbox")).to_be_hidden()
        assert not wider_than_its_window(page)
        assert complaints(page) == []
        page.locator("#composer-text").fill("Tomorrow")
        page.locator("#composer button[type=submit]").tap()
        expect(page.get_by_role("log")).to_contain_text("Tomorrow")
        page.locator(".talk-back").tap()
        expect(page.get_by_role("listbox")).to_be_visible()
        for address in ("#/wall", "#/settings/hours", "#/settings/people", "#/settings/rosters"):
            go(page, address)
            assert not wider_than_its_window(page), address


def test_an_agent_is_not_shown_what_is_not_theirs(scene: Scene) -> None:
    with scene.window() as amir:
        page = scene.sign_in(amir, "amir")
        expect(page.get_by_role("link", name="Wall")).to_be_hidden()
        go(page, "#/settings/keys")
        expect(page.get_by_text("This page is not for your role")).to_be_visible()


def test_going_on_duty_is_one_click_and_everybody_sees_it(scene: Scene) -> None:
    with scene.window() as one, scene.window() as two:
        amir = scene.sign_in(one, "amir")
        olga = scene.sign_in(two, "olga", "#/wall")
        expect(olga.get_by_text("1 person on duty")).to_be_visible()
        amir.get_by_role("switch", name="Off duty").click()
        expect(amir.get_by_role("switch", name="On duty")).to_be_checked()
        expect(olga.get_by_text("2 people on duty")).to_be_visible()
        amir.get_by_role("switch", name="On duty").click()
        expect(olga.get_by_text("1 person on duty")).to_be_visible()


def test_a_channel_cannot_go_live_without_a_promise_and_the_form_says_why(scene: Scene) -> None:
    with scene.window() as olga:
        page = scene.sign_in(olga, "olga", "#/settings/channels")
        page.get_by_role("button", name="API").click()
        form = page.locator("form").last
        form.get_by_label("Name", exact=True).fill("Our app")
        form.get_by_role("button", name="No promise").click()
        form.get_by_role("button", name="Save").click()
        expect(form.get_by_role("alert")).to_contain_text("without a promise")
        # With one it would be tried in the simulator first: see test_promise_check.py. Off, it goes without.
        form.get_by_role("switch", name="Live").click()
        form.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="Our app")).to_be_visible()


def test_somebody_invited_joins_by_their_link(scene: Scene) -> None:
    with scene.window() as olga, scene.window() as newcomer:
        page = scene.sign_in(olga, "olga", "#/settings/people")
        form = page.locator("form")
        form.get_by_label("Name").fill("Nia Newcomer")
        form.get_by_label("E-mail address").fill("nia@desk.test")
        form.get_by_role("button", name="Make the invitation").click()
        link = page.get_by_label("Invitation link").input_value()
        fresh = newcomer.new_page()
        fresh.goto(link)
        expect(fresh.get_by_role("heading", name="Welcome to Harbour Tea")).to_be_visible()
        fresh.get_by_label("Choose a password").fill("another long sentence")
        fresh.get_by_role("button", name="Join").click()
        expect(fresh.get_by_role("navigation", name="Views")).to_contain_text("Nia Newcomer")
