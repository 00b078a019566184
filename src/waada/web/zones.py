"""Time zones that people may choose."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from waada.web.problems import Problem


def check_zone(zone: str | None, field: str) -> None:
    """Refuse what is not a time zone; None is fine."""
    if zone is not None and zone not in _zones():
        raise Problem(422, "This is not a time zone. It looks like Asia/Almaty.", field=field)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
