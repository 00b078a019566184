"""What computing promises costs: one sight on the hot path, and judging ten thousand open promises again.

Prints one table. A brand with three channels that share its people, `--open N` waiting customers (10,000), a law
learned from a few thousand waits. Times are the processor's, of one core.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.table import Table

from waada.core.hours import Hours
from waada.core.ids import BrandId, CustomerId, PersonId
from waada.core.outlook import Asked
from waada.core.people import Brand, Channel, ChannelKind, Person
from waada.core.policies import Policy
from waada.core.summary import Row
from waada.science.calibration import Waited, observe
from waada.science.outlook import LiveOutlook

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
ZONE = "Europe/London"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
WEEK = Hours.weekly(dict.fromkeys(DAYS, (("09:00", "17:00"),)), zone=ZONE)


def brand(people: int) -> Brand:
    """Return a brand with so many people on duty, who answer on three channels."""
    kinds: dict[str, ChannelKind] = {"chat": "chat", "mail": "mail", "app": "api"}
    targets = {"chat": 60, "mail": 900, "app": 3600}
    return Brand(
        id=BrandId("b"),
        slug="b",
        name="B",
        zone=ZONE,
        languages=("en",),
        founded_at=NOW,
        hours=WEEK,
        channels=tuple(
            Channel(
                key=key,
                kind=kind,
                name=key,
                live=True,
                policy=Policy(first_answer_seconds=targets[key], next_answer_seconds=3600),
            )
            for key, kind in kinds.items()
        ),
        people=tuple(
            Person(id=PersonId(f"p{number}"), name="P", email="p@b.test", role="agent", on_duty=True)
            for number in range(people)
        ),
        version=1,
    )


def row(number: int, dice: random.Random) -> Row:
    """Return somebody who waits."""
    channel, kind = dice.choice([("chat", "chat"), ("mail", "mail"), ("app", "api")])
    since = NOW - timedelta(minutes=dice.random() * 600)
    return Row(
        id=f"{number:08d}",  # type: ignore[arg-type]
        version=4,
        channel=channel,
        channel_kind=kind,
        status="open",
        customer_id=CustomerId("c"),
        customer="C",
        language="en",
        zone=None,
        subject=None,
        preview="",
        last_by="customer",
        last_at=since,
        opened_at=since,
        waiting_since=since,
        promise_id=f"promise-{number}",  # type: ignore[arg-type]
        promise_kind="first_answer",
        made_at=since,
        due_at=NOW + timedelta(minutes=dice.random() * 3000),
        chance=0.95,
        instead=None,
        at_risk=False,
        step=0,
        revisions=0,
        assignee=None,
        responsible=None,
        snoozed_until=None,
        ignored=0,
        wants_person=False,
        outcome=None,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=40)
    wanted = parser.parse_args()
    dice = random.Random(1)
    shop, outlook = brand(wanted.people), LiveOutlook()
    outlook.stands(shop.id, [row(number, dice) for number in range(wanted.open)])
    learned = outlook.learned(shop.id)
    for _ in range(3_000):
        ahead = int(dice.random() * 60)
        seen = Waited(channel="mail", ahead=ahead, answers=dice.gammavariate(ahead + 1, 1.1), answered=True)
        learned.calibration = observe(learned.calibration, seen)
    looks: list[float] = []
    for number in range(3_000):
        now = NOW + timedelta(seconds=number)
        channel = shop.channels[number % 3]
        begun = time.process_time()
        asked = Asked(brand=shop, channel=channel, kind="first_answer", stream="", now=now, since=now)
        sight = outlook.sight(asked)
        assert sight is not None
        sight.chance_at(now + timedelta(minutes=15))
        due = sight.due_at(0.95)
        if due is not None:
            sight.chance_at(due)
        looks.append(time.process_time() - begun)
    judgings: list[float] = []
    for number in range(5):
        begun = time.process_time()
        found = outlook.judge(shop, NOW + timedelta(minutes=number))
        judgings.append(time.process_time() - begun)
    looks.sort()
    table = Table(title=f"{wanted.open:,} open promises, {wanted.people} people, three channels that share them")
    for title in ("what", "median", "p95", "longest", "wanted"):
        table.add_column(title, justify="left" if title == "what" else "right")
    table.add_row(
        "a promise computed",
        f"{looks[len(looks) // 2] * 1e3:.3f} ms",
        f"{looks[int(len(looks) * 0.95)] * 1e3:.3f} ms",
        f"{looks[-1] * 1e3:.2f} ms",
        "< 1 ms",
    )
    table.add_row(
        f"all judged again ({len(found):,} need something)",
        f"{statistics.median(judgings) * 1e3:.0f} ms",
        "",
        f"{max(judgings) * 1e3:.0f} ms",
        "< 1,000 ms",
    )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
