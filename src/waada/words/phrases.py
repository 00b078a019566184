"""The words that go into the record: what the core asks for when it makes a promise or tells a customer something.

The rule: the same arguments always give the same text, whatever happened before, so that a replay writes the same log.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from waada.words.catalogues import say
from waada.words.promises import promise_words

REASONS: Final = frozenset({"busy", "person_away", "need_more_time", "outage_on_our_side", "closed_now", "overdue"})
_ENDS: Final = {"released": "release.message", "closed": "closed.message"}
_TOLD: Final = frozenset({"acknowledged", "renegotiated", "overdue", "follow_up"})


class CataloguePhrase:
    """The Phrase of `core.desk`, from the catalogues."""

    def promise(self, kind: str, due_at: datetime, now: datetime, language: str, zone: str) -> str:
        """Both forms: "within 15 minutes, by 14:20 Almaty time"."""
        return promise_words(kind=kind, due_at=due_at, now=now, language=language, zone=zone).full

    def told(self, why: str, language: str, words: str, reason: str | None) -> str:
        """The short text for a promise (`words` is its full form), a new time or an end."""
        if why in _ENDS:
            return say(_ENDS[why], language)
        assert why in _TOLD, why
        if why in {"acknowledged", "follow_up"}:
            return say(f"told.{why}", language, promise=words)
        text = say(f"told.{why}", language, reason=reason_words(reason, language), promise=words)
        return text.replace("  ", " ")


def reason_words(reason: str | None, language: str) -> str:
    """The sentence for a reason of the list; what a person wrote instead stays as it is; nothing stays empty."""
    if not reason:
        return ""
    if reason in REASONS:
        return say(f"renegotiate.reason_{reason}", language)
    written = " ".join(reason.split())
    return written if written.endswith((".", "!", "?", "।", "؟")) else f"{written}."
