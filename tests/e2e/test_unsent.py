"""A mail server that is away is seen at the desk, beside the message and on the wall; what waited leaves at a click."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Locator, Page, expect

from desk_scene import Scene, free_port, needs_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_browser()]


class Sink:
    """What somebody else's mail server was given."""

    def __init__(self) -> None:
        self.recipients: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.recipients += envelope.rcpt_tos
        return "250 OK"


@contextmanager
def mail_leaves_by(scene: Scene, port: int) -> Iterator[None]:
    """Let the mail channel send through a server of its own, and by the local outbox again afterwards."""
    brand = scene.owner("GET", "/brand")["brand"]
    channel = next(each for each in brand["channels"] if each["key"] == "mail")
    # What is saved is what was asked for: a test that found the channel otherwise would leave it otherwise.
    asked = {name: channel[name] for name in ("kind", "name", "live", "address", "policy")}
    asked["override_reason"] = "Whoever answers here is a test."
    settings = {"smtp_host": "127.0.0.1", "smtp_port": str(port), "smtp_tls": "offered"}
    scene.owner("PUT", "/channels/mail", {**asked, "settings": settings})
    try:
        yield
    finally:
        scene.owner("PUT", "/channels/mail", {**asked, "settings": {}})


def message(page: Page, text: str) -> Locator:
    return page.get_by_role("log").get_by_role("article").filter(has_text=text)


def test_what_could_not_be_sent_is_seen_and_leaves_at_a_click(scene: Scene) -> None:
    port, sink = free_port(), Sink()
    with scene.window() as olga, scene.window() as amir, mail_leaves_by(scene, port):
        conversation = scene.writes("Did my order arrive?", channel="mail", name="Vera")
        page = scene.sign_in(olga, "olga", f"#/all/{conversation}")
        told = message(page, "A person will answer you")
        expect(told).to_contain_text("Not sent yet. The mail server can't be reached.")
        expect(told).to_contain_text("Next try:")
        notice = page.get_by_role("status").filter(has_text="1 message could not be sent yet")
        expect(notice).to_contain_text("The mail server can't be reached. Since")

        # Whoever answers sees it, but what to do about it is for those who run the place.
        colleague = scene.sign_in(amir, "amir", f"#/all/{conversation}")
        expect(message(colleague, "A person will answer you")).to_contain_text("Not sent yet.")
        expect(colleague.get_by_role("button", name="Try again now")).to_have_count(0)

        notice.get_by_role("link").click()
        card = page.get_by_role("region", name="1 message could not be sent yet")
        expect(card).to_contain_text(f"127.0.0.1 on port {port}")
        expect(card.get_by_role("link")).to_contain_text("Vera")

        server = Controller(sink, hostname="127.0.0.1", port=port)
        server.start()
        try:
            card.get_by_role("button", name="Try again now").click()
            expect(card).to_be_hidden()
        finally:
            server.stop()
        assert sink.recipients == [f"c{scene.count}@example.test"]
        page.goto(f"{scene.base}/#/all/{conversation}")
        expect(message(page, "A person will answer you")).to_contain_text("Sent")
        expect(page.get_by_text("Not sent yet")).to_have_count(0)
