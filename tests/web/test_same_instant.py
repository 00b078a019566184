"""One computed promise, told everywhere: contact page, chat window, acknowledgement, mail, status page, API."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest

from waada.channels.mail_addresses import AddressBook
from waada.channels.mail_compose import Sender, compose, thread_at
from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.outlook import Asked
from waada.web import chat, contact, status
from waada.web.app import build
from web_office import URL, Office, Socket, caller

pytestmark = pytest.mark.postgres

CORA = "cora@home.test"
COMPUTED = {
    "first_answer_seconds": 900,
    "next_answer_seconds": 900,
    "clock": "always",
    "chance": 0.9,
    "ceiling_seconds": 1800,
    "instead": "mail",
    "computed": True,
}


@dataclass(frozen=True)
class Line:
    """An outlook in which every wait takes so long, whenever it begins."""

    length: timedelta
    basis = "line"
    begins: datetime | None = None

    def sight(self, asked: Asked) -> Line:
        return Line(self.length, asked.now)

    def chance_at(self, due_at: datetime) -> float:
        assert self.begins is not None, "only a sight knows a chance"
        return 0.93 if due_at >= self.begins + self.length else 0.2

    def due_at(self, chance: float) -> datetime | None:
        return self.begins + self.length if self.begins is not None and chance <= 0.93 else None


def read(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


async def publish(office: Office, **more: object) -> None:
    body = {"kind": "chat", "name": "chat", "live": True, "policy": {**COMPUTED, **more}}
    answer = await office.lead.put("/channels/chat", body)
    assert answer.status_code == 200, answer.text


async def mailed(office: Office, conversation: str) -> str:
    """The acknowledgement as the mail that goes to whoever left the window."""
    store, secret = office.parts.store, office.parts.secret
    state = await store.load("conversation", office.brand, conversation)
    brand = await store.brand(office.brand)
    assert isinstance(state, Conversation)
    assert brand is not None
    facts = [each.event for each in await store.facts(office.brand, state.id)]
    told = next(each for each in facts if isinstance(each, e.CustomerTold))
    book = AddressBook((brand,), secret, URL)
    thread = thread_at(told.message_id, facts, {told.message_id: "ours@desk.test"})
    return compose(state, thread, Sender(brand=brand, book=book, status_url=URL)).text


def instant(value: Any) -> datetime:
    return datetime.fromisoformat(str(value))


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    ("wording", "seconds", "due"),
    [
        ("exact", 2837.3, "12:48:00"),
        ("within", 2837.3, "12:48:13"),
        ("window", 2837.3, "12:48:00"),
        ("exact", 20.0, "12:00:43"),  # kept by the target: exactly as long as the brand wants
        ("exact", 90.4, "12:01:53"),
        ("window", 7_200.0, "14:05:00"),
    ],
)
async def test_the_same_instant_is_told_everywhere_to_the_second(
    office: Office, wording: str, seconds: float, due: str, language: str
) -> None:
    office.parts.engine.outlook = Line(timedelta(seconds=seconds))
    target = {"first_answer_seconds": 30} if seconds < 900 else {}
    await publish(office, wording=wording, **target)
    office.clock.advance(timedelta(seconds=13))
    wanted = datetime.fromisoformat(f"2026-06-02T{due}+00:00")
    app = build(office.parts, [*contact.routes(office.parts), *status.routes(office.parts), *chat.routes(office.parts)])
    browser = caller(app).http
    page = read((await browser.get(f"/contact/shop?lang={language}&zone=UTC")).text)
    async with Socket(app, "/chat/shop/chat/socket") as window:
        window.say(kind="hello", language=language, zone="UTC")
        before = (await window.hear_kind("welcome"))["promise_before"]
        window.say(kind="address", key="k0", email=CORA)
        window.say(kind="write", key="k1", text="Where is my parcel?")
        welcome = await window.hear_kind("welcome")
        shown = welcome["promise"] or (await window.hear_kind("promise"))["promise"]
    conversation = welcome["conversation"]
    followed = (await browser.get(f"{welcome['status_url']}&zone=UTC")).text
    detail = (await office.agent.get(f"/conversations/{conversation}")).json()
    one = (await office.agent.get(f"/promises/{detail['promise']['id']}")).json()["promise"]
    counted = re.search(r'data-due="([^"]+)"', followed)
    assert counted is not None
    told = [before["due_at"], shown["due_at"], counted[1], detail["promise"]["due_at"], one["due_at"]]
    assert {instant(each) for each in told} == {wanted}
    words = before["words"]
    assert words in page
    assert {shown["words"], detail["promise"]["words"], one["words"]} == {words}
    assert words in read(followed)
    assert words in await mailed(office, conversation)
    assert shown["absolute"] in read(followed)


@pytest.mark.parametrize("seconds", [20.0, 2837.3])
async def test_a_policy_that_is_changed_changes_no_promise_already_made(office: Office, seconds: float) -> None:
    office.parts.engine.outlook = Line(timedelta(seconds=seconds))
    await publish(office)
    started = {"channel": "chat", "customer": {"email": CORA}, "text": "Where is my parcel?"}
    first = (await office.key.post("/conversations", started)).json()["conversation"]["id"]
    path = f"/conversations/{first}"
    before = (await office.agent.get(path)).json()
    office.clock.advance(timedelta(seconds=1))
    changed = {"first_answer_seconds": 60, "next_answer_seconds": 60, "chance": 0.6, "wording": "window"}
    for policy in ({**changed, "instead": "phone", "ceiling_seconds": 60}, {**changed, "computed": False}):
        await publish(office, **policy)
        after = (await office.agent.get(path)).json()
        assert after["promise"] == before["promise"]
        assert after["events"] == before["events"]
        assert (await office.agent.get(f"/promises/{before['promise']['id']}")).json()["promise"] == before["promise"]
    made = (await office.key.post("/conversations", {**started, "customer": {"email": "ben@home.test"}})).json()
    promise = (await office.agent.get(f"/conversations/{made['conversation']['id']}")).json()["promise"]
    length = instant(promise["due_at"]) - instant(promise["made_at"])
    assert (length, promise["basis"]) == (timedelta(seconds=60), "policy:60s:always")
