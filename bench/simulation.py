"""How fast the simulator runs: the whole engine with its ledger's hash, one core, scenario by scenario.

Prints one table, of the best of a few runs each: the same seed does the same every time, so what else happens here only
makes a run slower. Beside it stands how long this machine takes for ten million additions just then, because machines
that share their cores drift by a factor of two within minutes.
    python bench/simulation.py [--days 3] [--seed 1] [--times 3]
"""

from __future__ import annotations

import argparse
import time

from rich.console import Console
from rich.table import Table

from waada.sim.scenarios import SCENARIOS
from waada.sim.simulate import simulate

WANTED = 50_000  # events a second


def calibration() -> float:
    begun = time.process_time()
    total = 0
    for number in range(2_000_000):
        total += number
    return (time.process_time() - begun) * 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--times", type=int, default=3)
    wanted = parser.parse_args()
    console = Console(width=120)
    simulate("retail_day", wanted.seed, 1)  # the words are read from their files once
    asked = f"{wanted.days} days, seed {wanted.seed}, best of {wanted.times}"
    table = Table(title=f"{asked}; wanted: {WANTED:,} events a second on one core")
    for title in ("scenario", "conversations", "commands", "events", "seconds", "events/s", "additions", "ledger"):
        table.add_column(title, justify="left" if title in ("scenario", "ledger") else "right")
    for name in SCENARIOS:
        before = calibration()
        runs = [simulate(name, wanted.seed, wanted.days) for _ in range(wanted.times)]
        report = min(runs, key=lambda each: each.seconds)
        table.add_row(
            name,
            f"{report.conversations:,}",
            f"{report.commits:,}",
            f"{report.events:,}",
            f"{report.seconds:.2f}",
            f"{report.events_per_second:,.0f}",
            f"{before:.2f} s",
            report.ledger_sha256[:12],
        )
    console.print(table)
    console.print("additions: seconds for ten million additions just before; 0.3 s is a quiet core of 2024.")


if __name__ == "__main__":
    main()
