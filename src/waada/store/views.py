"""Which conversations a view shows, in which order: said once, so that both stores and the desk agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import assert_never

from waada.core.ids import PersonId
from waada.core.summary import Row
from waada.ports import View

_LATE = datetime.max.replace(tzinfo=UTC)
_WORD = re.compile(r"\w+", re.UNICODE)


def in_view(row: Row, view: View, person: PersonId | None) -> bool:
    """Return whether a view shows a row. `mine`: assigned to the person, or resting on them while nobody has it."""
    if view == "closed":
        return row.status == "closed"
    if row.status == "closed":
        return False
    match view:
        case "all":
            return True
        case "open":
            return row.status == "open"
        case "waiting":
            return row.status == "answered"
        case "unassigned":
            return row.status == "open" and row.assignee is None
        case "mine":
            return person is not None and (
                row.assignee == person or (row.assignee is None and row.responsible == person and row.status == "open")
            )
        case _:
            assert_never(view)


def order_in(view: View) -> Callable[[Row], tuple[object, ...]]:
    """Return the sort key of a view: least slack first; what owes nothing after that, newest first."""
    if view == "closed":
        return lambda row: (-row.last_at.timestamp(), row.id)
    return lambda row: (row.due_at or _LATE, -row.last_at.timestamp(), row.id)


def words_in(text: str) -> tuple[str, ...]:
    """Return the words of a text, for searching: case and punctuation don't count."""
    return tuple(_WORD.findall(text.casefold()))
