"""How many weeks a check simulates, and on how many processors: up to four of a busy brand, more of a quiet one.

A month of a thousand conversations a day is shared by two processes; a small brand needs none but this one. A quiet
brand is given more weeks until its keep-rate is known well enough or the verdict is clear.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, wait
from math import ceil
from multiprocessing.sharedctypes import Synchronized
from types import TracebackType
from typing import Any, Self

from waada.proving import Picture
from waada.sim.gate_scene import Scene
from waada.sim.gate_verdict import picture_of
from waada.sim.gate_world import WARM_DAYS, LeanWorld, Waits

WEEKS = 4
WEEKS_MAX = 52
# As many conversations as four weeks of a thousand a day; a busier brand has fewer weeks.
CONVERSATIONS_MAX = 28_000
# A quiet brand begins with weeks enough for so many.
CONVERSATIONS_MIN = 2_000
# Known well enough: the interval of the keep-rate is no wider than a point to either side.
POINT = 0.01
# Below so many, starting processes takes longer than the simulation.
WORTH_SHARING = 6_000
PROCESSES = 2
LOOK_SECONDS = 0.2

_days_done: Synchronized[int] | None = None


class Runs:
    """Simulates scenes, the same one always with the same seeds; `told` hears how far the present one is, 0 to 1."""

    def __init__(self, told: Callable[[float], None]) -> None:
        """Start nothing yet."""
        self._told = told
        self._pool: ProcessPoolExecutor | None = None
        context = multiprocessing.get_context("spawn")
        self._context, self._done = context, context.Value("i", 0)

    def __enter__(self) -> Self:
        """Use it in a `with`, so that its processes end."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def quiet(self) -> None:
        """Tell no more: what follows is not what somebody waits for."""
        self._told = _nobody

    def picture(self, scene: Scene) -> tuple[Picture, Waits]:
        """Simulate until the verdict is clear, or as well known as it will be; of a busy brand half the weeks first."""
        weeks, waits, days, seed = weeks_of(scene), Waits(), 0, 1
        if _total(scene, weeks * 7) > WORTH_SHARING:
            weeks = max(1, weeks // 2)
        while True:
            waits.extend(self._simulate(scene, seed, weeks))
            days, seed = days + weeks * 7, seed + PROCESSES
            picture = picture_of(scene, waits, days)
            if _clear(picture) or 2 * days > WEEKS_MAX * 7 or 2 * _total(scene, days) > CONVERSATIONS_MAX:
                return picture, waits
            weeks = days // 7

    def _simulate(self, scene: Scene, seed: int, weeks: int) -> Waits:
        shared = PROCESSES if weeks > 1 and _total(scene, weeks * 7) > WORTH_SHARING else 1
        parts = [(scene, seed + part, (weeks + part) // shared * 7) for part in range(shared)]
        days = sum(part[2] + WARM_DAYS for part in parts)
        if shared == 1:
            done = 0

            def told() -> None:
                nonlocal done
                done += 1
                self._told(done / days)

            return simulate(*parts[0], told)
        return self._share(parts, days)

    def _share(self, parts: list[tuple[Scene, int, int]], days: int) -> Waits:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(PROCESSES, self._context, initializer=_begin_part, initargs=(self._done,))
        self._done.value = 0
        running: list[Future[Waits]] = [self._pool.submit(_part, *part) for part in parts]
        left: Any = running
        while left:
            left = wait(left, LOOK_SECONDS).not_done
            self._told(min(1.0, self._done.value / days))
        waits = Waits()
        for each in running:
            waits.extend(each.result())
        return waits


def weeks_of(scene: Scene) -> int:
    """Return how many weeks to begin with."""
    busy = max(1, CONVERSATIONS_MAX // max(1, round(_total(scene, 7))))
    quiet = ceil(CONVERSATIONS_MIN / max(scene.a_week, 1e-9))
    return min(busy, max(WEEKS, min(quiet, WEEKS_MAX)))


def simulate(scene: Scene, seed: int, days: int, told: Callable[[], None]) -> Waits:
    """Simulate so many days in this process."""
    gc.disable()  # nothing here refers to itself; looking for that takes a fifth of the time
    try:
        return LeanWorld(scene, seed, days).simulate(told)
    finally:
        gc.enable()
        gc.collect()


def _total(scene: Scene, days: float) -> float:
    return sum(sum(way.week) for way in scene.scenario.ways) * days / 7


def _clear(picture: Picture) -> bool:
    known = picture.high - picture.low <= 2 * POINT
    return known or picture.holds or picture.high < picture.chance


def _nobody(_progress: float) -> None:
    """Hear nothing."""


def _begin_part(done: Synchronized[int]) -> None:
    global _days_done  # noqa: PLW0603 - a process of a pool has no other way to know it
    _days_done = done


def _part(scene: Scene, seed: int, days: int) -> Waits:
    return simulate(scene, seed, days, _one_more_day)


def _one_more_day() -> None:
    assert _days_done is not None, "a process of the pool has begun"
    with _days_done.get_lock():
        _days_done.value += 1


__all__ = ["Runs", "simulate", "weeks_of"]
