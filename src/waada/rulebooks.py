"""Rule packs as files: those that come with the house, and those that somebody put into the folder `rules` of theirs.

A file that can't be meant is refused with words that name the place and say what to write; the others stand. What the
rules mean is said in `core/rules.py`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import msgspec

from waada.core.bars import BAR_KINDS
from waada.core.policies import SECONDS_MAX
from waada.core.rules import LEAST, Leavers, Measure, Pack, Rule, WaitsCounted

BUILT_IN = Path(__file__).parent / "rules"
FOLDER = "rules"  # in the installation's own folder
FILE_BYTES_MAX = 200_000
RULES_MAX = 100
SHARE_DIGITS_MAX = 6  # finer than any law; what is compared stays small
_ID = re.compile(r"^[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?$")


class PackRefused(Exception):
    """A file that is no rule pack; the message says where and what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedFile:
    """A file that is left out, and why."""

    file: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebooks:
    """Every pack that stands, by id, the house's first; `own` are the ids of those that came from the own folder."""

    packs: tuple[Pack, ...]
    own: tuple[str, ...] = ()
    refused: tuple[RefusedFile, ...] = ()

    def pack(self, pack_id: str) -> Pack | None:
        """Return the pack of that id, or None."""
        return next((each for each in self.packs if each.id == pack_id), None)


class _RuleFile(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
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


class _PackFile(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    id: str
    title: str
    jurisdiction: str
    source: str
    year: int | None = None
    caution: str = ""
    rules: tuple[_RuleFile, ...]


def read(home: Path | None = None) -> Rulebooks:
    """Return the packs of the house and, where there is a folder of one's own, those in it. Reads files; quick."""
    packs = {pack.id: pack for pack in (parse(path.read_bytes()) for path in _files(BUILT_IN))}
    own: list[str] = []
    refused: list[RefusedFile] = []
    for path in _files(home / FOLDER) if home is not None else ():
        try:
            pack = parse(_bytes(path))
        except PackRefused as problem:
            refused.append(RefusedFile(file=path.name, problem=str(problem)))
            continue
        if pack.id in packs:
            taken = f"id: {pack.id!r} is taken by another pack. Give yours another id."
            refused.append(RefusedFile(file=path.name, problem=taken))
            continue
        packs[pack.id] = pack
        own.append(pack.id)
    return Rulebooks(packs=tuple(packs.values()), own=tuple(own), refused=tuple(refused))


def parse(text: bytes) -> Pack:
    """Return the pack that a file says.

    :raises PackRefused: where and why it says none
    """
    try:
        plain = tomllib.loads(text.decode("utf-8"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise PackRefused(f"The file is not written in UTF-8 (byte {error.start}). Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise PackRefused(f"The file can't be read as TOML: {error}. Correct it there.") from error
    try:
        found = msgspec.convert(plain, _PackFile)
    except msgspec.ValidationError as error:
        raise PackRefused(f"{_worded(str(error))} See the page about rules for what a pack holds.") from error
    _check(found)
    return Pack(
        id=found.id,
        title=found.title,
        jurisdiction=found.jurisdiction,
        source=found.source,
        year=found.year,
        caution=found.caution,
        rules=tuple(
            Rule(**{name: getattr(each, name) for name in _RuleFile.__struct_fields__}) for each in found.rules
        ),
    )


def _files(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(path for path in folder.glob("*.toml") if path.is_file()))


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            text = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise PackRefused(f"The file can't be read ({error.strerror}). Let this program read it.") from error
    if len(text) > FILE_BYTES_MAX:
        raise PackRefused(f"The file is longer than {FILE_BYTES_MAX:,} bytes. Make several packs of it.")
    return text


def _worded(message: str) -> str:
    """Put the reader's own complaint the way people say it: the place first."""
    problem, _, place = message.partition(" - at `$")
    place = place.rstrip("`").lstrip(".")
    return f"{place}: {problem}." if place else f"{problem}."


def _check(pack: _PackFile) -> None:
    faults = [*_pack_faults(pack)]
    for number, rule in enumerate(pack.rules):
        name = rule.id if _ID.match(rule.id) else f"rules[{number}]"
        faults += [f"{name}: {fault}" for fault in (*_rule_faults(rule), *_measure_faults(rule))]
    if faults:
        raise PackRefused(" ".join(faults))


def _pack_faults(pack: _PackFile) -> Iterator[str]:
    if not _ID.match(pack.id):
        yield "id: use small letters, digits, hyphens and underscores, like 'our-rules'."
    for name in ("title", "jurisdiction", "source"):
        if not getattr(pack, name).strip():
            yield f"{name}: say it in a few words."
    if not 1 <= len(pack.rules) <= RULES_MAX:
        yield f"rules: give 1 to {RULES_MAX}."
    ids = [each.id for each in pack.rules]
    for each in dict.fromkeys(each for each in ids if ids.count(each) > 1):
        yield f"rules: two have the id {each!r}; give each its own."


def _rule_faults(rule: _RuleFile) -> Iterator[str]:
    if not _ID.match(rule.id):
        yield "id: use small letters, digits, hyphens and underscores, like 'answered-in-time'."
    for name in ("words", "definition"):
        if not getattr(rule, name).strip():
            yield f"{name}: say it in a sentence."
    unknown = [each for each in (*rule.channel_kinds, *rule.stand_in) if each not in BAR_KINDS]
    if unknown:
        yield f"channel_kinds: {unknown[0]!r} is none; choose from {', '.join(BAR_KINDS)}."
    if rule.seconds is not None and not 1 <= rule.seconds <= SECONDS_MAX:
        yield "seconds: choose between one second and 30 days."
    if rule.share is not None and not _is_share(rule.share):
        yield "share: write 95 % as 0.95; it lies above 0 and at most at 1, with up to six digits after the point."
    if not (rule.allowance.is_finite() and rule.allowance >= 1):
        yield "allowance: a factor of at least 1, such as 1.25."
    if rule.least < 1:
        yield "least: at least 1."


def _is_share(share: Decimal) -> bool:
    exponent = share.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -SHARE_DIGITS_MAX and 0 < share <= 1


def _measure_faults(rule: _RuleFile) -> Iterator[str]:
    """What each measure can't do without."""
    if rule.measure == "parity":
        if not rule.language or not rule.against or rule.language == rule.against:
            yield "language, against: name the two languages to compare, such as 'cy' and 'en'."
        return
    if rule.share is None:
        yield "share: say which share must be reached, such as 0.95."
    if rule.measure == "share_answered_within":
        if rule.seconds is None:
            yield "seconds: say within how many seconds."
        if not rule.channel_kinds:
            yield f"channel_kinds: say on which kinds of channel; choose from {', '.join(BAR_KINDS)}."
