"""The simulated business: the same ledger from the same seed, a thousand bad days without a broken law, every
deliberate breakage caught, and a desk that never shows anything else than what was written."""

import inspect
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from laws.breakages import BREAKAGES
from waada.core import laws
from waada.sim.many import Run, simulate_many
from waada.sim.report import as_plain
from waada.sim.scenario import Scenario
from waada.sim.scenarios import SCENARIOS
from waada.sim.simulate import simulate

FAULTED = ("rough_day", "mail_outage", "node_down", "dst_night")
SEED, DAYS_SMALL = 1, 3
RUNS = 40
COMPUTED_EVERY = 8
TRIED_AT_MOST = 4
DAYS = 25
LOOKED_AT_WHOLE = 14  # one run in so many is audited as a whole, log and desk included


def small(name: str, a_day: float = 60.0) -> Scenario:
    return replace(SCENARIOS[name], a_day=a_day)


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_nothing_that_must_be_true_is_broken_in_any_scenario(name: str) -> None:
    report = simulate(small(name), SEED, DAYS_SMALL, checks="all")
    assert report.broken == []
    assert report.conversations > 100
    assert report.checked > 10_000


def test_customers_of_an_empty_desk_are_told_again_and_again_and_never_left_in_silence() -> None:
    report = simulate(small("nobody_there"), seed=2, days=7, checks="all")
    assert report.broken == []
    assert report.promises["broken"] == 0
    assert report.promises["kept"] == 0
    assert report.promises["renegotiated"] > 2 * report.conversations


@pytest.mark.parametrize(("breakage", "name", "words"), BREAKAGES, ids=[each.__name__ for each, _, _ in BREAKAGES])
def test_a_broken_engine_is_caught(breakage: Callable[[], AbstractContextManager[None]], name: str, words: str) -> None:
    """The same run without the breakage breaks nothing: see the first test. Some days have no occasion for it."""
    broken: list[str] = []
    with breakage():
        for seed in range(SEED, SEED + TRIED_AT_MOST):
            broken += simulate(small(name), seed, DAYS_SMALL, checks="all").broken
            if any(words in each for each in broken):
                return
    pytest.fail(f"Nobody said {words!r}, but: {broken[:5]}")


def ledger_in_a_process_of_its_own(hash_seed: str) -> str:
    program = "from waada.sim.simulate import simulate\nprint(simulate('rough_day', seed=11, days=3).ledger_sha256)\n"
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def test_the_same_seed_gives_the_same_ledger_in_every_process() -> None:
    first, second = ledger_in_a_process_of_its_own("1"), ledger_in_a_process_of_its_own("2")
    assert first == second == simulate("rough_day", seed=11, days=3).ledger_sha256
    assert first != simulate("rough_day", seed=12, days=3).ledger_sha256


def test_how_closely_one_looks_changes_nothing() -> None:
    one, other = (simulate(small("rough_day"), seed=3, days=2, checks=each) for each in ("some", "all"))
    assert one.ledger_sha256 == other.ledger_sha256


def test_the_report_says_what_the_command_line_promises() -> None:
    plain = json.loads(json.dumps(as_plain(simulate(small("retail_day"), seed=1, days=1))))
    assert {"seed", "days", "conversations", "events", "events_per_second", "ledger_sha256"} <= plain.keys()
    assert plain["laws"]["checked"] > 0
    assert plain["laws"]["broken"] == 0
    assert {"made", "kept", "renegotiated", "broken", "released"} <= plain["promises"].keys()
    assert plain["promises"]["made"] == sum(plain["promises"][each] for each in plain["promises"] if each != "made")


def faulted(number: int) -> Scenario:
    """One run in eight computes its promises, which costs twice the time; the others promise by rule of thumb."""
    scenario = replace(SCENARIOS[FAULTED[number % len(FAULTED)]], a_day=106.0)
    if number // len(FAULTED) % COMPUTED_EVERY == 0:
        return scenario
    ways = tuple(replace(way, policy=replace(way.policy, computed=False)) for way in scenario.ways)
    return replace(scenario, ways=ways)


@pytest.mark.slow
def test_a_thousand_days_full_of_faults_break_nothing(record_property: Callable[[str, object], None]) -> None:
    runs = [
        Run(
            scenario=faulted(number),
            seed=1000 + number,
            days=DAYS,
            checks="all" if number % LOOKED_AT_WHOLE == 0 else "some",
        )
        for number in range(RUNS)
    ]
    begun = time.monotonic()
    reports = simulate_many(runs)
    seconds = time.monotonic() - begun
    assert [words for report in reports for words in report.broken] == []
    days = sum(report.days for report in reports)
    conversations = sum(report.conversations for report in reports)
    crashes = sum(report.faults["crashes"] for report in reports)
    record_property("simulated", f"{days} days, {conversations} conversations, {crashes} crashes in {seconds:.0f} s")
    assert days >= 1000
    assert conversations >= 100 * days
    assert crashes > 1000


def test_every_law_has_its_words() -> None:
    assert all(words.endswith(".") for words in laws.LAWS.values())
    assert {law for law in laws.LAWS if f'"{law}"' in inspect.getsource(laws).split("def check_commit", 1)[1]} == set(
        laws.LAWS
    )
