"""Files beside messages: uploaded once, named by messages, served so that nothing inside them can run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, unquote

from waada.core.events import Attachment
from waada.core.ids import BrandId
from waada.tokens import derived
from waada.web import shapes as s
from waada.web.access_headers import FILE_HEADERS
from waada.web.endpoints import Answer, Call, Endpoint
from waada.web.parts import Blob, WebStore
from waada.web.problems import Problem, not_found

FILE_BYTES_MAX = 25_000_000
FILES_MAX = 50  # per message
_MEDIA_TYPE = re.compile(r"^[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,80}$")
# Shown in place, under a policy that lets nothing in them run; everything else is a download.
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "application/pdf"})


class FileAnswer(s.Struct):
    """A file that messages may name from now on."""

    blob: str
    name: str
    media_type: str
    size: int


class FileQuery(s.Struct):
    """The name it is saved under."""

    name: s.Name = "attachment"


async def attached(call: Call[Any], given: Sequence[str | s.FileGiven]) -> tuple[Attachment, ...]:
    """Return the files that a request names, as a message holds them."""
    if not given:
        return ()
    return await attachments_of(call.parts.store, call.brand_id, given)


async def attachments_of(
    store: WebStore, brand_id: BrandId, given: Sequence[str | s.FileGiven]
) -> tuple[Attachment, ...]:
    """Return files of a brand as a message holds them; one that isn't there is refused."""
    if len(given) > FILES_MAX:
        raise Problem(422, f"Attach at most {FILES_MAX} files to one message.", field="attachments")
    found: list[Attachment] = []
    for each in given:
        name, blob = (each.name, each.blob) if isinstance(each, s.FileGiven) else ("attachment", each)
        file = await store.blob(brand_id, blob)
        if file is None:
            raise Problem(422, f"There is no file {blob} here. Upload it first.", field="attachments")
        found.append(Attachment(blob=blob, name=safe_name(name), media_type=file.media_type, size=file.size))
    return tuple(found)


async def upload(call: Call[None]) -> FileAnswer:
    """Keep a file."""
    media_type = media_type_of(call.headers.get(b"content-type"))
    name = safe_name(unquote(call.headers.get(b"x-file-name", b"").decode("latin-1")))
    if not call.raw:
        raise Problem(422, "The file is empty.")
    blob = call.parts.ids.fresh()
    if call.idempotency_key is not None:
        blob = derived(call.parts.secret, "blob", call.brand_id, call.command_id())
        known = await call.parts.store.blob(call.brand_id, blob)
        if known is not None and known.sha256 != hashlib.sha256(call.raw).hexdigest():
            raise Problem(422, "This idempotency key was used for another file. Use a new key for a new request.")
    await call.parts.store.put_blob(call.brand_id, blob, media_type, call.raw)
    return FileAnswer(blob=blob, name=name, media_type=media_type, size=len(call.raw))


async def download(call: Call[FileQuery]) -> Answer:
    """A file of the brand."""
    blob = call.path["blob"]
    file = await call.parts.store.blob(call.brand_id, blob)
    if file is None:
        raise not_found("file")
    return file_answer(file, call.asked.name)


def file_answer(file: Blob, name: str) -> Answer:
    """Return a file so that nothing in it can do harm: sandboxed, never sniffed, a download unless it is a picture."""
    shown = file.media_type in _SHOWN
    media_type = file.media_type if shown else "application/octet-stream"
    return Answer(
        body=file.content,
        media_type=media_type.encode(),
        headers=((b"content-disposition", disposition("inline" if shown else "attachment", name)),),
        policy=FILE_HEADERS,
    )


def disposition(how: str, name: str) -> bytes:
    """Return a Content-Disposition that every browser reads the same, whatever is in the name (RFC 6266)."""
    plain = "".join(each if each.isascii() and each.isprintable() and each not in '"\\%' else "_" for each in name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}".encode("ascii")


def safe_name(name: str) -> str:
    """Return a file name without folders, control characters or tricks with direction."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(
        each
        for each in last
        if each.isprintable() and each not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )
    return shown.strip(" .")[:200] or "attachment"


def media_type_of(given: bytes | None) -> str:
    """Return the media type of an upload, without parameters; what can't be one is plain bytes."""
    text = (given or b"").split(b";", 1)[0].strip().lower().decode("latin-1")
    return text if _MEDIA_TYPE.match(text) else "application/octet-stream"


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    return (
        Endpoint(
            method="POST",
            path="/api/v1/attachments",
            summary="Upload a file",
            handler=upload,
            who="agent",
            status=201,
            raw="*/*",
            body_max=FILE_BYTES_MAX,
            answer=FileAnswer,
        ),
        Endpoint(
            method="GET",
            path="/api/v1/attachments/{blob}",
            summary="Download a file",
            handler=download,
            who="agent",
            query=FileQuery,
            answer_media="*/*",
        ),
    )
