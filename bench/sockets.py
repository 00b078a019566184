"""Chat words from a customer's socket to an agent's socket at 300 a second, and what an idle socket costs.

Both ends are real WebSockets on a real `waada up`, in another process than the clients. Bars: p95 <= 50 ms at 300
messages a second; 5,000 idle sockets at <= 40 KiB each.
    python bench/sockets.py [--rate 300] [--seconds 30] [--idle 5000]
"""

import argparse
import asyncio
import gc
import json
import random
import resource
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import uvloop
from _host import Host, lengths
from _server import Server, cpu_seconds, memory_mb, quantile, running
from websockets.asyncio.client import ClientConnection, connect

VISITORS = 60


@asynccontextmanager
async def window(server: Server) -> AsyncIterator[ClientConnection]:
    """A visitor's chat window after its welcome."""
    url = f"ws://127.0.0.1:{server.port}/chat/demo/chat/socket"
    async with connect(url, compression=None, ping_interval=None) as socket:
        await socket.send(json.dumps({"kind": "hello", "language": "en", "zone": "Europe/London"}))
        welcome = json.loads(await socket.recv())
        assert welcome["kind"] == "welcome", welcome
        yield socket


async def swallow(socket: ClientConnection) -> None:
    async for _ in socket:
        pass


async def messages(server: Server, rate: float, seconds: float) -> tuple[list[tuple[float, float]], int, float]:
    """Return when each was sent and its time from socket to socket, how many, and the server's share of a core."""
    gc.disable()  # the clients' own collector must not count as the server's time
    sent: dict[str, float] = {}
    times: list[tuple[float, float]] = []

    async def listen(socket: ClientConnection) -> None:
        async for text in socket:
            if b"bench-" not in (raw := text.encode() if isinstance(text, str) else text):
                continue
            fact = json.loads(raw)
            event = fact.get("event") or {}
            words = (event.get("message") or {}).get("text", "")
            if fact.get("event_kind") == "customer_wrote" and words in sent:
                times.append((sent[words], time.perf_counter() - sent[words]))

    async with AsyncExitStack() as stack:
        agent = await stack.enter_async_context(
            connect(
                f"ws://127.0.0.1:{server.port}/feed",
                additional_headers={"Authorization": f"Bearer {server.key}"},
                compression=None,
                max_size=None,
                ping_interval=None,
            )
        )
        await agent.recv()
        tasks = [asyncio.create_task(listen(agent))]
        windows = [await stack.enter_async_context(window(server)) for _ in range(VISITORS)]
        tasks += [asyncio.create_task(swallow(each)) for each in windows]
        cpu, began = cpu_seconds(server.pid), time.perf_counter()
        due, number = began, 0
        while due - began < seconds:
            due += random.expovariate(rate)
            if (pause := due - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            number += 1
            words = f"bench-{number}"
            sent[words] = due
            frame = {"kind": "write", "key": str(uuid.uuid4()), "text": words}
            await windows[number % VISITORS].send(json.dumps(frame))
        await asyncio.sleep(2)
        share = (cpu_seconds(server.pid) - cpu) / (time.perf_counter() - began)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return times, number, share


async def idle(server: Server, count: int) -> float:
    """Return how many KiB of the server each of so many open chat windows takes."""
    before = memory_mb(server.pid)
    async with AsyncExitStack() as stack:
        gate = asyncio.Semaphore(50)

        async def one() -> None:
            async with gate:
                await stack.enter_async_context(window(server))

        await asyncio.gather(*(one() for _ in range(count)))
        await asyncio.sleep(1)
        return (memory_mb(server.pid) - before) * 1024 / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=300)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--idle", type=int, default=5000)
    asked = parser.parse_args()
    limit = asked.idle + 1000
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(limit, hard) if hard == -1 else min(limit, hard), hard))
    with Host() as host, running(WAADA_LIMITS="off") as server:
        times, sent, share = uvloop.run(messages(server, asked.rate, asked.seconds))
        each = uvloop.run(idle(server, asked.idle))
        memory = memory_mb(server.pid)
    print(f"{'chat words, customer to agent':42} {'seen':>12} {'bar':>10} {'undisturbed':>12}")
    print(f"{'sent per second':42} {sent / asked.seconds:12.0f} {asked.rate:10.0f}")
    print(f"{'not arrived':42} {sent - len(times):12} {'0':>10}")
    for name, part, bar in (("p50 ms", 0.5, ""), ("p95 ms", 0.95, "<= 50"), ("p99 ms", 0.99, "")):
        whole, rest = quantile(lengths(times), part), quantile(host.undisturbed(times), part)
        print(f"{name:42} {whole * 1000:12.1f} {bar:>10} {rest * 1000:12.1f}")
    print(f"{'server processor share of one core':42} {share:12.2f}")
    print(f"{f'KiB for each of {asked.idle} idle sockets':42} {each:12.1f} {'<= 40':>10}")
    print(f"{'server memory with them, MB':42} {memory:12.0f}")
    print(f"undisturbed (see _host.py): {host.words(times)}")


if __name__ == "__main__":
    main()
