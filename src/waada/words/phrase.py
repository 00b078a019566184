"""The words that the core needs while it decides: a promise, and the short texts that tell a customer about one.

Pure, as `core.desk.Phrase` asks: the same arguments always give the same text, in the language of the customer.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Final, assert_never

from waada.core.events import Told
from waada.core.policies import Instead, PromiseKind, Wording
from waada.core.promises import Promise
from waada.words.catalogues import say
from waada.words.promises import promise_words

# The reasons that the desk gives by itself or offers to choose from; any other reason is a person's own words.
REASONS: Final = (
    "busy",
    "more_before_you",
    "short_handed",
    "person_away",
    "need_more_time",
    "outage_on_our_side",
    "closed_now",
    "overdue",
    "sooner",
)
_SENTENCE_ENDS: Final = (".", "!", "?", "…", "।", "؟")


class CataloguePhrase:
    """Says it from the catalogues."""

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
        """Return "within 15 minutes, by 14:20 Almaty time", or as the wording has it."""
        return promise_words(
            kind=kind, due_at=due_at, now=now, language=language, zone=zone, wording=wording, begins_at=begins_at
        ).full

    def told(self, why: Told, language: str, words: str, reason: str | None) -> str:
        """Return the text that tells a promise or an end. What moved is told by `moved`, which names the old time."""
        return _told(why, language, words, reason)

    def moved(self, why: Told, old: Promise, new: Promise, now: datetime, zone: str) -> str:
        """Return the text that names the time we promised before, and the new one.

        A later one comes with an apology and why we can't keep the old. An earlier one needs no excuse: only what a
        person says in their own words is told with it.
        """
        language, reason = new.language, new.reason
        due = promise_words(
            kind="next_answer", due_at=old.due_at, now=now, language=language, zone=zone, made_at=old.made_at
        ).absolute
        key = "renegotiate.message_overdue" if why == "overdue" else "renegotiate.message"
        if new.due_at < old.due_at and why != "overdue":
            key, reason = "renegotiate.message_sooner", None if reason in REASONS else reason
        sentence = say("promise.sentence", language, promise=new.words)
        return say(key, language, old=due, reason=reason_words(reason, language), promise=sentence).replace("  ", " ")

    def instead(self, instead: Instead, language: str, *, reachable: bool) -> str:
        """Return what is offered because this way takes long: an answer by mail, or a call, by the same time."""
        return instead_words(instead, language, reachable=reachable)


def instead_words(instead: Instead, language: str, *, reachable: bool) -> str:
    """Return what is offered in place of waiting here; who has left us no address or number is asked for it."""
    return say(f"promise.instead_{instead}_{'known' if reachable else 'ask'}", language)


@lru_cache(maxsize=8192)
def _told(why: Told, language: str, words: str, reason: str | None) -> str:
    match why:
        case "acknowledged":
            return say("promise.sentence_first_answer", language, promise=words)
        case "follow_up":
            return say(
                "follow_up.message", language, promise=say("promise.sentence_follow_up", language, promise=words)
            )
        case "renegotiated" | "overdue":
            sentence = say("promise.sentence", language, promise=words)
            return " ".join(part for part in (reason_words(reason, language), sentence) if part)
        case "released":
            return say("release.message", language)
        case "closed":
            return say("closed.message", language)
        case _:
            assert_never(why)


@lru_cache(maxsize=1024)
def reason_words(reason: str | None, language: str) -> str:
    """Return a reason as a sentence: one of ours from the catalogue, a person's own words as they stand."""
    if reason is None or not reason.strip():
        return ""
    if reason in REASONS:
        return say(f"renegotiate.reason_{reason}", language)
    own = " ".join(reason.split())
    return own if own.endswith(_SENTENCE_ENDS) else f"{own}."


__all__ = ["REASONS", "CataloguePhrase", "instead_words", "reason_words"]
