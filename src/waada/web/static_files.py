"""The built screens: read once, compressed once, kept in memory. A name with a hash in it never changes its content."""

from __future__ import annotations

import gzip
import mimetypes
import re
from functools import cache
from pathlib import Path

import msgspec
from starlette.types import Receive, Scope, Send

from waada.web.access_headers import PAGE_HEADERS, SHARED_HEADERS
from waada.web.endpoints import Answer
from waada.web.problems import MEDIA_TYPE, not_found

FOLDER = Path(__file__).parent / "static"
PREFIX = "/static/"
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_HASHED = re.compile(r"-[0-9a-f]{10}\.")
_SQUEEZED = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/manifest+json")


class StaticFiles:
    """An ASGI app for one folder, without subfolders. A file built anew is read anew."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._known: dict[str, tuple[int, bytes, bytes | None]] = {}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer = self.answer(scope["path"].rpartition("/")[2], squeeze=_takes_gzip(scope))
        lines = [*answer.policy, *answer.headers, (b"content-type", answer.media_type)]
        body = answer.body if isinstance(answer.body, bytes) else b""
        lines.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": lines})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def answer(self, name: str, *, squeeze: bool, shared: bool = False) -> Answer:
        """Return a file. `shared` ones are fetched by other people's pages."""
        found = self._read(name)
        policy = SHARED_HEADERS if shared else PAGE_HEADERS
        if found is None:
            problem = not_found("file")
            return Answer(msgspec.json.encode(problem.document()), 404, (), MEDIA_TYPE, policy)
        plain, squeezed = found
        keep = b"public, max-age=31536000, immutable" if _HASHED.search(name) else b"public, max-age=300"
        headers = ((b"cache-control", keep), (b"vary", b"accept-encoding"))
        media_type = _media_type(name)
        if squeezed is not None and squeeze:
            return Answer(squeezed, 200, (*headers, (b"content-encoding", b"gzip")), media_type, policy)
        return Answer(plain, 200, headers, media_type, policy)

    def _read(self, name: str) -> tuple[bytes, bytes | None] | None:
        path = self._folder / name
        try:
            made = path.stat().st_mtime_ns if _NAME.fullmatch(name) and not path.is_dir() else None
        except OSError:
            made = None
        if made is None:
            return None
        known = self._known.get(name)
        if known is None or known[0] != made:
            plain = path.read_bytes()
            squeezed = gzip.compress(plain, 9, mtime=0) if _media_type(name).decode().startswith(_SQUEEZED) else None
            known = self._known[name] = (made, plain, squeezed)
        return known[1], known[2]


def asset(name: str, folder: Path = FOLDER) -> str:
    """Return the address of a built file by its plain name ("desk.js"), with the hash it has now."""
    manifest = folder / "manifest.json"
    try:
        made = manifest.stat().st_mtime_ns
    except OSError:
        return f"{PREFIX}{name}"
    return f"{PREFIX}{_manifest(manifest, made).get(name, name)}"


@cache
def _manifest(path: Path, _made: int) -> dict[str, str]:
    return msgspec.json.decode(path.read_bytes(), type=dict[str, str])


def _media_type(name: str) -> bytes:
    if name.endswith((".js", ".mjs")):
        return b"text/javascript; charset=utf-8"
    if name.endswith(".css"):
        return b"text/css; charset=utf-8"
    return (mimetypes.guess_type(name)[0] or "application/octet-stream").encode()


def _takes_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
