"""The HTML part of our mails, from one calm template. Everything that comes in is text and is escaped."""

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

_LINK = re.compile(r"(https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]])")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("waada.channels", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("mail.html.j2")


def html_page(
    *,
    text: str,
    subject: str,
    language: str,
    direction: str,
    promise_words: str,
    status_url: str,
    status_words: str,
    footer: str,
) -> str:
    """A whole HTML document; `text` is plain text with empty lines between paragraphs."""
    return _template().render(
        paragraphs=[_paragraph(one) for one in re.split(r"\n[ \t]*\n", text.strip("\n")) if one.strip()],
        subject=subject,
        language=language,
        direction=direction,
        promise_words=promise_words,
        status_url=status_url,
        status_words=status_words,
        footer_lines=footer.split("\n") if footer.strip() else [],
    )


def _paragraph(text: str) -> Markup:
    """Escaped text with its line breaks, and addresses of the web that can be clicked."""
    return Markup("<br>\n").join(_line(line) for line in text.strip("\n").split("\n"))


def _line(line: str) -> Markup:
    pieces = _LINK.split(line)
    return Markup().join(
        Markup('<a href="{0}">{0}</a>').format(piece) if number % 2 else piece for number, piece in enumerate(pieces)
    )
