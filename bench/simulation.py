"""How fast the simulator runs: the whole engine with its ledger's hash, one core, scenario by scenario.

Prints one table. The first line calibrates: how long this machine takes for ten million additions just now, because
machines that share their cores drift by a factor of two within minutes. `--days N`, `--seed N`.
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
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    console = Console(width=120)
    simulate("retail_day", wanted.seed, 1)  # the words are read from their files once
    table = Table(title=f"{wanted.days} days, seed {wanted.seed}; wanted: {WANTED:,} events a second on one core")
    for title in ("scenario", "conversations", "commands", "events", "seconds", "events/s", "additions", "ledger"):
        table.add_column(title, justify="left" if title in ("scenario", "ledger") else "right")
    for name in SCENARIOS:
        before = calibration()
        report = simulate(name, wanted.seed, wanted.days)
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
