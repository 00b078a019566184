"""What the sender wrote this time, apart from what was quoted and signed.

Lines are sorted into kinds first, then the order of kinds decides. The shape of an introduction (a date, a time or an
address, a colon, a quote below) is enough to know it; words of a language are asked only where the shape leaves doubt.
When in doubt a line stays fresh: showing too much costs a glance, hiding a customer's sentence costs an answer.
"""

import re
from dataclasses import dataclass
from enum import Enum

from waada.channels.mail_quote_words import (
    FORWARD,
    LABELLED,
    MONTHS,
    REPLY_ABOVE,
    SENT_FROM,
    SEPARATOR,
    SIGNATURE_MARK,
    STARTS_WITH_ON,
    WROTE_AT_END,
    WROTE_WORDS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """One text in three parts; what stands in none of them is an empty line or a mark."""

    fresh: str
    quoted: str
    signature: str


class _Kind(Enum):
    TEXT = "t"
    EMPTY = "e"
    QUOTE = "q"
    INTRODUCTION = "i"  # "On <date>, <name> wrote:", several lines possible
    REST = "r"  # from here to the end everything is quoted
    SIGNATURE = "s"
    SENT_FROM = "m"


# An introduction is cut into at most four lines by the mail programs seen.
_INTRODUCTION_LINES_MAX = 4
_INTRODUCTION_CHARACTERS_MAX = 320
# A text after the quote this short, below a text above the quote, is a footer of a list or a program.
_FOOTER_LINES_MAX = 6
_SIGNATURE_LINES_MAX = 30
# Introductions further down than this are not looked for: it takes time, and the first one decides.
_LINES_MAX = 3_000

# "heeft het volgende geschreven:" is the longest way to say it.
_VERB_CHARACTERS = 100

_QUOTE = re.compile(r"^[ \t]{0,3}>")
_YEAR = r"(?:19|20)\d\d|[०-९]{4}|[٠-٩]{4}"
_CLOCK = r"\d{1,2}[:.h]\d{2}|[०-९]{1,2}:[०-९]{2}|[٠-٩]{1,2}:[٠-٩]{2}"
_DATE = re.compile(
    rf"(?:\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}})|(?:\b\d{{1,2}}\b.{{0,20}}?(?:{MONTHS}))|(?:(?:{MONTHS})\w*\.?\s+\d{{1,2}}\b)|(?:{_YEAR})",
    re.IGNORECASE,
)
# No introduction without a number, an address or "wrote".
_TELLING = re.compile(rf"[\d@]|{WROTE_WORDS.pattern}\W*$", re.IGNORECASE)
_TIME = re.compile(_CLOCK)
_MAILBOX = re.compile(r"<\s*(?:mailto:)?[^<>\s]+@[^<>\s]+>?|\S+@\S+\.\w+|\[mailto:")
_ENDS = re.compile(r"[:：]\s*[*_]*\s*$")
# "2016-03-03 17:21 GMT+01:00 Some One": an old Gmail writes no verb and sometimes no address.
_BARE_STAMP = re.compile(r"^\d{4}-\d{2}-\d{2} \d{1,2}:\d{2} (?:GMT|UTC)[+-]?[\d:]* \S")
# "---- On Tue, 22 Dec 2015 14:17:36 +0530 Sam<a@b> wrote ----"
_RULED = re.compile(r"^\s*-{2,}\s*\S.*\S\s*-{2,}\s*$")
_ARROWED_NAME = re.compile(r"^[^>\s]{1,30}> ")


def fold(text: str) -> Folded:
    """Fresh, quoted and signed lines of a plain text; a pure function of the text."""
    lines = text.split("\n")
    kinds = _kinds(lines[:_LINES_MAX])
    rest_began = _Kind.REST in kinds
    kinds += [_Kind.REST if rest_began else _kind_far_down(line) for line in lines[_LINES_MAX:]]
    _settle_rest(kinds, lines)
    kept = _kept(kinds)
    fresh = "\n".join(line for line, keep in zip(lines, kept, strict=True) if keep is _Kind.TEXT)
    signed = "\n".join(line for line, keep in zip(lines, kept, strict=True) if keep is _Kind.SIGNATURE)
    quoted = "\n".join(line for line, keep in zip(lines, kept, strict=True) if keep is _Kind.QUOTE)
    if not fresh.strip() and any(FORWARD.match(line.lstrip("> ")) for line in lines[:_LINES_MAX]):
        return Folded(fresh=text.strip(), quoted="", signature="")  # a bare forward: what was forwarded is the message
    return Folded(fresh=_trimmed(fresh), quoted=_trimmed(quoted), signature=_trimmed(signed))


def _trimmed(text: str) -> str:
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip("\n").strip()


def _kinds(lines: list[str]) -> list[_Kind]:
    kinds: list[_Kind] = []
    at = 0
    while at < len(lines):
        length = _introduction_length(lines, at)
        if length:
            kinds += [_Kind.INTRODUCTION] * length
        elif _starts_rest(lines, at):
            return kinds + [_Kind.REST] * (len(lines) - at)
        else:
            kinds.append(_kind_of_line(lines[at]))
        at += length or 1
    return kinds


def _kind_of_line(line: str) -> _Kind:
    if not line.strip():
        return _Kind.EMPTY
    if _QUOTE.match(line):
        return _Kind.QUOTE
    if SIGNATURE_MARK.match(line):
        return _Kind.SIGNATURE
    if len(line) < 120 and SENT_FROM.match(line):
        return _Kind.SENT_FROM
    return _Kind.TEXT


def _kind_far_down(line: str) -> _Kind:
    if _QUOTE.match(line):
        return _Kind.QUOTE
    return _Kind.TEXT if line.strip() else _Kind.EMPTY


def _introduction_length(lines: list[str], at: int) -> int:
    """How many lines from `at` form "On <date>, <name> wrote:", 0 if none do."""
    if not lines[at].strip() or _QUOTE.match(lines[at]):
        return 0
    joined = ""
    for length in range(1, _INTRODUCTION_LINES_MAX + 1):
        if at + length > len(lines) or not lines[at + length - 1].strip():
            return 0
        if _QUOTE.match(lines[at + length - 1]):
            return 0
        joined = f"{joined} {lines[at + length - 1].strip()}".strip()
        if len(joined) > _INTRODUCTION_CHARACTERS_MAX:
            return 0
        if _TELLING.search(joined) and _is_introduction(joined, quote_follows=_quote_follows(lines, at + length)):
            return 0 if length > 1 and _stands_above(lines, at) else length
    return 0


def _stands_above(lines: list[str], at: int) -> bool:
    """Whether line `at` is a sentence that merely touches the introduction below it."""
    first, second = lines[at].strip(), lines[at + 1].strip()
    known = any(pattern.search(first) for pattern in (_DATE, _MAILBOX, WROTE_WORDS)) or STARTS_WITH_ON.match(first)
    belongs = bool(known) or second.startswith("<") or first.endswith("<")
    return not belongs and _introduction_length(lines, at + 1) > 0


def _quote_follows(lines: list[str], at: int) -> bool:
    following = next((line for line in lines[at : at + 4] if line.strip()), "")
    return bool(_QUOTE.match(following) or _ARROWED_NAME.match(following))


def _is_introduction(joined: str, *, quote_follows: bool) -> bool:
    """Cheap questions first: nearly every line of every mail is asked."""
    ends = bool(_ENDS.search(joined))
    wrote = bool(WROTE_AT_END.search(joined[-_VERB_CHARACTERS:])) or (ends and bool(WROTE_WORDS.search(joined)))
    if _BARE_STAMP.match(joined):
        return True
    if not (ends or wrote or _RULED.match(joined)):
        return False
    dated = bool(_DATE.search(joined))
    addressed = bool(_MAILBOX.search(joined))
    if _RULED.match(joined):
        return bool(WROTE_WORDS.search(joined)) and (dated or addressed)
    timed = bool(_TIME.search(joined))
    if wrote and (dated or addressed) and (ends or quote_follows or addressed or timed):
        return True
    if quote_follows and wrote:
        return ends or bool(STARTS_WITH_ON.match(joined))
    if quote_follows and ends:
        return (dated and (timed or addressed)) or bool(STARTS_WITH_ON.match(joined) and (dated or addressed))
    return dated and timed and addressed and ends


def _starts_rest(lines: list[str], at: int) -> bool:
    if len(lines[at]) > _INTRODUCTION_CHARACTERS_MAX:
        return False
    line = lines[at].lstrip("> \t")
    if SEPARATOR.match(line) or FORWARD.match(line):
        return True
    if len(line) < 120 and REPLY_ABOVE.search(line):
        return True
    return _header_block_at(lines, at)


def _header_block_at(lines: list[str], at: int) -> bool:
    """At least three labelled lines of different kinds close together, the first of them here."""
    first = LABELLED.match(lines[at].lstrip("> \t"))
    if not first or first.lastgroup is None:
        return False
    seen: set[str] = set()
    skipped = 0
    for line in lines[at : at + 14]:
        found = LABELLED.match(line[:1000].lstrip("> \t"))
        if found:
            seen.update(kind for kind, value in found.groupdict().items() if value is not None and kind != "value")
            skipped = 0
        elif skipped >= 2:
            break
        else:
            skipped += 1  # an empty line between, or a long list of addresses that goes on in the next line
    return len(seen & {"from", "date", "to", "subject"}) >= 3 and bool(seen & {"from", "to"})


def _settle_rest(kinds: list[_Kind], lines: list[str]) -> None:
    """An introduction with no quote mark below introduces everything below (Outlook, web mailers)."""
    for at, kind in enumerate(kinds):
        if kind is not _Kind.INTRODUCTION or kinds[at + 1 : at + 2] == [_Kind.INTRODUCTION]:
            continue
        if not any(one is _Kind.QUOTE for one in _until_text(kinds, at + 1)):
            start = at
            while start > 0 and kinds[start - 1] is _Kind.INTRODUCTION:
                start -= 1
            kinds[start:] = [_Kind.REST] * (len(lines) - start)
            return


def _until_text(kinds: list[_Kind], at: int) -> list[_Kind]:
    end = next((n for n in range(at, len(kinds)) if kinds[n] is not _Kind.EMPTY), len(kinds))
    return kinds[at : end + 1]


def _kept(kinds: list[_Kind]) -> list[_Kind]:
    """For every line: TEXT (fresh), QUOTE or SIGNATURE."""
    kept = list(kinds)
    _fold_signatures(kept)
    _fold_introduced(kept)
    _fold_trailing(kept)
    return [_final(kind) for kind in kept]


def _final(kind: _Kind) -> _Kind:
    if kind in {_Kind.TEXT, _Kind.EMPTY, _Kind.QUOTE}:
        return _Kind.TEXT  # a quote that nothing folded stands between fresh lines and is needed to understand them
    if kind in {_Kind.SIGNATURE, _Kind.SENT_FROM}:
        return _Kind.SIGNATURE
    return _Kind.QUOTE


def _fold_signatures(kinds: list[_Kind]) -> None:
    """A signature runs from its mark to the next quote or the end; too long, it is a text with a line in it."""
    at = 0
    while at < len(kinds):
        if kinds[at] is not _Kind.SIGNATURE:
            at += 1
            continue
        end = at
        while end < min(len(kinds), at + 4 * _SIGNATURE_LINES_MAX) and kinds[end] in {
            _Kind.TEXT,
            _Kind.EMPTY,
            _Kind.SIGNATURE,
            _Kind.SENT_FROM,
        }:
            end += 1
        if sum(one is not _Kind.EMPTY for one in kinds[at:end]) <= _SIGNATURE_LINES_MAX:
            kinds[at:end] = [_Kind.SIGNATURE] * (end - at)
            at = end
        else:
            kinds[at] = _Kind.TEXT
            at += 1


def _fold_introduced(kinds: list[_Kind]) -> None:
    """Fold what an introduction introduces, unless the sender answers line by line inside of it."""
    pattern = "".join(kind.value for kind in kinds)
    first = pattern.find("i")
    if first < 0:
        return
    above = "t" in pattern[:first]
    below = re.sub(r"[eism]", "", pattern[first:])
    runs = re.sub(r"(.)\1+", r"\1", below.replace("r", ""))
    line_by_line = runs.count("q") > 1 and "t" in runs.strip("q")
    footer = pattern[pattern.rfind("q") :].count("t") <= _FOOTER_LINES_MAX
    for at in range(first, len(kinds)):
        folded_too = kinds[at] is _Kind.QUOTE or (kinds[at] is _Kind.TEXT and above and footer)
        if kinds[at] is _Kind.INTRODUCTION or (folded_too and not line_by_line):
            kinds[at] = _Kind.REST


def _fold_trailing(kinds: list[_Kind]) -> None:
    """Quotes and signatures below the last fresh line are not needed to understand it."""
    last = max((at for at, kind in enumerate(kinds) if kind is _Kind.TEXT), default=-1)
    for at in range(last + 1, len(kinds)):
        if kinds[at] is _Kind.QUOTE:
            kinds[at] = _Kind.REST
