"""A place in a line, in numbers: what a wait is computed from, written into the basis of its promise and read back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from waada.core.frozen import made_fast

# Beyond so many ahead the law of z changes by less than it is known: lines are told apart in steps of a twentieth.
FINE = 50
LONG = 13
# People are there a little after they should be: what the first answer of a day is counted in, at least.
OPENING_MINUTES = 1.0
# What stands in the basis of a promise before its place, with the edition of the form it is written in.
_MARK = "waits1 "


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody stands. `ahead` is how many must be finished with before their own turn; None: a person is free.

    `own_minutes` pass between the turn and the answer, `people` work meanwhile. `anybody` is whether somebody is
    there by now; if not, it all begins when somebody comes.
    """

    cell: str
    ahead: int | None
    handle_minutes: float
    own_minutes: float
    unsureness: float
    people: float
    anybody: bool = True

    @property
    def law_ahead(self) -> int:
        """The length of the line as the calibration tells it apart."""
        return fine(self.ahead)

    def __str__(self) -> str:
        """Return it as the basis of a promise has it."""
        line = "free" if self.ahead is None else str(self.ahead)
        return (
            f"{_MARK}line={self.cell} ahead={line} handle={self.handle_minutes:.3f} own={self.own_minutes:.3f} "
            f"unsure={self.unsureness:.3f} people={self.people:.2f} anybody={'yes' if self.anybody else 'no'}"
        )


made_fast(Place)


def names_place(basis: str) -> bool:
    """Return whether a promise was computed from a place in a line, by its basis."""
    return _MARK in basis


@lru_cache(maxsize=8)
def place_from(basis: str) -> Place | None:
    """Return the place that the basis of a promise names; None where it was promised by rule of thumb."""
    words = basis.partition(_MARK)[2].split()
    if not words:
        return None
    named = dict(word.partition("=")[::2] for word in words)
    return Place(
        cell=named["line"],
        ahead=None if named["ahead"] == "free" else int(named["ahead"]),
        handle_minutes=float(named["handle"]),
        own_minutes=float(named["own"]),
        unsureness=float(named["unsure"]),
        people=float(named["people"]),
        anybody=named.get("anybody") != "no",
    )


def law_of(place: Place) -> str:
    """Return the name of the law of z at a place."""
    return law_name(place.cell, place.ahead, anybody=place.anybody)


def law_name(cell: str, ahead: int | None, *, anybody: bool) -> str:
    """Return the name of the law of z: with a person free it is another one than behind a line.

    While nobody is there, nobody knows yet who will be missing, and who is answered first waits for somebody to come.
    Long lines are told apart, too: who is missing breaks their promises by the dozen, and must not make those of two
    people in a line longer.
    """
    if ahead is None:
        return f"{cell}:free" if anybody else f"{cell}:opening"
    if not anybody:
        return f"{cell}:shut"
    return f"{cell}:long" if ahead >= LONG else cell


def fine(ahead: int | None) -> int:
    """Return the length of a line as the calibration tells it apart; never shorter than it is."""
    if ahead is None:
        return 0
    return ahead if ahead <= FINE else _fine(ahead)


@lru_cache(maxsize=4_096)
def _fine(ahead: int) -> int:
    step = 1.05
    return math.ceil(FINE * step ** math.ceil(math.log(ahead / FINE, step)))


def answers_of(place: Place, capacity: float) -> float:
    """Return how many answers a capacity holds, once the own handling is taken off."""
    if place.ahead is None:
        return capacity / place.own_minutes
    return (capacity - place.people * place.own_minutes) / place.handle_minutes


def capacity_of(place: Place, answers: float) -> float:
    """Return the capacity that so many answers take; the inverse of `answers_of`."""
    if place.ahead is None:
        return answers * place.own_minutes
    return answers * place.handle_minutes + place.people * place.own_minutes
