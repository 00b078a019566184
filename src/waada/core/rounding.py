"""What people say: a computed instant is never told to the odd second, and never rounded to an earlier one.

"Within 90 seconds" and "by 14:20" are promises; "by 14:17:43" is a measurement. Under three minutes a promise is a
length in seconds; from there on it is a whole minute, so that the minute that is read is the instant that is kept. The
step grows with the time it rounds: from twenty minutes on it costs the customer at most a twentieth of the wait.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from waada.core.hours import Hours
from waada.core.policies import Wording

# Below this a promise is said in seconds, to the second; nobody looks at the clock on the wall for it.
SHORT = timedelta(minutes=3)
_SHORT_SECONDS: Final = SHORT.total_seconds()
# The steps of a short one: (up to so many seconds, step).
_SHORT_STEPS: Final = ((60, 5), (120, 10), (180, 30))
# Steps of a clock that people read, in seconds.
_STEPS: Final = (60, 120, 300, 600, 900, 1800, 3600)
SHARE_MAX: Final = 1 / 20  # of the time from now

# "Within 16 hours" overnight only frightens; from here on a promise for another day is told by its time alone.
OVERNIGHT_LENGTH_MAX = timedelta(hours=4)

# "Between 14:00 and 14:30": as wide as about this share of the wait, in widths that people use.
_WINDOW_SHARE: Final = 0.15
_WINDOW_MINUTES: Final = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240)
_WINDOW_FROM: Final = timedelta(minutes=20)  # of a shorter wait the narrowest window would be a quarter and more


def step_seconds(seconds: float) -> int:
    """Return the step for a time that lies so many seconds away: a whole minute at least, unless it is short."""
    if seconds < _SHORT_SECONDS:
        return next(step for most, step in _SHORT_STEPS if seconds < most)
    return _STEPS[max(0, bisect_right(_STEPS, seconds * SHARE_MAX) - 1)]


def rounded_up(due_at: datetime, now: datetime, zone: str, wording: Wording) -> datetime:
    """Return the first instant from `due_at` on that people would name.

    "within" names a length where one is said at all, as does everybody for what is short, so the length is round;
    "exact" and "window" name a time, so the clock on the customer's wall is.
    """
    length = due_at - now
    step = timedelta(seconds=step_seconds(length.total_seconds()))
    if length < SHORT or wording == "within":
        by_length = due_at + -length % step
        if length < SHORT or is_said_as_length(by_length, now, zone):
            return by_length
    wall = due_at.astimezone(ZoneInfo(zone))
    since_midnight = timedelta(0, wall.hour * 3600 + wall.minute * 60 + wall.second, wall.microsecond)
    return due_at + -since_midnight % step


def is_said_as_length(due_at: datetime, now: datetime, zone: str, most: timedelta = OVERNIGHT_LENGTH_MAX) -> bool:
    """Return whether "within 3 hours" tells somebody when: today, or soon after midnight."""
    if due_at - now <= most:
        return True
    info = ZoneInfo(zone)
    return due_at.astimezone(info).date() == now.astimezone(info).date()


def window_begins(due_at: datetime, now: datetime, hours: Hours | None) -> datetime | None:
    """Return when the window begins that ends at `due_at`; None where the wait is too short or too odd for one.

    It is measured on the promise's own clock (`hours` None counts around the clock) and never begins before now, nor
    while nobody is there.
    """
    if hours is None or not (pieces := hours.pieces(now, due_at)):
        pieces = ((now, due_at),)
    wait = sum((closes - opens for opens, closes in pieces), timedelta())
    if wait < _WINDOW_FROM:
        return None
    wanted = wait * _WINDOW_SHARE
    minutes = next((each for each in _WINDOW_MINUTES if timedelta(minutes=each) >= wanted), _WINDOW_MINUTES[-1])
    begins_at = max(due_at - timedelta(minutes=minutes), pieces[-1][0])
    # What is left of it after a late opening may be no window any more.
    return begins_at if due_at - begins_at >= timedelta(minutes=_WINDOW_MINUTES[0]) else None
