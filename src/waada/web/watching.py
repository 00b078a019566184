"""Watching the engine: the feed hears of every commit, the meters count it, one in a hundred is checked."""

from __future__ import annotations

import structlog

from waada.core.laws import check_commit
from waada.ports import Commit
from waada.web.parts import Parts

SAMPLE = 100  # cheap laws cost about as much as a commit; a hundredth of that is nothing

_log = structlog.get_logger(__name__)


class Watching:
    """Sees every commit of this process after it is durable."""

    def __init__(self, parts: Parts) -> None:
        self._hub, self._meter = parts.hub, parts.meter
        self._seen = 0

    def saw(self, commit: Commit) -> None:
        """Tell the feed and count. Every hundredth commit, the first included, is checked."""
        self._hub.saw(commit)
        self._meter.commits[commit.stream_kind].inc()
        self._meter.facts.inc(len(commit.events))
        if self._seen % SAMPLE == 0:
            self._meter.laws_checked.inc()
            for broken in check_commit(commit):
                self._meter.laws_broken.labels(broken.law).inc()
                _log.error("a law is broken", law=broken.law, stream=commit.stream, command=commit.command_id)
        self._seen += 1
