"""A run's report for machines (a dictionary for JSON) and for people (a table)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from waada.sim.simulate import Report

BROKEN_SHOWN = 20


def as_plain(report: Report) -> dict[str, object]:
    """Return what `waada simulate --json` prints."""
    return {
        "scenario": report.scenario,
        "seed": report.seed,
        "days": report.days,
        "conversations": report.conversations,
        "events": report.events,
        "commits": report.commits,
        "seconds": round(report.seconds, 3),
        "events_per_second": round(report.events_per_second),
        "ledger_sha256": report.ledger_sha256,
        "laws": {"checked": report.checked, "broken": len(report.broken), "first": report.broken[:BROKEN_SHOWN]},
        "promises": report.promises,
        "outcomes": report.outcomes,
        "faults": report.faults,
    }


def print_table(report: Report, console: Console | None = None) -> None:
    """Print a report for reading."""
    table = Table(title=f"{report.scenario}, seed {report.seed}, {report.days} days", show_header=False)
    table.add_column(justify="right", style="bold")
    table.add_column()
    table.add_row(f"{report.conversations:,}", "conversations")
    table.add_row(f"{report.events:,}", f"events in {report.commits:,} commands")
    table.add_row(f"{report.events_per_second:,.0f}", f"events a second ({report.seconds:.1f} s)")
    table.add_section()
    for status in ("made", "kept", "renegotiated", "broken", "released", "open"):
        table.add_row(f"{report.promises.get(status, 0):,}", f"promises {status}")
    table.add_section()
    for outcome, number in sorted(report.outcomes.items()):
        table.add_row(f"{number:,}", f"enquiries {outcome}")
    table.add_section()
    for fault, number in report.faults.items():
        table.add_row(f"{number:,}", fault.replace("_", " "))
    table.add_section()
    table.add_row(f"{report.checked:,}", "checks of what must be true")
    table.add_row(f"{len(report.broken):,}", "do not hold", style="red" if report.broken else "green")
    table.add_row("ledger", report.ledger_sha256)
    screen = console or Console()
    screen.print(table)
    for words in report.broken[:BROKEN_SHOWN]:
        screen.print(f"[red]{words}[/red]")


__all__ = ["as_plain", "print_table"]
