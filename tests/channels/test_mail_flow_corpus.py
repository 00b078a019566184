"""Hundreds of real mails, sent twice over: each is shown once, none is lost, machines hear nothing."""

import asyncio
import email.utils
import json
import logging
import os
import smtplib
from pathlib import Path
from typing import Any

import pytest

from mail_scene import MailScene

log = logging.getLogger(__name__)

SHARED = Path(os.environ.get("WAADA_SHARED", Path(__file__).parents[2].parent / "shared")) / "data/mail"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the collection of real mails is not on this machine")

# A few of our own, so that the rule is tested where the collection is absent.
OWN = (
    b"From: a@home.test\nSubject: plain\n\nWhere is it?\n",
    b"From: b@home.test\nSubject: same\nMessage-ID: <1@home.test>\n\none\n",
    b"From: b@home.test\nSubject: same\nMessage-ID: <1@home.test>\n\ntwo\n",
    b"From: c@home.test\nSubject: away\nAuto-Submitted: auto-replied\n\nI am away.\n",
    b"Subject: nobody\n\nno sender at all\n",
    b"no header either\n",
    b"From: d@home.test\nContent-Type: multipart/mixed; boundary=x\n\nno boundary in here\n",
)


def brought(raw: bytes) -> str:
    """Who an MTA would say sent it: the null sender for bounces, so far as the header tells."""
    for line in raw.splitlines():
        if line.lower().startswith(b"return-path:"):
            return email.utils.parseaddr(line.partition(b":")[2].decode("latin-1"))[1] or "<>"
    return "carrier@relay.test"


async def bring_all(scene: MailScene, mails: list[bytes]) -> None:
    def talk() -> None:
        with smtplib.SMTP("127.0.0.1", scene.port, timeout=60) as client:
            for raw in mails:
                sender = brought(raw)
                client.sendmail(sender if sender.isascii() else "x@y.test", ["help@shop.test"], raw)

    await asyncio.to_thread(talk)
    await scene.quiet()


async def seen(scene: MailScene) -> dict[str, Any]:
    """What the desk shows: how often each raw message stands in a conversation or a letter."""
    raws: list[str] = [each.raw for each in await scene.store.letters(scene.brand)]
    for state in await scene.conversations():
        for fact in await scene.facts(state.id):
            message = getattr(fact, "message", None)
            if message is not None and message.raw:
                raws.append(message.raw)
    [status] = await scene.room.status(scene.brand)
    return {"raws": sorted(raws), "letters": status.letters, "mails": len(scene.sink.mails)}


async def shown_once(scene: MailScene, mails: list[bytes]) -> dict[str, Any]:
    await bring_all(scene, mails)
    first = await seen(scene)
    assert len(first["raws"]) == len(set(first["raws"])) == len(mails)
    await bring_all(scene, mails)
    assert await seen(scene) == first
    [status] = await scene.room.status(scene.brand)
    assert (status.waiting, status.failed) == (0, 0)
    return first


async def test_each_mail_is_shown_once_as_conversation_or_letter_however_often_it_comes(scene: MailScene) -> None:
    first = await shown_once(scene, list(OWN))
    assert first["letters"] == 3
    assert first["mails"] == 4


@needs_shared
async def test_all_plain_mails_of_the_collection_are_shown_once(scene: MailScene) -> None:
    mails = [path.read_bytes() for path in sorted((SHARED / "plain").iterdir())]
    assert len(mails) == 110
    first = await shown_once(scene, mails)
    log.info("110 mails: %s in conversations, %s letters", 110 - first["letters"], first["letters"])


@needs_shared
async def test_bounces_of_the_collection_open_no_enquiry_and_get_no_answer(scene: MailScene) -> None:
    mails = [path.read_bytes() for path in sorted((SHARED / "bounces").glob("*.eml"))]
    await bring_all(scene, mails)
    opened = await scene.conversations()
    share = 1 - len(opened) / len(mails)
    log.info("%s bounces: %.1f %% opened no enquiry, %s answered", len(mails), share * 100, len(scene.sink.mails))
    assert share >= 0.95
    assert len(scene.sink.mails) <= len(mails) * 0.05


@needs_shared
@pytest.mark.parametrize("number", range(6))
async def test_machines_of_the_cases_get_no_automatic_answer(scene: MailScene, number: int) -> None:
    cases = json.loads((SHARED / "auto_reply_cases.json").read_text("utf-8"))
    case = cases[number]
    brand = await scene.store.brand(scene.brand)
    assert brand is not None
    book = await scene.room.book()
    raw = case["raw"]  # SYSTEM_FQDN stands for our own name in Message-IDs
    raw = raw.replace("SYSTEM_FQDN", book.own_domain(brand, "help@shop.test"))
    await bring_all(scene, [raw.encode()])
    assert len(scene.sink.mails) == (1 if case["send_auto_response"] else 0), case["name"]
