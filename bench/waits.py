"""Is a promise kept as often as it says? Our waits beside the formulas of others, on days drawn at random.

This is the numbers' own bench: a bare queue (`_queue_world`), the formulas and the calibration, nothing of the engine;
it tunes the constants and takes two minutes. One table per world: the share of promises kept by delayed customers, the
mean promise over the mean wait (all day, and for those who come in opening hours), the worst hour of the day, the day
that one in ten is worse than. Rivals as announced, and stretched by the factor that would have kept 95 % in hindsight.
`--days N`, `--seed N`, `--world NAME`.
"""

import argparse
import heapq
import time
from collections.abc import Iterator

import numpy as np
from _queue_world import DAY, Seen, World, attendance, run
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from waada.science import calibration, handling, rivals
from waada.science.calibration import Calibration, Judged, Waited, answers_needed
from waada.science.cover import Cover
from waada.science.handling import Handled, HandlingTimes
from waada.science.inputs import NobodyThere

Floats = NDArray[np.float64]

CHANCE = 0.95
PRIOR = 6.0  # minutes, a quarter less than the truth: what a new brand would be told
WARM = 500  # delayed customers, before which a world's bars are not judged
EVENING = (
    *(0.5, 0.3, 0.2, 0.15, 0.15, 0.3, 0.8, 1.6, 2.6, 3.4, 4.0, 4.2),
    *(4.2, 4.0, 3.9, 4.0, 4.3, 4.8, 5.4, 6.3, 7.6, 6.6, 3.4, 1.5),
)
TWO_PEAKS = (*(0.1,) * 7, 1.0, 2.5, 6.0, 8.0, 6.5, 4.0, 3.0, 2.5, 2.5, 3.0, 4.0, 6.0, 8.0, 8.0, 4.0, 1.5, 0.5)
ROUND_THE_CLOCK = (*(2.0,) * 6, *(3.0, 4.0, 5.0, 6.0, 6.0, 6.0), *(6.0,) * 8, 5.0, 4.0, 3.0, 2.0)
RETAIL = World(
    name="retail",
    daily=940,
    profile=EVENING,
    shifts=((8, 16, 8), (10, 18, 5), (14, 22, 9), (17, 22, 8), (21, 23, 4)),
)
WORLDS = (
    RETAIL,
    World(
        name="two-peak shop",
        daily=600,
        profile=TWO_PEAKS,
        shifts=((8, 14, 8), (9, 13, 4), (12, 18, 5), (16, 22, 7), (18, 21, 4)),
    ),
    World(
        name="24-hour desk",
        daily=700,
        profile=ROUND_THE_CLOCK,
        shifts=((0, 8, 3), (6, 14, 4), (8, 16, 2), (14, 22, 5), (16, 24, 2)),
    ),
    World(
        name="tiny desk", daily=30, profile=(*(0.3,) * 8, *(4.0,) * 12, *(1.0,) * 4), shifts=((9, 17, 1), (12, 20, 1))
    ),
    World(
        name="outage",
        daily=940,
        profile=EVENING,
        shifts=RETAIL.shifts,
        surges=dict.fromkeys(range(7, 1000, 14), (11, 14, 5.0)),
    ),
)


def rosters(world: World, days: int, seed: int) -> Iterator[tuple[float, Cover]]:
    """What is known from each start of a shift on: who came today, and who is expected later, for a week."""
    came = attendance(world, days, seed)
    expected = [people * (1.0 - world.absence) for _, _, people in world.shifts]
    starts = sorted({0.0, *(first for first, _, _ in world.shifts)})
    for day in range(days):
        for hour in starts:
            today = [
                there if first <= hour else later
                for there, later, (first, _, _) in zip(came[day], expected, world.shifts, strict=True)
            ]
            yield day * DAY + 60.0 * hour, Cover(world.pieces(7, [today] + [expected] * 6, 1.0))


def promises(world: World, seen: list[Seen], days: int, seed: int) -> tuple[Floats, Floats, float]:
    """Calibrated promises and plain 95 % quantiles (with the true handling time), and the seconds one promise took."""
    state, times = Calibration(), HandlingTimes()
    known = list(rosters(world, days, seed))
    news: list[tuple[float, int, Waited | Judged | Handled]] = []
    ours, plain, at_work, roster = np.zeros(len(seen)), np.zeros(len(seen)), 0.0, 0
    for number, one in enumerate(seen):
        while news and news[0][0] <= one.at:
            state, times = told(state, times, heapq.heappop(news)[2])
        while roster + 1 < len(known) and known[roster + 1][0] <= one.at:
            roster += 1
        cover, since = known[roster][1], one.at - one.at // DAY * DAY
        begun = time.perf_counter()
        expected = handling.expect(times, "chat", PRIOR)
        need = answers_needed(state, "chat", one.ahead, CHANCE, expected.unsureness)
        ours[number] = cover.minute_after(since, need * expected.minutes) - since
        at_work += time.perf_counter() - begun
        try:
            plain[number] = cover.quantile(one.ahead, since, CHANCE, world.handle)
        except NobodyThere:
            plain[number] = np.inf
        answers = cover.capacity(since, since + one.wait) / expected.minutes
        kept = one.wait <= ours[number]
        heapq.heappush(
            news, (one.answered, 3 * number, Waited(channel="chat", ahead=one.ahead, answers=answers, answered=True))
        )
        heapq.heappush(
            news,
            (one.at + min(ours[number], one.wait), 3 * number + 1, Judged(channel="chat", chance=CHANCE, kept=kept)),
        )
        worked = Handled(channel="chat", minutes=one.lasted, prior_minutes=PRIOR)
        heapq.heappush(news, (one.answered + one.lasted, 3 * number + 2, worked))
    return ours, plain, at_work / max(1, len(seen))


def told(
    state: Calibration, times: HandlingTimes, news: Waited | Judged | Handled
) -> tuple[Calibration, HandlingTimes]:
    if isinstance(news, Handled):
        return state, handling.learn(times, news)
    return calibration.observe(state, news), times


def announced(world: World, seen: list[Seen]) -> dict[str, Floats]:
    """What the rivals would say. Before opening Genesys divides by the first shift, in its own favour."""
    first = min(world.shifts)[2]
    return {
        "Genesys": np.array([rivals.genesys(world.handle, one.ahead + 1, one.people or first) for one in seen]),
        "Salesforce": np.array([one.average_wait for one in seen]),
        "head of line": np.array([rivals.head_of_line(one.head_wait) for one in seen]),
        "last entered": np.array([rivals.last_entered(one.last_wait) for one in seen]),
    }


def row(name: str, seen: list[Seen], said: Floats, from_number: int) -> list[str]:
    """One line of the table; what was announced as never is left out and counted."""
    judged = np.isfinite(said) & (np.arange(len(seen)) >= from_number)
    at, waited = (np.array([getattr(one, what) for one in seen])[judged] for what in ("at", "wait"))
    open_then = np.array([one.people > 0 for one in seen])[judged]
    said = said[judged]
    kept = waited <= said
    hours, days = (at % DAY // 60).astype(int), (at // DAY).astype(int)
    by_hour = [kept[hours == hour].mean() for hour in range(24) if (hours == hour).sum() >= 100]
    by_day = [kept[days == day].mean() for day in np.unique(days) if (days == day).sum() >= 5]
    return [
        name,
        f"{100 * kept.mean():.1f}",
        f"{said.mean() / waited.mean():.2f}",
        f"{said[open_then].mean() / waited[open_then].mean():.2f}",
        f"{100 * min(by_hour):.1f}" if by_hour else "-",
        f"{100 * float(np.quantile(by_day, 0.1)):.1f}" if by_day else "-",
    ]


def stretched(seen: list[Seen], said: Floats) -> Floats:
    """The rival with the one factor that would have kept 95 % of those who came in opening hours."""
    open_then = np.array([one.people > 0 for one in seen])
    waited = np.array([one.wait for one in seen])
    factor = rivals.recalibration(said[open_then].tolist(), waited[open_then].tolist(), CHANCE)
    return said * factor if np.isfinite(factor) else np.full(len(seen), np.inf)


def table_of(world: World, days: int, seed: int) -> Table:
    seen, came = run(world, days, seed)
    ours, plain, seconds = promises(world, seen, days, seed)
    warm = min(WARM, len(seen) // 4)
    table = Table(
        title=f"{world.name}: {days} days, {came:,} customers, {len(seen):,} delayed by "
        f"{np.mean([one.wait for one in seen]):.0f} min on average; a promise took {1e6 * seconds:.0f} us",
    )
    for title in ("announced", "kept %", "promise / wait", "in hours", "worst hour %", "p10 day %"):
        table.add_column(title, justify="left" if title == "announced" else "right")
    table.add_row(*row("Waada, calibrated", seen, ours, warm))
    table.add_row(*row(f"Waada, first {warm}", seen[:warm], ours[:warm], 0))
    table.add_row(*row("gamma quantile, true AHT", seen, plain, 0))
    for name, said in announced(world, seen).items():
        table.add_row(*row(name, seen, said, 0))
        recalibrated = stretched(seen, said)
        if np.isfinite(recalibrated).any():
            table.add_row(*row(f"{name}, stretched", seen, recalibrated, 0))
        else:
            table.add_row(f"{name}, stretched", "no factor keeps 95 %", "", "", "", "")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--world", default="")
    wanted = parser.parse_args()
    console = Console(width=120)
    for world in WORLDS:
        if wanted.world in world.name:
            few = 1_000 if world.daily < 100 else 0
            console.print(table_of(world, max(wanted.days, few), wanted.seed))


if __name__ == "__main__":
    main()
