"""Bars: outside standards for how soon somebody answers (X7), each with what exactly its source says, and since when.

A library comes with the house; a brand may write over an entry, add its own, and go back. On each kind of channel one
bar is the default: neglect and the finder of missing promises are measured against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from waada.core.policies import SECONDS_MAX
from waada.core.refusals import Invalid, require

BarKind = Literal["chat", "mail", "api", "phone"]
BAR_KINDS: tuple[BarKind, ...] = ("chat", "mail", "api", "phone")

BARS_MAX = 100  # of a brand's own: far more than anybody compares themselves with
TEXT_LENGTH_MAX = 1_000
_KEY = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")
_PERCENT_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Within how many seconds a word is expected. `strict`: at the very second it is late ("under 15 minutes").

    `percent` is the share of enquiries the source asks for, None where it speaks of every one. `cited` says what the
    source states, and where we are not sure of it. `default`: neglect on this kind of channel is measured against it.
    """

    key: str
    channel_kind: BarKind
    seconds: int
    strict: bool = True
    percent: int | None = None
    source: str
    year: int | None = None
    cited: str = ""
    default: bool = False


_LEADERS = (
    "Answered in under {time}, as this project states it for the brands that set what everybody expects; "
    "no study is cited."
)
LIBRARY: tuple[Bar, ...] = (
    Bar(
        key="leaders-mail",
        channel_kind="mail",
        seconds=15 * 60,
        source="Market leaders",
        cited=_LEADERS.format(time="15 minutes"),
        default=True,
    ),
    Bar(
        key="leaders-chat",
        channel_kind="chat",
        seconds=30,
        source="Market leaders",
        cited=_LEADERS.format(time="30 seconds"),
        default=True,
    ),
    Bar(
        key="leaders-api",
        channel_kind="api",
        seconds=15 * 60,
        source="Market leaders",
        cited="What a program passes on is measured as e-mail is; this project's own choice.",
        default=True,
    ),
    Bar(
        key="spain-phone",
        channel_kind="phone",
        seconds=180,
        percent=95,
        source="Spain, Ley 10/2025, de 26 de diciembre, on customer services, article 8",
        year=2025,
        cited="95 % of calls received are attended, on average, in less than three minutes; businesses in scope have "
        "until 28 December 2026 to comply. Read in summaries, not in the gazette.",
        default=True,
    ),
    Bar(
        key="india-phone",
        channel_kind="phone",
        seconds=90,
        strict=False,
        percent=95,
        source="India, TRAI, Standards of Quality of Service Regulations, 2009, as amended",
        year=2009,
        cited="95 % of calls to customer care answered by the operators (voice to voice) within ninety seconds, as "
        "the regulator's reports quote it. The year is that of the regulations; amendments changed the figure.",
    ),
)
_LIBRARY = {bar.key: bar for bar in LIBRARY}
# A kind of channel that has no bar of its own is measured as mail is.
_FALLBACK = _LIBRARY["leaders-mail"]


def in_library(key: str) -> bool:
    """Return whether the house brings a bar of that key."""
    return key in _LIBRARY


def bars_of(own: Iterable[Bar]) -> tuple[Bar, ...]:
    """Return the library with a brand's own bars over it: by kind, the tightest first; one default of each kind."""
    mine = {bar.key: bar for bar in own}
    settled = {bar.channel_kind for bar in mine.values() if bar.default}
    rest = (
        replace(bar, default=bar.default and bar.channel_kind not in settled) for bar in LIBRARY if bar.key not in mine
    )
    return tuple(
        sorted((*mine.values(), *rest), key=lambda bar: (BAR_KINDS.index(bar.channel_kind), bar.seconds, bar.key))
    )


def default_bar(own: Iterable[Bar], channel_kind: str) -> Bar:
    """Return what a wait on such a channel is measured against.

    Where a brand wrote over the default and took the mark away, it is the tightest bar of that kind.
    """
    mine = [bar for bar in bars_of(own) if bar.channel_kind == channel_kind]
    return next((bar for bar in mine if bar.default), mine[0] if mine else _FALLBACK)


def reached(bar: Bar, seconds: float) -> bool:
    """Return whether a wait of that length is late: at a strict bar from the very second on (15:00.0 is late)."""
    return seconds >= bar.seconds if bar.strict else seconds > bar.seconds


def with_bar(own: tuple[Bar, ...], bar: Bar) -> tuple[Bar, ...]:
    """Return a brand's bars with one set. A new default takes the mark from the others of its kind."""
    others = tuple(each for each in own if each.key != bar.key)
    if bar.default:
        others = tuple(
            replace(each, default=False) if each.channel_kind == bar.channel_kind else each for each in others
        )
    return (*others, bar)


def check(bar: Bar) -> None:
    """Refuse a bar that can't be meant, with words that say what to do."""
    require(
        _KEY.match(bar.key), Invalid(field="key", problem="use small letters, digits and hyphens, like 'our-mail'.")
    )
    require(
        bar.channel_kind in BAR_KINDS,
        Invalid(field="channel_kind", problem=f"must be one of: {', '.join(BAR_KINDS)}."),
    )
    require(1 <= bar.seconds <= SECONDS_MAX, Invalid(field="seconds", problem="choose between one second and 30 days."))
    require(
        bar.percent is None or 1 <= bar.percent <= _PERCENT_MAX,
        Invalid(field="percent", problem="choose between 1 and 100 per cent, or leave it out."),
    )
    require(bar.source.strip(), Invalid(field="source", problem="say where this bar comes from."))
    for name, text in (("source", bar.source), ("cited", bar.cited)):
        require(
            len(text) <= TEXT_LENGTH_MAX,
            Invalid(field=name, problem=f"keep it under {TEXT_LENGTH_MAX:,} characters."),
        )
