"""The catalogues: complete, real, with the same placeholders, CLDR plurals, and safe with foreign names."""

from __future__ import annotations

import gettext
import io
import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.pofile import read_po

from waada.words import LANGUAGES, catalogue, catalogues, direction, missing, say
from waada.words.__main__ import export, main
from waada.words.catalogues import DOMAINS, plural_categories, read_texts

OTHERS = [language for language in LANGUAGES if language != "en"]
# Mail programs know "Re:" in every language.
SAME_EVERYWHERE = {"mail.reply_subject"}
SCRIPT = {"kk": "[\u0400-\u04ff]", "cy": "[a-zA-Zŵŷâêîôû]", "hi": "[\u0900-\u097f]", "ar": "[\u0600-\u06ff]"}
ISOLATED = "\u2068{}\u2069"


def words(language: str, domain: str) -> dict[str, str | dict[str, str]]:
    found = catalogue(language, domain)["words"]  # type: ignore[arg-type]
    assert isinstance(found, dict)
    return found


def own(language: str, domain: str) -> dict[str, tuple[str, ...]]:
    """The entries that the PO file itself has, read without our code."""
    with (files("waada.words") / language / f"{domain}.po").open("rb") as file:
        po = read_po(file, locale=language, abort_invalid=True)
    entries: dict[str, tuple[str, ...]] = {}
    for entry in po:
        if entry.id:
            key = entry.id if isinstance(entry.id, str) else entry.id[0]
            assert key not in entries
            entries[key] = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
    return entries


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_text_and_no_other(language: str, domain: str) -> None:
    english, theirs = own("en", domain), own(language, domain)
    assert set(theirs) == set(english)
    assert all(all(form.strip() for form in forms) for forms in theirs.values())


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_exactly_the_placeholders_of_english(language: str, domain: str) -> None:
    for key, english in words("en", domain).items():
        theirs = words(language, domain)[key]
        if isinstance(english, str):
            assert isinstance(theirs, str), key
            assert placeholders(theirs) == placeholders(english), key
            continue
        assert isinstance(theirs, dict), key
        wanted = placeholders(english["other"])
        assert tuple(theirs) == plural_categories(language), key
        assert placeholders(theirs["other"]) == wanted, key
        for form in theirs.values():
            # "two minutes" is one word in Arabic: a form for one certain number may leave the number out.
            assert placeholders(form) in (wanted, [name for name in wanted if name != "n"]), key


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", OTHERS)
def test_translations_are_real(language: str, domain: str) -> None:
    english = own("en", domain)
    for key, forms in own(language, domain).items():
        bare = [re.sub(r"\{\w+\}", "", form) for form in forms]
        if key in SAME_EVERYWHERE or not re.search(r"\w", re.sub(r"\{\w+\}", "", english[key][0])):
            continue
        assert forms != english[key], key
        assert all(re.search(SCRIPT[language], form) for form in bare), key
        if language != "cy":
            letters = re.sub(r"MB|API|https?", "", " ".join(bare))
            assert not re.search("[A-Za-z]{2,}", letters), f"{key} has Latin words: {letters}"


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", OTHERS)
def test_the_english_that_a_translator_sees_is_the_english_of_today(language: str, domain: str) -> None:
    english = own("en", domain)
    with (files("waada.words") / language / f"{domain}.po").open("rb") as file:
        po = read_po(file, locale=language)
    for entry in po:
        if entry.id:
            key = entry.id if isinstance(entry.id, str) else entry.id[0]
            assert entry.auto_comments[-1] == "English: " + english[key][-1].replace("\n", " / "), key


def test_no_key_stands_in_two_domains() -> None:
    assert not set(own("en", "customer")) & set(own("en", "desk"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plural_headers_agree_with_cldr(language: str) -> None:
    for domain in DOMAINS:
        text = (files("waada.words") / language / f"{domain}.po").read_text(encoding="utf-8")
        header = re.search(r"Plural-Forms: nplurals=(\d+); plural=(.*?);\\n", text)
        assert header is not None
        form_of = gettext.c2py(header[2])
        categories = plural_categories(language)
        assert int(header[1]) == len(categories)
        for number in range(1001):
            assert categories[form_of(number)] == Locale.parse(language).plural_form(number)


def test_arabic_and_welsh_have_all_six_forms() -> None:
    arabic = [say("chat.new_messages", "ar", n=n) for n in (0, 1, 2, 3, 11, 100)]
    assert arabic == [
        "لا رسائل جديدة",
        "رسالة جديدة واحدة",
        "رسالتان جديدتان",
        "٣ رسائل جديدة",
        "١١ رسالة جديدة",
        "١٠٠ رسالة جديدة",
    ]
    welsh = [say("promise.days", "cy", n=n) for n in (0, 1, 2, 3, 6, 11)]
    assert welsh == ["0 diwrnod", "1 diwrnod", "2 ddiwrnod", "3 diwrnod", "6 diwrnod", "11 diwrnod"]
    assert say("chat.new_messages", "hi", n=1) == "1 नया संदेश"
    assert say("chat.new_messages", "hi", n=2) == "2 नए संदेश"


def test_foreign_names_cannot_turn_a_sentence_around() -> None:
    assert say("chat.typing", "ar", name="Anna") == f"يكتب {ISOLATED.format('Anna')} الآن"
    assert say("chat.typing", "ar", name="ليلى") == "يكتب ليلى الآن"
    assert say("chat.typing", "en", name="ليلى") == f"{ISOLATED.format('ليلى')} is typing"
    assert say("chat.typing", "en", name="Anna") == "Anna is typing"
    assert say("chat.typing", "en", name="An\u202ena") == "Anna is typing"
    assert say("status.thanks_called", "ar", number="+7 701 555 01 02").count(ISOLATED.format("+7 701 555 01 02")) == 1


def test_links_stay_links_in_every_direction() -> None:
    link = "https://demo.test/p/abc"
    for language in LANGUAGES:
        assert say("mail.status_link", language, link=link).endswith("\n" + link)


def test_numbers_have_the_digits_of_the_language() -> None:
    assert "٢٥ ميغابايت" in say("error.file_too_large", "ar", name="a.pdf", size=25)
    assert "25 MB" in say("error.file_too_large", "hi", name="a.pdf", size=25)


def test_direction_follows_the_language() -> None:
    assert [direction(language) for language in ("ar", "ar-EG", "kk", "cy", "fr")] == [
        "rtl",
        "rtl",
        "ltr",
        "ltr",
        "ltr",
    ]


def test_a_missing_translation_is_said_in_english_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = catalogues._texts
    monkeypatch.setattr(catalogues, "_texts", lambda language: {} if language == "kk" else whole(language))
    before = missing().get(("kk", "chat.open"), 0)
    assert say("chat.open", "kk") == "Chat with us"
    assert missing()["kk", "chat.open"] == before + 1


def test_what_a_translator_is_unsure_of_or_left_empty_is_not_shown() -> None:
    po = b"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#, fuzzy
msgid "unsure"
msgstr "Maybe"

msgid "empty"
msgstr ""

msgid "half"
msgid_plural "half"
msgstr[0] "{n} thing"
msgstr[1] ""

msgid "sure"
msgstr "Yes"
"""
    assert set(read_texts(io.BytesIO(po), "en")) == {"sure"}


def test_an_unknown_key_or_a_forgotten_value_is_a_bug_not_a_silent_hole() -> None:
    with pytest.raises(KeyError):
        say("chat.no_such_text", "en")
    with pytest.raises(KeyError):
        say("chat.typing", "en")


def test_the_export_is_ascii_and_what_the_bundles_need(tmp_path: Path) -> None:
    written = export(tmp_path / "words")
    assert len(written) == len(LANGUAGES) * len(DOMAINS)
    arabic = json.loads((tmp_path / "words" / "customer.ar.json").read_text(encoding="ascii"))
    assert (arabic["language"], arabic["direction"], arabic["digits"]) == ("ar", "rtl", "arab")
    assert set(arabic["words"]["promise.minutes"]) == {"zero", "one", "two", "few", "many", "other"}
    stamps = [path.stat().st_mtime_ns for path in written]
    assert [path.stat().st_mtime_ns for path in export(tmp_path / "words")] == stamps


def test_the_export_command_says_what_it_did(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "waada.words", "export", str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "10 catalogues" in done.stdout
    assert main([]) == 2
