"""Clocks and ids, the real ones and the virtual ones. The only place that asks what time it is."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_RANDOM_BITS = 62 - 8  # the last eight bits stay free for ids derived from this one
_RANDOM_MASK = (1 << _RANDOM_BITS) - 1


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the instant, aware UTC."""
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is moved. It may be moved backwards, as real ones sometimes are."""

    def __init__(self, start: datetime) -> None:
        """Stand at `start`, aware UTC."""
        self._now = start

    def now(self) -> datetime:
        """Return the instant it stands at."""
        return self._now

    def set(self, at: datetime) -> None:
        """Move to an instant."""
        self._now = at

    def advance(self, by: timedelta) -> None:
        """Move on."""
        self._now += by


def uuid7(milliseconds: int, tail: int) -> str:
    """Return a UUIDv7 (RFC 9562) with 12 + 54 bits of `tail` and its last eight bits zero."""
    rand_a = tail >> _RANDOM_BITS & 0xFFF
    rand_b = tail & ((1 << _RANDOM_BITS) - 1)
    whole = (milliseconds & 0xFFFFFFFFFFFF) << 80 | 7 << 76 | rand_a << 64 | 2 << 62 | rand_b << 8
    text = whole.to_bytes(16).hex()  # twice as fast as a format
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class RandomIds:
    """Ids of this moment with 66 random bits."""

    def fresh(self) -> str:
        """Return a new UUIDv7 whose last two hex digits are `00`."""
        return uuid7(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(9)))


class CountedIds:
    """Ids in a fixed order, for tests and simulation: the same run gives the same ids."""

    def __init__(self, clock: VirtualClock, salt: int = 0) -> None:
        """Take the milliseconds from the clock; `salt` tells one run's ids from another's."""
        self._clock = clock
        self._next = salt << 40
        self._at = _EPOCH
        self._front = ""

    def fresh(self) -> str:
        """Return the next UUIDv7 whose last two hex digits are `00`."""
        self._next += 1
        now = self._clock.now()
        if now is not self._at:
            whole = f"{(now - _EPOCH) // _MILLISECOND & 0xFFFFFFFFFFFF:012x}"
            self._at, self._front = now, f"{whole[:8]}-{whole[8:]}-7"
        # Spread the counter over the middle digits, which the ladder takes its turns from.
        spread = self._next * 0x9E3779B97F4A7 & _RANDOM_MASK
        tail = (2 << 62 | spread << 8).to_bytes(8).hex()
        return f"{self._front}{self._next >> 20 & 0xFFF:03x}-{tail[:4]}-{tail[4:]}"
