"""What customers read about promises, compared letter by letter with what somebody has read aloud."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from waada.words import LANGUAGES, direction
from words import golden_texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_promise_reads_exactly_as_it_was_proofread(language: str) -> None:
    kept = json.loads((golden_texts.FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    assert golden_texts.texts(language) == kept


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_left_unfilled_or_has_digits_of_another_language(language: str) -> None:
    for key, text in golden_texts.texts(language).items():
        assert "{" not in text, key
        assert "  " not in text, key
        if direction(language) == "rtl":
            assert not set(text) & set("0123456789"), key


def test_the_command_writes_what_the_test_compares(tmp_path: Path) -> None:
    golden_texts.write(tmp_path)
    for language in LANGUAGES:
        written = (tmp_path / f"{language}.json").read_bytes()
        assert written == (golden_texts.FOLDER / f"{language}.json").read_bytes()
