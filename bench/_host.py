"""How much of the processors the host took away, moment by moment: latencies are shown with and without those moments.

A shared machine is taken away for tenths of seconds to seconds (`st` in vmstat), and then every latency is the host's.
A moment counts as undisturbed by what the host did around it, never by how long anything took, so that the choice
favours nobody: at most `STOLEN_MAX` of the processors' time gone from `BEFORE` seconds before it, in which a line that
had grown runs off, to `AFTER` seconds after it.
"""

import threading
import time
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path
from typing import Self

STOLEN_MAX = 0.02
BEFORE, AFTER = 2.0, 0.5
EVERY = 0.1


class Host:
    """Watches from `with Host() as host:` to its end."""

    def __init__(self) -> None:
        self._at: list[float] = []
        self._stolen: list[float] = []
        self._all: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._ended.wait(EVERY):
            self._look()

    def _look(self) -> None:
        fields = [int(each) for each in Path("/proc/stat").read_text().partition("\n")[0].split()[1:9]]
        self._at.append(time.perf_counter())
        self._stolen.append(fields[7])
        self._all.append(sum(fields))

    def stolen(self, since: float, until: float) -> float:
        """Return the share of the processors that was taken away between two instants."""
        first = max(0, bisect_left(self._at, since) - 1)
        last = min(len(self._at) - 1, bisect_left(self._at, until))
        return (self._stolen[last] - self._stolen[first]) / max(1.0, self._all[last] - self._all[first])

    def undisturbed(self, timed: Iterable[tuple[float, float]]) -> list[float]:
        """Return the lengths, of (instant, length), whose instant the host left alone."""
        return [length for at, length in timed if self.stolen(at - BEFORE, at + AFTER) <= STOLEN_MAX]

    def words(self, timed: list[tuple[float, float]]) -> str:
        """Return in words what the host took while these instants went by."""
        if not timed:
            return "nothing was measured"
        instants = [at for at, _ in timed]
        share = self.stolen(min(instants), max(instants))
        return f"the host took {share:.0%} of both processors; {len(self.undisturbed(timed)):,} of {len(timed):,} alone"


def lengths(timed: Iterable[tuple[float, float]]) -> list[float]:
    """Return the lengths alone."""
    return [length for _, length in timed]
