"""The form door: a shop's own contact form or app, which writes through the public API with a key.

It polls for answers as a plain script would, under one idempotency key per message: knocking twice writes once.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from waada.ports import Ids
from waada.sim.live_doors import Act, DoorClosed, Heard, Tally, Visitor, Why, insist
from waada.sim.live_pace import Pace

TIMEOUT_SECONDS = 10.0
POLL_STORY_SECONDS = 20.0
POLL_SECONDS_MIN = 2.0  # a fast evening must not become a load test
_WHY: dict[int, Why] = {409: "declined", 429: "limited"}
_HEARD = {"person_wrote": "answer", "customer_told": "told", "conversation_closed": "closed"}


class Api:
    """Calls over real HTTP, one connection each, in a thread: a few a second at most."""

    def __init__(self, base_url: str, key: str) -> None:
        self._base_url, self._key = base_url.rstrip("/"), key

    async def call(self, method: str, path: str, asked: object = None, idempotency_key: str | None = None) -> Any:
        """Return the answer as JSON. Raises `DoorClosed`."""
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        body = None if asked is None else json.dumps(asked).encode()
        request = Request(f"{self._base_url}{path}", body, headers, method=method)  # noqa: S310 - our own http(s) address
        return await asyncio.to_thread(_fetch, request)


# It talks to its own server, whatever proxies the environment names for the world outside.
_opener = build_opener(ProxyHandler({}))


def _fetch(request: Request) -> Any:
    try:
        with _opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return json.loads(answer.read() or b"null")
    except HTTPError as error:
        words = f"{request.get_method()} {request.selector} was answered with {error.code}. {_said(error)}".strip()
        if error.code in _WHY:
            raise DoorClosed(_WHY[error.code], words) from error
        raise DoorClosed("broken" if error.code >= 500 else "refused", words) from error
    except (URLError, HTTPException, OSError) as error:
        raise DoorClosed("away", f"The web server could not be reached: {error}.") from error
    except ValueError as error:
        raise DoorClosed("broken", f"{request.selector} did not answer with JSON.") from error


def _said(error: HTTPError) -> str:
    """Return what the problem document says."""
    with error:
        try:
            return str(json.loads(error.read())["detail"])
        except (ValueError, KeyError, TypeError, OSError, HTTPException):
            return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDoor:
    """Opens lines that speak the API."""

    api: Api
    channel: str
    ids: Ids
    pace: Pace
    tally: Tally

    async def open(self, visitor: Visitor) -> FormLine:
        """Nothing happens on the wire before the first words."""
        return FormLine(self, visitor)


class FormLine:
    """One customer of the form."""

    def __init__(self, door: FormDoor, visitor: Visitor) -> None:
        self._door, self._visitor = door, visitor
        self._path = ""
        self._version = 0
        self._heard: deque[Heard] = deque()

    async def write(self, text: str) -> None:
        """Begin the conversation, or go on with it."""
        if self._path:
            await self._post("/messages", {"author": "customer", "text": text})
            return
        visitor = self._visitor
        customer = {"name": visitor.name, "email": visitor.email, "language": visitor.language, "zone": visitor.zone}
        asked = {"channel": self._door.channel, "customer": customer, "text": text, "subject": visitor.subject}
        begun = await self._post("/api/v1/conversations", asked)
        self._path = f"/api/v1/conversations/{begun['conversation']['id']}"

    async def hear(self) -> Heard:
        """Ask now and then what is new."""
        while not self._heard:
            await self._door.pace.pause(POLL_STORY_SECONDS, at_least=POLL_SECONDS_MIN)
            found = await insist(lambda: self._door.api.call("GET", self._path), self._door.pace, self._door.tally)
            for fact in found["events"]:
                if fact["version"] > self._version:
                    self._version = fact["version"]
                    self._note(fact["kind"], fact["event"])
        return self._heard.popleft()

    def _note(self, kind: str, event: dict[str, Any]) -> None:
        what = _HEARD.get(kind)
        if what == "answer":
            self._heard.append(Heard(what="answer", message=event["message"]["id"], text=event["message"]["text"]))
        elif what == "told":
            self._heard.append(Heard(what="told", message=event["message_id"], text=event["text"]))
        elif what == "closed":
            self._heard.append(Heard(what="closed", message="", text=""))

    async def see(self, heard: Heard) -> None:
        """A form does not tell."""

    async def typing(self, *, on: bool) -> None:
        """A form does not tell."""

    async def act(self, act: Act) -> bool:
        """Press one of the buttons that the shop built into its page."""
        asked: dict[str, str] = {"action": act} if act != "mail" else {"action": "contact", "how": "mail"}
        if act == "mail":
            asked["address"] = self._visitor.email
        with suppress(DoorClosed):
            # The button was pressed; what became of it is counted already, and no reason to walk away.
            await self._post("/customer-actions", asked)
        return True

    async def leave(self) -> None:
        """Nothing to close."""

    async def _post(self, path: str, asked: object) -> Any:
        whole = path if path.startswith("/api/") else f"{self._path}{path}"
        door, key = self._door, self._door.ids.fresh()
        return await insist(lambda: door.api.call("POST", whole, asked, key), door.pace, door.tally)
