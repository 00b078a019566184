"""The chat window's page, its files and its socket. The page lives in a frame on the brand's own site.

The page brings the words of one language, and the promise, so that the window has something true to show at once.
"""

from __future__ import annotations

import json
from datetime import datetime
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from waada.core.people import Brand, Channel
from waada.tokens import read_visitor_token
from waada.web import customer_files as files
from waada.web import customer_pages as pages
from waada.web import customer_promise as promise
from waada.web.access_headers import FRAMED_HEADERS
from waada.web.access_limits import Bucket, Limits
from waada.web.contact import nothing_here, reader_of
from waada.web.customer_acts import CHAT_LENGTH_MAX
from waada.web.customer_forms import FILE_BYTES_MAX, FILES_MAX
from waada.web.customer_frames import before_frame
from waada.web.customer_pages import Reader
from waada.web.customer_presence import Chat, CustomerPresence
from waada.web.customer_record import record_words
from waada.web.customer_socket import CLOSE_GONE, ChatSocket
from waada.web.parts import Parts
from waada.web.static_files import StaticFiles
from waada.words import catalogue

# Nobody types faster than this for long; a program that does is slowed down.
_BUCKETS = {"chat": Bucket(burst=60, per_minute=600)}
CLOSE_TOO_OFTEN = 4429
_LOADER = StaticFiles()

# The words the window shows, sent with the page in one language; a test compares them with what the window asks for.
_WORDS = frozenset(
    {
        "chat.attach",
        "chat.bot",
        "chat.close",
        "chat.delivered",
        "chat.discard",
        "chat.dismiss",
        "chat.download",
        "chat.email_save",
        "chat.email_saved",
        "chat.empty",
        "chat.ended",
        "chat.leave_email",
        "chat.log_label",
        "chat.menu",
        "chat.nobody_here",
        "chat.not_sent",
        "chat.people_here",
        "chat.reconnected",
        "chat.reconnecting",
        "chat.remove_file",
        "chat.seen",
        "chat.send",
        "chat.sending",
        "chat.status_link",
        "chat.today",
        "chat.try_again",
        "chat.typing",
        "chat.typing_somebody",
        "chat.write",
        "chat.yesterday",
        "contact.language_label",
        "error.email_invalid",
        "error.file_too_large",
        "error.files_too_many",
        "error.text_empty",
        "error.text_too_long",
        "error.try_again",
        "status.automatic",
        "status.ignored",
        "status.no_go_on",
        "status.not_needed",
        "status.not_needed_sure",
        "status.promise_heading",
        "status.thanks_ignored",
        "status.thanks_not_needed",
        "status.thanks_person",
        "status.time_left",
        "status.time_over",
        "status.want_person",
        "status.yes_stop",
        "status.you",
    }
)


def routes(parts: Parts, presence: CustomerPresence | None = None) -> list[BaseRoute]:
    """Return the page, its files and its socket. `presence` is given by whoever opens and closes it with the app."""
    chat = Chat(
        parts, presence or CustomerPresence(parts), Limits(factor=float(parts.settings.limits), buckets=_BUCKETS)
    )

    async def show(request: Request) -> Response:
        return await _show(parts, request)

    async def upload(request: Request) -> Response:
        return await _upload(parts, request)

    async def loader(request: Request) -> Response:
        return _loader(request)

    async def talk(socket: WebSocket) -> None:
        await _talk(chat, socket)

    return [
        *files.routes(parts),
        Route("/loader.js", loader, methods=["GET"]),
        Route("/widget.js", loader, methods=["GET"]),
        Route("/chat/{brand}/{channel}", show, methods=["GET"]),
        Route("/chat/{brand}/{channel}/files", upload, methods=["POST"]),
        WebSocketRoute("/chat/{brand}/{channel}/socket", talk),
    ]


def _loader(request: Request) -> Response:
    """Return the script that other people's pages load; its address never changes, so it is kept for minutes only."""
    answer = _LOADER.answer("widget.js", squeeze="gzip" in request.headers.get("accept-encoding", ""), shared=True)
    response = Response(answer.body, status_code=answer.status, media_type=answer.media_type.decode())  # type: ignore[arg-type]  # a file's body is bytes
    response.raw_headers.extend([*answer.policy, *answer.headers])
    return response


async def _show(parts: Parts, request: Request) -> Response:
    found = await _place(parts, request.path_params)
    if found is None:
        return nothing_here(parts, request)
    brand, channel = found
    reader = reader_of(parts, request, brand, request.query_params)
    if pages.too_often(parts, request, "page"):
        return pages.page("gone.html", reader, brand, {"words": reader.say("error.too_fast")}, status=429)
    before = promise.quote(brand, channel, reader, parts.engine)
    records = await parts.records.of(parts.store, brand.id, reader.now)
    record = [record_words(records.get(channel.key), reader)]
    quieter = promise.quieter_words(brand, channel, before, reader, parts.engine)
    record += [quieter] if quieter else []
    return pages.page(
        "chat.html",
        reader,
        brand,
        {"setup": _setup(brand, channel, reader, before, record), "before": before, "record": record},
        headers=FRAMED_HEADERS,
    )


def _setup(brand: Brand, channel: Channel, reader: Reader, before: promise.Quote | None, record: list[str]) -> str:
    """Return what the window needs to know, as JSON that is safe inside a script element."""
    spoken = catalogue(reader.language, "customer")
    words = spoken["words"]
    assert isinstance(words, dict), "a catalogue has words"
    plain = {
        "brand": brand.name,
        "slug": brand.slug,
        "channel": channel.key,
        "colour": pages.colour_of(brand),
        "ink": pages.ink_on(pages.colour_of(brand)),
        "language": reader.language,
        "languages": [(code, pages.NAMES[code]) for code in pages.offered(brand)],
        "digits": spoken["digits"],
        "words": {key: text for key, text in words.items() if key in _WORDS},
        "before": before_frame(before),
        "record": record,
        "people_here": promise.people_here(brand, channel, reader.now),
        "file_bytes_max": FILE_BYTES_MAX,
        "files_max": FILES_MAX,
        "text_length_max": CHAT_LENGTH_MAX,
    }
    text = json.dumps(plain, ensure_ascii=False, default=datetime.isoformat, separators=(",", ":"))
    # "</script>" and "<!--" end or change a script element even inside a string.
    return text.replace("<", "\\u003c")


async def _upload(parts: Parts, request: Request) -> Response:
    found = await _place(parts, request.path_params)
    if found is None:
        return JSONResponse({"detail": ""}, status_code=404)
    reader = reader_of(parts, request, found[0], request.query_params)
    brand_id = found[0].id
    visitor = read_visitor_token(parts.secret, brand_id, request.query_params.get("visitor", ""))
    if visitor is None:
        return JSONResponse({"detail": reader.say("error.try_again")}, status_code=403)
    if pages.too_often(parts, request, "upload"):
        return JSONResponse({"detail": reader.say("error.too_fast")}, status_code=429)
    name = files.clean_name(unquote(request.headers.get("x-file-name", "")))
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > FILE_BYTES_MAX:
            words = reader.say("error.file_too_large", name=name, size=FILE_BYTES_MAX // 2**20)
            return JSONResponse({"detail": words}, status_code=413)
    held = await files.keep(parts, brand_id, bytes(content), name, request.headers.get("content-type", ""))
    token = files.file_token(parts.secret, visitor, held)
    return JSONResponse(
        {"blob": token, "name": held.name, "media_type": held.media_type, "size": held.size}, status_code=201
    )


async def _talk(chat: Chat, socket: WebSocket) -> None:
    parts = chat.parts
    found = await _place(parts, socket.path_params)
    address = pages.client_address(parts, socket)
    await socket.accept()
    if found is None:
        await socket.close(CLOSE_GONE)
        return
    if pages.too_often(parts, socket, "socket"):
        await socket.close(CLOSE_TOO_OFTEN)
        return
    await ChatSocket(chat, socket, *found, address).run()


async def _place(parts: Parts, path: dict[str, str]) -> tuple[Brand, Channel] | None:
    """Return the brand and the live chat channel that an address names."""
    brand = await parts.store.brand_named(path["brand"])
    channel = brand.channel(path["channel"]) if brand is not None else None
    if brand is None or channel is None or not channel.live or channel.kind != "chat":
        return None
    return brand, channel
