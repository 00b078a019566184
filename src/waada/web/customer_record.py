"""The honest record of a channel in words: how many of the promises that fell due in the last thirty days were kept.

Shown to customers before they write. Percents are rounded down, and below twenty promises none is named: a channel with
fewer says that it is new.
"""

from __future__ import annotations

from waada.core.keeping import RECORD_DAYS, Record
from waada.web.customer_pages import Reader
from waada.words import number_words, percent_words


def record_words(record: Record | None, reader: Reader) -> str:
    """Return "97 % of 1,204 promises kept in the last 30 days", or that the channel is too new for that."""
    percent = record.percent if record is not None else None
    if record is None or percent is None:
        return reader.say("record.new")
    return reader.say(
        "record.kept",
        n=record.scored,
        share=percent_words(percent, reader.language),
        promises=number_words(record.scored, reader.language),
        days=RECORD_DAYS,
    )
