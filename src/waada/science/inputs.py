"""What the formulas of waiting accept, and the words with which they refuse.

A number that makes no sense is refused here and nowhere later, in a sentence that says what to change: a promise must
never be computed from a NaN. Where nobody will ever be there, `NobodyThere` says so instead of a number.
"""

import math
from collections.abc import Iterable, Sequence

Pieces = Sequence[tuple[float, float]]
"""`[(minutes, people), ...]`: consecutive stretches from now on, each with the people who answer in it."""


class WaitRefused(ValueError):
    """The wait cannot be computed from this; the message says what to change."""


class NoCapacity(WaitRefused):
    """No roster at all was given. Give at least one piece, e.g. `[(480, 3)]`; `[(480, 0)]` is a closed day."""


class NotAQuantity(WaitRefused):
    """A number is negative, zero where it may not be, infinite or not a number. Give a plain finite one."""


class NotAChance(WaitRefused):
    """A chance lies outside of 0 and 1. Nobody can promise with certainty: ask for .95 or .99."""


class NotALine(WaitRefused):
    """The number of people ahead is not a whole number from 0 up. Count them."""


class NobodyThere(WaitRefused):
    """There is no such wait, because nobody is there long enough. Extend the roster, or offer another channel.

    `reaches` is the chance of being answered before the roster that was given ends; 0 if it is closed throughout.
    """

    def __init__(self, sentence: str, reaches: float) -> None:
        super().__init__(sentence)
        self.reaches = reaches

    @classmethod
    def closed(cls) -> "NobodyThere":
        return cls(
            "Nobody is there in any of the hours given, so nobody will answer. Add people or opening hours.", 0.0
        )

    @classmethod
    def ends(cls, reaches: float, probability: float) -> "NobodyThere":
        return cls(
            f"The hours given end before the answer: it comes within them with a chance of {reaches:.3g}, "
            f"and {probability:.3g} was asked for. Give a longer roster or more people.",
            reaches,
        )


def quantity(what: str, number: float) -> float:
    """A finite number from 0 up."""
    if not 0.0 <= (plain := as_float(what, number)) < math.inf:
        raise NotAQuantity(f"{what} is {number}; give a finite number from 0 up.")
    return plain


def positive(what: str, number: float) -> float:
    """A finite number above 0."""
    if not 0.0 < (plain := as_float(what, number)) < math.inf:
        raise NotAQuantity(f"{what} is {number}; give a finite number above 0.")
    return plain


def chance(what: str, number: float) -> float:
    """A chance strictly between 0 and 1."""
    if not 0.0 < (plain := as_float(what, number)) < 1.0:
        raise NotAChance(f"{what} is {number}; give a chance above 0 and below 1, such as 0.95.")
    return plain


def line(what: str, number: float) -> int:
    """People in a line: a whole number from 0 up."""
    plain = as_float(what, number)
    if not 0.0 <= plain < math.inf or plain != int(plain):
        raise NotALine(f"{what} is {number}; count people: a whole number from 0 up.")
    return int(plain)


def pieces_of(capacity: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The pieces as plain floats, each looked at."""
    pieces: list[tuple[float, float]] = []
    for number, piece in enumerate(capacity, 1):
        try:
            minutes, people = piece
        except (TypeError, ValueError):
            raise NotAQuantity(f"Piece {number} of the capacity is {piece!r}; give (minutes, people).") from None
        pieces.append(
            (
                quantity(f"The length of piece {number} in minutes", minutes),
                quantity(f"The number of people in piece {number}", people),
            ),
        )
    if not pieces:
        raise NoCapacity("No capacity was given; say for how many minutes how many people are there: [(480, 3)].")
    if not math.isfinite(sum(minutes * people for minutes, people in pieces)):
        raise NotAQuantity("The capacity adds up to more than can be counted; give real minutes and people.")
    return pieces


def as_float(what: str, number: float) -> float:
    try:
        return float(number)
    except (TypeError, ValueError, OverflowError):
        raise NotAQuantity(f"{what} is {number!r}; give a number.") from None
