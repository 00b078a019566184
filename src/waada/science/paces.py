"""How long answers take: the whole handling of a conversation, and the own part before the customer hears a word.

What is usual for a kind of channel stands in until enough was seen. Handling is learned per channel and person
(`handling.py`); the own part per channel, since a mail is answered at the end of its handling and a chat at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from waada.science import handling
from waada.science.handling import Expected, Handled, HandlingTimes

# Before anything was seen, in minutes by kind of channel: a whole conversation, and the first word in one.
HANDLE_MINUTES = {"chat": 6.0, "mail": 8.0, "api": 8.0}
HANDLE_MINUTES_ELSE = 8.0
FIRST_WORD_MINUTES = {"chat": 0.5}
# Nobody answers at once: three seconds to look up and write.
OWN_MINUTES_MIN = 0.05
# What is usual counts like so many observations; a day of a small desk outweighs it.
USUAL_COUNT = 8.0
# Later ones weigh more than those of so many conversations ago: people learn, products change.
MEMORY = 600.0
# What is more than so many times the mean is counted as that: a chat whose customer went for a walk.
CAP = 8.0


@dataclass(slots=True)
class Pace:
    """A mean with its weight; minutes."""

    mean: float
    weight: float = USUAL_COUNT

    def saw(self, minutes: float) -> None:
        """Count one more."""
        self.weight = min(self.weight + 1.0, MEMORY)
        self.mean += (min(minutes, CAP * self.mean) - self.mean) / self.weight


class Paces:
    """The paces of a brand's channels and people."""

    def __init__(self) -> None:
        """Know what is usual."""
        self._times = HandlingTimes()
        self._own: dict[str, Pace] = {}
        self._expected: dict[str, dict[tuple[str, str], Expected]] = {}

    def handle(self, channel: str, kind: str) -> tuple[float, float]:
        """Return the mean minutes of a conversation, and their relative standard error."""
        expected = self._expect(channel, kind, "")
        return expected.minutes, expected.unsureness

    def _expect(self, channel: str, kind: str, person: str) -> Expected:
        """Return what is expected, worked out once for everything that was seen on a channel."""
        of_channel = self._expected.setdefault(channel, {})
        known = of_channel.get((kind, person))
        if known is None:
            known = handling.expect(self._times, channel, usual(kind), person=person)
            of_channel[kind, person] = known
        return known

    def speed(self, channel: str, kind: str, person: str) -> float:
        """Return how many conversations a person handles in the time of one; 1 for whoever is not known yet."""
        return self._expect(channel, kind, "").minutes / self._expect(channel, kind, person).minutes

    def own(self, channel: str, kind: str) -> float:
        """Return the mean minutes from somebody's turn to the answer: a word in a chat, all of it in a mail."""
        first_word = FIRST_WORD_MINUTES.get(kind)
        if first_word is None:
            return self.handle(channel, kind)[0]
        pace = self._own.get(channel)
        return first_word if pace is None else max(pace.mean, OWN_MINUTES_MIN)

    def handled(self, channel: str, kind: str, person: str, minutes: float) -> None:
        """A conversation took a person so long."""
        seen = Handled(channel=channel, minutes=minutes, prior_minutes=usual(kind), person=person)
        self._times = handling.learn(self._times, seen)
        if len(self._times.averages) < handling.PLACES_MAX:
            self._expected.pop(channel, None)
        else:
            # Somebody of another channel may have been forgotten for it.
            self._expected.clear()

    def answered(self, channel: str, kind: str, minutes: float) -> None:
        """The first word took so long from somebody's turn on."""
        self._own.setdefault(channel, Pace(FIRST_WORD_MINUTES.get(kind, 0.5))).saw(minutes)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "handle": handling.plain(self._times),
            "own": {key: [pace.mean, pace.weight] for key, pace in sorted(self._own.items())},
        }

    @classmethod
    def from_plain(cls, written: Mapping[str, Any]) -> Paces:
        """Return what `plain` wrote."""
        known = cls()
        known._times = handling.from_plain(written["handle"])
        known._own = {key: Pace(mean, weight) for key, (mean, weight) in written["own"].items()}
        return known


def usual(kind: str) -> float:
    """Return the minutes that a conversation takes on a kind of channel, as far as is known before any was seen."""
    return HANDLE_MINUTES.get(kind, HANDLE_MINUTES_ELSE)
