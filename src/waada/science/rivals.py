"""What others announce: the waiting-time formulas of well-known desks, to be measured beside ours in the same run.

All are in minutes and are what the vendor's own manual or a published study says; none says how often it is kept.
`recalibration` gives them the best they could hope for: the one factor that makes them keep a share in hindsight.
"""

import math
from collections.abc import Sequence

import numpy as np

from waada.science import inputs

# Genesys' Stat Server guide: "if no agents are active, 0.0001 is used".
NOBODY = 0.0001
# Salesforce' `(1 - k) A + k W` with the weight commonly cited.
NEWEST_WEIGHT = 0.1


def genesys(handle_minutes: float, unassigned: float, active_people: float, effective_portion: float = 1.0) -> float:
    """`AHT * CIQU / (AA * EP)`, the "estimated wait time" of the Genesys Stat Server deployment guide.

    `unassigned` (CIQU) are the calls in the queue that no free person is there for, the new one included;
    `active_people` (AA) those signed in; `effective_portion` (EP) the share of their time that goes to this queue.
    """
    handle = inputs.positive("The handling time in minutes", handle_minutes)
    waiting = inputs.quantity("The number waiting", unassigned)
    people = inputs.quantity("The number of active people", active_people)
    return handle * waiting / (max(people, NOBODY) * inputs.positive("The effective portion", effective_portion))


def salesforce(average_minutes: float, newest_minutes: float) -> float:
    """`.9 A + .1 W`: the exponential average of past waits that Salesforce' chat announces, after one more wait.

    The Service SDK's reference gives `(1 - k) * A + k * W`. What it returns is the next `average_minutes`.
    """
    average = inputs.quantity("The average wait", average_minutes)
    newest = inputs.quantity("The newest wait", newest_minutes)
    return (1.0 - NEWEST_WEIGHT) * average + NEWEST_WEIGHT * newest


def head_of_line(oldest_waits_minutes: float) -> float:
    """The time that the first in line has waited so far (HOL; Ibrahim and Whitt 2009); 0 without a line."""
    return inputs.quantity("The wait of the first in line", oldest_waits_minutes)


def last_entered(last_wait_minutes: float) -> float:
    """The wait of the last one who was answered (LES; Ibrahim and Whitt 2009)."""
    return inputs.quantity("The last wait", last_wait_minutes)


def recalibration(announced: Sequence[float], waited: Sequence[float], kept: float) -> float:
    """The factor by which all announcements have to be multiplied so that the share `kept` of them held, in hindsight.

    Infinite when that share cannot be reached because too many announced nothing (0 minutes) and yet waited.
    """
    share = inputs.chance("The share to keep", kept)
    said, took = np.asarray(announced, np.float64), np.asarray(waited, np.float64)
    if said.shape != took.shape or not said.size:
        raise inputs.NotAQuantity("Give as many announcements as waits, and at least one.")
    factors = np.divide(took, said, out=np.where(took > 0.0, np.inf, 0.0), where=said > 0.0)
    return float(np.sort(factors)[math.ceil(share * len(factors)) - 1])
