"""Puts the web together: API, feed, pages, files, health. `build` makes the ASGI app, `serving` keeps it alive.

Building starts nothing; whoever composes a process (`cli.py`, a test) enters `serving` around it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from waada.web import api, pages
from waada.web.access_headers import PAGE_HEADERS, SECURE_HEADERS, Headers
from waada.web.dispatch import Dispatcher
from waada.web.feed_socket import DeskFeed
from waada.web.parts import Parts
from waada.web.presence import keep_looking
from waada.web.static_files import PREFIX, StaticFiles
from waada.web.watching import Watching


def build(parts: Parts, extra_routes: Iterable[BaseRoute] = ()) -> ASGIApp:
    """Return the whole web as one ASGI app. `extra_routes` are pages and sockets of other modules."""
    return App(parts, extra_routes)


class App:
    """Sends each request to whoever answers it: a look at the path, no layers."""

    def __init__(self, parts: Parts, extra_routes: Iterable[BaseRoute]) -> None:
        self._dispatcher = Dispatcher(parts, api.endpoints())
        self._feed = DeskFeed(parts)
        self._static = StaticFiles()
        self._router = Router(routes=[*extra_routes, *pages.routes(parts)], redirect_slashes=False)
        self._pages = ExceptionMiddleware(self._router)
        self._secure = parts.settings.public_url.startswith("https:")
        self._sockets = parts.meter.sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or serve one socket."""
        if scope["type"] == "http":
            path = scope["path"]
            send = _with_headers(send, SECURE_HEADERS) if self._secure else send
            if path.startswith("/api/") or path in api.PLAIN_PATHS:
                await self._dispatcher(scope, receive, send)
            elif path.startswith(PREFIX):
                await self._static(scope, receive, send)
            else:
                await self._pages(scope, receive, _with_headers(send, PAGE_HEADERS))
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await _lifespan(receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = "desk" if scope["path"] == "/feed" else "chat"
        self._sockets.labels(kind).inc()
        try:
            await (self._feed if kind == "desk" else self._router)(scope, receive, send)
        finally:
            self._sockets.labels(kind).dec()


def _with_headers(send: Send, more: Headers) -> Send:
    """Add headers to whatever answers, unless it says otherwise itself."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = list(message.get("headers", ()))
            names = {name for name, _ in given}
            message = {**message, "headers": [*given, *(each for each in more if each[0] not in names)]}
        await send(message)

    return guarded


async def _lifespan(receive: Receive, send: Send) -> None:
    """Say yes to the server; what lives as long as the process is in `serving`."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


@asynccontextmanager
async def serving(parts: Parts) -> AsyncIterator[None]:
    """Read the feed, watch the engine and look who is here, for as long as the block runs."""
    watching = Watching(parts)
    await parts.hub.open()
    parts.engine.watchers.append(watching.saw)
    looking = asyncio.create_task(keep_looking(parts), name="presence")
    try:
        yield
    finally:
        parts.engine.watchers.remove(watching.saw)
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        await parts.hub.close()
