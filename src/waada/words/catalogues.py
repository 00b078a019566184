"""The catalogues: every text somebody reads, by key, in five languages, from PO files any translator's tool can open.

The rule: a key is a name, English is one of the languages, and nobody is ever shown a key: what a language lacks is
said in English and counted. Numbers get the digits, plurals the CLDR form and foreign names the isolation marks of
the language, so that no caller has to think of them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import IO, Final, Literal

from babel import Locale
from babel.messages.pofile import read_po

Language = Literal["en", "kk", "cy", "hi", "ar"]
Domain = Literal["customer", "desk"]

LANGUAGES: Final[tuple[Language, ...]] = ("en", "kk", "cy", "hi", "ar")
DOMAINS: Final[tuple[Domain, ...]] = ("customer", "desk")
# The order in which CLDR names its categories; PO files number their forms in the same order.
CATEGORIES: Final = ("zero", "one", "two", "few", "many", "other")

_RTL: Final = frozenset({"ar"})
# CLDR leaves the choice to the country; this desk writes Arabic with Arabic-Indic digits everywhere.
_DIGITS: Final = {"ar": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")}
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_LTR_LETTER: Final = re.compile("[A-Za-z\u00aa-\u02b8\u0370-\u058f\u0900-\u1fff\u3040-\ud7ff]|[0-9+][0-9]")
_RTL_LETTER: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_FIRST_STRONG_ISOLATE: Final = "\u2068"
_LTR_ISOLATE: Final = "\u2066"
_POP_ISOLATE: Final = "\u2069"
# Marks that somebody's name could use to turn the rest of our sentence around.
_BIDI_CONTROLS: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Addresses of pages are tapped or copied: a mark inside would break them. The others are words made here, in the
# language of the sentence, with their own foreign parts isolated already.
_NEVER_ISOLATED: Final = frozenset(
    {"link", "promise", "old", "relative", "absolute", "span", "hours", "minutes", "date", "time", "weekday", "month"}
    | {"place", "opening", "moment", "reason", "begin"}
)

_missing: Counter[tuple[str, str]] = Counter()


@dataclass(frozen=True, slots=True)
class Text:
    """One entry: its forms by CLDR category (one form, "other", when it counts nothing), cut at the placeholders."""

    forms: dict[str, str]
    counts: bool
    cut: dict[str, tuple[str, ...]]


def say(key: str, language: str, **values: object) -> str:
    """The text of `key` in `language` with its placeholders filled; `n` chooses the plural form.

    Unknown languages and missing translations fall back to English (see `missing`). A key that English lacks, or a
    placeholder without a value, is a bug: KeyError.
    """
    spoken = spoken_language(language)
    text = _texts(spoken).get(key)
    if text is None:
        _missing[spoken, key] += 1
        spoken = "en"
        text = _texts("en")[key]
    form = plural_category(spoken, values["n"]) if text.counts else "other"
    parts = text.cut.get(form) or text.cut["other"]
    if len(parts) == 1:
        return parts[0]
    return "".join([_shown(part, values[part], spoken) if number % 2 else part for number, part in enumerate(parts)])


def direction(language: str) -> Literal["ltr", "rtl"]:
    """The direction in which a language is written, for `dir=`."""
    return "rtl" if spoken_language(language) in _RTL else "ltr"


@lru_cache(maxsize=256)
def spoken_language(language: str) -> Language:
    """The catalogue for a language tag: "kk-KZ" is "kk"; a language without a catalogue is "en"."""
    base = language.replace("_", "-").split("-")[0].lower()
    return next((known for known in LANGUAGES if known == base), "en")


def digits(text: object, language: str) -> str:
    """A number, or a text of numbers such as "14:20", in the digits of the language."""
    table = _DIGITS.get(spoken_language(language))
    return str(text) if table is None else str(text).translate(table)


def catalogue(language: str, domain: Domain = "customer") -> dict[str, object]:
    """A catalogue ready for JSON: language, direction, digits (for Intl), and words, complete thanks to English.

    A text that counts is a dict by the categories Intl.PluralRules returns; every other text is a string.
    """
    spoken = spoken_language(language)
    texts = {**_domain("en", domain), **_domain(spoken, domain)}
    return {
        "language": spoken,
        "direction": direction(spoken),
        "digits": "arab" if spoken in _DIGITS else "latn",
        "words": {key: dict(text.forms) if text.counts else text.forms["other"] for key, text in texts.items()},
    }


def missing() -> dict[tuple[str, str], int]:
    """How often, since the start, a language lacked a key: {(language, key): times}; shown in /metrics."""
    return dict(_missing)


@lru_cache(maxsize=4096)
def plural_category(language: str, number: object) -> str:
    """The CLDR category of a whole number in a language: zero, one, two, few, many or other."""
    if not isinstance(number, int):
        raise TypeError(f"A plural needs a whole number, not {number!r}.")
    return _locale(language).plural_form(number)


def plural_categories(language: str) -> tuple[str, ...]:
    """The categories a language has, in the order in which its PO files number them."""
    known = {*_locale(language).plural_form.tags, "other"}
    return tuple(category for category in CATEGORIES if category in known)


@lru_cache(maxsize=16)
def _locale(language: str) -> Locale:
    return Locale.parse(language)


@lru_cache(maxsize=16)
def _texts(language: Language) -> dict[str, Text]:
    """All domains of a language in one table; a key may stand in one domain only (a test sees to it)."""
    return {key: text for domain in DOMAINS for key, text in _domain(language, domain).items()}


@lru_cache(maxsize=32)
def _domain(language: Language, domain: Domain) -> dict[str, Text]:
    with (files(__package__) / language / f"{domain}.po").open("rb") as file:
        return read_texts(file, language)


def read_texts(file: IO[bytes], language: Language) -> dict[str, Text]:
    """Read one PO file. What a translator left empty or marked as unsure (fuzzy) counts as missing."""
    categories = plural_categories(language)
    po = read_po(file, locale=language, abort_invalid=True)
    texts: dict[str, Text] = {}
    for entry in po:
        # Babel reads an entry that counts as tuples (key, key) and (form, form, ...).
        counts = isinstance(entry.id, list | tuple)
        key = entry.id[0] if isinstance(entry.id, list | tuple) else entry.id
        strings = tuple(entry.string) if isinstance(entry.string, list | tuple) else (entry.string or "",)
        if not key or entry.fuzzy or not all(strings):
            continue
        forms = dict(zip(categories, strings, strict=True)) if counts else {"other": strings[0]}
        texts[key] = Text(forms, counts, {name: tuple(_PLACEHOLDER.split(form)) for name, form in forms.items()})
    return texts


def _shown(name: str, value: object, language: Language) -> str:
    """A value as it may stand in a sentence: own digits, and isolated when it runs the other way."""
    if isinstance(value, int):
        return digits(value, language)
    text = str(value)
    if name in _NEVER_ISOLATED or (text.isascii() and language not in _RTL):
        return text
    foreign = _LTR_LETTER if language in _RTL else _RTL_LETTER
    text = _BIDI_CONTROLS.sub("", text)
    return text if foreign.search(text) is None else f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"


def left_to_right(text: str, language: str) -> str:
    """A bit that always runs left to right, such as "(UTC+1)", safe inside a sentence of any direction."""
    return f"{_LTR_ISOLATE}{text}{_POP_ISOLATE}" if direction(language) == "rtl" else text
