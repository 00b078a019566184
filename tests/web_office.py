"""A small office for tests of the web: a brand with an owner, a lead and an agent, callers of every kind, and a socket.

Everything runs on a real PostgreSQL and a virtual clock, through the ASGI app, without a server.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import httpx
from starlette.types import ASGIApp, Message

from waada.clock import CountedIds, VirtualClock
from waada.core.ids import BrandId
from waada.engine import Engine
from waada.settings import Settings
from waada.store.postgres import PostgresStore
from waada.store.postgres_signins import PostgresSignIns
from waada.web.app import build, serving
from waada.web.feed import FeedHub
from waada.web.parts import Parts
from waada.words.phrase import CataloguePhrase

URL = "http://desk.test"
# A Tuesday in the middle of everybody's office hours.
NOON = datetime(2026, 6, 2, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
SECRET = b"a secret of thirty-two bytes!!!!"


@dataclass(slots=True)
class Caller:
    """Somebody who talks to the API: nobody, a person with cookie and CSRF token, or a key."""

    http: httpx.AsyncClient
    headers: dict[str, str] = field(default_factory=dict)
    me: dict[str, Any] = field(default_factory=dict)

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.http.get(f"/api/v1{path}", params=query, headers=self.headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.call("POST", path, body, **headers)

    async def put(self, path: str, body: Any = None) -> httpx.Response:
        return await self.call("PUT", path, body)

    async def delete(self, path: str) -> httpx.Response:
        return await self.call("DELETE", path)

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        given = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return await self.http.request(method, f"/api/v1{path}", json=body, headers=given)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())

    @property
    def person_id(self) -> str:
        return str(self.me["person"]["id"])


@dataclass(slots=True)
class Office:
    """The app and the people of one brand. `brand` is its id."""

    app: ASGIApp
    parts: Parts
    clock: VirtualClock
    brand: BrandId
    owner: Caller
    lead: Caller
    agent: Caller
    key: Caller
    nobody: Caller

    @property
    def callers(self) -> dict[str, Caller]:
        return {"owner": self.owner, "lead": self.lead, "agent": self.agent, "key": self.key, "nobody": self.nobody}

    async def write(self, text: str = "Where is my parcel?", **customer: str) -> dict[str, Any]:
        """A customer writes through the API."""
        body = {"channel": "mail", "customer": customer or {"email": "aru@example.test"}, "text": text}
        answer = await self.key.post("/conversations", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def settled(self) -> None:
        """Wait until the feed has handed out what was written."""
        _, end = await self.parts.store.feed(None, 1)
        for _ in range(500):
            facts, _ = await self.parts.store.feed(self.parts.hub.cursor, 1)
            if not facts:
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"the feed did not reach {end}")


def caller(app: ASGIApp, **headers: str) -> Caller:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return Caller(http=httpx.AsyncClient(transport=transport, base_url=URL), headers=headers)


async def signed_in(app: ASGIApp, email: str, password: str = PASSWORD) -> Caller:
    found = caller(app)
    answer = await found.post("/session", {"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    found.me = answer.json()
    found.headers["X-Waada-CSRF"] = found.me["csrf"]
    return found


async def invited(app: ASGIApp, by: Caller, name: str, role: str, brand: str) -> Caller:
    email = f"{name.lower()}@{brand}.test"
    asked = await by.post("/people", {"name": name, "email": email, "role": role})
    assert asked.status_code == 201, asked.text
    token = asked.json()["invitation_url"].rsplit("/", 1)[1]
    answer = await caller(app).post(f"/invitations/{token}", {"password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return await signed_in(app, email)


async def new_office(app: ASGIApp, parts: Parts, clock: VirtualClock, name: str, by: Caller | None = None) -> Office:
    """Begin a brand as a person would: first run, channels, people, a key."""
    owner_email = f"ola@{name}.test"
    body = {
        "brand": {"name": name, "zone": "Europe/London", "languages": ["en", "ar"]},
        "owner": {"name": "Ola", "email": owner_email, "password": PASSWORD},
    }
    answer = await (by or caller(app)).post("/first-run", body)
    assert answer.status_code == 201, answer.text
    owner = await signed_in(app, owner_email)
    policy = {"first_answer_seconds": 900, "next_answer_seconds": 7200, "clock": "opening"}
    for key, kind, address in (("mail", "mail", f"help@{name}.test"), ("chat", "chat", None)):
        channel = {"kind": kind, "name": key, "live": True, "address": address, "policy": policy}
        made = await owner.put(f"/channels/{key}", channel)
        assert made.status_code == 200, made.text
    lead = await invited(app, owner, "Lena", "lead", name)
    agent = await invited(app, owner, "Ann", "agent", name)
    made = await owner.post("/keys", {"name": "shop", "role": "agent"})
    assert made.status_code == 201, made.text
    return Office(
        app=app,
        parts=parts,
        clock=clock,
        brand=BrandId(answer.json()["brand"]["id"]),
        owner=owner,
        lead=lead,
        agent=agent,
        key=caller(app, Authorization=f"Bearer {made.json()['key']}"),
        nobody=caller(app),
    )


@asynccontextmanager
async def running(dsn: str, home: Path, *, clock: VirtualClock | None = None) -> AsyncIterator[tuple[ASGIApp, Parts]]:
    """The whole web on a database, reading its feed."""
    clock = clock or VirtualClock(NOON)
    store = await PostgresStore.open(dsn)
    ids = CountedIds(clock)
    hub = FeedHub(store)
    store.watchers.append(lambda wake: hub.wake() if wake.facts else None)
    parts = Parts(
        settings=Settings(home=home, public_url=URL),
        engine=Engine(store=store, clock=clock, ids=ids, phrase=CataloguePhrase()),
        store=store,
        clock=clock,
        ids=ids,
        hub=hub,
        secret=SECRET,
        signins=PostgresSignIns(store.database),
    )
    try:
        async with serving(parts):
            yield build(parts), parts
    finally:
        await store.close()


class Socket:
    """A WebSocket client that talks to an ASGI app directly."""

    def __init__(self, app: ASGIApp, path: str, *, query: str = "", headers: dict[str, str] | None = None) -> None:
        self._app = app
        lines = {"host": "desk.test", **(headers or {})}
        self._scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in lines.items()],
            "client": ("127.0.0.1", 50_000),
            "subprotocols": [],
        }
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.accepted = False
        self.closed_with: int | None = None

    async def __aenter__(self) -> Self:
        self._to_app.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.create_task(self._run())
        first = await asyncio.wait_for(self._from_app.get(), 10)
        self.accepted = first["type"] == "websocket.accept"
        if not self.accepted:
            self.closed_with = first.get("code")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": 1000})
        assert self._task is not None
        await asyncio.wait_for(self._task, 10)

    async def _run(self) -> None:
        await self._app(self._scope, self._to_app.get, self._from_app.put)

    async def hear(self, seconds: float = 10) -> dict[str, Any]:
        """The next frame; a close ends with `closed_with` set."""
        message = await asyncio.wait_for(self._from_app.get(), seconds)
        if message["type"] == "websocket.close":
            self.closed_with = message["code"]
            return {"kind": "closed", "code": message["code"]}
        return dict(json.loads(message["text"]))

    async def hear_kind(self, kind: str) -> dict[str, Any]:
        """The next frame of a kind, whatever comes before it."""
        while True:
            frame = await self.hear()
            if frame["kind"] == kind:
                return frame

    def heard(self) -> list[dict[str, Any]]:
        """Everything that has come already."""
        found = []
        while not self._from_app.empty():
            message = self._from_app.get_nowait()
            if message["type"] == "websocket.send":
                found.append(json.loads(message["text"]))
            else:
                self.closed_with = message.get("code")
        return found

    def say(self, **message: Any) -> None:
        self._to_app.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})
