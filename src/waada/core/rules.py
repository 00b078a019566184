"""Rules of laws and of leaders (X9): what a pack of them asks for, and whether a period kept it.

Every verdict carries what was counted, out of how many, by which definition. Shares are compared as whole numbers, so
that 95.0 % passes and 94.9 % fails; where there is too little to tell, or nothing that could be measured, it says so
and neither passes nor fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal, assert_never

from waada.core.evidence import Figure, ratio_of_medians, share_of

Measure = Literal["share_answered_within", "parity", "person_on_request", "language"]
Leavers = Literal["missed", "left_out_early", "left_out"]
WaitsCounted = Literal["first", "all"]
Why = Literal["passed", "failed", "too_few", "nothing_to_measure", "unclear"]

# Below this many, one customer more or less would turn the verdict.
LEAST = 20
# A wait of no length at all still has a ratio to another one.
_SHORTEST_SECONDS = 1.0
# A queue that is twice as slow must never pass for want of figures.
_RULED_OUT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One demand. `words` is what the source asks for, `definition` how exactly it is counted here.

    `stand_in` names the kinds of channel that are looked at where nothing came in on those the source speaks of; the
    verdict says so. `leavers` says what becomes of customers who left unanswered: always a miss, left out if they left
    before the time was up, or left out. `language` and `against` are compared for parity; a wait may be longer by the
    factor `allowance` before it is called a difference without doubt. `least` is how many it takes to tell.
    """

    id: str
    words: str
    measure: Measure
    definition: str
    channel_kinds: tuple[str, ...] = ()
    stand_in: tuple[str, ...] = ()
    seconds: int | None = None
    strict: bool = True
    share: Decimal | None = None
    waits: WaitsCounted = "first"
    leavers: Leavers = "missed"
    language: str | None = None
    against: str | None = None
    allowance: Decimal = Decimal("1.25")
    least: int = LEAST


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Rules of one source. `caution` says where we are not sure of it, or what it asks for that is not measured."""

    id: str
    title: str
    jurisdiction: str
    source: str
    year: int | None = None
    caution: str = ""
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """One wait. `ended_at` None: it goes on; `released`: it ended without an answer, as `outcome` says.

    `answered_by` is the person who answered; None where nobody has, or a program did.
    """

    channel_kind: str
    language: str
    kind: str
    started_at: datetime
    ended_at: datetime | None = None
    released: bool = False
    outcome: str | None = None
    answered_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A customer asked for a person; `answered_at` is when one next wrote to them, None if none has."""

    channel_kind: str
    at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Everything that counts of a period, looked at from `now`; `spoken` are the languages of each person."""

    waits: Sequence[Waited] = ()
    asked: Sequence[Asked] = ()
    spoken: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a rule comes to. `passed` None: it can't be told, and `why` says what stands in the way.

    `numerator` of `denominator` counts customers; `undecided` ones wait still and may yet be answered in time. For
    parity they are the waits in the language and those it is compared with, and `ratio` is that of their medians, over
    all kinds of channel alike. `measured_on` are the kinds of channel looked at; `stand_in` says that they are others
    than the source speaks of.
    """

    rule: Rule
    passed: bool | None
    why: Why
    measured_on: tuple[str, ...] = ()
    stand_in: bool = False
    numerator: int = 0
    denominator: int = 0
    undecided: int = 0
    share: float | None = None
    low: float | None = None
    high: float | None = None
    ratio: float | None = None
    medians: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What of a period a rule looks at: the kinds of channel, and whether they stand in for others."""

    kinds: tuple[str, ...]
    stand_in: bool


def evaluate(pack: Pack, period: Period) -> tuple[Verdict, ...]:
    """Return the verdict of every rule of a pack on a period, in their order."""
    return tuple(verdict(rule, period) for rule in pack.rules)


def verdict(rule: Rule, period: Period) -> Verdict:
    """Return what a rule comes to on a period."""
    match rule.measure:
        case "share_answered_within":
            return _answered_within(rule, period)
        case "person_on_request":
            return _person_on_request(rule, period)
        case "language":
            return _in_their_language(rule, period)
        case "parity":
            return _parity(rule, period)
        case _:
            assert_never(rule.measure)


def in_time(rule: Rule, waited: timedelta) -> bool:
    """Return whether an answer after that time is in time; without a limit, any answer is."""
    if rule.seconds is None:
        return True
    limit = timedelta(seconds=rule.seconds)
    return waited < limit if rule.strict else waited <= limit


def counts(rule: Rule, wait: Waited) -> bool:
    """Return whether a wait is one the rule speaks of: the first of a need, or any; never spam or a duplicate."""
    if rule.waits == "first" and wait.kind != "first_answer":
        return False
    return wait.outcome not in ("spam", "duplicate")


def _answered_within(rule: Rule, period: Period) -> Verdict:
    counted = [each for each in period.waits if counts(rule, each)]
    seen = _seen(rule, [each.channel_kind for each in counted])
    kept = missed = undecided = 0
    for wait in counted:
        if wait.channel_kind not in seen.kinds:
            continue
        verdict_on_it = _judged(rule, wait, period.now)
        kept += verdict_on_it == "kept"
        missed += verdict_on_it == "missed"
        undecided += verdict_on_it == "undecided"
    return _of_share(rule, seen, kept, kept + missed, undecided)


def _judged(rule: Rule, wait: Waited, now: datetime) -> Literal["kept", "missed", "undecided", "left_out"]:
    waited = (wait.ended_at or now) - wait.started_at
    early = in_time(rule, waited)
    if wait.ended_at is None:
        return "undecided" if early else "missed"
    if not wait.released:
        return "kept" if early else "missed"
    if early and wait.outcome == "no_answer_needed":
        return "left_out"
    match rule.leavers:
        case "missed":
            return "missed"
        case "left_out":
            return "left_out"
        case "left_out_early":
            return "left_out" if early else "missed"
        case _:
            assert_never(rule.leavers)


def _person_on_request(rule: Rule, period: Period) -> Verdict:
    seen = _seen(rule, [each.channel_kind for each in period.asked])
    kept = missed = undecided = 0
    for asked in period.asked:
        if asked.channel_kind not in seen.kinds:
            continue
        early = in_time(rule, (asked.answered_at or period.now) - asked.at)
        if asked.answered_at is not None:
            kept, missed = kept + early, missed + (not early)
        elif early and rule.seconds is not None:
            undecided += 1
        else:
            missed += 1
    return _of_share(rule, seen, kept, kept + missed, undecided)


def _in_their_language(rule: Rule, period: Period) -> Verdict:
    known = [each for each in period.waits if counts(rule, each) and period.spoken.get(each.answered_by or "")]
    if rule.language is not None:
        known = [each for each in known if _base(each.language) == rule.language]
    seen = _seen(rule, [each.channel_kind for each in known])
    looked_at = [each for each in known if each.channel_kind in seen.kinds]
    kept = sum(
        1 for each in looked_at if _base(each.language) in map(_base, period.spoken.get(each.answered_by or "", ()))
    )
    return _of_share(rule, seen, kept, len(looked_at), 0)


def _base(language: str) -> str:
    """Return the language of a tag without its region: "cy-GB" is Welsh."""
    return language.replace("_", "-").split("-", 1)[0].lower()


def _of_share(rule: Rule, seen: _Seen, kept: int, counted: int, undecided: int) -> Verdict:
    assert rule.share is not None, "a rule about a share says which"
    found = share_of(kept, counted)
    passed = kept >= Fraction(rule.share) * counted
    why: Why = "passed" if passed else "failed"
    if counted < rule.least:
        why = "too_few" if counted + undecided else "nothing_to_measure"
    return Verdict(
        rule=rule,
        passed=passed if counted >= rule.least else None,
        why=why,
        measured_on=seen.kinds,
        stand_in=seen.stand_in,
        numerator=kept,
        denominator=counted,
        undecided=undecided,
        share=found.share,
        low=found.low if counted else None,
        high=found.high if counted else None,
    )


def _parity(rule: Rule, period: Period) -> Verdict:
    """Compare what customers of two languages waited; who still waits, or left, counts with what they waited."""
    both = (rule.language, rule.against)
    counted = [each for each in period.waits if counts(rule, each) and _base(each.language) in both]
    seen = _seen(rule, [each.channel_kind for each in counted])
    lengths: dict[str | None, list[float]] = {each: [] for each in both}
    for wait in counted:
        if wait.channel_kind in seen.kinds:
            waited = ((wait.ended_at or period.now) - wait.started_at).total_seconds()
            lengths[_base(wait.language)].append(max(_SHORTEST_SECONDS, waited))
    ours, theirs = (sorted(lengths[each]) for each in both)
    ratio = ratio_of_medians(ours, theirs)
    passed, why = _no_slower(rule, ratio, min(len(ours), len(theirs)))
    return Verdict(
        rule=rule,
        passed=passed,
        why=why if ours or theirs else "nothing_to_measure",
        measured_on=seen.kinds,
        stand_in=seen.stand_in,
        numerator=len(ours),
        denominator=len(theirs),
        low=ratio.low if ratio else None,
        high=ratio.high if ratio else None,
        ratio=ratio.value if ratio else None,
        medians=(_median(ours), _median(theirs)) if ratio else None,
    )


def _no_slower(rule: Rule, ratio: Figure | None, fewer: int) -> tuple[bool | None, Why]:
    """Fail where the language waits longer beyond doubt.

    Pass where it surely waits no longer by much, or as it seems no longer at all and surely not twice as long.
    """
    if ratio is None or fewer < rule.least or ratio.low is None or ratio.high is None:
        return None, "too_few"
    if ratio.low > 1:
        return False, "failed"
    if ratio.high <= rule.allowance or (ratio.value <= 1 and ratio.high <= _RULED_OUT):
        return True, "passed"
    return None, "unclear"


def _median(ordered: Sequence[float]) -> float:
    return ordered[-(-len(ordered) // 2) - 1]


def _seen(rule: Rule, kinds: Sequence[str]) -> _Seen:
    """Return the kinds of channel to look at: those of the rule, or those that stand in where nothing came in there."""
    there = tuple(dict.fromkeys(kinds))
    wanted = tuple(each for each in rule.channel_kinds if each in there)
    if wanted or not rule.channel_kinds:
        return _Seen(wanted or tuple(sorted(there)), stand_in=False)
    instead = tuple(each for each in rule.stand_in if each in there)
    return _Seen(instead or rule.channel_kinds, stand_in=bool(instead))
