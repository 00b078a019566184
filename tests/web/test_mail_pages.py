"""The local outbox, mailboxes and letters as the desk shows them, with a mail room that is a fake."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from waada.clock import VirtualClock
from waada.core import commands as c
from waada.core.ids import SYSTEM, BrandId, CommandId
from waada.mailbag import MailboxStatus, PostedMail, Reconciliation
from waada.web.app import build
from web_office import NOON, Office, new_office, running

pytestmark = pytest.mark.postgres

RAW = (
    b"From: Shop <help@shop.test>\r\nTo: aru@example.test\r\nSubject: Your enquiry\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
    b"We answer by 14:20.\r\nhttp://desk.test/p/abc\r\n<script>alert(1)</script>\r\n"
)


class FakeRoom:
    """A mail room with one mail that would have left and one that arrived."""

    def __init__(self) -> None:
        self.brand: BrandId | None = None

    def _mail(self, brand_id: BrandId) -> PostedMail:
        return PostedMail(
            id="<m1@shop.test>",
            brand_id=brand_id,
            at=NOON,
            sender="help@shop.test",
            recipients=("aru@example.test",),
            subject="Your <b>enquiry</b>",
            raw=RAW,
        )

    async def status(self, _brand_id: BrandId) -> tuple[MailboxStatus, ...]:
        return ()

    async def reconcile(self, _brand_id: BrandId, channel: str) -> Reconciliation:
        return Reconciliation(channel=channel, at=NOON, in_mailbox=2, stored=2, before=0, missing=0, fetched=0, gone=0)

    async def posted(self, brand_id: BrandId, before: str | None = None, limit: int = 100) -> tuple[PostedMail, ...]:
        found = (replace(self._mail(brand_id), raw=b""),) if brand_id == self.brand and before is None else ()
        return found[:limit]

    async def posted_mail(self, brand_id: BrandId, mail_id: str) -> PostedMail | None:
        mail = self._mail(brand_id)
        return mail if brand_id == self.brand and mail_id == mail.id else None

    async def raw(self, brand_id: BrandId, raw_id: str) -> bytes | None:
        return RAW if brand_id == self.brand and raw_id == "raw-1" else None


@pytest.fixture
async def office(fresh_database: str, tmp_path: Path) -> AsyncIterator[Office]:
    clock, room = VirtualClock(NOON), FakeRoom()
    async with running(fresh_database, tmp_path, clock=clock) as (_, plain):
        parts = replace(plain, mail=room)
        office = await new_office(build(parts), parts, clock, "shop")
        room.brand = office.brand
        yield office


async def letter_of(office: Office, sender: str | None = '"Aru" <aru@example.test>') -> str:
    stream = office.parts.ids.fresh()
    command = c.ReceiveLetter(
        channel="mail", reason="a list", raw="raw-1", sender=sender, subject="News", preview="Dear all"
    )
    order = c.Order(command_id=CommandId(stream), brand_id=office.brand, stream=stream, by=SYSTEM, command=command)
    await office.parts.engine.handle(order)
    return stream


async def test_mails_that_would_have_left_can_be_read(office: Office) -> None:
    found = (await office.agent.get("/outbox")).json()
    assert [each["subject"] for each in found["items"]] == ["Your <b>enquiry</b>"]
    one = await office.agent.http.get("/api/v1/outbox/%3Cm1%40shop.test%3E", headers=office.agent.headers)
    assert one.json()["text"].startswith("We answer by 14:20.")
    raw = await office.agent.http.get("/api/v1/outbox/%3Cm1%40shop.test%3E/raw", headers=office.agent.headers)
    assert raw.content == RAW
    assert "sandbox" in raw.headers["content-security-policy"]
    assert (await office.agent.get("/outbox/nothing")).status_code == 404


async def test_the_outbox_has_a_page_in_which_nothing_runs(office: Office) -> None:
    page = await office.agent.http.get("/outbox")
    assert "Your &lt;b&gt;enquiry&lt;/b&gt;" in page.text
    mail = await office.agent.http.get("/outbox/%3Cm1%40shop.test%3E")
    assert '<a href="http://desk.test/p/abc">' in mail.text
    assert "<script>" not in mail.text
    assert (await office.agent.http.get("/outbox/nothing")).status_code == 404
    stranger = await office.nobody.http.get("/outbox")
    assert (stranger.status_code, stranger.headers["location"]) == (303, "/")


async def test_a_mailbox_is_counted_on_demand(office: Office) -> None:
    found = await office.lead.post("/mailboxes/mail/reconcile")
    assert found.json()["in_mailbox"] == 2
    assert (await office.lead.get("/mailboxes")).json() == {"items": []}


async def test_a_letter_becomes_a_conversation_once(office: Office) -> None:
    letter = await letter_of(office)
    listed = (await office.agent.get("/letters")).json()["items"]
    assert [each["id"] for each in listed] == [letter]
    raw = await office.agent.get(f"/letters/{letter}/raw")
    assert raw.content == RAW
    assert raw.headers["content-disposition"].startswith("attachment;")

    once = await office.agent.post(f"/letters/{letter}/open", {}, Idempotency_Key="open")
    twice = await office.agent.post(f"/letters/{letter}/open", {}, Idempotency_Key="open")
    assert once.status_code == 201, once.text
    assert once.json() == twice.json()
    assert once.json()["conversation"]["customer"] == "Aru"
    assert once.json()["promise"]["status"] == "open"
    assert (await office.agent.post(f"/letters/{letter}/open", {})).status_code == 409
    shown = (await office.agent.get(f"/letters/{letter}")).json()["letter"]
    assert (shown["outcome"], shown["conversation_id"]) == ("opened", once.json()["conversation"]["id"])
    assert (await office.agent.get("/letters")).json()["items"] == []
    assert len((await office.agent.get("/letters", handled="true")).json()["items"]) == 1


async def test_two_people_who_open_a_letter_make_one_conversation(office: Office) -> None:
    letter = await letter_of(office)
    both = await asyncio.gather(
        office.agent.post(f"/letters/{letter}/open", {"text": "one"}),
        office.lead.post(f"/letters/{letter}/open", {"text": "other"}),
    )
    assert sorted(each.status_code for each in both) == [201, 409]
    assert len((await office.agent.get("/conversations")).json()["items"]) == 1


async def test_a_letter_from_nobody_can_be_opened_and_one_can_be_put_away(office: Office) -> None:
    opened = await office.agent.post(f"/letters/{await letter_of(office, None)}/open", {"text": "They want a refund"})
    assert opened.json()["conversation"]["preview"] == "They want a refund"
    letter = await letter_of(office)
    assert (await office.agent.post(f"/letters/{letter}/dismiss")).json()["letter"]["outcome"] == "dismissed"
    assert (await office.agent.post(f"/letters/{letter}/dismiss")).status_code == 409


async def test_passwords_of_mailboxes_are_never_shown_and_kept_when_the_mask_comes_back(office: Office) -> None:
    channel = {
        "kind": "mail",
        "name": "mail",
        "live": True,
        "address": "help@shop.test",
        "policy": {"first_answer_seconds": 900, "next_answer_seconds": 900},
        "settings": {"imap_host": "imap.shop.test", "imap_password": "hunter2"},
    }
    shown = (await office.owner.put("/channels/mail", channel)).json()["channel"]
    assert dict(shown["settings"]) == {"imap_host": "imap.shop.test", "imap_password": "********"}
    kept = (await office.parts.store.brand(office.brand)).channel("mail")  # type: ignore[union-attr]  # it is there
    assert kept is not None
    sealed = dict(kept.settings)["imap_password"]
    assert "hunter2" not in sealed
    await office.owner.put("/channels/mail", {**channel, "name": "post", "settings": dict(shown["settings"])})
    again = (await office.parts.store.brand(office.brand)).channel("mail")  # type: ignore[union-attr]  # it is there
    assert again is not None
    assert dict(again.settings)["imap_password"] == sealed
    facts, _ = await office.parts.store.feed("0.0", 1000)
    assert "hunter2" not in str(facts)
    assert sealed not in (await office.agent.get("/brand")).text
