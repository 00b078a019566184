"""How often our word was kept: the report for leads, the promises behind each of its figures, the record for customers.

A promise is looked at once it fell due. The list chooses with the very functions that the report counts with, so that a
figure and the list behind it never differ.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta

from waada.core import keeping_report
from waada.core.ids import PromiseId
from waada.core.keeping import (
    RECORD_DAYS,
    Chosen,
    Promised,
    Status,
    Telling,
    Verdict,
    is_chosen,
    telling,
    verdict,
)
from waada.core.summary import Row
from waada.web import shapes as s
from waada.web.api_conversations import in_utc
from waada.web.endpoints import Call, Endpoint
from waada.web.problems import Problem

REPORT_DAYS = 30
REPORT_DAYS_MAX = 366
# The list looks back in steps that double, from a day on: a busy brand's first page costs a day, a rare one's not a
# query for each day of a year.
_FIRST_STEP = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)

Chance = Annotated[float, Meta(ge=0, le=1)]


class ReportQuery(s.Struct, rename={"start": "from", "end": "to"}):
    """Promises that fell due from an instant and before another; the last thirty days if not said."""

    start: s.Instant | None = None
    end: s.Instant | None = None
    channel: s.Slug | None = None
    language: s.Language | None = None


class ReportAnswer(s.Struct, rename={"start": "from", "end": "to"}):
    """The figures, each with its 95 % interval; hours and days are those of `zone`."""

    start: datetime
    end: datetime
    zone: str
    channel: str | None
    language: str | None
    report: keeping_report.Report


class PromisesQuery(s.Struct, rename={"start": "from", "end": "to"}):
    """Which promises: `hour`, `weekday` (Monday 0) and `day` are those, on the brand's clock, in which they were made.

    `status` is kept, missed or released; or, of those missed, caught, late or silent; or needless.
    """

    start: s.Instant | None = None
    end: s.Instant | None = None
    status: Status | None = None
    channel: s.Slug | None = None
    language: s.Language | None = None
    hour: Annotated[int, Meta(ge=0, le=23)] | None = None
    weekday: Annotated[int, Meta(ge=0, le=6)] | None = None
    day: date | None = None
    chance_from: Chance | None = None
    chance_to: Chance | None = None
    cursor: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class PromisedView(s.Struct):
    """The first promise of a wait, and what became of it. `conversation` is its row as it stands now."""

    promise_id: str
    conversation_id: str
    conversation: Row | None
    channel: str
    language: str
    kind: str
    made_at: datetime
    due_at: datetime
    chance: float | None
    basis: str
    status: Verdict
    telling: Telling
    told_at: datetime | None
    ended_at: datetime | None
    revisions: int


class PromisesAnswer(s.Struct):
    """Promises, the latest due first; `cursor` asks for the next, null at the end."""

    items: tuple[PromisedView, ...]
    cursor: str | None = None


class ChannelRecord(s.Struct):
    """A channel's record. `percent` is rounded down, and null below twenty promises."""

    channel: str
    kept: int
    scored: int
    percent: int | None


class RecordAnswer(s.Struct):
    """What customers are shown: promises that fell due in the last `days` days, by channel."""

    days: int
    channels: tuple[ChannelRecord, ...]


async def report(call: Call[ReportQuery]) -> ReportAnswer:
    """How often our word was kept."""
    asked, brand = call.asked, await call.brand()
    start, end = _period(call, asked.start, asked.end)
    zone = ZoneInfo(brand.zone)
    chosen = Chosen(channel=asked.channel, language=asked.language)
    promises = await call.parts.store.promised(brand.id, start, end)
    # A quarter of a busy desk's promises are a second's work: nobody else waits for it.
    figures = await asyncio.to_thread(
        lambda: keeping_report.report((each for each in promises if is_chosen(each, chosen, zone)), zone, call.now)
    )
    return ReportAnswer(
        start=start, end=end, zone=brand.zone, channel=asked.channel, language=asked.language, report=figures
    )


async def promises(call: Call[PromisesQuery]) -> PromisesAnswer:
    """The promises, and the conversations, behind a figure."""
    asked, brand = call.asked, await call.brand()
    start, end = _period(call, asked.start, asked.end)
    chosen = Chosen(
        status=asked.status,
        channel=asked.channel,
        language=asked.language,
        hour=asked.hour,
        weekday=asked.weekday,
        day=asked.day,
        chance_from=asked.chance_from,
        chance_to=asked.chance_to,
    )
    found = await _look_back(call, chosen, ZoneInfo(brand.zone), start, end)
    shown = found[: asked.limit]
    rows = await call.parts.store.rows_of(brand.id, [each.conversation_id for each in shown])
    row_of = {row.id: row for row in rows}
    return PromisesAnswer(
        items=tuple(_view(each, row_of.get(each.conversation_id)) for each in shown),
        cursor=_cursor_of(shown[-1]) if len(found) > asked.limit else None,
    )


async def record(call: Call[None]) -> RecordAnswer:
    """What customers are shown of how promises were kept."""
    found = await call.parts.records.of(call.parts.store, call.brand_id, call.now)
    return RecordAnswer(
        days=RECORD_DAYS,
        channels=tuple(
            ChannelRecord(channel=each, kept=found[each].kept, scored=found[each].scored, percent=found[each].percent)
            for each in sorted(found)
        ),
    )


async def _look_back(
    call: Call[PromisesQuery], chosen: Chosen, zone: ZoneInfo, start: datetime, end: datetime
) -> list[Promised]:
    """Return promises from the latest due on, until there are more than asked for or the period is over."""
    after = _place(call.asked.cursor) if call.asked.cursor is not None else None
    upper, step = end if after is None or after[0] >= end else after[0] + _INSTANT, _FIRST_STEP
    found: list[Promised] = []
    while upper > start and len(found) <= call.asked.limit:
        lower = upper - step if upper - start > step else start
        some = await call.parts.store.promised(call.brand_id, lower, upper)
        found += [
            each
            for each in reversed(some)
            if is_chosen(each, chosen, zone) and (after is None or (each.due_at, each.promise_id) < after)
        ]
        upper, step = lower, step * 2
    return found


def _period(
    call: Call[ReportQuery] | Call[PromisesQuery], start: datetime | None, end: datetime | None
) -> tuple[datetime, datetime]:
    """Return the period asked for; nothing that is due later than now can be judged."""
    until = call.now if end is None else min(in_utc(end, "to"), call.now)
    try:
        since = until - timedelta(days=REPORT_DAYS) if start is None else in_utc(start, "from")
    except OverflowError as error:
        raise Problem(422, "This instant is beyond the calendar.", field="to") from error
    if since >= until:
        raise Problem(
            422, "'from' must come before 'to' and before now: a promise counts once it fell due.", field="from"
        )
    if until - since > timedelta(days=REPORT_DAYS_MAX):
        raise Problem(422, f"Ask for at most {REPORT_DAYS_MAX} days at once.", field="from")
    return since, until


def _view(promise: Promised, row: Row | None) -> PromisedView:
    return PromisedView(
        promise_id=promise.promise_id,
        conversation_id=promise.conversation_id,
        conversation=row,
        channel=promise.channel,
        language=promise.language,
        kind=promise.kind,
        made_at=promise.made_at,
        due_at=promise.due_at,
        chance=promise.chance,
        basis=promise.basis,
        status=verdict(promise),
        telling=telling(promise),
        told_at=promise.told_at,
        ended_at=promise.ended_at,
        revisions=promise.revisions,
    )


def _cursor_of(promise: Promised) -> str:
    return f"{promise.due_at.isoformat()}_{promise.promise_id}"


def _place(cursor: str) -> tuple[datetime, PromiseId]:
    at, _, promise_id = cursor.partition("_")
    try:
        due_at = in_utc(datetime.fromisoformat(at), "cursor")
    except ValueError:
        due_at = None
    if due_at is None or not promise_id:
        raise Problem(422, "This is no place in the list. Leave it out to begin at the top.", field="cursor")
    return due_at, PromiseId(promise_id)


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    return (
        Endpoint(
            method="GET",
            path="/api/v1/promises/report",
            summary="See how often our word was kept",
            handler=report,
            who="lead",
            query=ReportQuery,
            answer=ReportAnswer,
        ),
        Endpoint(
            method="GET",
            path="/api/v1/promises",
            summary="Read the promises behind a figure",
            handler=promises,
            who="lead",
            query=PromisesQuery,
            answer=PromisesAnswer,
        ),
        Endpoint(
            method="GET",
            path="/api/v1/promises/record",
            summary="See what customers are shown of it",
            handler=record,
            who="agent",
            answer=RecordAnswer,
        ),
    )
