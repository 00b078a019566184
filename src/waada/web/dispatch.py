"""From a request to its endpoint and back, as plain ASGI: find, let in, read, understand, answer. No layers around it.

Every way to fail ends in a problem document with a status that the OpenAPI document names.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, get_args
from urllib.parse import parse_qsl

import msgspec
import structlog
from starlette.types import Receive, Scope, Send

from waada import codec
from waada.core.refusals import Refused
from waada.trouble import Trouble
from waada.web.access import CSRF_HEADER, Actor, is_csrf_token, is_own_origin, may
from waada.web.access_limits import address_of
from waada.web.endpoints import Answer, Call, Endpoint, Method, hash_of, idempotency_key
from waada.web.letting_in import let_in
from waada.web.parts import Parts
from waada.web.problems import MEDIA_TYPE, Problem, of_refusal, of_validation, too_many
from waada.web.shapes import EmptyRequest

_log = structlog.get_logger(__name__)
_SAFE = ("GET", "HEAD", "OPTIONS")
_METHODS = get_args(Method)
# PostgreSQL keeps no NUL in text, and no person writes one: `\u0000` in JSON, not preceded by an escaped backslash.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class ClientGone(Exception):
    """The caller hung up before the request was whole; nothing was done."""


class Dispatcher:
    """An ASGI app for all endpoints."""

    def __init__(self, parts: Parts, endpoints: Iterable[Endpoint]) -> None:
        """Compile the table of routes and the decoders of every body."""
        self._parts = parts
        self._exact: dict[str, dict[str, Endpoint]] = {}
        self._patterns: dict[int, list[tuple[re.Pattern[str], dict[str, Endpoint]]]] = {}
        self._decoders: dict[int, msgspec.json.Decoder[Any]] = {}
        for endpoint in endpoints:
            self._add(endpoint)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = time.perf_counter()
        endpoint: Endpoint | None = None
        try:
            endpoint, path = self._find(scope["method"], scope["path"])
            answer = await self._answer(endpoint, path, scope, receive)
        except ClientGone:
            return
        except Exception as error:  # noqa: BLE001 - every bug ends as one line in the log and a plain document
            problem = problem_of(error, scope)
            answer = Answer(problem.document(), problem.status, problem.headers, MEDIA_TYPE)
        await send_answer(send, scope["method"], answer)
        path_known = endpoint.path if endpoint is not None else "unknown"
        self._parts.meter.answered(path_known, answer.status or 0, time.perf_counter() - began)

    def _add(self, endpoint: Endpoint) -> None:
        if endpoint.body is not None:
            self._decoders[id(endpoint)] = codec.decoder(endpoint.body)
        if not endpoint.names:
            self._exact.setdefault(endpoint.path, {})[endpoint.method] = endpoint
            return
        pattern = endpoint.pattern()
        shelf = self._patterns.setdefault(endpoint.path.count("/"), [])
        for known, methods in shelf:
            if known.pattern == pattern.pattern:
                methods[endpoint.method] = endpoint
                return
        shelf.append((pattern, {endpoint.method: endpoint}))

    def _find(self, method: str, path: str) -> tuple[Endpoint, Mapping[str, str]]:
        methods, names = self._exact.get(path), {}
        if methods is None:
            for pattern, some in self._patterns.get(path.count("/"), ()):
                found = pattern.fullmatch(path)
                if found is not None:
                    methods, names = some, found.groupdict()
                    break
        if methods is None:
            raise Problem(404, "There is nothing at this address. See /api/v1/openapi.json for what there is.")
        endpoint = methods.get("GET" if method == "HEAD" else method)
        if endpoint is None:
            allowed = ", ".join(each for each in _METHODS if each in methods)
            raise Problem(405, f"Use {allowed} here.", headers=((b"allow", allowed.encode()),))
        return endpoint, names

    async def _answer(self, endpoint: Endpoint, path: Mapping[str, str], scope: Scope, receive: Receive) -> Answer:
        headers = dict(scope["headers"])
        address = address_of(scope["client"], scope["headers"], trust_proxy=self._parts.settings.trust_proxy)
        actor = await let_in(self._parts, scope["headers"], address)
        self._check(endpoint, actor, scope, headers, address)
        raw = await _read(endpoint, headers, receive)
        asked = self._understood(endpoint, scope, headers, raw)
        key = idempotency_key(headers.get(b"idempotency-key")) if endpoint.method == "POST" else None
        call = Call(
            parts=self._parts,
            actor=actor,
            path=path,
            asked=asked,
            raw=raw,
            headers=headers,
            address=address,
            now=self._parts.clock.now(),
            idempotency_key=key,
            request_hash=None if key is None else hash_of(endpoint.method, scope["path"], raw),
        )
        result = await endpoint.handler(call)
        if isinstance(result, Answer):
            return result if result.status is not None else replace(result, status=endpoint.status)
        return Answer(result, endpoint.status)

    def _check(
        self, endpoint: Endpoint, actor: Actor | None, scope: Scope, headers: Mapping[bytes, bytes], address: str
    ) -> None:
        """Refuse whoever may not use this door."""
        if actor is None and endpoint.bucket is not None:
            seconds = self._parts.limits.wait_seconds(endpoint.bucket, address, self._parts.clock.now())
            if seconds:
                raise too_many(seconds)
        if actor is None and endpoint.who != "anyone":
            raise Problem(401, "Sign in, or send an API key as 'Authorization: Bearer ...'.", headers=_ASK_FOR_KEY)
        if not may(actor, endpoint.who, kind=endpoint.kind):
            raise Problem(403, _who_may(endpoint))
        if scope["method"] in _SAFE:
            return
        if actor is not None and actor.session is not None and endpoint.csrf:
            if not is_csrf_token(self._parts.secret, actor.session, headers.get(CSRF_HEADER)):
                raise Problem(403, "Send the token from GET /api/v1/me in the header X-Waada-CSRF.")
        elif (actor is None or actor.session is not None) and not is_own_origin(
            scope["headers"], self._parts.settings.public_url
        ):
            raise Problem(403, "Another site may not do this in your name.")

    def _understood(self, endpoint: Endpoint, scope: Scope, headers: Mapping[bytes, bytes], raw: bytes) -> Any:
        if endpoint.body is EmptyRequest and not raw:
            return EmptyRequest()
        if endpoint.body is not None:
            media_type = headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower()
            if media_type != b"application/json":
                raise Problem(415, "Send JSON, with 'Content-Type: application/json'.")
            if b"\\u0000" in raw and _NUL.search(raw):
                raise Problem(422, "Text can't hold the character NUL (\\u0000).")
            return self._decoders[id(endpoint)].decode(raw)
        if endpoint.query is not None:
            return query_of(endpoint.query, scope["query_string"])
        return None


def query_of(kind: Any, text: bytes) -> Any:
    """Return the query of a request as its msgspec type."""
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=False, errors="strict", max_num_fields=50)
    except ValueError as error:
        raise Problem(400, "The query of this address can't be read. Encode it as UTF-8 with %xx.") from error
    if any("\x00" in value for _, value in pairs):
        raise Problem(422, "Text can't hold the character NUL.", field=next(n for n, v in pairs if "\x00" in v))
    return codec.convert(dict(pairs), kind)


def problem_of(error: Exception, scope: Scope) -> Problem:
    """Return what a caller reads about anything that went wrong."""
    match error:
        case Problem():
            return error
        case Refused():
            return of_refusal(error)
        case msgspec.ValidationError():
            return of_validation(error)
        case msgspec.DecodeError() | UnicodeDecodeError() | RecursionError():
            return Problem(400, f"This is not JSON: {error}.")
        case Trouble() | ConnectionError() | TimeoutError():
            _log.warning("outside trouble", path=scope["path"], trouble=str(error))
            return Problem(503, "The database is away for a moment. Try again.", headers=((b"retry-after", b"1"),))
        case _:
            _log.error("a bug", path=scope["path"], method=scope["method"], exc_info=error)
            return Problem(500, "Something went wrong on our side. It is in the log; nothing was changed.")


_ASK_FOR_KEY = ((b"www-authenticate", b'Bearer realm="waada"'),)


def _who_may(endpoint: Endpoint) -> str:
    if endpoint.kind == "key":
        return "This is for API keys, not for people."
    if endpoint.kind == "person":
        return "This is for people who are signed in, not for API keys."
    return f"This takes the role {endpoint.who}. Ask somebody who has it."


async def _read(endpoint: Endpoint, headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
    """Return the body, whole. Reading stops as soon as there is too much of it."""
    most = endpoint.body_max if endpoint.body is not None or endpoint.raw else 0
    length = headers.get(b"content-length", b"0")
    if most and length.isdigit() and int(length) > most:
        raise Problem(413, f"Send at most {most:,} bytes.")
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        if most and size > most:
            raise Problem(413, f"Send at most {most:,} bytes.")
        if most:
            chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def send_answer(send: Send, method: str, answer: Answer) -> None:
    """Send an answer whose status is known."""
    assert answer.status is not None, "an answer has a status"
    lines = [*answer.policy, *answer.headers]
    body = b""
    if answer.status != 204:
        body = answer.body if isinstance(answer.body, bytes) else codec.encode(answer.body)
        lines += [(b"content-type", answer.media_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": lines})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
