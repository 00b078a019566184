"""One customer need: its waits, its promises, its outcome. The table says what may follow what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from waada.core.ids import EnquiryId, MessageId
from waada.core.promises import Promise

EnquiryStatus = Literal["open", "answered", "ended"]
Outcome = Literal["answered", "resolved", "withdrawn", "no_answer_needed", "spam", "duplicate"]
OUTCOMES: tuple[Outcome, ...] = ("answered", "resolved", "withdrawn", "no_answer_needed", "spam", "duplicate")
# Outcomes that may end an enquiry in which the customer is still owed a word; the wait stays on the record.
OUTCOMES_UNANSWERED: tuple[Outcome, ...] = ("withdrawn", "no_answer_needed", "spam", "duplicate")

ENQUIRY_TRANSITIONS: dict[EnquiryStatus, dict[str, EnquiryStatus]] = {
    "open": {"a person answers": "answered", "closed with an outcome": "ended"},
    "answered": {"the customer writes again": "open", "promise a follow-up": "open", "silence, or closed": "ended"},
    "ended": {"undo": "open"},
}
# The same as what may follow, for the fold to hold every step against.
ENQUIRY_NEXT = {status: frozenset(follower.values()) for status, follower in ENQUIRY_TRANSITIONS.items()}


@dataclass(frozen=True, slots=False, kw_only=True)  # copied for every fact: see changed.py
class Wait:
    """A stretch in which the business owes the customer a word, on both clocks (N2). Open while `ended_at` is None."""

    started_at: datetime
    ended_at: datetime | None = None
    wall_seconds: float | None = None
    business_seconds: float | None = None


@dataclass(frozen=True, slots=False, kw_only=True)  # copied for every fact: see changed.py
class Enquiry:
    """One customer need. While it is `open` there is exactly one open promise and one open wait (N10)."""

    id: EnquiryId
    message: MessageId
    opened_at: datetime
    status: EnquiryStatus
    promises: tuple[Promise, ...] = ()
    waits: tuple[Wait, ...] = ()
    outcome: Outcome | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def promise(self) -> Promise | None:
        """Return the open promise, or None when nothing is owed."""
        last = self.promises[-1] if self.promises else None
        return last if last is not None and last.status == "open" else None

    @property
    def wait(self) -> Wait | None:
        """Return the wait that runs now, or None."""
        last = self.waits[-1] if self.waits else None
        return last if last is not None and last.ended_at is None else None
