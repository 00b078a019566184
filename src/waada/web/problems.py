"""What a caller reads when something can't be done: RFC 9457 problem documents, each saying what to do."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import msgspec

from waada.core.refusals import Invalid, Refused

MEDIA_TYPE = b"application/problem+json"
_WHERE = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<where>[^`]*)`)?$", re.DOTALL)
_NAMED = re.compile(r"field `(?P<field>[^`]*)`")


class ProblemDocument(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The document itself. `field` names what in the request is wrong; `check` is the trial that a promise failed."""

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None
    check: Any | None = None


class Problem(Exception):
    """A request that ends here. `headers` travel with the answer (Allow, Retry-After, ...), `check` in its document."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        field: str | None = None,
        headers: tuple[tuple[bytes, bytes], ...] = (),
        check: object = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.field, self.headers, self.check = status, detail, field, headers, check

    def document(self) -> ProblemDocument:
        """Return what is sent."""
        title = HTTPStatus(self.status).phrase
        return ProblemDocument(
            type="about:blank", title=title, status=self.status, detail=self.detail, field=self.field, check=self.check
        )


def too_many(seconds: float) -> Problem:
    """Return the answer to somebody who knocks too often."""
    wait = max(1, round(seconds + 0.5))
    return Problem(
        429, f"That was too often. Try again in {wait} seconds.", headers=((b"retry-after", str(wait).encode()),)
    )


def not_found(what: str) -> Problem:
    """Return the answer for something that isn't there, or isn't this brand's: both look the same."""
    return Problem(404, f"There is no such {what} here. Check the id, or search for it.")


def of_refusal(refused: Refused) -> Problem:
    """Return a refusal of the engine as a problem."""
    refusal = refused.refusal
    if isinstance(refusal, Invalid):
        return Problem(refusal.status, refusal.problem, field=refusal.field)
    return Problem(refusal.status, refusal.words)


def of_validation(error: msgspec.ValidationError) -> Problem:
    """Return what msgspec found wrong as a problem that names the field."""
    found = _WHERE.match(str(error))
    what, where = (found["what"], found["where"]) if found else (str(error), None)
    named = _NAMED.search(what)
    field = ".".join(each for each in (where or "", named["field"] if named else "") if each) or None
    return Problem(422, f"{what.replace('`', chr(39))}.", field=field)
