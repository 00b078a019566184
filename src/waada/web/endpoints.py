"""Routes are data: an `Endpoint` says method, path, types, statuses and who may use it.

Routing, the access check, the OpenAPI document and the test that walks every route as every role are all made from it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Generic, Literal, TypeVar

from waada.core import commands as c
from waada.core.ids import BrandId, CommandId
from waada.core.people import Brand
from waada.engine import Done
from waada.web.access import Actor, Who
from waada.web.access_headers import API_HEADERS
from waada.web.parts import Parts
from waada.web.problems import Problem

Asked = TypeVar("Asked")
Method = Literal["GET", "POST", "PUT", "DELETE"]
Headers = tuple[tuple[bytes, bytes], ...]

JSON_BODY_MAX = 2_000_000  # a message may have a megabyte of words; in JSON some characters take more room
KEY_LENGTH_MAX = 200

# What may stand in a path; anything else is not found. Names not listed are ids.
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
PATTERNS: dict[str, str] = {
    "channel": r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?",
    "canned": r"[^/\x00-\x1f]{1,100}",
    "bar": r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?",
    "pack": r"[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?",
    "blob": r"[A-Za-z0-9_-]{1,100}",
    "token": r"[A-Za-z0-9_.-]{10,200}",
    "mail": r"[^/\x00-\x1f]{1,300}",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply that is not plain JSON under the endpoint's own status."""

    body: object = None
    status: int | None = None
    headers: Headers = ()
    media_type: bytes = b"application/json"
    policy: Headers = API_HEADERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[Asked]):
    """One request, let in and understood. `asked` is the body of a POST or PUT, the query of a GET or DELETE."""

    parts: Parts
    actor: Actor | None
    path: Mapping[str, str]
    asked: Asked
    raw: bytes
    headers: Mapping[bytes, bytes]
    address: str
    now: datetime
    idempotency_key: str | None
    request_hash: str | None

    @property
    def someone(self) -> Actor:
        """Return who calls, where the endpoint lets only known callers in."""
        assert self.actor is not None, "the dispatcher let nobody in"
        return self.actor

    @property
    def brand_id(self) -> BrandId:
        """Return the one brand in whose name everything here is read and written."""
        return self.someone.brand_id

    async def brand(self) -> Brand:
        """Return that brand."""
        brand = await self.parts.store.brand(self.brand_id)
        assert brand is not None, "a caller belongs to a brand"
        return brand

    def command_id(self, part: str = "") -> CommandId:
        """Return the id a command of this request counts once by; `part` tells several of one request apart."""
        if self.idempotency_key is None:
            return CommandId(self.parts.ids.fresh())
        by = self.actor.by if self.actor is not None else "anyone"
        return CommandId(f"{by}:{self.idempotency_key}{part}")

    async def handle(
        self, stream: str, command: c.Command, *, command_id: CommandId | None = None, asked: str | None = None
    ) -> Done:
        """Give the engine an order in the caller's name. `asked` stands for the request where any caller's would do."""
        actor = self.someone
        order = c.Order(
            command_id=command_id or self.command_id(),
            brand_id=actor.brand_id,
            stream=stream,
            by=actor.by,
            command=command,
            asked=asked or self.request_hash,
        )
        return await self.parts.engine.handle(order)


Handler = Callable[[Call[Any]], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One door. `body` and `query` are msgspec types; `raw` names the media type of a body that is not JSON.

    `bucket` limits callers that nobody knows; `kind` keeps people or keys out where only the other makes sense; `csrf`
    False is for pages that come before a session (another site is still refused).
    """

    method: Method
    path: str
    summary: str
    handler: Handler
    who: Who
    answer: Any = None
    status: int = 200
    statuses: tuple[int, ...] = ()
    body: Any = None
    query: Any = None
    raw: str | None = None
    body_max: int = JSON_BODY_MAX
    bucket: str | None = None
    csrf: bool = True
    kind: Literal["person", "key"] | None = None
    tag: str = ""
    answer_media: str = "application/json"

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names in the path."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    def pattern(self) -> re.Pattern[str]:
        """Return what a path of this endpoint looks like."""
        parts = re.split(r"\{(\w+)\}", self.path)
        text = "".join(
            re.escape(each) if index % 2 == 0 else f"(?P<{each}>{PATTERNS.get(each, UUID)})"
            for index, each in enumerate(parts)
        )
        return re.compile(text)

    def all_statuses(self) -> tuple[int, ...]:
        """Return every status a caller may see here, the ones that the dispatcher gives included."""
        found = {self.status, *self.statuses, 500, 503}
        if self.who != "anyone":
            found |= {401, 403, 429}
        if self.bucket:
            found |= {403, 429}
        if self.body is not None or self.raw:
            found |= {400, 413, 415, 422}
        if self.query is not None or self.method == "POST":
            found |= {400, 422}
        if self.names:
            found |= {404}
        return tuple(sorted(found))


def idempotency_key(given: bytes | None) -> str | None:
    """Return the caller's key for this request, or None. Raises a `Problem` when it can't be one."""
    if given is None:
        return None
    text = given.decode("latin-1")
    if not text or len(text) > KEY_LENGTH_MAX or not text.isprintable():
        raise Problem(
            422, f"Give 1 to {KEY_LENGTH_MAX} printable characters, for example a UUID.", field="Idempotency-Key"
        )
    return text


def hash_of(method: str, path: str, body: bytes) -> str:
    """Return what tells a repeated request from another one under the same key."""
    return blake2b(f"{method} {path}\n".encode("utf-8", "surrogatepass") + body, digest_size=12).hexdigest()
