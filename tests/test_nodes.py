"""Several nodes beside one database: one works, another serves, and both are one installation."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiosmtplib
import httpx
import pytest

from waada import node
from waada.settings import Settings
from waada.web.access_limits import BUCKETS

pytestmark = pytest.mark.postgres

# Not even a machine may answer this: it becomes a letter.
NOTICE = b"""From: list@elsewhere.test\r
To: help@shop.test\r
Subject: Monthly news\r
Message-ID: <news-1@elsewhere.test>\r
List-Id: <news.elsewhere.test>\r
Precedence: bulk\r
\r
This month we have much to say.\r
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def running(settings: Settings, *, serve: bool, work: bool) -> AsyncIterator[str]:
    """A node, until the block ends; yields what it says at its start."""
    stop = asyncio.Event()
    said: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(node.run(settings, serve=serve, work=work, stop=stop, say=said.set_result))
    either: set[asyncio.Future[Any]] = {task, said}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if not said.done():
        await task  # it ended instead of starting, and tells why
    try:
        yield said.result()
    finally:
        stop.set()
        await task


async def set_up(desk: httpx.AsyncClient) -> None:
    """The first brand, with a mail channel."""
    owner = {"name": "Olive", "email": "olive@shop.test", "password": "a long enough password"}
    begun = await desk.post(
        "/first-run", json={"brand": {"name": "Shop", "zone": "UTC", "slug": "shop"}, "owner": owner}
    )
    assert begun.status_code == 201
    desk.headers["X-Waada-CSRF"] = (await desk.get("/me")).json()["csrf"]
    policy = {"first_answer_seconds": 900, "next_answer_seconds": 900, "clock": "always"}
    mail = {"kind": "mail", "name": "Mail", "live": True, "address": "help@shop.test", "policy": policy}
    mail["override_reason"] = "Nobody answers here; what is tried is the delivery."
    assert (await desk.put("/channels/mail", json=mail)).status_code == 200


async def send_notice(port: int) -> None:
    """Send it as soon as the working node knows the address."""
    async with asyncio.timeout(60):
        while True:
            try:
                await aiosmtplib.send(
                    NOTICE, sender="list@elsewhere.test", recipients=["help@shop.test"], hostname="127.0.0.1", port=port
                )
            except aiosmtplib.SMTPRecipientsRefused:
                await asyncio.sleep(0.1)
            else:
                return


async def letters(desk: httpx.AsyncClient) -> list[dict[str, str]]:
    async with asyncio.timeout(60):
        while True:
            found: list[dict[str, str]] = (await desk.get("/letters")).json()["items"]
            if found:
                return found
            await asyncio.sleep(0.05)


async def test_mail_that_one_node_receives_is_read_on_another(fresh_database: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    worker = Settings(home=first, database_url=fresh_database, smtp_port=free_port())
    async with running(worker, serve=False, work=True):
        secret = (first / "secret").read_text("ascii")
        server = replace(worker, home=second, port=free_port(), secret=secret)
        url = f"http://127.0.0.1:{server.port}"
        server = replace(server, public_url=url)
        async with (
            running(server, serve=True, work=False) as said,
            httpx.AsyncClient(base_url=f"{url}/api/v1", headers={"Origin": url}, trust_env=False) as desk,
        ):
            assert url in said
            assert not (second / "secret").exists()
            await set_up(desk)
            await send_notice(worker.smtp_port)
            [letter] = await letters(desk)
            raw = await desk.get(f"/letters/{letter['id']}/raw")
            assert raw.status_code == 200
            assert b"This month we have much to say." in raw.content
            [box] = (await desk.get("/mailboxes")).json()["items"]
            assert (box["received_by_smtp"], box["letters"]) == (1, 1)
            assert (await desk.get("/outbox")).json()["items"] == []


async def test_a_lost_secret_is_told_and_not_only_replaced(
    fresh_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(home=tmp_path, database_url=fresh_database, port=free_port(), smtp_port=free_port())
    url = f"http://127.0.0.1:{settings.port}/api/v1"
    async with running(settings, serve=True, work=False), httpx.AsyncClient(base_url=url) as desk:
        await set_up(desk)
    assert "made anew" not in "".join(capsys.readouterr())
    (tmp_path / "secret").unlink()
    async with running(settings, serve=True, work=False):
        pass
    assert "made anew" in "".join(capsys.readouterr())


async def test_nobody_gets_past_a_limit_by_naming_another_address(fresh_database: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=fresh_database, port=free_port(), smtp_port=free_port())
    url = f"http://127.0.0.1:{settings.port}/api/v1"
    guess = {"Authorization": f"Bearer waada_{'0' * 32}_guess"}
    for trusted, wanted in ((False, {401, 429}), (True, {401})):
        proxied = replace(settings, trust_proxy=trusted)
        async with running(proxied, serve=True, work=False), httpx.AsyncClient(base_url=url, trust_env=False) as caller:
            answers = [
                await caller.get("/me", headers=guess | {"X-Forwarded-For": f"198.51.100.{number}"})
                for number in range(BUCKETS["key"].burst + 5)
            ]
            assert {each.status_code for each in answers} == wanted
