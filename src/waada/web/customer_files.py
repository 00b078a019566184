"""Files that customers send and load: kept under a fresh name, handed out in a sandbox to whoever sees the message.

A file that was sent up by a chat window is named by a signed token, so that nobody can attach what somebody else sent.
"""

from __future__ import annotations

import base64
import hmac
import re
from urllib.parse import quote, unquote

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from waada import codec
from waada.core import events as e
from waada.core.ids import BrandId
from waada.ports import Recorded
from waada.tokens import derived, read_status_token
from waada.web.access import visible_to_customer
from waada.web.access_headers import FILE_HEADERS
from waada.web.customer_forms import SentFile
from waada.web.customer_pages import too_often
from waada.web.parts import Parts

NAME_LENGTH_MAX = 200
# Shown in the browser, in the sandbox; everything else is saved to disk.
_SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,80}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}")
_NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f/\\\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class _Held(msgspec.Struct, frozen=True):
    """What a token of a file says."""

    blob: str
    name: str
    media_type: str
    size: int


def routes(parts: Parts) -> list[BaseRoute]:
    """Return the address under which customers load files."""

    async def load(request: Request) -> Response:
        return await _load(parts, request)

    return [Route("/files/{token}/{blob}", load, methods=["GET"])]


async def keep(parts: Parts, brand_id: BrandId, content: bytes, name: str, media_type: str) -> e.Attachment:
    """Store a file; return what a message says about it."""
    blob = parts.ids.fresh()
    kind = media_type.partition(";")[0].strip().lower()
    kind = kind if _MEDIA_TYPE.fullmatch(kind) else "application/octet-stream"
    await parts.store.put_blob(brand_id, blob, kind, content)
    return e.Attachment(blob=blob, name=clean_name(name), media_type=kind, size=len(content))


async def keep_all(parts: Parts, brand_id: BrandId, files: tuple[SentFile, ...]) -> tuple[e.Attachment, ...]:
    """Store the files of a form."""
    return tuple([await keep(parts, brand_id, each.content, each.name, each.media_type) for each in files])


def clean_name(name: str) -> str:
    """Return a name for a file that no screen or disk can trip over."""
    text = _NOT_IN_A_NAME.sub("", name).strip(". ")
    return text[-NAME_LENGTH_MAX:] or "file"


def file_token(secret: bytes, visitor: str, held: e.Attachment) -> str:
    """Return what a window names a file by; only the visitor who sent it can use it."""
    plain = codec.encode(_Held(held.blob, held.name, held.media_type, held.size))
    text = base64.urlsafe_b64encode(plain).decode("ascii")
    return f"{text}.{derived(secret, 'file', visitor, text)}"


def read_file_token(secret: bytes, visitor: str, token: str) -> e.Attachment | None:
    """Return the file behind a token of that visitor, or None."""
    text, _, signature = token.partition(".")
    expected = derived(secret, "file", visitor, text)
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        return None
    held = msgspec.json.decode(base64.urlsafe_b64decode(text), type=_Held)
    return e.Attachment(blob=held.blob, name=held.name, media_type=held.media_type, size=held.size)


def file_response(content: bytes, media_type: str, name: str) -> Response:
    """Return a file so that nothing in it can act on our pages."""
    shown = "inline" if media_type in _SHOWN else "attachment"
    response = Response(content, media_type=media_type if media_type in _SHOWN else "application/octet-stream")
    response.raw_headers.extend(FILE_HEADERS)
    response.headers["content-disposition"] = f"{shown}; filename*=UTF-8''{quote(name, safe='')}"
    return response


async def _load(parts: Parts, request: Request) -> Response:
    if too_often(parts, request, "page"):
        return Response(status_code=429, headers={"retry-after": "10"})
    opened = read_status_token(parts.secret, request.path_params["token"])
    if opened is None:
        return Response(status_code=404)
    brand_id, conversation_id = opened
    facts = await parts.store.facts(brand_id, conversation_id)
    held = next((each for each in _files(facts) if each.blob == unquote(request.path_params["blob"])), None)
    found = await parts.store.blob(brand_id, held.blob) if held is not None else None
    if held is None or found is None:
        return Response(status_code=404)
    return file_response(found.content, held.media_type, held.name)


def _files(facts: tuple[Recorded, ...]) -> tuple[e.Attachment, ...]:
    """Return the files of all messages that the customer may see and that were not taken back."""
    found: dict[str, tuple[e.Attachment, ...]] = {}
    for fact in facts:
        event = fact.event
        if not visible_to_customer(event):
            continue
        if isinstance(event, e.CustomerWrote | e.PersonWrote | e.BotWrote):
            found[event.message.id] = event.message.attachments
        elif isinstance(event, e.Undone):
            for message in event.withdrawn:
                found.pop(message, None)
    return tuple(each for some in found.values() for each in some)
