"""The reference of the API and its OpenAPI document say what the table of endpoints says."""

import importlib.util
from pathlib import Path
from typing import Any

from waada.web import api
from waada.web.openapi import document

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_reference_is_drawn_from_the_table() -> None:
    spec = importlib.util.spec_from_file_location("draw_api", DOCS / "draw_api.py")
    assert spec is not None
    assert spec.loader is not None
    draw_api = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(draw_api)
    assert draw_api.PAGE.read_text(encoding="utf-8") == draw_api.page(), "run: python docs/draw_api.py"


def references(part: Any) -> set[str]:
    """Every schema that a part of the document points to."""
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(references(each) for each in part.values()))
    return set().union(*(references(each) for each in part)) if isinstance(part, list | tuple) else set()


def test_the_document_points_to_nothing_that_is_not_there() -> None:
    found = document(api.endpoints(), "http://desk.test")
    names = {f"#/components/schemas/{name}" for name in found["components"]["schemas"]}
    assert references(found) <= names
    operations = [each for path in found["paths"].values() for each in path.values()]
    assert len({each["operationId"] for each in operations}) == len(operations) == len(api.endpoints())


def test_hashes_of_keys_are_never_promised_to_anybody() -> None:
    found = document(api.endpoints(), "http://desk.test")
    assert "password_hash" not in str(found)
