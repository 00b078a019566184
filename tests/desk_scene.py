"""A real server, a brand with a small team, and browsers on its desk: the stage for the desk's end-to-end tests."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
WAADA = Path(sys.executable).parent / "waada"
PASSWORD = "a long enough sentence"
READY_SECONDS_MAX = 60
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
BUILT = (ROOT / "src/waada/web/static/manifest.json").exists()

# A server starts beside other tests on two cores; what a person would call at once may take longer there.
expect.set_options(timeout=45_000)


def needs_browser() -> pytest.MarkDecorator:
    """Skip where there is nothing to see with, but never in CI."""
    there = CHROMIUM is not None and BUILT
    return pytest.mark.skipif(
        not there and not os.environ.get("CI"), reason="needs chromium and built screens: `make setup`"
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Caller:
    """Somebody who uses the API: by key, or signed in as a person."""

    base: str
    key: str | None = None
    csrf: str = ""
    cookies: CookieJar = field(default_factory=CookieJar)

    def __call__(self, method: str, path: str, body: object = None) -> Any:
        headers = {"content-type": "application/json", "X-Waada-CSRF": self.csrf}
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}/api/v1{path}", content, headers, method=method)
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        try:
            with opener.open(request, timeout=20) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            words = error.read().decode()
            raise AssertionError(f"{method} {path}: {error.code} {words}") from error


@dataclass
class Scene:
    """The running server with one brand: an owner, an agent, a chat and a mail channel, one canned reply."""

    base: str
    customer: Caller
    owner: Caller
    browser: Browser
    people: dict[str, str]
    smtp_port: int
    count: int = 0

    def writes(self, text: str, *, channel: str = "chat", name: str | None = None, language: str = "en") -> str:
        """Somebody new writes; returns the conversation's id."""
        self.count += 1
        who = {"name": name or f"Customer {self.count}", "email": f"c{self.count}@example.test", "language": language}
        body = {"channel": channel, "customer": {**who, "zone": "Europe/London"}, "text": text}
        made: str = self.customer("POST", "/conversations", body)["conversation"]["id"]
        return made

    def adds(self, conversation: str, text: str) -> None:
        """The same customer writes again."""
        self.customer("POST", f"/conversations/{conversation}/messages", {"author": "customer", "text": text})

    def kinds(self, conversation: str) -> list[str]:
        """What has happened in a conversation."""
        return [each["kind"] for each in self.detail(conversation)["events"]]

    def detail(self, conversation: str) -> Any:
        return self.owner("GET", f"/conversations/{conversation}")

    def settle(self) -> None:
        """Close whatever is still open, so that the next test begins with an empty queue."""
        for row in self.owner("GET", "/conversations?view=all&limit=200")["items"]:
            outcome = "spam" if row["status"] == "open" else "resolved"
            self.owner("POST", f"/conversations/{row['id']}/close", {"outcome": outcome})

    @contextmanager
    def window(self, **options: Any) -> Iterator[BrowserContext]:
        """A browser of somebody's own; what breaks in it breaks the test."""
        context = self.browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **options})
        faults: list[str] = []
        context.on("weberror", lambda each: faults.append(str(each.error)))
        try:
            yield context
            assert not faults, faults
        finally:
            context.close()

    def sign_in(self, context: BrowserContext, who: str = "olga", address: str = "#/all") -> Page:
        """Open the desk and sign in as people do."""
        page = context.new_page()
        page.goto(f"{self.base}/{address}")
        page.get_by_label("E-mail address").fill(f"{who}@desk.test")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("navigation", name="Views")).to_be_visible()
        return page


def _team(base: str) -> tuple[Caller, dict[str, str]]:
    owner = Caller(base)
    brand = {"name": "Harbour Tea", "zone": "Europe/London", "languages": ["en", "ar"]}
    first = {"brand": brand, "owner": {"name": "Olga Owner", "email": "olga@desk.test", "password": PASSWORD}}
    owner("POST", "/first-run", first)
    me = owner("GET", "/me")
    owner.csrf = me["csrf"]
    policy = {"first_answer_seconds": 600, "next_answer_seconds": 1200, "clock": "always"}
    for key, kind, address in (("chat", "chat", None), ("mail", "mail", "help@desk.test")):
        channel = {"kind": kind, "name": f"Our {key}", "live": True, "address": address, "policy": policy}
        channel["override_reason"] = "Whoever answers here is a test."
        owner("PUT", f"/channels/{key}", channel)
    invited = owner(
        "POST", "/people", {"name": "Amir Agent", "email": "amir@desk.test", "role": "agent", "languages": ["en"]}
    )
    token = invited["invitation_url"].rsplit("/", 1)[1]
    Caller(base)("POST", f"/invitations/{token}", {"password": PASSWORD})
    text = "Hello {customer}, {brand} will be back {promise}. {agent}"
    owner("PUT", "/canned/back", {"title": "We will be back", "text": text, "language": "en"})
    owner("PUT", "/me/duty", {"on_duty": True})
    return owner, {"olga": me["person"]["id"], "amir": invited["person"]["id"]}


def _await(base: str, server: subprocess.Popen[bytes]) -> None:
    started = time.monotonic()
    while True:
        try:
            with urllib.request.urlopen(f"{base}/readyz", timeout=5):
                return
        except OSError:
            assert server.poll() is None, "the server has ended"
            assert time.monotonic() - started < READY_SECONDS_MAX, "the server does not answer"
            time.sleep(0.1)


@contextmanager
def stage(home: Path) -> Iterator[Scene]:
    """Start a server in its own folder, set up a brand, start a browser; take everything down at the end."""
    port, smtp_port = free_port(), free_port()
    base = f"http://127.0.0.1:{port}"
    wanted = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "SMTP_PORT": str(smtp_port),
        "WAADA_HOME": str(home),
        "DEMO": "off",
    }
    env = {**{name: value for name, value in os.environ.items() if name != "DATABASE_URL"}, **wanted}
    with (home / "server.out").open("wb") as out:
        server = subprocess.Popen([str(WAADA), "up"], env=env, stdout=out, stderr=out)
    try:
        _await(base, server)
        owner, people = _team(base)
        key = owner("POST", "/keys", {"name": "customers", "role": "owner"})["key"]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            yield Scene(base, Caller(base, key), owner, browser, people, smtp_port)
            browser.close()
    finally:
        server.terminate()
        server.wait(30)
