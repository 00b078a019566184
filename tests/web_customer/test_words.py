"""The page brings exactly the words that the chat window asks for, in every language."""

import re
from pathlib import Path

import pytest

from waada.web.chat import _WORDS
from waada.words import LANGUAGES, catalogue

WINDOW = Path(__file__).parents[2] / "widget/chat"


def asked_for() -> set[str]:
    sources = [each.read_text("utf-8") for each in WINDOW.glob("*.ts*") if ".test." not in each.name]
    return {key for text in sources for key in re.findall(r'"((?:chat|error|status|contact)\.[a-z_]+)"', text)}


def test_the_window_gets_every_word_it_shows_and_no_other() -> None:
    assert asked_for() == _WORDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_window_is_there(language: str) -> None:
    words = catalogue(language, "customer")["words"]
    assert isinstance(words, dict)
    assert not _WORDS - set(words)
