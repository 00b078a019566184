"""How fast the story goes: story seconds become real ones, and nothing else in a played evening knows the difference.

Speed changes only the time between actions. Pauses are slept in short naps, so that a new speed is felt at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from waada.ports import Clock

Sleep = Callable[[float], Awaitable[None]]

NAP_SECONDS = 2.0
_ENOUGH = 1e-6  # what is left of a pause by rounding is no pause


class Pace:
    """Story time on a real clock. `seconds` counts the story's seconds since `begin`."""

    def __init__(self, clock: Clock, sleep: Sleep = asyncio.sleep) -> None:
        """Stand still."""
        self.speed = 1.0
        self._clock, self._sleep = clock, sleep
        self._told = 0.0
        self._since = clock.now()

    def begin(self, speed: float) -> None:
        """Begin at second nought."""
        self._told, self._since, self.speed = 0.0, self._clock.now(), speed

    def change(self, speed: float) -> None:
        """Go on at another speed."""
        self._told, self._since, self.speed = self.seconds, self._clock.now(), speed

    @property
    def seconds(self) -> float:
        """Return how much of the story has passed."""
        return self._told + (self._clock.now() - self._since).total_seconds() * self.speed

    async def pause(self, seconds: float, at_least: float = 0.0) -> None:
        """Let so many story seconds pass, and never fewer real ones than `at_least`."""
        real_left = at_least
        while seconds > _ENOUGH or real_left > _ENOUGH:
            speed = self.speed
            nap = min(NAP_SECONDS, max(seconds / speed, real_left))
            await self._sleep(nap)
            seconds -= nap * speed
            real_left -= nap
