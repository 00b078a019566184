"""One check of a promise, in a process of its own (`python -m waada.sim.gate`): a job comes in, lines go out.

The job is one line of JSON; each line out says how far it is. It gives way to everything else on the machine, and ends
by itself when nobody reads any more.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from waada import codec
from waada.core.policies import Policy
from waada.proving import Picture, Suggestion
from waada.sim.gate_changes import suggestions
from waada.sim.gate_runs import Runs
from waada.sim.gate_scene import Scene

# Customers on the desk go first.
NICENESS = 10
# Where fewer write in a week there is nothing to try: whoever promises them something can keep it by looking up.
RARE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A scene, and the policy as its owner has it."""

    scene: Scene
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How far it is. The picture comes once, each suggestion once; `done` comes last."""

    progress: float
    picture: Picture | None = None
    suggestion: Suggestion | None = None
    done: bool = False


def work(job: Job, tell: Callable[[Told], None]) -> None:
    """Carry out a job."""

    def told(progress: float) -> None:
        tell(Told(progress=progress))

    with Runs(told) as runs:
        if job.scene.a_week >= RARE:
            picture, waits = runs.picture(job.scene)
            tell(Told(progress=1.0, picture=picture))
            runs.quiet()
            if not picture.holds:
                for each in suggestions(runs, job.scene, job.policy, picture, waits):
                    tell(Told(progress=1.0, suggestion=each))
    tell(Told(progress=1.0, done=True))


def main(read: BinaryIO, write: BinaryIO) -> None:
    """Read a job, do it, tell."""
    os.nice(NICENESS)
    job = codec.decode(read.readline(), Job)

    def tell(told: Told) -> None:
        write.write(codec.encode(told) + b"\n")
        write.flush()

    work(job, tell)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
