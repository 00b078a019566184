"""What can be foreseen of a wait: by when somebody will answer, and with what chance.

The core only asks; `science/outlook.py` answers from rosters, from who is present and from what is waiting. Nothing of
it is remembered but what a promise says of itself (`chance`, `basis`), so a log folds to the same state without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from waada.core.frozen import made_fast
from waada.core.people import Brand, Channel
from waada.core.policies import PromiseKind

# Science section 2: below the first the desk acts inside, below the second the customer is told a new time.
ACT_BELOW = 0.8
TELL_BELOW = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The wait in question: whose, on which channel, since when. A newcomer waits since `now`."""

    brand: Brand
    channel: Channel | None
    kind: PromiseKind
    stream: str
    now: datetime
    since: datetime


made_fast(Asked)


class Sight(Protocol):
    """What is foreseen of one wait at one instant."""

    @property
    def basis(self) -> str:
        """What it rests on, for the record of the promise."""
        ...

    def chance_at(self, due_at: datetime) -> float:
        """Return the chance, 0 to 1, that the customer has been answered by an instant."""
        ...

    def due_at(self, chance: float) -> datetime | None:
        """Return by when the customer is answered with that chance; None where nobody will be there."""
        ...


class Outlook(Protocol):
    """Where a decision asks. Must be quick (well under a millisecond): every new enquiry waits for it."""

    def sight(self, asked: Asked) -> Sight | None:
        """Return what is foreseen of a wait, or None where nothing is known of the brand yet."""
        ...


class NoOutlook:
    """Foresees nothing, so that promises are what the policy says. For tests and for whoever wants it so."""

    def sight(self, asked: Asked) -> Sight | None:  # noqa: ARG002 - the protocol's form
        """Return None."""
        return None
