"""Which language a mail is written in, as far as one can be sure; else None, and the caller has a better guess.

The detector judges among all languages it knows: romanised Hindi, Kazakh or Arabic looks like no language at all to it,
and a language that the brand doesn't speak is not taken for the next best one that it does.
"""

from __future__ import annotations

import asyncio
import re
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

# The probability, among all languages, from which a guess counts; and that among the languages of the brand alone.
SURE = 0.5
# Where the mail says another language itself, its words must speak more clearly against it.
SURE_AGAINST_DECLARED = 0.9
SURE_AMONG_OWN = 0.95
# Under this many letters ("Hi", "Order #8841") nothing can be told.
LETTERS_MIN = 6
_CHARACTERS_LOOKED_AT = 2_000
_LOADING = threading.Lock()
# The detector tells some dialects apart that people write one language in.
_WRITTEN_AS = {"ary": "ar", "arz": "ar", "nn": "no"}
_NOT_LANGUAGE = re.compile(r"https?://\S+|\S+@\S+|[\d_#]+")


async def detect(text: str, languages: Iterable[str], sure: float = SURE) -> str | None:
    """Return the language of a text if it is surely one of `languages` (tags such as "kk" or "kk-KZ"), else None."""
    words = _NOT_LANGUAGE.sub(" ", text[:_CHARACTERS_LOOKED_AT])
    if sum(each.isalpha() for each in words) < LETTERS_MIN:
        return None
    return await asyncio.to_thread(_detect, words, tuple(languages), sure)


def declared(header: str | None, languages: Iterable[str]) -> str | None:
    """Return the one of `languages` that a Content-Language header names, or None."""
    if not header:
        return None
    wanted = header.replace("_", "-").split("-")[0].strip().lower()
    return next((each for each in languages if _base(each) == wanted), None)


def warm_up() -> None:
    """Load the detector, which takes most of a second; call it in a thread."""
    _identifier()


def _detect(text: str, languages: tuple[str, ...], sure: float) -> str | None:
    own = {_base(each): each for each in reversed(languages)}
    ranked = [(_WRITTEN_AS.get(name, name), float(chance)) for name, chance in _identifier().rank(text)]
    best, chance = ranked[0]
    among_own = sum(each for name, each in ranked if name in own)
    if best not in own or chance < sure:
        return None
    best_chance = sum(each for name, each in ranked if name == best)
    return own[best] if best_chance >= SURE_AMONG_OWN * among_own else None


@cache
def _loaded() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _identifier() -> Any:
    with _LOADING:
        return _loaded()


def _base(tag: str) -> str:
    return tag.replace("_", "-").split("-")[0].lower()
