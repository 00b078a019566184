"""How long a check of a promise takes: until the verdict, and until the suggestions, for brands small and large.

Each check is a process of its own, as live (`waada.sim.gate`), start included. `--only NAME` for one of them.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from datetime import UTC, date, datetime

from rich.console import Console
from rich.table import Table

from waada import codec
from waada.core.hours import Hours
from waada.core.ids import BrandId, PersonId
from waada.core.intervals import WEEKDAYS
from waada.core.people import Brand, Channel, Person
from waada.core.policies import Policy
from waada.proving import Question
from waada.science.learning import Learned
from waada.sim.gate import Job, Told
from waada.sim.gate_scene import scene_of

ZONE = "Europe/London"
OFFICE = Hours.weekly(dict.fromkeys(WEEKDAYS[:5], (("09:00", "17:00"),)), zone=ZONE)
EARLY = Hours.weekly(dict.fromkeys(WEEKDAYS, (("00:00", "08:00"),)), zone=ZONE)
DAY = Hours.weekly(dict.fromkeys(WEEKDAYS, (("08:00", "16:00"),)), zone=ZONE)
LATE = Hours.weekly(dict.fromkeys(WEEKDAYS, (("16:00", "24:00"),)), zone=ZONE)


def question(kind: str, policy: Policy, a_day: float, *rosters: tuple[int, Hours]) -> Question:
    """Return a brand whose teams work those hours."""
    people = [hours for number, hours in rosters for _ in range(number)]
    brand = Brand(
        id=BrandId("bench"),
        slug="bench",
        name="Bench",
        zone=ZONE,
        languages=("en",),
        founded_at=datetime(2026, 1, 1, tzinfo=UTC),
        hours=OFFICE,
        people=tuple(
            Person(
                id=PersonId(f"p{n}"),
                name=f"Person {n}",
                email=f"p{n}@bench.test",
                role="owner" if n == 0 else "agent",
                roster=hours,
            )
            for n, hours in enumerate(people)
        ),
    )
    channel = Channel(
        key="asked",
        kind="chat" if kind == "chat" else "mail",
        name="Asked",
        live=True,
        hours=Hours.always(ZONE),
        policy=policy,
    )
    return Question(brand=brand, channel=channel, a_day=a_day)


def _policy(seconds: int) -> Policy:
    return Policy(first_answer_seconds=seconds, next_answer_seconds=max(seconds, 300), clock="always")


QUESTIONS = {
    "1,000 chats a day, 30 s, around the clock, enough people": question(
        "chat", _policy(30), 1000.0, (5, EARLY), (12, DAY), (16, LATE)
    ),
    "1,000 chats a day, 30 s, around the clock, too few": question("chat", _policy(30), 1000.0, (16, OFFICE)),
    "20 chats a day, 30 s, around the clock, three from 9 to 5": question("chat", _policy(30), 20.0, (3, OFFICE)),
    "20 mails a day, a day, two from 9 to 5": question("mail", _policy(4 * 86_400), 20.0, (2, OFFICE)),
}


def run(asked: Question) -> tuple[float, float, Told, list[str]]:
    """Check one: seconds until the verdict, until the end, the verdict, and what was suggested."""
    policy = asked.channel.policy
    assert policy is not None, "every question has one"
    job = Job(scene=scene_of(asked, Learned(), date(2026, 6, 1)), policy=policy)
    begun = time.perf_counter()
    running = subprocess.Popen([sys.executable, "-m", "waada.sim.gate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert running.stdin is not None, "it was asked for"
    assert running.stdout is not None, "it was asked for"
    running.stdin.write(codec.encode(job) + b"\n")
    running.stdin.flush()
    verdict, after = Told(progress=0.0), 0.0
    changes: list[str] = []
    for line in running.stdout:
        told = codec.decode(line, Told)
        if told.picture is not None:
            verdict, after = told, time.perf_counter() - begun
        if told.suggestion is not None:
            changes.append(told.suggestion.change)
    running.wait()
    return after, time.perf_counter() - begun, verdict, changes


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    table = Table(title="Checks of a promise")
    for heading in (
        "brand",
        "simulated",
        "keep-rate",
        "holds",
        "verdict",
        "with suggestions",
        "processor",
        "suggested",
    ):
        table.add_column(heading)
    only = parser.parse_args().only
    for name, asked in QUESTIONS.items():
        if only not in name:
            continue
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        after, whole, told, changes = run(asked)
        used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        found = told.picture
        assert found is not None, "every check has a verdict"
        table.add_row(
            name,
            f"{found.conversations:,} in {found.weeks} weeks",
            f"{found.keep_rate:.1%} ({found.low:.1%} to {found.high:.1%})",
            "yes" if found.holds else "no",
            f"{after:.1f} s",
            f"{whole:.1f} s",
            f"{used:.1f} s",
            ", ".join(changes) or "-",
        )
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
