"""What people say: a computed instant is never told to the second, and never rounded to an earlier one.

"Within 7 minutes" and "by 14:20" are promises; "by 14:17:43" is a measurement. The step grows with the time it rounds,
so that saying it nicely never costs the customer more than a twentieth of the wait.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from waada.core.policies import Wording

# Steps of a clock that people read, in seconds.
_STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
SHARE_MAX = 1 / 20  # of the time from now


def step_seconds(seconds: float) -> int:
    """Return the step for a time that lies so many seconds away: the largest that costs at most a twentieth."""
    fitting = [step for step in _STEPS if step <= seconds * SHARE_MAX]
    return fitting[-1] if fitting else _STEPS[0]


def rounded_up(due_at: datetime, now: datetime, zone: str, wording: Wording) -> datetime:
    """Return the first instant from `due_at` on that people would name.

    "within" names a length, so the length is round; "exact" and "window" name a time, so the clock on the customer's
    wall is.
    """
    length = (due_at - now).total_seconds()
    step = step_seconds(length)
    if wording == "within":
        return now + timedelta(seconds=-(-length // step) * step)
    offset = due_at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
    on_the_wall = due_at.timestamp() + offset.total_seconds()
    return due_at + timedelta(seconds=-(-on_the_wall // step) * step - on_the_wall)
