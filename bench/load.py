"""New conversations through the HTTP API with durable commits: open loop, arrivals at random, 500 a second for 60 s.

Open loop: a customer doesn't wait for the one before, so a slow server can't make the load lighter. The time counts
from the moment the request should have left to the whole answer with its promise. Bars: p95 <= 50 ms, p99 <= 200 ms.
    python bench/load.py [--rate 500] [--seconds 60] [--nodes 1]
`--nodes 2`: a node that only serves stands beside the first, and every other connection goes to it.
`--compare` measures what computing a promise costs: the channel promises by rule of thumb and by computation in turns,
on one server, each twice for so many seconds.
"""

import argparse
import asyncio
import gc
import json
import random
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import ExitStack, suppress
from typing import Any, cast

import uvloop
from _host import Host, lengths
from _server import Server, beside, cpu_seconds, fsyncs_per_second, memory_mb, quantile, running

CONNECTIONS = 64
TEXTS = (
    "Where is my parcel? It was to come on Tuesday.",
    "I would like to send back the blue jacket, size M.",
    "Can I change the address of order 20117?",
    "The voucher from the newsletter is not accepted at the till.",
)


class Client(asyncio.Protocol):
    """One keep-alive connection; knows just enough HTTP to read an answer with a length."""

    def __init__(self, idle: asyncio.Queue["Client"]) -> None:
        self.idle = idle
        self.buffer = b""
        self.waiting: asyncio.Future[int] | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's own class is no subclass

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        if len(body) >= length:
            self.buffer = b""
            if self.waiting is not None and not self.waiting.done():
                if b"201" in head[:12] and b'"due_at"' not in body:
                    raise AssertionError("an answer without a promise")
                self.waiting.set_result(int(head[9:12]))

    def connection_lost(self, _exc: Exception | None) -> None:
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(0)

    async def post(self, request: bytes) -> int:
        assert self.transport is not None
        self.waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.waiting


def request_of(key: str, number: int) -> bytes:
    body = json.dumps(
        {
            "channel": "chat",
            "customer": {"name": f"Customer {number}", "email": f"c{number}@load.test", "language": "en"},
            "text": TEXTS[number % len(TEXTS)],
        }
    ).encode()
    head = (
        f"POST /api/v1/conversations HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nIdempotency-Key: load-{number}-{random.getrandbits(40)}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


Timed = list[tuple[float, float]]  # when each should have left, and how many seconds it took from then


async def load(port: int, key: str, rate: float, seconds: float, *others: int) -> tuple[Timed, Counter[int], float]:
    """Write to a node on `port`, and in turns to those on the `others`."""
    ports = (port, *others)
    idle: asyncio.Queue[Client] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number in range(CONNECTIONS):
        _, client = await loop.create_connection(lambda: Client(idle), "127.0.0.1", ports[number % len(ports)])
        idle.put_nowait(client)
    gc.disable()  # the clients' own collector must not count as the server's time
    latencies: Timed = []
    statuses: Counter[int] = Counter()

    async def one(number: int, due: float) -> None:
        request = request_of(key, number)
        client = await idle.get()
        status = await client.post(request)
        latencies.append((due, time.perf_counter() - due))
        statuses[status] += 1
        if status:
            idle.put_nowait(client)

    tasks = set()
    began = due = time.perf_counter()
    number = 0
    while due - began < seconds:
        due += random.expovariate(rate)
        number += 1
        if (pause := due - time.perf_counter()) > 0:
            await asyncio.sleep(pause)
        tasks.add(task := asyncio.create_task(one(number, due)))
        task.add_done_callback(tasks.discard)
    with suppress(TimeoutError):
        async with asyncio.timeout(30):
            await asyncio.gather(*tasks)
    return latencies, statuses, time.perf_counter() - began


def promise_by(server: Server, *, computed: bool) -> None:
    """Let the chat promise what is computed, or by rule of thumb, as an owner may against the gate's advice."""

    def call(method: str, path: str, body: object = None) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{server.url}/api/v1{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return cast("dict[str, Any]", json.loads(answer.read()))
        except urllib.error.HTTPError as refused:
            raise SystemExit(refused.read().decode()) from None

    channel = next(each for each in call("GET", "/brand")["brand"]["channels"] if each["key"] == "chat")
    asked = {name: channel[name] for name in ("kind", "name", "live", "team")}
    policy = {name: value for name, value in channel["policy"].items() if name != "overridden"}
    call("PUT", "/channels/chat", asked | {"policy": policy | {"computed": computed}, "override_reason": "a benchmark"})


def compare(rate: float, seconds: float) -> None:
    """Print arrival to promise by rule of thumb and computed, in turns; the line grows alike for both."""
    seen: dict[bool, Timed] = {False: [], True: []}
    cpu = {False: 0.0, True: 0.0}
    with Host() as host, running() as server:
        uvloop.run(load(server.port, server.key, rate / 5, 3))  # warm up
        for computed in (False, True, True, False) * 2:
            promise_by(server, computed=computed)
            before = cpu_seconds(server.pid)
            latencies, _, _ = uvloop.run(load(server.port, server.key, rate, seconds))
            cpu[computed] += cpu_seconds(server.pid) - before
            seen[computed] += latencies
    print(f"{'arrival to promise':30} {'rule of thumb':>14} {'computed':>10} {'more':>8}")
    for name, share in (("p50 ms", 0.5), ("p95 ms", 0.95), ("p99 ms", 0.99)):
        _row(name, *(quantile(lengths(seen[each]), share) * 1000 for each in (False, True)))
        _row("... undisturbed", *(quantile(host.undisturbed(seen[each]), share) * 1000 for each in (False, True)))
    _row("server's processor, ms each", *(cpu[each] / len(seen[each]) * 1000 for each in (False, True)))
    for each in (False, True):
        print(f"{'computed' if each else 'rule of thumb'}: {host.words(seen[each])}")


def _row(name: str, thumb: float, computed: float) -> None:
    print(f"{name:30} {thumb:14.2f} {computed:10.2f} {computed - thumb:8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=500)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--compare", action="store_true")
    asked = parser.parse_args()
    if asked.compare:
        compare(asked.rate, asked.seconds)
        return
    with Host() as host, ExitStack() as stack:
        server = stack.enter_context(running())
        nodes = [server, *(stack.enter_context(beside(server)) for _ in range(asked.nodes - 1))]
        others = [each.port for each in nodes[1:]]
        fsyncs = fsyncs_per_second(server.home)
        uvloop.run(load(server.port, server.key, asked.rate / 5, 3, *others))  # warm up
        cpu = [cpu_seconds(each.pid) for each in nodes]
        latencies, statuses, took = uvloop.run(load(server.port, server.key, asked.rate, asked.seconds, *others))
        cpu = [cpu_seconds(each.pid) - before for each, before in zip(nodes, cpu, strict=True)]
        memory = [memory_mb(each.pid) for each in nodes]
        after = fsyncs_per_second(server.home)
    made = statuses[201]
    alone = host.undisturbed(latencies)
    print(f"{'new conversations, arrival to promise':42} {'seen':>12} {'bar':>10} {'undisturbed':>12}")
    print(f"{'made per second':42} {made / took:12.0f} {'>= 500':>10}")
    for name, share, bar in (("p50 ms", 0.5, ""), ("p95 ms", 0.95, "<= 50"), ("p99 ms", 0.99, "<= 200")):
        whole, rest = quantile(lengths(latencies), share), quantile(alone, share)
        print(f"{name:42} {whole * 1000:12.1f} {bar:>10} {rest * 1000:12.1f}")
    print(f"{'not made':42} {sum(statuses.values()) - made:12} {'0':>10}")
    for number, (seconds, megabytes) in enumerate(zip(cpu, memory, strict=True), 1):
        print(f"{f'node {number}: processor, share of one core':42} {seconds / took:12.2f}")
        print(f"{f'node {number}: memory MB':42} {megabytes:12.0f} {'< 300':>10}")
    print(f"{'fsyncs a second, before and after':42} {fsyncs:6.0f}{after:6.0f}")
    print(f"undisturbed (see _host.py): {host.words(latencies)}")
    if statuses.keys() - {201}:
        print("other answers:", dict(statuses))


if __name__ == "__main__":
    main()
