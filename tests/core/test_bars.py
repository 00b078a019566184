"""Bars: the library, a brand's own over it, and the very second at which somebody is late."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scene import Scene
from waada.core import commands as c
from waada.core.bars import BAR_KINDS, LIBRARY, Bar, bars_of, default_bar, reached, with_bar
from waada.core.people import Brand
from waada.core.refusals import Refused

OURS = Bar(key="our-mail", channel_kind="mail", seconds=600, source="Our own study", year=2026, default=True)


@pytest.mark.parametrize(("seconds", "late"), [(899.9, False), (899.999999, False), (900.0, True), (900.1, True)])
def test_at_fifteen_minutes_sharp_mail_is_late_and_a_tenth_before_it_is_not(seconds: float, *, late: bool) -> None:
    assert reached(default_bar((), "mail"), seconds) is late


@pytest.mark.parametrize(("seconds", "late"), [(89.9, False), (90.0, False), (90.000001, True)])
def test_a_bar_that_says_within_still_holds_at_its_very_second(seconds: float, *, late: bool) -> None:
    within = next(bar for bar in LIBRARY if bar.key == "india-phone")
    assert reached(within, seconds) is late


def test_chat_is_thirty_seconds_and_whatever_has_no_bar_is_measured_as_mail() -> None:
    assert {kind: default_bar((), kind).seconds for kind in ("chat", "mail", "api", "fax")} == {
        "chat": 30,
        "mail": 900,
        "api": 900,
        "fax": 900,
    }


def test_every_bar_says_where_it_comes_from() -> None:
    assert all(bar.source and bar.cited for bar in LIBRARY)
    assert {bar.key: bar.year for bar in LIBRARY if bar.year} == {"spain-phone": 2025, "india-phone": 2009}


def test_a_default_of_ones_own_takes_the_mark_from_the_librarys() -> None:
    mine = with_bar((), OURS)
    assert default_bar(mine, "mail") == OURS
    assert default_bar(mine, "chat").key == "leaders-chat"
    other = replace(OURS, key="other", seconds=60)
    both = with_bar(mine, other)
    assert [bar.key for bar in bars_of(both) if bar.default and bar.channel_kind == "mail"] == ["other"]


bars = st.builds(
    Bar,
    key=st.sampled_from(["a", "b", "leaders-mail", "leaders-chat", "spain-phone"]),
    channel_kind=st.sampled_from(BAR_KINDS),
    seconds=st.integers(1, 10_000),
    source=st.just("somebody"),
    default=st.booleans(),
)


@given(st.lists(bars, max_size=8), st.sampled_from(BAR_KINDS))
def test_whatever_is_set_there_is_at_most_one_default_of_a_kind_and_always_a_bar(given_: list[Bar], kind: str) -> None:
    own: tuple[Bar, ...] = ()
    for bar in given_:
        own = with_bar(own, bar)
    shown = bars_of(own)
    assert len({bar.key for bar in shown}) == len(shown)
    marked = [bar for bar in shown if bar.channel_kind == kind and bar.default]
    assert len(marked) <= 1
    assert default_bar(own, kind) in (marked or shown or LIBRARY) or default_bar(own, kind).key == "leaders-mail"


async def test_a_brand_writes_over_a_bar_and_goes_back() -> None:
    scene = await Scene().open()
    slower = replace(default_bar((), "mail"), seconds=3600)
    done = await scene.tell_brand(c.SetBar(bar=slower))
    assert isinstance(done.state, Brand)
    assert default_bar(done.state.bars, "mail").seconds == 3600
    again = await scene.tell_brand(c.SetBar(bar=slower))
    assert again.events == ()
    back = await scene.tell_brand(c.DropBar(key=slower.key))
    assert isinstance(back.state, Brand)
    assert default_bar(back.state.bars, "mail").seconds == 900
    with pytest.raises(Refused, match="no such bar of your own"):
        await scene.tell_brand(c.DropBar(key=slower.key))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"key": "Our Mail"}, "key"),
        ({"channel_kind": "fax"}, "channel_kind"),
        ({"seconds": 0}, "seconds"),
        ({"seconds": 10**9}, "seconds"),
        ({"percent": 101}, "percent"),
        ({"source": "  "}, "source"),
        ({"cited": "x" * 1001}, "cited"),
    ],
)
async def test_a_bar_that_cannot_be_meant_is_refused(wrong: dict[str, object], field: str) -> None:
    scene = await Scene().open()
    with pytest.raises(Refused, match=f"^{field}:"):
        await scene.tell_brand(c.SetBar(bar=replace(OURS, **wrong)))  # type: ignore[arg-type]  # on purpose
