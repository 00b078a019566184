"""Promises on simulated business days, by the real engine: how often they are kept, and who hears when they won't be.

One world after another (`waada.sim.promise_worlds`), two at a time, each with the bars of the project below its figures
and with what other desks would have told the same customers: as they do, and with the one factor that would have
kept 95 % in hindsight. Kept are first promises only: a new time told in good time is still a broken first word.
`--days N`, `--scenario NAME` (may be repeated), `--seed N`, `--warm-up DAYS`, `--first N`, `--hours`
for a table of the day.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from rich.console import Console
from rich.table import Table

from waada.sim.promise_figures import Figures, Telling, Word, figures
from waada.sim.promise_worlds import PROMISE_WORLDS
from waada.sim.promises_kept import PromisesKept
from waada.sim.scenarios import SCENARIOS
from waada.sim.world import World

PURE = "promise_retail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One world's figures and what they took; `channels` has them by channel where there are several."""

    name: str
    words: str
    days: int
    figures: Figures
    channels: tuple[tuple[str, Figures], ...]
    seconds: float
    sha256: str


def run(name: str, days: int, seed: int, warm_up: int, first: int) -> Result:
    """Simulate one world in this process."""
    scenario = SCENARIOS[name]
    # A desk with few customers needs longer until its figures mean anything.
    days = 4 * days if scenario.a_day < 100 else days
    kept = PromisesKept()
    world = World(scenario, seed, watch=kept.saw)
    gc.disable()
    begun = time.perf_counter()
    world.run(world.midnight(days))
    seconds = time.perf_counter() - begun
    gc.enable()
    judge = partial(
        figures, until=world.now, zone=scenario.zone, warm_from=world.midnight(min(warm_up, days // 2)), first=first
    )
    ways = [way.key for way in scenario.ways]
    return Result(
        name=name,
        words=scenario.words,
        days=days,
        figures=judge(kept.seen),
        channels=tuple((key, judge([each for each in kept.seen if each.channel == key])) for key in ways)
        if len(ways) > 1
        else (),
        seconds=seconds,
        sha256=world.ledger.sha256,
    )


def percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def promised(result: Result) -> Table:
    """How promises did, beside the rivals."""
    figures = result.figures
    table = Table(
        title=f"{result.name}: {result.days} days, {figures.came:,} customers, {figures.gone:,} gone by themselves; "
        f"the delayed waited {figures.mean_wait:.1f} min on average\n{result.words}"
    )
    heads = (
        "promised by",
        "number",
        "kept",
        "promise / wait",
        "in hours",
        "minutes, in hours",
        "worst hour",
        "p10 day",
    )
    for title in heads:
        table.add_column(title, justify="left" if title == "promised by" else "right")
    table.add_row(*row("Waada, delayed customers", figures.delayed))
    table.add_row(*row("Waada, everybody", figures.everybody))
    table.add_row(*row(f"Waada, {figures.first.name} of a new brand", figures.first))
    for key, own in result.channels:
        table.add_row(*row(f"Waada, {key}", own.delayed))
    if result.name == PURE:
        table.add_row("[dim]bar", "", "94.5-97 %", "<= 1.30", "<= 1.45", "", ">= 92 %", ">= 90 %")
    else:
        table.add_row("[dim]bar", "", "93-98 %", "", "", "", "", "")
    table.add_section()
    for rival in figures.rivals:
        table.add_row(*row(rival.name, rival))
    return table


def row(name: str, word: Word) -> tuple[str, ...]:
    share, hour = word.worst_hour
    return (
        name,
        f"{word.number:,}",
        percent(word.kept),
        f"{word.ratio:.2f}",
        f"{word.ratio_in_hours:.2f}",
        f"{word.promised_in_hours:.1f}",
        "-" if hour is None else f"{percent(share)} at {hour}",
        percent(word.tenth_day),
    )


def told(result: Result) -> Table:
    """What customers heard before a promise broke."""
    table = Table(title=f"{result.name}: when a first promise would not be kept")
    for title in ("of", "told before due", "useful lead", "alarms", "of them needless", "silent", "told once at most"):
        table.add_column(title, justify="left" if title == "of" else "right")
    for name, telling in (
        ("delayed customers", result.figures.telling),
        ("everybody", result.figures.telling_everybody),
    ):
        table.add_row(name, *shares(telling))
    table.add_row("[dim]bar", ">= 99 %", ">= 60 %", "<= 10 %", "", "<= 0.05 %", ">= 99 %")
    return table


def shares(telling: Telling) -> tuple[str, ...]:
    return tuple(
        percent(share)
        for share in (
            telling.told_before_due,
            telling.useful_lead,
            telling.alarms,
            telling.needless,
            telling.silent,
            telling.at_most_once,
        )
    )


def by_hour(result: Result) -> Table:
    """Where in the day promises are kept, and how long they and the waits are."""
    table = Table(title=f"{result.name}: the delayed, by the hour in which they came")
    for title in ("hour", "number", "kept", "promised, minutes", "waited, minutes"):
        table.add_column(title, justify="right")
    for each in result.figures.hours:
        table.add_row(
            str(each.hour), f"{each.number:,}", percent(each.kept), f"{each.promised:.1f}", f"{each.waited:.1f}"
        )
    return table


def shorter(result: Result) -> str:
    """Say how much shorter our promises are than the recalibrated Genesys formula's, to the same customers."""
    stretched = [each for each in result.figures.rivals if each.name.startswith("Genesys x")]
    if not stretched:
        return "no factor makes the Genesys formula keep 95 %"
    ours, theirs = result.figures.delayed.promised_in_hours, stretched[0].promised_in_hours
    return f"{percent(1 - ours / theirs)} shorter than the recalibrated Genesys formula (bar: >= 30 %)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--scenario", action="append", choices=[each.name for each in PROMISE_WORLDS])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--warm-up", type=int, default=7)
    parser.add_argument("--first", type=int, default=500)
    parser.add_argument("--hours", action="store_true")
    wanted = parser.parse_args()
    console = Console(width=140)
    names = wanted.scenario or [each.name for each in PROMISE_WORLDS]
    one = partial(run, days=wanted.days, seed=wanted.seed, warm_up=wanted.warm_up, first=wanted.first)
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        for result in pool.map(one, names):
            console.print(promised(result))
            console.print(told(result))
            if wanted.hours:
                console.print(by_hour(result))
            speed = result.figures.came / result.seconds
            console.print(
                f"{shorter(result)}; {speed:,.0f} conversations a second; ledger {result.sha256[:12]}\n",
                highlight=False,
            )


if __name__ == "__main__":
    main()
