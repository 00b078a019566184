"""Tests stay on this machine: the guard in conftest.py is seen to work."""

import asyncio
import socket

import pytest


def test_a_test_that_reaches_out_fails_at_once() -> None:
    with socket.socket() as outside, pytest.raises(AssertionError, match=r"203\.0\.113\.7"):
        outside.connect(("203.0.113.7", 80))
    with pytest.raises(AssertionError, match=r"example\.org"):
        socket.getaddrinfo("example.org", 80)


async def test_asyncio_is_guarded_too() -> None:
    with pytest.raises(AssertionError, match=r"203\.0\.113\.7"):
        await asyncio.open_connection("203.0.113.7", 80)


async def test_this_machine_can_be_reached() -> None:
    served = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = served.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("localhost", port)
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
    served.close()
    await served.wait_closed()
