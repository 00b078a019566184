"""Who was ignored, for how long, and why: measured on the customer's clock (the wall clock), never in office hours.

An enquiry is neglected when one of its waits reached the brand's default bar of its kind of channel: strictly under is
in time (N3).
Figures are recomputed from the waits each time, so they always agree with the log.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from waada.core.bars import Bar, default_bar, reached
from waada.core.hours import Hours
from waada.core.people import Brand

Cause = Literal["in_time", "closed", "nobody_on_duty", "busy"]
By = Literal["channel", "hour", "language", "cause"]


class Waited(Protocol):
    """One wait of an enquiry; `ended_at` None: it goes on."""

    @property
    def enquiry_id(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def channel_kind(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """How many people were on duty from an instant on."""

    since: datetime
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Neglect of some enquiries. `neglect_seconds` adds up the whole waits that reached the bar."""

    key: str
    enquiries: int
    neglected: int
    neglect_rate: float
    neglect_seconds: float
    median_wait_seconds: float | None
    p90_wait_seconds: float | None


@dataclass(frozen=True, slots=True)
class _Enquiry:
    first: Waited
    waits: tuple[float, ...]
    neglect_seconds: float
    cause: Cause


def neglect(
    waits: Iterable[Waited], by: By, brand: Brand, duty: Sequence[Duty], now: datetime
) -> tuple[Figures, tuple[Figures, ...]]:
    """Return the figures of all enquiries together (key "all"), and of each group, by its key."""
    of_enquiry: dict[str, list[Waited]] = {}
    for wait in waits:
        of_enquiry.setdefault(wait.enquiry_id, []).append(wait)
    bars: dict[str, Bar] = {}
    for kind in dict.fromkeys(each[0].channel_kind for each in of_enquiry.values()):
        bars[kind] = default_bar(brand.bars, kind)
    enquiries = [_enquiry(each, bars[each[0].channel_kind], brand, duty, now) for each in of_enquiry.values()]
    key = _key(by, ZoneInfo(brand.zone))
    groups: dict[str, list[_Enquiry]] = {}
    for enquiry in enquiries:
        groups.setdefault(key(enquiry), []).append(enquiry)
    return _figures("all", enquiries), tuple(_figures(each, groups[each]) for each in sorted(groups))


def seconds_waited(wait: Waited, now: datetime) -> float:
    """Return the length of a wait on the wall clock; one that goes on is counted up to now."""
    return max(0.0, ((wait.ended_at or now) - wait.started_at).total_seconds())


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least `share` of all do not exceed (nearest rank); None of nothing."""
    if not ordered:
        return None
    return ordered[max(0, -int(-len(ordered) * share // 1) - 1)]


def _enquiry(waits: list[Waited], bar: Bar, brand: Brand, duty: Sequence[Duty], now: datetime) -> _Enquiry:
    waits.sort(key=lambda each: each.started_at)
    lengths = tuple(seconds_waited(each, now) for each in waits)
    late = [(wait, length) for wait, length in zip(waits, lengths, strict=True) if reached(bar, length)]
    cause: Cause = _cause(late[0][0], bar, brand, duty) if late else "in_time"
    return _Enquiry(waits[0], lengths, sum(length for _, length in late), cause)


def _cause(wait: Waited, bar: Bar, brand: Brand, duty: Sequence[Duty]) -> Cause:
    """Return what was the matter when the bar passed: closed, nobody on duty, or too much to do."""
    at = wait.started_at + timedelta(seconds=bar.seconds)
    if not _hours(brand, wait.channel).is_open(at):
        return "closed"
    index = bisect_right(duty, at, key=lambda each: each.since)
    return "busy" if index and duty[index - 1].people else "nobody_on_duty"


def _hours(brand: Brand, key: str) -> Hours:
    channel = brand.channel(key)
    return brand.hours if channel is None else brand.hours_of(channel)


def _key(by: By, zone: ZoneInfo) -> Callable[[_Enquiry], str]:
    match by:
        case "channel":
            return lambda enquiry: enquiry.first.channel
        case "language":
            return lambda enquiry: enquiry.first.language
        case "hour":
            return lambda enquiry: f"{enquiry.first.started_at.astimezone(zone).hour:02d}"
        case "cause":
            return lambda enquiry: enquiry.cause


def _figures(key: str, enquiries: Sequence[_Enquiry]) -> Figures:
    lengths = sorted(length for enquiry in enquiries for length in enquiry.waits)
    neglected = sum(1 for enquiry in enquiries if enquiry.cause != "in_time")
    return Figures(
        key=key,
        enquiries=len(enquiries),
        neglected=neglected,
        neglect_rate=neglected / len(enquiries) if enquiries else 0.0,
        neglect_seconds=sum(enquiry.neglect_seconds for enquiry in enquiries),
        median_wait_seconds=percentile(lengths, 0.5),
        p90_wait_seconds=percentile(lengths, 0.9),
    )
