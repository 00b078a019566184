"""What a decision may look at besides the conversation itself: the brand as it is now, the words, what is foreseen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from waada.core.events import Told
from waada.core.frozen import made_fast
from waada.core.outlook import NoOutlook, Outlook
from waada.core.people import Brand
from waada.core.policies import Instead, PromiseKind, Wording
from waada.core.promises import Promise


class Phrase(Protocol):
    """Pure words: the same arguments always give the same text."""

    def promise(
        self,
        kind: PromiseKind,
        due_at: datetime,
        now: datetime,
        language: str,
        zone: str,
        wording: Wording = "within",
        begins_at: datetime | None = None,
    ) -> str:
        """Return "within 15 minutes, by 14:20 Almaty time" in the language.

        `begins_at` is where the window begins of a promise that is said as one.
        """
        ...

    def told(self, why: Told, language: str, words: str, reason: str | None) -> str:
        """Return the short text that tells a customer a promise or an end."""
        ...

    def moved(self, why: Told, old: Promise, new: Promise, now: datetime, zone: str) -> str:
        """Return the text that names the old time, why it can't be kept if the new one is later, and the new one."""
        ...

    def instead(self, instead: Instead, language: str, *, reachable: bool) -> str:
        """Return the sentence that offers the answer another way; `reachable`: we know where to."""
        ...


_NOTHING_FORESEEN = NoOutlook()


@dataclass(frozen=True, slots=True)
class Desk:
    """The brand, the words and what is foreseen, as one argument."""

    brand: Brand
    phrase: Phrase
    outlook: Outlook = _NOTHING_FORESEEN


made_fast(Desk)
