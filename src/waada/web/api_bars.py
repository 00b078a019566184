"""Standards: bars and what is measured against them, where a promise is missing, and packs of rules on any period."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any, cast

from msgspec import Meta

from waada import rulebooks
from waada.core import commands as c
from waada.core.bars import TEXT_LENGTH_MAX, Bar, BarKind, bars_of, in_library
from waada.core.missing import Missing, missing
from waada.core.people import Brand
from waada.core.policies import SECONDS_MAX
from waada.core.rules import Measure, Pack, Period, Rule, Verdict, Why, evaluate
from waada.web import shapes as s
from waada.web.api_conversations import in_utc
from waada.web.endpoints import Call, Endpoint
from waada.web.problems import Problem

# Four whole weeks, so that every hour of the week is in it as often as any other.
PERIOD_DAYS = 28
PERIOD_DAYS_MAX = 366
Words = Annotated[str, Meta(max_length=TEXT_LENGTH_MAX)]


class BarRequest(s.Struct):
    """A bar of one's own, or one of the library written over. `default`: neglect is measured against it."""

    channel_kind: BarKind
    seconds: Annotated[int, Meta(ge=1, le=SECONDS_MAX)]
    source: Annotated[str, Meta(min_length=1, max_length=TEXT_LENGTH_MAX)]
    strict: bool = True
    percent: Annotated[int, Meta(ge=1, le=100)] | None = None
    year: Annotated[int, Meta(ge=1800, le=2200)] | None = None
    cited: Words = ""
    default: bool = False


class BarView(s.Struct):
    """A bar. `own`: the brand set it itself; `library`: the house brings one of this key, which dropping puts back."""

    bar: Bar
    own: bool
    library: bool


class BarsAnswer(s.Struct):
    """Every bar, by kind of channel, the tightest first."""

    items: tuple[BarView, ...]


class BarAnswer(s.Struct):
    """A bar as it is now."""

    bar: Bar


class PeriodQuery(s.Struct, rename={"start": "from", "end": "to"}):
    """Waits that began from an instant and before another; the last four weeks if not said."""

    start: s.Instant | None = None
    end: s.Instant | None = None


class MissingAnswer(s.Struct, rename={"start": "from", "end": "to"}):
    """Channels that miss a promise in some hours of the week, the most neglected first; hours are those of `zone`."""

    start: datetime
    end: datetime
    zone: str
    items: tuple[Missing, ...]


class RuleView(s.Struct):
    """What a rule asks for, and by which definition it is counted."""

    id: str
    words: str
    measure: Measure
    definition: str
    channel_kinds: tuple[str, ...]
    seconds: int | None
    strict: bool
    share: float | None
    language: str | None
    against: str | None
    least: int


class PackView(s.Struct):
    """A pack of rules. `own`: it lies in the installation's own folder."""

    id: str
    title: str
    jurisdiction: str
    source: str
    year: int | None
    caution: str
    own: bool
    rules: tuple[RuleView, ...]


class RefusedView(s.Struct):
    """A file that is no rule pack, and what to write instead."""

    file: str
    problem: str


class PacksAnswer(s.Struct):
    """Every pack that stands, and the files that are left out."""

    items: tuple[PackView, ...]
    refused: tuple[RefusedView, ...]


class VerdictView(s.Struct, rename={"passed": "pass"}):
    """What a rule comes to. `pass` null: it can't be told; `why` says what stands in the way.

    `interval` is the 95 % one of the share, or for parity of the ratio of the two medians.
    """

    rule: RuleView
    passed: bool | None
    why: Why
    definition: str
    numerator: int
    denominator: int
    undecided: int
    share: float | None
    ratio: float | None
    interval: tuple[float | None, float | None] | None
    medians: tuple[float, float] | None
    measured_on: tuple[str, ...]
    stand_in: bool


class VerdictsAnswer(s.Struct, rename={"start": "from", "end": "to"}):
    """A pack on a period."""

    start: datetime
    end: datetime
    pack: PackView
    verdicts: tuple[VerdictView, ...]


async def bars(call: Call[None]) -> BarsAnswer:
    """The library with the brand's own bars over it."""
    own = (await call.brand()).bars
    mine = {bar.key for bar in own}
    return BarsAnswer(
        items=tuple(BarView(bar=bar, own=bar.key in mine, library=in_library(bar.key)) for bar in bars_of(own))
    )


async def set_bar(call: Call[BarRequest]) -> BarAnswer:
    """Add a bar, or write over one."""
    asked, key = call.asked, call.path["bar"]
    bar = Bar(
        key=key,
        channel_kind=asked.channel_kind,
        seconds=asked.seconds,
        strict=asked.strict,
        percent=asked.percent,
        source=asked.source,
        year=asked.year,
        cited=asked.cited,
        default=asked.default,
    )
    brand = cast("Brand", (await call.handle(call.brand_id, c.SetBar(bar=bar))).state)
    return BarAnswer(bar=next(each for each in brand.bars if each.key == key))


async def drop_bar(call: Call[None]) -> None:
    """Take back a bar of the brand's own."""
    await call.handle(call.brand_id, c.DropBar(key=call.path["bar"]))


async def missing_promises(call: Call[PeriodQuery]) -> MissingAnswer:
    """Where customers get no promise, or one worse than the default bar."""
    brand, (start, end) = await call.brand(), _period(call)
    waits = await call.parts.store.waits(brand.id, start, end)
    found = await asyncio.to_thread(missing, brand, waits, call.now)
    return MissingAnswer(start=start, end=end, zone=brand.zone, items=found)


async def packs(call: Call[None]) -> PacksAnswer:
    """The rule packs of the house, and those in the installation's own folder."""
    books = await _books(call)
    return PacksAnswer(
        items=tuple(_pack_view(each, books) for each in books.packs),
        refused=tuple(RefusedView(file=each.file, problem=each.problem) for each in books.refused),
    )


async def verdicts(call: Call[PeriodQuery]) -> VerdictsAnswer:
    """Whether a period kept the rules of a pack."""
    books = await _books(call)
    pack = books.pack(call.path["pack"])
    if pack is None:
        raise Problem(404, "There is no such rule pack here. Look at the list of them.")
    brand, (start, end) = await call.brand(), _period(call)
    store = call.parts.store
    period = Period(
        waits=await store.rule_waits(brand.id, start, end, answers=_asks_who_answered(pack)),
        asked=await store.rule_asks(brand.id, start, end),
        spoken={person.id: person.languages for person in brand.people},
        now=call.now,
    )
    found = await asyncio.to_thread(evaluate, pack, period)
    return VerdictsAnswer(
        start=start, end=end, pack=_pack_view(pack, books), verdicts=tuple(_verdict_view(each) for each in found)
    )


def _asks_who_answered(pack: Pack) -> bool:
    return any(rule.measure == "language" for rule in pack.rules)


async def _books(call: Call[Any]) -> rulebooks.Rulebooks:
    """Read the packs anew each time: a file that was put there or corrected counts at once."""
    return await asyncio.to_thread(rulebooks.read, call.parts.settings.home)


def _period(call: Call[PeriodQuery]) -> tuple[datetime, datetime]:
    end = in_utc(call.asked.end, "to") if call.asked.end is not None else call.now
    try:
        start = end - timedelta(days=PERIOD_DAYS) if call.asked.start is None else in_utc(call.asked.start, "from")
    except OverflowError as error:
        raise Problem(422, "This instant is beyond the calendar.", field="to") from error
    if start >= end:
        raise Problem(422, "'from' must come before 'to'.", field="from")
    if end - start > timedelta(days=PERIOD_DAYS_MAX):
        raise Problem(422, f"Ask for at most {PERIOD_DAYS_MAX} days at once.", field="from")
    return start, end


def _pack_view(pack: Pack, books: rulebooks.Rulebooks) -> PackView:
    return PackView(
        id=pack.id,
        title=pack.title,
        jurisdiction=pack.jurisdiction,
        source=pack.source,
        year=pack.year,
        caution=pack.caution,
        own=pack.id in books.own,
        rules=tuple(_rule_view(each) for each in pack.rules),
    )


def _rule_view(rule: Rule) -> RuleView:
    return RuleView(
        id=rule.id,
        words=rule.words,
        measure=rule.measure,
        definition=rule.definition,
        channel_kinds=rule.channel_kinds,
        seconds=rule.seconds,
        strict=rule.strict,
        share=float(rule.share) if rule.share is not None else None,
        language=rule.language,
        against=rule.against,
        least=rule.least,
    )


def _verdict_view(found: Verdict) -> VerdictView:
    nothing = found.share is None and found.ratio is None
    return VerdictView(
        rule=_rule_view(found.rule),
        passed=found.passed,
        why=found.why,
        definition=found.rule.definition,
        numerator=found.numerator,
        denominator=found.denominator,
        undecided=found.undecided,
        share=found.share,
        ratio=found.ratio,
        interval=None if nothing else (found.low, found.high),
        medians=found.medians,
        measured_on=found.measured_on,
        stand_in=found.stand_in,
    )


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    bar = "/api/v1/bars/{bar}"
    return (
        _get("/api/v1/bars", "Read the bars", bars, BarsAnswer),
        Endpoint(
            method="PUT",
            path=bar,
            summary="Set a bar",
            handler=set_bar,
            who="lead",
            statuses=(409,),
            body=BarRequest,
            answer=BarAnswer,
        ),
        Endpoint(
            method="DELETE", path=bar, summary="Drop a bar of one's own", handler=drop_bar, who="lead", status=204
        ),
        _get("/api/v1/promises/missing", "Find missing promises", missing_promises, MissingAnswer, PeriodQuery),
        _get("/api/v1/rules", "Read the rule packs", packs, PacksAnswer),
        _get("/api/v1/rules/{pack}", "Judge a period by a rule pack", verdicts, VerdictsAnswer, PeriodQuery),
    )


def _get(path: str, summary: str, handler: Any, answer: Any, query: Any = None) -> Endpoint:
    return Endpoint(method="GET", path=path, summary=summary, handler=handler, who="lead", query=query, answer=answer)
