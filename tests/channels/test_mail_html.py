"""Mails are shown as they look, without anything that acts, spies or hides."""

import pytest

from waada.channels.mail_html import sanitised


@pytest.mark.parametrize(
    "dirty",
    [
        "<script>steal()</script>",
        "<img src=x onerror=steal()>",
        '<a href="javascript:steal()">x</a>',
        '<a href="data:text/html,<script>steal()</script>">x</a>',
        "<svg><script>steal()</script></svg>",
        '<iframe srcdoc="steal()"></iframe>',
        "<style>body{background:url(//spy.test/steal)}</style>",
        '<p style="background:url(//spy.test/steal)">x</p>',
        '<form action="//spy.test/steal"><input></form>',
        "<math><mi//xlink:href='javascript:steal()'>",
        '<meta http-equiv=refresh content="0;url=//spy.test/steal">',
    ],
)
def test_nothing_in_a_mail_can_act(dirty: str) -> None:
    safe, _ = sanitised(f"<p>Hello</p>{dirty}")
    assert safe is not None
    assert "Hello" in safe
    assert "steal" not in safe


@pytest.mark.parametrize(
    "source", ["http://spy.test/p.gif", "https://spy.test/p.gif", "//spy.test/p.gif", " HTTPS://spy.test/p.gif"]
)
def test_pictures_from_elsewhere_wait_until_asked_for(source: str) -> None:
    safe, remote = sanitised(f'<p title="<img">a</p><img width="1" src="{source}">')
    assert safe is not None
    assert " src=" not in safe
    assert "data-src=" in safe
    assert remote == (source.strip(),)


def test_pictures_that_came_with_the_mail_are_shown() -> None:
    safe, remote = sanitised('<img src="cid:logo"><img src="data:image/png;base64,AAAA"><img src="local.png">')
    assert safe == '<img src="cid:logo"><img src="data:image/png;base64,AAAA"><img>'
    assert remote == ()


def test_text_keeps_its_direction_and_language() -> None:
    safe, _ = sanitised('<p dir="rtl" lang="ar" style="text-align: right; position: fixed">مرحبا</p>')
    assert safe is not None
    assert 'dir="rtl"' in safe
    assert "position" not in safe


def test_html_too_large_to_be_made_safe_is_not_shown() -> None:
    assert sanitised("<div>" * 100_000) == (None, ())
