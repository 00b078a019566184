"""Many runs side by side, each in a process of its own, for bad days by the thousand."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from waada.sim.scenario import Scenario
from waada.sim.simulate import Checks, Report, simulate


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run to be made."""

    scenario: Scenario
    seed: int
    days: int
    checks: Checks = "some"


def simulate_many(runs: Iterable[Run], processes: int = 2) -> list[Report]:
    """Return the reports of all runs, in their order."""
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(_report, runs))


def _report(run: Run) -> Report:
    return simulate(run.scenario, run.seed, run.days, run.checks)


__all__ = ["Run", "simulate_many"]
