"""Whose turn it is: how many must be finished with before it is one's own, counted over all that the same people do.

Places are what a channel's people can have in hand at once: several chats each, or one letter. Who is at a letter does
nothing else, so a letter takes all places of a person; chats are spread over people, so each keeps one from letters.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from waada.science.standing import Line


class Turns:
    """The line of a channel and those beside it, at one instant; `chat` says which kind each line beside is of."""

    __slots__ = ("_letters", "_letters_in_hand", "_like_us", "_owed_beside", "_places", "_taken")

    def __init__(
        self,
        line: Line,
        beside: Sequence[tuple[Line, bool]],
        now: float,
        *,
        chat: bool,
        slots: float,
        at_once: float,
        present: bool,
    ) -> None:
        """Count what is in hand. `slots` and `at_once` are the places of all people, and of one."""
        places = places_of(slots)
        chats = line.taken_places(now, places, present=present)
        chats += sum([other.taken_places(now, places, present=False) for other, of_chats in beside if of_chats])
        chats = min(chats, places)
        letters = sum([len(other.owed) for other, of_chats in beside if not of_chats]) if chat else 0
        self._letters_in_hand = min(letters, int((places - chats) / at_once))
        self._taken = min(places, chats + round(self._letters_in_hand * at_once))
        # The due times of the lines beside, which go on changing with them; letters are told apart for who chats.
        self._letters = [other.dues() for other, of_chats in beside if chat and not of_chats]
        self._like_us = [other.dues() for other, of_chats in beside if of_chats or not chat]
        # Whom a newcomer finds in hand may be less urgent all the same.
        self._owed_beside = sum([len(other.owed) for other, of_chats in beside if of_chats == chat])
        self._places = places

    def ahead(self, before: int, due: float, *, newcomer: bool = False) -> int | None:
        """Return the place of who is due then and has so many before them in their own line."""
        waiting = letters = 0
        for dues in self._like_us:
            waiting += bisect_right(dues, due)
        for dues in self._letters:
            letters += bisect_right(dues, due)
        later = max(0, self._owed_beside - waiting) if newcomer else 0
        if letters > self._letters_in_hand:
            waiting += letters - self._letters_in_hand
        return _place(before + waiting + self._taken, later, self._places)


def place_in_line(before: int, later: int, slots: float) -> int | None:
    """Return how many must be finished with before it is one's turn; None when a person is free, or at it already.

    Whoever is there works on what came first. With as many customers as slots, one must be finished; those who wait
    beyond that come first. `later` are less urgent ones, whom a newcomer may find in hand all the same.
    """
    return _place(before, later, places_of(slots))


def _place(before: int, later: int, places: int) -> int | None:
    if before >= places:
        return before - places
    return None if before + min(later, places) < places else 0


def places_of(slots: float) -> int:
    """Return how many customers are in hand at once; one at least, or nobody would ever be next."""
    return max(1, round(slots))
