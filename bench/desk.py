"""What a person waits for with 10,000 open conversations: queue, snapshot, search, one conversation; and starts.

Bars: queue p95 <= 200 ms; second start <= 3 s; server under 300 MB.
    python bench/desk.py [--open 10000]
"""

import argparse
import asyncio
import json
import os
import shutil
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import uvloop
from _server import Server, memory_mb, quantile, running
from load import load
from websockets.asyncio.client import connect


def timed(server: Server, path: str, times: int = 60) -> tuple[list[float], Any]:
    """Seconds of each of so many requests, and the last answer."""
    seconds = []
    answer = None
    for _ in range(times):
        asked = urllib.request.Request(server.url + path, headers={"Authorization": f"Bearer {server.key}"})
        began = time.perf_counter()
        with urllib.request.urlopen(asked) as response:
            answer = json.load(response)
        seconds.append(time.perf_counter() - began)
    return seconds, answer


async def snapshots(server: Server, times: int = 15) -> tuple[list[float], int]:
    """Seconds from opening the feed to the whole snapshot, and how many rows it has."""
    seconds, rows = [], 0
    headers = {"Authorization": f"Bearer {server.key}"}
    for _ in range(times):
        began = time.perf_counter()
        async with connect(
            f"ws://127.0.0.1:{server.port}/feed", additional_headers=headers, compression=None, max_size=None
        ) as socket:
            text = await socket.recv()
            seconds.append(time.perf_counter() - began)
            rows = len(json.loads(text)["rows"])
    return seconds, rows


def worked(pid: int) -> float:
    """Seconds of a core that a process has used."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def until_calm(pid: int, at_most: float = 240.0) -> float:
    """Wait until whoever can't be answered in time has been told; returns for how many seconds the server was busy."""
    began = time.perf_counter()
    while time.perf_counter() - began < at_most:
        before = worked(pid)
        time.sleep(2.0)
        if worked(pid) - before < 0.2:
            break
    return time.perf_counter() - began - 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, default=10_000)
    asked = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="waada-bench-"))
    home.chmod(0o711)
    rows: list[tuple[str, list[float], str]] = []
    with running(home) as server:
        rows.append(("first start, with the demo week", [server.started_in_seconds], ""))
        uvloop.run(load(server.port, server.key, 400, asked.open / 400))
    with running(home) as server:
        rows.append(("second start", [server.started_in_seconds], "<= 3 s"))
        rows.append(("snapshot while all are told a new time", asyncio.run(snapshots(server))[0], ""))
        rows.append(("until everybody was told", [until_calm(server.pid)], ""))
        _, page = timed(server, "/api/v1/conversations?view=open&limit=50", 1)
        some = page["items"][0]["id"]
        for name, path, bar in (
            ("queue, first page", "/api/v1/conversations?view=open&limit=50", "<= 200 ms"),
            ("queue, next page", f"/api/v1/conversations?view=open&limit=50&cursor={page['cursor']}", "<= 200 ms"),
            ("one conversation", f"/api/v1/conversations/{some}", ""),
            ("search by words", "/api/v1/search?q=parcel%20tuesday", "<= 200 ms"),
            ("search by person", "/api/v1/search?q=c4711", "<= 200 ms"),
            ("wall", "/api/v1/wall", ""),
        ):
            rows.append((name, timed(server, path)[0], bar))
        seconds, count = asyncio.run(snapshots(server))
        rows.append((f"snapshot of {count} rows", seconds, "<= 200 ms"))
        memory = memory_mb(server.pid)
    shutil.rmtree(home, ignore_errors=True)
    print(f"{'at the desk':42} {'p50 ms':>10} {'p95 ms':>10} {'bar':>12}")
    for name, seconds, bar in rows:
        print(f"{name:42} {quantile(seconds, 0.5) * 1000:10.1f} {quantile(seconds, 0.95) * 1000:10.1f} {bar:>12}")
    print(f"{'server memory MB':42} {memory:10.0f} {'':10} {'< 300':>12}")


if __name__ == "__main__":
    main()
