"""The ledger of a run: every fact in the order of the commits, as canonical JSON under one SHA-256, a line a command.

The rule: the same seed gives the same bytes, in every process. The auditor reads these lines, nothing else.
"""

from __future__ import annotations

import hashlib

from waada import codec
from waada.core.events import KIND_OF
from waada.ports import Commit


class Ledger:
    """Hashes every fact; keeps the lines when somebody wants to read them."""

    def __init__(self, *, keep: bool = False) -> None:
        """Begin empty."""
        self.events = 0
        self.commits = 0
        self.lines: list[bytes] | None = [] if keep else None
        self._hash = hashlib.sha256()

    def add(self, commit: Commit) -> None:
        """Write down one command: where, which, by whom, when, after which version, and its facts by name."""
        facts = [(KIND_OF[event.__class__], event) for event in commit.events]
        line = codec.encode(
            (
                commit.brand_id,
                commit.stream,
                commit.stream_kind,
                commit.command_id,
                commit.by,
                commit.at,
                commit.version_before,
                facts,
            )
        )
        self._hash.update(line)
        self._hash.update(b"\n")
        self.events += len(facts)
        self.commits += 1
        if self.lines is not None:
            self.lines.append(line)

    @property
    def sha256(self) -> str:
        """The hash of everything so far, in hex."""
        return self._hash.hexdigest()
