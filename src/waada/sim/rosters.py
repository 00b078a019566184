"""A colleague's shifts as the roster that the desk knows, so that promises know who is planned to be there."""

from __future__ import annotations

from waada.core.hours import Hours
from waada.core.intervals import WEEKDAYS
from waada.sim.scenario import Colleague


def roster_of(colleague: Colleague, zone: str) -> Hours:
    """Return when somebody is planned to work; without shifts never, so that nothing is planned for them."""
    days = {
        name: tuple((_clock(begins), _clock(ends)) for begins, ends in colleague.shifts_on(day))
        for day, name in enumerate(WEEKDAYS)
    }
    return Hours.weekly(days, zone=zone)


def _clock(hours: float) -> str:
    hour, minute = divmod(round(hours * 60), 60)
    return f"{hour:02d}:{minute:02d}"
