"""The instant of a decision: when it is, and the seed from which everything it creates takes its id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from waada.core.frozen import made_fast


@dataclass(frozen=True, slots=True)
class Moment:
    """`at` is aware UTC; `seed` is a fresh id whose last two digits are free (see `ids.mint`)."""

    at: datetime
    seed: str


made_fast(Moment)
