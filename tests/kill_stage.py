"""A server under load whose programs are killed with -9 again and again; afterwards every promise is looked for.

The clients behave as good clients do: a request without an answer is sent again under the same idempotency key. What
was acknowledged must be there, once, with its promise, and every law must hold on the whole log.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.effects import Timer
from waada.core.laws import check_stream, check_totals
from waada.ports import Recorded
from waada.store.embedded import EmbeddedPostgres
from waada.store.postgres import PostgresStore

WAADA = Path(sys.executable).parent / "waada"
CLIENTS = 12
READY_SECONDS_MAX = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stage:
    """The server, the clients, and what they were told."""

    home: Path
    seed: int = 1
    port: int = field(default_factory=free_port)
    smtp_port: int = field(default_factory=free_port)
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    retried: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    back_seconds: list[float] = field(default_factory=list)
    server: subprocess.Popen[bytes] | None = None
    key: str = ""
    over: bool = False

    # --- the server ---

    def start(self) -> None:
        ports = {"PORT": str(self.port), "SMTP_PORT": str(self.smtp_port)}
        env = os.environ | ports | {"WAADA_HOME": str(self.home), "DEMO": "off"}
        with (self.home / "server.log").open("ab") as log:
            self.server = subprocess.Popen([WAADA, "up"], env=env, stdout=log, stderr=log)

    async def ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            with suppress(OSError, ValueError, TimeoutError, EOFError):
                if (await self.ask("GET", "/readyz"))[0] == 200:
                    return
            await asyncio.sleep(0.02)
        raise AssertionError("the server did not come back: " + (self.home / "server.log").read_text()[-2000:])

    def database_pid(self) -> int | None:
        for file in self.home.glob("postgres/**/postmaster.pid"):
            with suppress(ValueError, IndexError, OSError):
                return int(file.read_text().splitlines()[0])
        return None

    async def kill(self, target: str) -> None:
        """Kill and wait until it answers again; the server is started again by us, PostgreSQL by the server."""
        began = time.monotonic()
        assert self.server is not None
        if target in ("postgres", "both") and (pid := self.database_pid()) is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if target in ("server", "both"):
            self.server.kill()
            self.server.wait()
            self.start()
        await self.ready()
        self.kills[target] += 1
        self.back_seconds.append(time.monotonic() - began)

    def stop(self) -> None:
        assert self.server is not None
        self.server.send_signal(signal.SIGINT)
        try:
            self.server.wait(20)
        finally:
            self.server.kill()

    # --- the clients ---

    async def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, dict[str, str], dict[str, Any]]:
        """One request on a connection of its own, with a time limit."""
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                content = b"" if body is None else json.dumps(body).encode()
                lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
                lines += [f"Content-Length: {len(content)}", "Content-Type: application/json"]
                lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
                writer.write("\r\n".join([*lines, "", ""]).encode() + content)
                answer = await reader.read()
            finally:
                writer.close()
        head, whole, rest = answer.partition(b"\r\n\r\n")
        if not whole:
            raise EOFError("the server died before its answer")
        first, *more = head.decode().split("\r\n")
        named = {line.split(":", 1)[0].lower(): line.split(":", 1)[1].strip() for line in more}
        if len(rest) != int(named.get("content-length", -1)):
            raise EOFError("the server died in the middle of its answer")
        return int(first.split()[1]), named, json.loads(rest) if rest else {}

    async def found(self) -> None:
        """Begin a brand with one live channel, and get a key."""
        owner = {"name": "Olive", "email": "olive@shop.test", "password": "correct horse battery staple"}
        brand = {"name": "Shop", "zone": "Europe/London", "languages": ["en"]}
        _, headers, me = await self.ask("POST", "/api/v1/first-run", {"brand": brand, "owner": owner})
        signed = {"Cookie": headers["set-cookie"].split(";")[0], "X_Waada_CSRF": me["csrf"]}
        # A short promise, so that warnings and new times happen while everything dies.
        policy = {"first_answer_seconds": 10, "next_answer_seconds": 3600, "clock": "always"}
        chat = {"kind": "chat", "name": "Chat", "live": True, "policy": policy}
        chat["override_reason"] = "Nobody answers here; what is tried is what survives."
        status, _, problem = await self.ask("PUT", "/api/v1/channels/chat", chat, **signed)
        assert status == 200, problem
        self.key = (await self.ask("POST", "/api/v1/keys", {"name": "load", "role": "owner"}, **signed))[2]["key"]

    async def insist(self, path: str, key: str, body: object) -> dict[str, Any]:
        """Send until it is acknowledged, under one idempotency key."""
        while True:
            with suppress(OSError, ValueError, TimeoutError, EOFError, IndexError):
                signed = {"Authorization": f"Bearer {self.key}", "Idempotency_Key": key}
                status, _, answer = await self.ask("POST", path, body, **signed)
                if status in (200, 201):
                    return answer
                assert status in (429, 500, 502, 503), (status, answer)
            self.retried += 1
            await asyncio.sleep(0.05)

    async def client(self, number: int) -> None:
        dice = random.Random(self.seed * 1000 + number)
        count = 0
        while not self.over:
            count += 1
            text = f"enquiry {number}-{count}"
            self.asked += 1
            body = {"channel": "chat", "customer": {"email": f"c{number}-{count}@load.test"}, "text": text}
            made = await self.insist("/api/v1/conversations", f"start-{number}-{count}", body)
            conversation = made["conversation"]["id"]
            assert made["promise"]["due_at"]
            self.acknowledged[text] = made
            if dice.random() < 0.5:
                answer = f"answer {number}-{count}"
                path = f"/api/v1/conversations/{conversation}/messages"
                await self.insist(path, f"answer-{number}-{count}", {"author": "person", "text": answer})
                self.written[answer] = conversation
            await asyncio.sleep(dice.random() * 0.05)

    async def play(self, kills: int) -> None:
        """Kill so often while the clients write, then let them finish and stop the server."""
        self.start()
        try:
            await self.ready()
            await self.found()
            dice = random.Random(self.seed)
            async with asyncio.TaskGroup() as group:
                for number in range(CLIENTS):
                    group.create_task(self.client(number))
                for _ in range(kills):
                    await asyncio.sleep(0.1 + 0.4 * dice.random())
                    await self.kill(dice.choice(("server", "postgres", "both")))
                await asyncio.sleep(0.5)
                self.over = True
        finally:
            self.stop()

    # --- what must be true ---

    async def faults(self) -> list[str]:
        """Read the whole log and return everything that isn't as it must be."""
        async with EmbeddedPostgres(self.home) as dsn:
            store = await PostgresStore.open(dsn)
            try:
                return await self._faults(store)
            finally:
                await store.close()

    async def _faults(self, store: PostgresStore) -> list[str]:
        log: dict[str, list[Recorded]] = defaultdict(list)
        cursor = "0.0"
        while True:
            facts, cursor = await store.feed(cursor, 5000)
            for fact in facts:
                if fact.stream_kind == "conversation":
                    log[fact.stream].append(fact)
            if not facts:
                break
        (brand,) = await store.brands()
        armed = await store.database.fetch("armed_timers", brand.id)
        timers = {
            each["stream"]: Timer(slot=each["slot"], due_at=each["due_at"], guard=each["guard"]) for each in armed
        }
        found: list[str] = []
        states: list[Conversation] = []
        for stream, recorded in log.items():
            state = await store.load("conversation", brand.id, stream)
            assert isinstance(state, Conversation)
            states.append(state)
            mine = (timers[stream],) if stream in timers else ()
            found += [str(each) for each in check_stream(stream, recorded, state, mine)]
        every = [fact.event for recorded in log.values() for fact in recorded]
        opened = sum(isinstance(each, e.EnquiryOpened) for each in every)
        ended = sum(isinstance(each, e.EnquiryEnded) for each in every)
        found += [str(each) for each in check_totals(states, opened, ended)]
        return found + self._missing(log, every)

    def _missing(self, log: dict[str, list[Recorded]], every: list[Any]) -> list[str]:
        """What was acknowledged and is not there, or is there twice."""
        texts = Counter(each.message.text for each in every if isinstance(each, e.CustomerWrote | e.PersonWrote))
        promises = {each.promise.id for each in every if isinstance(each, e.PromiseMade)}
        found = [f"{text!r} is there {count} times" for text, count in texts.items() if count != 1]
        for text, made in self.acknowledged.items():
            if texts[text] != 1 or made["conversation"]["id"] not in log:
                found.append(f"{text!r} was acknowledged and is not there")
            if made["promise"]["id"] not in promises:
                found.append(f"the promise for {text!r} is not there")
        return found + [f"{text!r} was acknowledged and is not there" for text in self.written if texts[text] != 1]
