"""Figures in words: counts and whole percents with the digits and separators of a language."""

from __future__ import annotations

from functools import lru_cache

from babel.numbers import format_decimal, format_percent

from waada.words.catalogues import digits, direction, spoken_language

# Written with Arabic-Indic digits, a percent has its own sign, too; CLDR leaves that to the country.
_ARABIC_PERCENT = "\u066a"


@lru_cache(maxsize=1024)
def number_words(number: int, language: str) -> str:
    """A whole number as it stands in a sentence: "1,204", "1 204", "١٬٢٠٤"."""
    spoken = spoken_language(language)
    return digits(format_decimal(number, locale=spoken), spoken)


@lru_cache(maxsize=1024)
def percent_words(percent: int, language: str) -> str:
    """A whole percent: "97%", "٩٧٪"."""
    spoken = spoken_language(language)
    text = digits(format_percent(percent / 100, locale=spoken), spoken)
    return text.replace("%", _ARABIC_PERCENT) if direction(spoken) == "rtl" else text
