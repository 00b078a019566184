"""Forms that work without a script and without a session: signed, sent once, and safe against other sites.

A form carries a token that only we can make, bound to what the form is for. Its nonce is the idempotency key, so that
a double click, or loading again, makes one message. A field that people don't see catches programs that fill in all.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from python_multipart.exceptions import MultipartParseError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from waada.ports import Ids
from waada.tokens import derived

FORM_LASTS = timedelta(hours=24)  # a page that was open longer shows promises nobody should rely on
TRAP = "website"  # the field that only programs fill in
FILES_MAX = 10
FILE_BYTES_MAX = 25 * 1024 * 1024  # as mail: what a mailbox takes, the form takes
BODY_BYTES_MAX = 2 * FILE_BYTES_MAX
TEXT_BYTES_MAX = 4_100_000  # a megabyte of letters, four bytes each


class FormRefused(Exception):
    """The form can't be read; `key` names the words that say why, `status` is the answer's."""

    def __init__(self, key: str, status: int = 400, **values: object) -> None:
        super().__init__(key)
        self.key, self.status, self.values = key, status, values


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file of a form."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """What somebody sent: fields as text, files with content."""

    fields: dict[str, str]
    files: tuple[SentFile, ...]

    def text(self, name: str, most: int = 500) -> str:
        """Return a field without surrounding space and without NUL, cut at `most`."""
        return self.fields.get(name, "").replace("\x00", "").strip()[:most]


def form_token(secret: bytes, purpose: str, ids: Ids) -> str:
    """Return a fresh token for one sending of a form. The nonce carries its time (UUIDv7)."""
    nonce = ids.fresh()
    return f"{nonce}.{derived(secret, 'form', purpose, nonce)}"


def read_form_token(secret: bytes, purpose: str, token: str, now: datetime) -> str | None:
    """Return the nonce of a token that is ours, for this purpose, and not too old; else None."""
    nonce, _, signature = token.partition(".")
    if not hmac.compare_digest(derived(secret, "form", purpose, nonce).encode(), signature.encode("utf-8", "replace")):
        return None
    age = now.timestamp() - (UUID(nonce).int >> 80) / 1000
    return nonce if age <= FORM_LASTS.total_seconds() else None


async def read_form(request: Request) -> Form:
    """Return what was sent. Raises `FormRefused` for too much of it, or for what is no form."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > BODY_BYTES_MAX:
        raise FormRefused("error.file_too_large", 413, name="", size=FILE_BYTES_MAX // 2**20)
    _limit_body(request)
    try:
        sent = await request.form(max_files=FILES_MAX + 1, max_fields=40, max_part_size=TEXT_BYTES_MAX)
    except (MultiPartException, MultipartParseError, ValueError) as error:
        raise FormRefused("error.try_again") from error
    except HTTPException as error:
        # Starlette turns a part that is too large into its own HTTP error.
        raise FormRefused("error.try_again", 413) from error
    try:
        return await _form(sent)
    finally:
        await request.close()


async def _form(sent: FormData) -> Form:
    fields = {name: value for name, value in reversed(sent.multi_items()) if isinstance(value, str)}
    files = [each for _, each in sent.multi_items() if isinstance(each, UploadFile) and each.filename]
    if len(files) > FILES_MAX:
        raise FormRefused("error.files_too_many", 413, n=FILES_MAX)
    for file in files:
        if (file.size or 0) > FILE_BYTES_MAX:
            raise FormRefused("error.file_too_large", 413, name=file.filename, size=FILE_BYTES_MAX // 2**20)
    read = [
        SentFile(name=each.filename or "", media_type=each.content_type or "", content=await each.read())
        for each in files
    ]
    return Form(fields, tuple(read))


def _limit_body(request: Request) -> None:
    """Stop reading as soon as there is too much, also when no length was announced."""
    receive = request._receive  # noqa: SLF001 - Starlette has no other way to bound a form as it arrives
    size = 0

    async def bounded() -> dict[str, object]:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > BODY_BYTES_MAX:
            raise FormRefused("error.file_too_large", 413, name="", size=FILE_BYTES_MAX // 2**20)
        return dict(message)

    request._receive = bounded  # noqa: SLF001 - as above
