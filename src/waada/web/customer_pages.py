"""Pages that customers read: templates, the language and zone of the reader, the brand's colour.

Rule: everything a page says is true without a script; scripts only make it live. Nothing a customer or an agent wrote
is ever marked up: templates escape, and text of unknown direction stands in an element of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import HTTPConnection
from starlette.responses import Response

from waada.core.people import Brand
from waada.tokens import fingerprint
from waada.web.access_headers import PAGE_HEADERS, Headers
from waada.web.access_limits import address_of
from waada.web.parts import Parts
from waada.web.static_files import asset
from waada.words import LANGUAGES, digits, direction, moment_words, say, spoken_language
from waada.words.promises import time_words

NAMES = {"en": "English", "kk": "Қазақша", "cy": "Cymraeg", "hi": "हिन्दी", "ar": "العربية"}
ACCEPTED_MAX = 20  # nobody reads more languages than that; a longer header is no wish
COLOUR_DEFAULT = "#0f766e"

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads a page: in which language, on whose clock, at what instant."""

    language: str
    zone: str
    now: datetime

    def say(self, key: str, **values: object) -> str:
        """Return a text of the catalogue in the reader's language."""
        return say(key, self.language, **values)

    def moment(self, at: datetime) -> str:
        """Return an instant in words, on the reader's clock."""
        return moment_words(at=at, now=self.now, language=self.language, zone=self.zone)

    def clock(self, at: datetime) -> str:
        """Return an instant as shortly as it can be told: the time, with the day in front unless that is today."""
        local, today = at.astimezone(ZoneInfo(self.zone)), self.now.astimezone(ZoneInfo(self.zone))
        time = time_words(local, self.language)
        if local.date() == today.date():
            return time
        day = format_skeleton("MMMd", local, locale=self.language)
        return f"{digits(day, self.language)} {time}"


def page(
    name: str,
    reader: Reader,
    brand: Brand | None,
    values: Mapping[str, object],
    *,
    status: int = 200,
    headers: Headers = PAGE_HEADERS,
) -> Response:
    """Return a page from its template."""
    text = render(name, reader, brand, values)
    response = Response(text, status_code=status, media_type="text/html; charset=utf-8")
    response.raw_headers.extend(headers)
    response.raw_headers.append((b"cache-control", b"no-store"))
    return response


def render(name: str, reader: Reader, brand: Brand | None, values: Mapping[str, object]) -> str:
    """Return a template filled in."""
    return _templates.get_template(name).render(
        reader=reader,
        brand=brand,
        brand_css=None if brand is None else brand_css_address(brand),
        say=partial(say, language=reader.language),
        direction=direction(reader.language),
        asset=asset,
        **values,
    )


def redirect(address: str) -> Response:
    """Send the browser on after a form, so that loading again does not send it again."""
    response = Response(status_code=303, headers={"location": address, "cache-control": "no-store"})
    response.raw_headers.extend(PAGE_HEADERS)
    return response


# --- who reads ------------------------------------------------------------------------------------------------------


def offered(brand: Brand) -> tuple[str, ...]:
    """Return the languages a brand answers in and we have words for; at least one."""
    known = tuple(dict.fromkeys(spoken_language(each) for each in brand.languages if each[:2] in LANGUAGES))
    return known or ("en",)


def choose_language(brand: Brand, declared: str | None, accepted: str | None) -> str:
    """Return the language of a page: declared, else the first that the browser asks for, else the brand's first."""
    choices = offered(brand)
    for wish in (declared or "", *wishes(accepted or "")):
        base = wish.replace("_", "-").split("-")[0].strip().lower()
        if base in choices:
            return base
    return choices[0]


def wishes(accepted: str) -> tuple[str, ...]:
    """Return what an Accept-Language header asks for, most wanted first."""
    found: list[tuple[float, int, str]] = []
    for number, part in enumerate(accepted.split(",")[:ACCEPTED_MAX]):
        tag, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if tag.strip() and quality > 0:
            found.append((-quality, number, tag.strip()))
    return tuple(tag for _, _, tag in sorted(found))


def zone_or(text: str | None, otherwise: str) -> str:
    """Return the time zone that a browser named if there is one of that name, else the other one."""
    return text if text and is_zone(text) else otherwise


@lru_cache(maxsize=1024)
def is_zone(text: str) -> bool:
    """Return whether this is the name of a time zone."""
    try:
        return bool(ZoneInfo(text).key)
    except (KeyError, ValueError, OSError):
        return False


# --- what a page is dressed in --------------------------------------------------------------------------------------


def brand_css_address(brand: Brand) -> str:
    """Return where the brand's colours are; the address changes with them, so that browsers may keep the file."""
    return f"/contact/{brand.slug}/brand.css?{fingerprint(colour_of(brand))[:8]}"


def brand_css(brand: Brand) -> str:
    """Return the style sheet with the brand's colours: inline styles are forbidden on our pages."""
    colour = colour_of(brand)
    return f":root{{--accent:{colour};--on-accent:{ink_on(colour)}}}\n"


def colour_of(brand: Brand) -> str:
    """Return the brand's colour as #rrggbb, whatever was typed."""
    text = brand.colour.lower()
    return text if len(text) == 7 and text[0] == "#" and set(text[1:]) <= set("0123456789abcdef") else COLOUR_DEFAULT


def ink_on(colour: str) -> str:
    """Return black or white, whichever reads better on a colour (WCAG contrast; the better one is always over 4.5)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"


def client_address(parts: Parts, connection: HTTPConnection) -> str:
    """Return where a request or a socket comes from."""
    client = (connection.client.host, connection.client.port) if connection.client else None
    return address_of(client, connection.scope["headers"], trust_proxy=parts.settings.trust_proxy)


def too_often(parts: Parts, connection: HTTPConnection, kind: str) -> bool:
    """Return whether this address knocks too often at this kind of door."""
    return parts.limits.wait_seconds(kind, client_address(parts, connection), parts.clock.now()) > 0
