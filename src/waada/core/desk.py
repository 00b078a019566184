"""What a decision may look at besides the conversation itself: the brand as it is now, the words, what is foreseen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from waada.core.events import Told
from waada.core.outlook import NoOutlook, Outlook
from waada.core.people import Brand
from waada.core.policies import PromiseKind


class Phrase(Protocol):
    """Pure words: the same arguments always give the same text."""

    def promise(self, kind: PromiseKind, due_at: datetime, now: datetime, language: str, zone: str) -> str:
        """Return "within 15 minutes, by 14:20 Almaty time" in the language."""
        ...

    def told(self, why: Told, language: str, words: str, reason: str | None) -> str:
        """Return the short text that tells a customer a promise or an end."""
        ...

    def moved(
        self, why: Told, language: str, words: str, reason: str | None, old_due_at: datetime, now: datetime, zone: str
    ) -> str:
        """Return the text that names the old time, why it can't be kept, and the new promise in `words`."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """The brand, the words and what is foreseen, as one argument."""

    brand: Brand
    phrase: Phrase
    outlook: Outlook = field(default_factory=NoOutlook)
