"""Looking over it all: search, the wall, neglect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta

from waada.core import events as e
from waada.core import neglect as measures
from waada.core.bars import default_bar
from waada.core.ids import PersonId
from waada.core.people import Brand
from waada.core.summary import Row
from waada.web import shapes as s
from waada.web.api_conversations import in_utc
from waada.web.endpoints import Call, Endpoint
from waada.web.parts import WebStore
from waada.web.problems import Problem

NEGLECT_DAYS = 7
NEGLECT_DAYS_MAX = 366


class SearchQuery(s.Struct):
    """People, words, ids."""

    q: Annotated[str, Meta(max_length=500)] = ""


class OpenBySlack(s.Struct):
    """Open promises by the time left."""

    overdue: int
    under_5_min: int
    under_1_h: int
    under_1_day: int
    later: int


class WallAnswer(s.Struct):
    """How today goes; today is the brand's."""

    kept_today: int
    broken_today: int
    renegotiated_today: int
    released_today: int
    made_today: int
    open: int
    open_by_slack: OpenBySlack
    letters: int
    waiting_longest: tuple[Row, ...]


class NeglectQuery(s.Struct, rename={"start": "from", "end": "to"}):
    """Waits that began from an instant and before another; the last seven days if not said."""

    start: s.Instant | None = None
    end: s.Instant | None = None
    by: measures.By = "channel"


class NeglectAnswer(s.Struct, rename={"start": "from", "end": "to"}):
    """Neglect, all together and by group. `bars` are the seconds within which each kind of channel must answer."""

    start: datetime
    end: datetime
    by: measures.By
    bars: dict[str, float]
    total: measures.Figures
    groups: tuple[measures.Figures, ...]


async def search(call: Call[SearchQuery]) -> s.RowsAnswer:
    """Conversations in which all the words are found."""
    return s.RowsAnswer(items=await call.parts.store.search(call.brand_id, call.asked.q))


async def wall(call: Call[None]) -> WallAnswer:
    """How today goes."""
    brand = await call.brand()
    local = call.now.astimezone(ZoneInfo(brand.zone))
    since = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    found = await call.parts.store.wall(brand.id, since=since, now=call.now)
    return WallAnswer(
        kept_today=found.kept_today,
        broken_today=found.broken_today,
        renegotiated_today=found.renegotiated_today,
        released_today=found.released_today,
        made_today=found.made_today,
        open=found.open,
        open_by_slack=OpenBySlack(
            overdue=found.overdue,
            under_5_min=found.under_5_min,
            under_1_h=found.under_1_h,
            under_1_day=found.under_1_day,
            later=found.later,
        ),
        letters=found.letters,
        waiting_longest=found.waiting_longest,
    )


async def neglect(call: Call[NeglectQuery]) -> NeglectAnswer:
    """Who was ignored, for how long, and why."""
    asked, brand = call.asked, await call.brand()
    end = in_utc(asked.end, "to") if asked.end is not None else call.now
    start = in_utc(asked.start, "from") if asked.start is not None else _days_before(end, NEGLECT_DAYS)
    if start >= end:
        raise Problem(422, "'from' must come before 'to'.", field="from")
    if end - start > timedelta(days=NEGLECT_DAYS_MAX):
        raise Problem(422, f"Ask for at most {NEGLECT_DAYS_MAX} days at once.", field="from")
    waits = await call.parts.store.waits(brand.id, start, end)
    duty = await duty_of(call.parts.store, brand)
    total, groups = measures.neglect(waits, asked.by, brand, duty, call.now)
    bars = {kind: float(default_bar(brand.bars, kind).seconds) for kind in ("chat", "mail", "api")}
    return NeglectAnswer(start=start, end=end, by=asked.by, bars=bars, total=total, groups=groups)


def _days_before(end: datetime, days: int) -> datetime:
    try:
        return end - timedelta(days=days)
    except OverflowError as error:
        raise Problem(422, "This instant is beyond the calendar.", field="to") from error


async def duty_of(store: WebStore, brand: Brand) -> tuple[measures.Duty, ...]:
    """Return how many people were on duty since when, from the brand's own log."""
    on_duty: set[PersonId] = set()
    found: list[measures.Duty] = []
    for fact in await store.facts(brand.id, brand.id):
        before = len(on_duty)
        match fact.event:
            case e.DutySet(person_id=person, on_duty=True):
                on_duty.add(person)
            case e.DutySet(person_id=person) | e.PersonRemoved(person_id=person):
                on_duty.discard(person)
            case _:
                continue
        if len(on_duty) != before:
            found.append(measures.Duty(since=fact.at, people=len(on_duty)))
    return tuple(found)


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    return (
        Endpoint(
            method="GET",
            path="/api/v1/search",
            summary="Search people, words and ids",
            handler=search,
            who="agent",
            query=SearchQuery,
            answer=s.RowsAnswer,
        ),
        Endpoint(
            method="GET",
            path="/api/v1/wall",
            summary="See how today goes",
            handler=wall,
            who="lead",
            answer=WallAnswer,
        ),
        Endpoint(
            method="GET",
            path="/api/v1/neglect",
            summary="Measure neglect",
            handler=neglect,
            who="lead",
            query=NeglectQuery,
            answer=NeglectAnswer,
        ),
    )
