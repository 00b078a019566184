"""Rule packs as files: the house's own, somebody's own, and what is said of a file that can't be meant."""

from decimal import Decimal
from pathlib import Path

import pytest

from waada import rulebooks
from waada.rulebooks import PackRefused

GOOD = """
id = "ours"
title = "Our own"
jurisdiction = "here"
source = "the owner"
[[rules]]
id = "mail"
words = "Mail within an hour."
measure = "share_answered_within"
channel_kinds = ["mail"]
seconds = 3600
share = 0.9
definition = "Of all mail."
"""


def put(home: Path, name: str, text: str) -> None:
    (home / "rules").mkdir(exist_ok=True)
    (home / "rules" / name).write_text(text, "utf-8")


def test_the_house_brings_four_packs_that_say_where_they_come_from() -> None:
    books = rulebooks.read()
    assert [pack.id for pack in books.packs] == ["india_trai", "market_leader", "spain", "welsh_parity"]
    assert all(pack.source and pack.caution and pack.rules for pack in books.packs)
    assert (books.own, books.refused) == ((), ())


def test_a_pack_of_ones_own_stands_beside_them(tmp_path: Path) -> None:
    put(tmp_path, "ours.toml", GOOD)
    books = rulebooks.read(tmp_path)
    pack = books.pack("ours")
    assert pack is not None
    assert books.own == ("ours",)
    assert pack.rules[0].share == Decimal("0.9")


def test_a_broken_pack_is_named_and_the_others_stand(tmp_path: Path) -> None:
    put(tmp_path, "a.toml", "id = ")
    put(tmp_path, "b.toml", GOOD.replace('"ours"', '"spain"'))
    put(tmp_path, "c.toml", GOOD)
    put(tmp_path, "notes.txt", "no pack")
    books = rulebooks.read(tmp_path)
    assert [each.file for each in books.refused] == ["a.toml", "b.toml"]
    assert "can't be read as TOML" in books.refused[0].problem
    assert "'spain' is taken by another pack" in books.refused[1].problem
    assert books.own == ("ours",)


def test_a_folder_that_is_not_there_is_no_trouble(tmp_path: Path) -> None:
    assert len(rulebooks.read(tmp_path).packs) == 4


def test_a_file_as_long_as_a_book_is_not_read(tmp_path: Path) -> None:
    put(tmp_path, "long.toml", GOOD + "#" * rulebooks.FILE_BYTES_MAX)
    assert "longer than 200,000 bytes" in rulebooks.read(tmp_path).refused[0].problem


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('id = "ours"', 'id = "Our Own"', "id: use small letters"),
        ('title = "Our own"', 'title = " "', "title: say it in a few words"),
        ('source = "the owner"', "", "missing required field `source`"),
        ("seconds = 3600", 'seconds = "an hour"', "rules[0].seconds: Expected `int | null`, got `str`"),
        ("seconds = 3600", "", "mail: seconds: say within how many seconds."),
        ("seconds = 3600", "seconds = 0", "mail: seconds: choose between one second and 30 days."),
        ("seconds = 3600", "secnds = 3600", "unknown field `secnds`"),
        ("share = 0.9", "", "mail: share: say which share"),
        ("share = 0.9", "share = 95", "mail: share: write 95 % as 0.95"),
        ("share = 0.9", "share = nan", "mail: share: write 95 % as 0.95"),
        ("share = 0.9", "share = 1e-999999999", "mail: share: write 95 % as 0.95"),
        ('channel_kinds = ["mail"]', 'channel_kinds = ["fax"]', "'fax' is none; choose from chat, mail, api, phone."),
        ('channel_kinds = ["mail"]', "", "mail: channel_kinds: say on which kinds of channel"),
        ('measure = "share_answered_within"', 'measure = "speed"', "rules[0].measure: Invalid enum value 'speed'"),
        ('measure = "share_answered_within"', 'measure = "parity"', "name the two languages to compare"),
        ("seconds = 3600", "seconds = 3600\nallowance = 0.5", "allowance: a factor of at least 1"),
        ("seconds = 3600", "seconds = 3600\nleast = 0", "least: at least 1"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_place(old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(PackRefused) as refused:
        rulebooks.parse(GOOD.replace(old, new).encode())
    assert words in str(refused.value)


def test_two_rules_of_one_id_and_none_at_all_are_refused() -> None:
    again = GOOD[GOOD.index("[[rules]]") :]
    with pytest.raises(PackRefused, match="two have the id 'mail'"):
        rulebooks.parse((GOOD + again).encode())
    with pytest.raises(PackRefused, match="rules: give 1 to 100"):
        rulebooks.parse((GOOD[: GOOD.index("[[rules]]")] + "rules = []").encode())
    with pytest.raises(PackRefused, match="not written in UTF-8"):
        rulebooks.parse(b"title = \xff")
