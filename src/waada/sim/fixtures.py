"""Stories for the screens' own tests: a snapshot, the facts after it as the feed sends them, and the next snapshot.

`python -m waada.sim.fixtures FOLDER` writes one JSON file per story; `make test` writes them to build/fixtures. The
desk's reducer must turn the first snapshot and the facts into the second one (closed rows aside).
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from waada import codec
from waada.core.conversation import Conversation
from waada.core.letters import Letter
from waada.core.people import Brand
from waada.core.summary import summarise
from waada.ports import Commit
from waada.sim.scenarios import SCENARIOS
from waada.sim.world import World

# Name of the story, scenario, seed, day on which it is cut, conversations a day.
STORIES = (
    ("ordinary", "retail_day", 1, 1, 60.0),
    ("rough", "rough_day", 2, 2, 40.0),
    ("nobody", "nobody_there", 3, 1, 15.0),
    ("flood", "monday_flood", 4, 0, 25.0),
)


class Teller:
    """Runs a scenario to a cut, then writes down every fact as the feed would send it."""

    def __init__(self, scenario: str, seed: int, a_day: float) -> None:
        """Nothing has happened yet."""
        self.world: World | None = None
        self.facts: list[dict[str, object]] | None = None
        self.written = 0
        self.world = World(replace(SCENARIOS[scenario], a_day=a_day), seed, watch=self._saw)

    def _saw(self, commit: Commit) -> None:
        version = commit.version_before
        for event in commit.events:
            version += 1
            self.written += 1
            last = event is commit.events[-1]
            if self.facts is not None:
                self.facts.append(self._frame(commit, event, version, last=last))

    def _frame(self, commit: Commit, event: Any, version: int, *, last: bool) -> dict[str, object]:
        state = commit.state
        frame: dict[str, object] = {
            "kind": "fact",
            "position": str(self.written),
            "stream": commit.stream,
            "stream_kind": commit.stream_kind,
            "version": version,
            "at": commit.at,
            "by": commit.by,
            "command_id": commit.command_id,
            "event_kind": codec.event_kind(event),
            "event": event,
            "row": summarise(state) if last and isinstance(state, Conversation) else None,
        }
        if last and isinstance(state, Brand):
            frame["brand"] = state
        elif last and isinstance(state, Letter):
            frame["letter"] = state
        return _plain(frame)

    def snapshot(self) -> dict[str, object]:
        """Return what a desk is sent when it begins."""
        assert self.world is not None
        states = self.world.store.states
        brand = states[self.world.brand_id]
        assert isinstance(brand, Brand)
        rows = [summarise(each) for each in states.values() if isinstance(each, Conversation)]
        rows = [row for row in rows if row.status != "closed"]
        rows.sort(key=lambda row: (row.due_at is None, row.due_at or row.last_at, row.id))
        letters = [each for each in states.values() if isinstance(each, Letter) and each.outcome is None]
        letters.sort(key=lambda each: (each.received_at, each.id), reverse=True)
        me = brand.people[0]
        frame: dict[str, object] = {"kind": "snapshot", "position": str(self.written)}
        return _plain({**frame, "me": me, "brand": brand, "rows": rows, "letters": letters})


def story(scenario: str, seed: int, day: int, a_day: float) -> dict[str, object]:
    """Return one story: from the afternoon of a day to its evening."""
    teller = Teller(scenario, seed, a_day)
    world = teller.world
    assert world is not None
    world.run(world.local(day, 11.0))
    before = teller.snapshot()
    teller.facts = []
    world.run(world.local(day, 18.5))
    return {"snapshot": before, "facts": teller.facts, "snapshot_after": teller.snapshot()}


def write(folder: Path) -> list[Path]:
    """Write all stories into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    for name, scenario, seed, day, a_day in STORIES:
        path = folder / f"{name}.json"
        path.write_text(json.dumps(story(scenario, seed, day, a_day), ensure_ascii=False), "utf-8")
        paths.append(path)
    return paths


def _plain(thing: object) -> dict[str, object]:
    plain: dict[str, object] = msgspec.json.decode(codec.encode(thing))
    return plain


if __name__ == "__main__":
    for written in write(Path(sys.argv[1])):
        sys.stdout.write(f"{written}\n")
