"""Why a mail can't leave is told apart, so that a person reads what to set right and not an errno."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mail_scene import MailScene
from waada.channels.mail_wire import MailServerAway, Wire
from waada.channels.mail_write import Automatic, OutgoingMail

pytestmark = pytest.mark.postgres

MAIL = OutgoingMail(
    message_id="m1@shop.test",
    own_domain="shop.test",
    sent_at=datetime(2026, 6, 2, 12, 0, tzinfo=UTC),
    from_name="Shop",
    from_address="help@shop.test",
    reply_to=None,
    to=("cora@home.test",),
    subject="Your parcel",
    text="It is on its way.",
    language="en",
    direction="ltr",
    promise_words="",
    status_url="http://desk.test/p/x",
    status_words="See where it stands",
    footer="Shop",
    automatic=Automatic.GENERATED,
)


@asynccontextmanager
async def mail_server(*answers: str) -> AsyncIterator[int]:
    """One that greets, offers to sign in, and then says what it is told to, line by line."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left = list(answers)
        writer.write(b"220 mail.shop.test\r\n")
        while line := await reader.readline():
            offered = b"250-mail.shop.test\r\n250 AUTH PLAIN\r\n"
            writer.write(offered if line.startswith(b"EHLO") else f"{left.pop(0) if left else '250 OK'}\r\n".encode())
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def trouble_at(scene: MailScene, url: str) -> MailServerAway:
    with pytest.raises(MailServerAway) as caught:
        await Wire(replace(scene.parts, outgoing_url=url)).send(scene.brand, None, MAIL)
    return caught.value


async def test_a_server_that_is_not_there(scene: MailScene, unused_tcp_port: int) -> None:
    trouble = await trouble_at(scene, f"smtp://127.0.0.1:{unused_tcp_port}")
    assert trouble.cause == "away"
    assert "127.0.0.1" in str(trouble)


async def test_a_server_that_does_not_know_our_password(scene: MailScene) -> None:
    async with mail_server("535 5.7.8 Username and password not accepted") as port:
        trouble = await trouble_at(scene, f"smtp://shop:wrong@127.0.0.1:{port}")
    assert (trouble.cause, str(trouble)) == ("login", "127.0.0.1: 535 5.7.8 Username and password not accepted")


async def test_a_server_that_can_not_speak_safely(scene: MailScene) -> None:
    async with mail_server() as port:
        assert (await trouble_at(scene, f"smtps://127.0.0.1:{port}")).cause == "unsafe"
        assert (await trouble_at(scene, f"smtp+starttls://127.0.0.1:{port}")).cause == "unsafe"


@pytest.mark.parametrize(
    ("answers", "cause"),
    [
        (("553 5.7.1 Sender address rejected: not owned by user",), "sender"),
        (("421 4.7.0 Too many connections",), "later"),
        (("250 OK", "450 4.2.1 Greylisted"), "later"),
        (("250 OK", "250 OK", "354 go on", "451 4.3.0 Try again"), "later"),
    ],
)
async def test_a_server_that_takes_nothing_just_now(scene: MailScene, answers: tuple[str, ...], cause: str) -> None:
    async with mail_server(*answers) as port:
        trouble = await trouble_at(scene, f"smtp://127.0.0.1:{port}")
    assert trouble.cause == cause
    assert answers[-1] in str(trouble)
