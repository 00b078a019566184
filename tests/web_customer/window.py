"""A chat window without a browser: speaks the socket's frames with the ASGI app, in the test's own event loop."""

import asyncio
import json
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from starlette.types import ASGIApp

PATIENCE_SECONDS = 20.0  # a frame that is not there by then will not come


class Window:
    """Connect by `async with Window(app, ...)`; `hello` makes it known and returns the welcome."""

    def __init__(
        self,
        app: ASGIApp,
        path: str = "/chat/shop/chat/socket",
        client: str = "192.0.2.1",
        *,
        deaf: bool = False,
        **query: str,
    ) -> None:
        """`deaf`: the other side is gone, which is noticed when something is sent there."""
        self._deaf = deaf
        self._app, self._path, self._query, self._client = app, path, query, client
        self._in: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._out: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.closed: int | None = None

    async def __aenter__(self) -> Self:
        scope = {
            "type": "websocket",
            "path": self._path,
            "query_string": urlencode(self._query).encode(),
            "headers": [(b"accept-language", b"en")],
            "client": (self._client, 4711),
            "subprotocols": [],
        }
        self._in.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.ensure_future(self._app(scope, self._in.get, self._take))
        return self

    async def _take(self, message: Any) -> None:
        if message["type"] == "websocket.close":
            self.closed = message["code"]
        if self._deaf and message["type"] == "websocket.send":
            raise OSError
        self._out.put_nowait(message)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.cut()

    async def cut(self) -> None:
        self._in.put_nowait({"type": "websocket.disconnect", "code": 1006})
        await self._task

    def say(self, **frame: object) -> None:
        self._in.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})

    def say_text(self, text: str) -> None:
        self._in.put_nowait({"type": "websocket.receive", "text": text})

    def say_bytes(self, content: bytes) -> None:
        self._in.put_nowait({"type": "websocket.receive", "bytes": content})

    async def over(self) -> None:
        """Wait until the line has ended by itself; what went wrong there is raised here."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._task

    async def hear(self, kind: str | None = None) -> dict[str, Any]:
        """The next frame, or the next of a kind (others are passed over)."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                message = await self._out.get()
                if message["type"] != "websocket.send":
                    if message["type"] == "websocket.close":
                        raise ConnectionError(message["code"])
                    continue
                frame: dict[str, Any] = json.loads(message["text"])
                if kind is None or frame["kind"] == kind:
                    return frame

    async def fact(self, what: str) -> dict[str, Any]:
        while True:
            frame = await self.hear("fact")
            if frame["what"] == what:
                return frame

    def heard(self) -> list[dict[str, Any]]:
        """What has arrived by now, without waiting."""
        found = []
        while not self._out.empty():
            message = self._out.get_nowait()
            if message["type"] == "websocket.send":
                found.append(json.loads(message["text"]))
        return found

    async def hello(self, **more: object) -> dict[str, Any]:
        self.say(kind="hello", **{"language": "en", "zone": "Europe/London", **more})
        return await self.hear("welcome")

    async def write(self, text: str, key: str = "k1", **more: object) -> dict[str, Any]:
        self.say(kind="write", key=key, text=text, **more)
        return await self.hear("accepted")
