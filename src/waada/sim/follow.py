"""A desk that follows the feed: its rows come from a snapshot and the facts after it, as on a screen.

It proves with every command that snapshot + facts = a new snapshot, and that the feed has no gap and no repetition.
"""

from __future__ import annotations

from waada.core.conversation import Conversation
from waada.core.summary import Row, summarise
from waada.ports import Commit, Reading, Recorded
from waada.sim.driving import drive

PAGE = 64


class DeskCopy:
    """The rows of one desk. `findings` tell where they differ from what the store holds."""

    def __init__(self, feed: Reading, cursor: str = "0") -> None:
        """Begin with nothing shown, at a position."""
        self.feed = feed
        self.cursor = cursor
        self.rows: dict[str, Row] = {}
        self.versions: dict[str, int] = {}
        self.findings: list[str] = []
        self.checks = 0

    def read(self) -> None:
        """Read on from where we were."""
        while True:
            facts, cursor = drive(self.feed.feed(self.cursor, PAGE))
            for fact in facts:
                self._take(fact)
            self.cursor = cursor
            if len(facts) < PAGE:
                return

    def _take(self, fact: Recorded) -> None:
        self.checks += 1
        before = self.versions.get(fact.stream, 0)
        if fact.version != before + 1:
            self.findings.append(f"the feed shows version {fact.version} after {before} (in {fact.stream})")
        self.versions[fact.stream] = fact.version
        if fact.row is not None:
            self.rows[fact.row.id] = fact.row

    def saw(self, commit: Commit) -> None:
        """A command was written: the copy must show the row that the store would."""
        self.read()
        self.checks += 1
        if isinstance(commit.state, Conversation) and self.rows.get(commit.stream) != summarise(commit.state):
            self.findings.append(f"the desk shows another row than the store holds (in {commit.stream})")
