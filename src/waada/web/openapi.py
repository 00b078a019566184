"""The OpenAPI 3.1 document, made from the table of endpoints and the msgspec types. Nothing is written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import msgspec

from waada.core.hours import Hours
from waada.web.endpoints import PATTERNS, Endpoint
from waada.web.problems import ProblemDocument

_REFS = "#/components/schemas/{name}"
_EVERY_TIME = {500: "A bug on our side; it is in the log.", 503: "The database is away for a moment. Try again."}
_MEANINGS = {
    400: "This can't be read as JSON, or as a query.",
    401: "Sign in, or send a key that opens something.",
    403: "The role does not allow it, the CSRF token is missing, or another site asked.",
    404: "There is no such thing in this brand.",
    409: "It was right a moment ago; look at what changed.",
    413: "Too large.",
    415: "Another media type is wanted.",
    422: "A field can't be right; `field` names it.",
    429: "Too often; `Retry-After` says when to try again.",
    **_EVERY_TIME,
}


def document(endpoints: Iterable[Endpoint], public_url: str) -> dict[str, Any]:
    """Return the document."""
    table = tuple(endpoints)
    kinds = _kinds(table)
    schemas, components = msgspec.json.schema_components(kinds, schema_hook=_schema, ref_template=_REFS)
    schema_of = dict(zip(map(repr, kinds), schemas, strict=True))
    paths: dict[str, Any] = {}
    for endpoint in table:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schema_of, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Waada",
            "version": version("waada"),
            "description": "The promise desk. Everything the desk does, the API does.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": public_url}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key of a brand."},
                "session": {"type": "apiKey", "in": "cookie", "name": "waada_session"},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-Waada-CSRF"},
            },
        },
    }


def _kinds(table: tuple[Endpoint, ...]) -> list[Any]:
    found: dict[str, Any] = {repr(ProblemDocument): ProblemDocument}
    for endpoint in table:
        for kind in (endpoint.body, endpoint.query, endpoint.answer):
            if kind is not None:
                found[repr(kind)] = kind
    return list(found.values())


def _schema(kind: type) -> dict[str, Any]:
    if kind is Hours:
        return {"type": "object", "description": "Opening hours: zone, week, holidays, special_days, or always_open."}
    raise NotImplementedError(kind)


def _operation(endpoint: Endpoint, schema_of: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": endpoint.summary,
        "operationId": _operation_id(endpoint),
        "tags": [_tag(endpoint)],
        "responses": _responses(endpoint, schema_of),
    }
    parameters = [*_path_parameters(endpoint), *_query_parameters(endpoint, schema_of, components)]
    if endpoint.method == "POST":
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same key and request again change nothing and give the same answer.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            }
        )
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body is not None:
        content = {"application/json": {"schema": schema_of[repr(endpoint.body)]}}
        operation["requestBody"] = {"required": True, "content": content}
    elif endpoint.raw:
        content = {endpoint.raw: {"schema": {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": content}
    operation["security"] = _security(endpoint)
    return operation


def _security(endpoint: Endpoint) -> list[dict[str, list[str]]]:
    session: dict[str, list[str]] = {"session": []}
    if endpoint.method != "GET":
        session["csrf"] = []
    if endpoint.who == "anyone":
        return [{}, session]
    if endpoint.kind is not None:
        return [session] if endpoint.kind == "person" else [{"key": []}]
    return [{"key": []}, session]


def _responses(endpoint: Endpoint, schema_of: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status in endpoint.all_statuses():
        if status == endpoint.status:
            found[str(status)] = {"description": "Done.", **_content(endpoint, schema_of)}
            continue
        found[str(status)] = {
            "description": _MEANINGS[status],
            "content": {"application/problem+json": {"schema": schema_of[repr(ProblemDocument)]}},
        }
    return found


def _content(endpoint: Endpoint, schema_of: dict[str, Any]) -> dict[str, Any]:
    if endpoint.status == 204:
        return {}
    if endpoint.answer is None:
        return {"content": {endpoint.answer_media: {}}}
    return {"content": {endpoint.answer_media: {"schema": schema_of[repr(endpoint.answer)]}}}


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"}
            if name not in PATTERNS
            else {"type": "string", "pattern": f"^{PATTERNS[name]}$"},
        }
        for name in endpoint.names
    ]


def _query_parameters(
    endpoint: Endpoint, schema_of: dict[str, Any], components: dict[str, Any]
) -> list[dict[str, Any]]:
    if endpoint.query is None:
        return []
    schema = schema_of[repr(endpoint.query)]
    shape = components[schema["$ref"].rsplit("/", 1)[1]]
    required = shape.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _given(each)}
        for name, each in shape["properties"].items()
    ]


def _given(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a query field; leaving it out is the only way to give none."""
    options = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if not options:
        return schema
    given = options[0] if len(options) == 1 else {"anyOf": options}
    return {**{key: value for key, value in schema.items() if key not in {"anyOf", "default"}}, **given}


def _operation_id(endpoint: Endpoint) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", endpoint.path.removeprefix("/api/v1").lower()).strip("_")
    return f"{endpoint.method.lower()}_{words}"


def _tag(endpoint: Endpoint) -> str:
    return endpoint.path.removeprefix("/api/v1").strip("/").split("/")[0]
