"""Words as the search index keeps them: each with its brand in front, so that no brand's words slow down another's.

Words are found by `views.words_in`, never by the database's own parser, so that both stores find the same.
"""

from __future__ import annotations

import re

from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.ids import BrandId
from waada.ports import Commit
from waada.store.views import words_in

# A tsvector holds a megabyte, and a command must never fail because somebody wrote too much to be searched: 6,000 words
# (`append` in queries.sql takes no more after that) and those of one more command, 8 + 32 characters each, stay below.
WORD_LENGTH_MAX = 32  # longer ones are tokens of machines; their beginning is enough to find them
WORDS_MAX = 1_500  # of one command: more is a pasted log
TEXT_LENGTH_MAX = 50_000
_ID_BEGINNING = re.compile(r"^[0-9a-f]{8}[0-9a-f-]*$")


def brand_mark(brand_id: BrandId) -> str:
    """Return what stands in front of every word of a brand: random digits of its id, not the last two (always 00)."""
    return brand_id[-10:-2]


def words_of(commit: Commit) -> str | None:
    """Return the new words of a command as the text of a tsvector, or None when there are none."""
    state = commit.state
    if not isinstance(state, Conversation):
        return None
    texts: list[str] = []
    for event in commit.events:
        if isinstance(event, e.CustomerWrote | e.PersonWrote | e.BotWrote):
            texts.append(event.message.text[:TEXT_LENGTH_MAX])
        elif isinstance(event, e.NoteWritten):
            texts.append(event.text[:TEXT_LENGTH_MAX])
    if commit.customer_changed:
        customer = state.customer
        texts += [each for each in (customer.name, customer.email, state.subject) if each]
    if not texts:
        return None
    mark = brand_mark(commit.brand_id)
    found = dict.fromkeys(word[:WORD_LENGTH_MAX] for word in words_in(" ".join(texts)))
    return " ".join(f"'{mark}{word}'" for word in list(found)[:WORDS_MAX]) or None


def query_of(brand_id: BrandId, words: str) -> str | None:
    """Return the tsquery that finds conversations in which every one of the words begins some word."""
    mark = brand_mark(brand_id)
    wanted = [word[:WORD_LENGTH_MAX] for word in words_in(words)[:16]]
    return " & ".join(f"'{mark}{word}':*" for word in wanted) or None


def id_range(words: str) -> tuple[str, str] | None:
    """Return the first and the last id that begins like the text, if it looks like the beginning of one."""
    text = words.strip().casefold()
    digits = text.replace("-", "")
    if not _ID_BEGINNING.match(text) or len(digits) > 32:
        return None
    return digits.ljust(32, "0"), digits.ljust(32, "f")
