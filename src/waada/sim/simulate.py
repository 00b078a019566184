"""Run a scenario and report: how much, how fast, which ledger, and whether anything that must be true was not.

`checks` says how closely to look. "some": every commit of a sample by its own laws, and every conversation at the end.
"all": every commit, every log re-folded, a desk that follows the feed, and the auditor, who recomputes the rest.
"""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, cast

from waada.core import laws
from waada.core.conversation import Conversation, timers
from waada.core.people import Brand
from waada.ports import Commit
from waada.sim.audit import Auditor
from waada.sim.follow import DeskCopy
from waada.sim.scenario import Scenario
from waada.sim.scenarios import SCENARIOS
from waada.sim.world import World

Checks = Literal["some", "all"]
SAMPLE = 32  # one commit in so many is looked at when the checks are "some"


@dataclass(slots=True, kw_only=True)
class Report:
    """What a run showed. `broken` are laws and findings in words; `promises` count by how they ended."""

    scenario: str
    seed: int
    days: int
    conversations: int = 0
    events: int = 0
    commits: int = 0
    seconds: float = 0.0
    ledger_sha256: str = ""
    checked: int = 0
    broken: list[str] = field(default_factory=list)
    promises: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)

    @property
    def events_per_second(self) -> float:
        """Facts written per second of running, the ledger's hash and the chosen checks of commits included."""
        return self.events / self.seconds if self.seconds else 0.0


class Watcher:
    """Looks at commits as they are written."""

    def __init__(self, checks: Checks) -> None:
        self.every = 1 if checks == "all" else SAMPLE
        self.world: World | None = None
        self.copy: DeskCopy | None = None
        self.broken: list[laws.Broken] = []
        self.checked = 0
        self._count = 0

    def saw(self, commit: Commit) -> None:
        """Check one commit in `every`, as a live installation does."""
        self._count += 1
        if self._count % self.every == 0 and self.world is not None:
            brand = cast("Brand | None", self.world.store.states.get(commit.brand_id))
            self.broken += laws.check_commit(commit, brand)
            self.checked += 1
        if self.copy is not None:
            self.copy.saw(commit)


def simulate(scenario: Scenario | str, seed: int, days: int, checks: Checks = "some") -> Report:
    """Let a scenario run for so many days from a seed, and report."""
    known = SCENARIOS[scenario] if isinstance(scenario, str) else scenario
    watcher = Watcher(checks)
    world = World(known, seed, keep_facts=checks == "all", keep_lines=checks == "all", watch=watcher.saw)
    watcher.world = world
    if checks == "all":
        watcher.copy = DeskCopy(world.store)
    _read_words(world)
    # A run makes nothing that refers to itself, so looking for circles would only cost a third of the time.
    gc.collect()
    gc.disable()
    try:
        begun = time.perf_counter()
        world.run(world.midnight(days))
        seconds = time.perf_counter() - begun
    finally:
        gc.enable()
    report = Report(scenario=known.name, seed=seed, days=days, seconds=seconds)
    _count(report, world)
    report.checked = watcher.checked
    report.broken = [f"{each.law}: {each.words} (in {each.stream})" for each in watcher.broken]
    _look_at_states(report, world, whole=checks == "all")
    if watcher.copy is not None:
        report.checked += watcher.copy.checks
        report.broken += watcher.copy.findings
        _audit(report, world)
    return report


def _read_words(world: World) -> None:
    """Read the catalogues now: they are read from files once, which is no part of how fast anything runs."""
    now = world.clock.now()
    for language, _ in world.scenario.languages:
        words = world.phrase.promise("first_answer", now + timedelta(minutes=1), now, language, world.scenario.zone)
        world.phrase.told("acknowledged", language, words, None)


def _count(report: Report, world: World) -> None:
    ledger = world.ledger
    report.events, report.commits, report.ledger_sha256 = ledger.events, ledger.commits, ledger.sha256
    promises = dict.fromkeys(("made", "kept", "renegotiated", "broken", "released", "open"), 0)
    outcomes: dict[str, int] = {}
    for state in world.store.states.values():
        if not isinstance(state, Conversation):
            continue
        report.conversations += 1
        for enquiry in state.enquiries:
            promises["made"] += len(enquiry.promises)
            for promise in enquiry.promises:
                promises[promise.status] += 1
            outcome = enquiry.outcome or "going_on"
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
    report.promises, report.outcomes = promises, outcomes
    report.faults = {
        "crashes": world.fragility.crashes,
        "races": world.fragility.races,
        "clock_jumps": world.troubles.jumps,
        "doubled": world.wire.doubled,
        "bounced": world.wire.bounced,
        "refused": sum(world.refusals.values()),
    }


def _look_at_states(report: Report, world: World, *, whole: bool) -> None:
    """Every conversation as it stands at the end: its own laws, its timers, and (`whole`) its log folded again."""
    for stream, state in world.store.states.items():
        if not isinstance(state, Conversation):
            continue
        report.checked += 1
        armed = world.store.armed(stream)
        wanted = [(each.slot, each.guard, each.due_at) for each in timers(state)]
        if [(each.slot, each.guard, each.due_at) for each in armed] != wanted:
            report.broken.append(f"one_timer: the store has armed {armed} (in {stream})")
        if whole:
            log = world.store.recorded(stream)
            found = laws.check_stream(stream, log, state)
            report.broken += [f"{each.law}: {each.words} (in {each.stream})" for each in found]


def _audit(report: Report, world: World) -> None:
    """Let the auditor read the ledger, and compare figures."""
    auditor = Auditor(world.troubles.excuses)
    for line in world.ledger.lines or ():
        auditor.read(line)
    store = world.store
    armed = {stream: [(each.slot, each.due_at) for each in store.armed(stream)] for stream in store.states}
    auditor.finish(world.clock.now(), armed)
    states = [each for each in store.states.values() if isinstance(each, Conversation)]
    report.broken += [each.words for each in laws.check_totals(states, auditor.opened, sum(auditor.outcomes.values()))]
    auditor.delivered(world.received, store.waiting_messages())
    counted = auditor.promises()
    auditor.check(counted == report.promises, f"promises are {report.promises}, recomputed {counted}", "all")
    for message, stream in world.accepted.items():
        auditor.check(message in auditor.messages, f"message {message} was accepted and is lost", stream)
    report.checked += auditor.checks
    report.broken += auditor.findings


__all__ = ["Report", "simulate"]
