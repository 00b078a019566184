"""A promise for a time at which nobody works is warned about before it is sent, and one click takes a better one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from desk_scene import Scene, needs_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_browser()]

LONDON = ZoneInfo("Europe/London")


@contextmanager
def open_only_on(scene: Scene, day: datetime) -> Iterator[None]:
    """Let the brand be open from nine to five on one day of the week, and as it was again afterwards."""
    before = scene.owner("GET", "/brand")["brand"]["hours"]
    week = {f"{day:%A}".lower(): [["09:00", "17:00"]]}
    scene.owner("PUT", "/brand/hours", {"zone": "Europe/London", "week": week})
    try:
        yield
    finally:
        scene.owner("PUT", "/brand/hours", before)


@pytest.mark.parametrize(("key", "send"), [("p", "Tell the customer"), ("s", "Promise and put aside")])
def test_a_time_at_night_is_warned_about_and_the_next_one_taken_at_a_click(scene: Scene, key: str, send: str) -> None:
    midnight = datetime.now(LONDON).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = midnight + timedelta(days=1)
    conversation = scene.writes("When will it be mended?", name="Nell")
    with open_only_on(scene, tomorrow), scene.window(timezone_id="Europe/London") as olga:
        page = scene.sign_in(olga, "olga", f"#/all/{conversation}")
        expect(page.get_by_role("log")).to_contain_text("When will it be mended?")
        page.keyboard.press(key)
        dialog = page.get_by_role("dialog")
        warning = dialog.get_by_text("Nobody is here then. We open again")
        at = dialog.get_by_label("Another time")
        at.fill(f"{tomorrow:%Y-%m-%d}T03:00")
        expect(warning).to_contain_text("09:00")
        # It says so, and forbids nothing.
        expect(dialog.get_by_role("button", name=send)).to_be_enabled()
        dialog.get_by_role("button", name="Take").click()
        expect(at).to_be_focused()
        expect(at).to_have_value(f"{tomorrow:%Y-%m-%d}T09:30")
        expect(warning).to_be_hidden()
        dialog.get_by_role("button", name=send).click()
        expect(dialog).to_be_hidden()
        promised = datetime.fromisoformat(scene.detail(conversation)["promise"]["due_at"])
        assert promised == tomorrow.replace(hour=9, minute=30)
