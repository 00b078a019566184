"""The standards page as a lead sees it: what is missing and what to do, rules and their verdicts, bars."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from desk_scene import Scene, needs_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_browser()]

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def complaints(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [f"{each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"]]


def test_what_is_missing_comes_with_the_one_thing_to_do(scene: Scene) -> None:
    scene.writes("Is anybody there?")
    with scene.window() as olga:
        page = scene.sign_in(olga, address="#/standards")
        missing = page.get_by_role("region", name="Missing promises")
        # The chat promises ten minutes, whatever the hour; market leaders answer in thirty seconds.
        expect(missing).to_contain_text("Our chat")
        expect(missing.get_by_role("img", name="Our chat: hours of the week with missing promises")).to_be_visible()
        # Mail is promised in ten minutes around the clock: nothing is missing.
        expect(missing).not_to_contain_text("Our mail")
        missing.get_by_role("link", name="Promise less time").click()
        expect(page).to_have_url(re.compile("#/settings/channels$"))


def test_a_rule_says_how_it_was_counted_and_when_it_cannot_be_told(scene: Scene) -> None:
    with scene.window() as olga:
        page = scene.sign_in(olga)
        page.keyboard.press("g")
        page.keyboard.press("b")
        rules = page.get_by_role("region", name="Rule packs")
        rules.get_by_role("button", name="Spain: customer services law").click()
        expect(rules).to_contain_text("95% answered in under 3 min (Phone)")
        expect(rules).to_contain_text("Can't be told")
        expect(rules).to_contain_text("Ley 10/2025")
        rules.get_by_text("How it is counted").first.click()
        expect(rules).to_contain_text("Whoever hung up counts as not attended")


def test_a_bar_of_ones_own_counts_until_it_is_dropped(scene: Scene) -> None:
    with scene.window() as olga:
        page = scene.sign_in(olga, address="#/standards")
        missing = page.get_by_role("region", name="Missing promises")
        expect(missing).to_contain_text("Our chat")
        bars = page.get_by_role("region", name="Bars")
        bars.get_by_role("button", name="New bar").click()
        bars.get_by_label("Kind of channel").select_option("chat")
        bars.get_by_label("Source").fill("What our customers told us")
        bars.get_by_role("switch", name="Measure neglect against it").click()
        bars.get_by_role("button", name="Save").click()
        expect(bars).to_contain_text("What our customers told us")
        expect(bars.get_by_role("listitem").filter(has_text="What our customers")).to_contain_text("Default")
        # Ten minutes are better than the fifteen of the new bar.
        expect(missing).to_contain_text("Every hour of every live channel has a promise as good as the bar.")
        bars.get_by_role("button", name="Drop “Chat in under 15 min”").click()
        expect(bars).not_to_contain_text("What our customers told us")
        expect(missing).to_contain_text("Our chat")


def test_a_bar_of_the_house_can_be_changed_and_put_back(scene: Scene) -> None:
    with scene.window() as olga:
        page = scene.sign_in(olga, address="#/standards")
        bars = page.get_by_role("region", name="Bars")
        bars.get_by_role("button", name="Change: E-mail in under 15 min").click()
        bars.get_by_role("spinbutton", name="Answered in").fill("20")
        bars.get_by_role("button", name="Save").click()
        bars.get_by_role("button", name="Put “E-mail in under 20 min” back as it came").click()
        expect(bars).to_contain_text("E-mail in under 15 min")


def test_agents_have_no_such_page_in_their_rail(scene: Scene) -> None:
    with scene.window() as amir:
        page = scene.sign_in(amir, "amir")
        rail = page.get_by_role("navigation", name="Views")
        expect(rail.get_by_role("link", name="Settings")).to_be_visible()
        expect(rail.get_by_role("link", name="Standards")).to_have_count(0)


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("ar", "dark")])
def test_the_page_shuts_nobody_out_and_fits_a_phone(scene: Scene, language: str, theme: Any) -> None:
    scene.writes("Is anybody there?")
    for viewport in ({"width": 1360, "height": 900}, {"width": 390, "height": 844}):
        with scene.window(viewport=viewport, color_scheme=theme) as olga:
            page = scene.sign_in(olga, address="#/standards")
            page.evaluate(
                "wanted => localStorage.setItem('waada.preferences', JSON.stringify({language: wanted}))", language
            )
            page.reload()
            expect(page.locator(".gap-week")).to_be_visible()
            page.locator(".standards-bars .card-head button").click()
            expect(page.locator(".bar-form")).to_be_visible()
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
            assert complaints(page) == []
