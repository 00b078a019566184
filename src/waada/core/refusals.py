"""Why a command was not carried out: expected, typed, each with words that say what to do and its HTTP status.

A refusal changes nothing. It is raised as `Refused` by the decision and reaches the person who asked, no log of bugs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """There is no such thing in this brand. Check the id, or search for it."""

    what: str
    status: int = 404

    @property
    def words(self) -> str:
        """What the person reads."""
        return f"There is no such {self.what} here. Check the id, or search for it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Invalid:
    """Something in the command can't be right. The words say which field and what would be."""

    field: str
    problem: str
    status: int = 422

    @property
    def words(self) -> str:
        """What the person reads."""
        return f"{self.field}: {self.problem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """It was right a moment ago. Look at what changed, then decide again."""

    problem: str
    status: int = 409

    @property
    def words(self) -> str:
        """What the person reads."""
        return self.problem


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAllowed:
    """This person or key may not do that. Ask somebody with the role that the words name."""

    problem: str
    status: int = 403

    @property
    def words(self) -> str:
        """What the person reads."""
        return self.problem


Refusal = NotFound | Invalid | Conflict | NotAllowed


class Refused(Exception):
    """Carries a refusal out of a decision."""

    def __init__(self, refusal: Refusal) -> None:
        """Keep the refusal; its words are the message."""
        super().__init__(refusal.words)
        self.refusal = refusal


def require(condition: object, refusal: Refusal) -> None:
    """Raise the refusal unless the condition holds."""
    if not condition:
        raise Refused(refusal)
