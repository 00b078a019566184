"""The ledger of a run: every fact in the order of the commits, as canonical JSON lines under one SHA-256.

The rule: the same seed gives the same bytes, in every process. Laws and the auditor read these lines, nothing else.
"""

from __future__ import annotations

import hashlib

from waada import codec
from waada.core.events import KIND_OF
from waada.ports import Commit

_KIND_PIECE = {kind: f',"kind":"{name}","event":'.encode() for kind, name in KIND_OF.items()}


class Ledger:
    """Hashes every fact; keeps the lines when somebody wants to read them."""

    def __init__(self, *, keep: bool = False) -> None:
        """Begin empty."""
        self.events = 0
        self.commits = 0
        self.lines: list[bytes] | None = [] if keep else None
        self._hash = hashlib.sha256()

    def add(self, commit: Commit) -> None:
        """Write down one command's facts."""
        encode = codec.encode
        head = encode((commit.brand_id, commit.stream, commit.stream_kind, commit.command_id, commit.by, commit.at))
        head = b'{"of":' + head + b',"version":'
        version = commit.version_before
        lines = []
        for event in commit.events:
            version += 1
            lines.append(b"%b%d%b%b}\n" % (head, version, _KIND_PIECE[type(event)], encode(event)))
        self._hash.update(b"".join(lines))
        self.events += len(lines)
        self.commits += 1
        if self.lines is not None:
            self.lines += lines

    @property
    def sha256(self) -> str:
        """The hash of everything so far, in hex."""
        return self._hash.hexdigest()
