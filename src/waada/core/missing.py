"""Where a promise is missing (X6): hours of the week in which customers get none, or one worse than the default bar.

A channel is looked at hour by hour on the clock of the brand's zone, as a customer finds it who comes then: by when is
an answer promised today, and how long did those wait who came in that hour of the period? The worst comes first: the
hours in which customers waited longest beyond the bar.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from waada.core.bars import Bar, default_bar, reached
from waada.core.hours import Hours
from waada.core.neglect import Waited, percentile, seconds_waited
from waada.core.people import Brand, Channel
from waada.core.quoting import due_of

Gap = Literal["none", "slower"]
Next = Literal["set_promise", "go_live", "open_hours", "shorten"]

WEEK_HOURS = 7 * 24
_DAY_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """An hour of the week (Monday is 0) in which a promise is missing on a channel, with whom it met in the period.

    `promised_seconds` is how long somebody who comes at the beginning of the hour is asked to wait, on the wall clock;
    None where nothing is promised. `late` of the `enquiries` were not answered within the bar; `beyond_seconds` adds up
    what they waited longer, and is the hour's score.
    """

    weekday: int
    hour: int
    gap: Gap
    promised_seconds: int | None
    enquiries: int
    late: int
    median_wait_seconds: float | None
    beyond_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What is missing on a channel. `next` is the one thing to do about it; the figures are those of its `hours`."""

    channel: str
    channel_kind: str
    name: str
    live: bool
    bar: Bar
    next: Next
    enquiries: int
    late: int
    beyond_seconds: float
    hours: tuple[Hour, ...]


def missing(brand: Brand, waits: Iterable[Waited], now: datetime) -> tuple[Missing, ...]:
    """Return the channels that miss a promise, live ones and those that customers used, the most neglected first."""
    zone = ZoneInfo(brand.zone)
    met: dict[str, dict[int, list[float]]] = {}
    kinds: dict[str, str] = {}
    for wait in waits:
        if wait.kind == "first_answer":
            local = wait.started_at.astimezone(zone)
            hours = met.setdefault(wait.channel, {})
            hours.setdefault(local.weekday() * _DAY_HOURS + local.hour, []).append(seconds_waited(wait, now))
            kinds[wait.channel] = wait.channel_kind
    known = {channel.key: channel for channel in brand.channels}
    keys = sorted(key for key in {**known, **met} if key in met or known[key].live)
    found = (_of_channel(brand, known.get(key), key, kinds, met.get(key, {}), now) for key in keys)
    return tuple(sorted((each for each in found if each.hours), key=lambda each: (-each.beyond_seconds, each.channel)))


def _of_channel(
    brand: Brand, channel: Channel | None, key: str, kinds: dict[str, str], met: dict[int, list[float]], now: datetime
) -> Missing:
    kind = channel.kind if channel is not None else kinds[key]
    bar = default_bar(brand.bars, kind)
    open_hours = _plain(brand.hours if channel is None else brand.hours_of(channel))
    hours: list[Hour] = []
    for place, arrival in enumerate(_typical_week(now, ZoneInfo(brand.zone))):
        promised = _promised_seconds(channel, open_hours, arrival)
        # A promise of exactly the bar is as good as the bar: it is kept before it is due.
        if promised is None or promised > bar.seconds:
            hours.append(_hour(place, promised, bar, met.get(place, [])))
    return Missing(
        channel=key,
        channel_kind=kind,
        name=channel.name if channel is not None else key,
        live=channel is not None and channel.live,
        bar=bar,
        next=_next(brand, channel, hours, bar),
        enquiries=sum(each.enquiries for each in hours),
        late=sum(each.late for each in hours),
        beyond_seconds=sum(each.beyond_seconds for each in hours),
        hours=tuple(hours),
    )


def _hour(place: int, promised: int | None, bar: Bar, waited: Sequence[float]) -> Hour:
    late = [each for each in waited if reached(bar, each)]
    return Hour(
        weekday=place // _DAY_HOURS,
        hour=place % _DAY_HOURS,
        gap="none" if promised is None else "slower",
        promised_seconds=promised,
        enquiries=len(waited),
        late=len(late),
        median_wait_seconds=percentile(sorted(waited), 0.5),
        beyond_seconds=sum(each - bar.seconds for each in late),
    )


def _typical_week(now: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the beginnings of the hours of the coming week on the local clock, Monday first."""
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(1, 8)]
    days.sort(key=lambda day: day.weekday())
    return tuple(
        datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)
        for day in days
        for hour in range(_DAY_HOURS)
    )


def _plain(hours: Hours) -> Hours:
    """Return the week as it usually is: a holiday of the coming week is no missing promise."""
    return hours if hours.always_open else Hours(zone=hours.zone, week=hours.week)


def _promised_seconds(channel: Channel | None, hours: Hours, arrival: datetime) -> int | None:
    """Return what the policy of today asks somebody to wait who comes at an instant; None where it says nothing."""
    if channel is None or channel.policy is None or not channel.live:
        return None
    _, due_at = due_of(channel.policy, "first_answer", hours, arrival)
    return round((due_at - arrival).total_seconds())


def _next(brand: Brand, channel: Channel | None, hours: Sequence[Hour], bar: Bar) -> Next:
    """Return the one thing to do: promise something, go live, promise less time, or have people there."""
    if channel is None or channel.policy is None:
        return "set_promise"
    if not channel.live:
        return "go_live"
    if channel.policy.first_answer_seconds > bar.seconds:
        return "shorten"
    closed = channel.policy.clock == "opening" and not brand.hours_of(channel).always_open
    return "open_hours" if closed and hours else "shorten"
