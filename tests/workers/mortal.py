"""A node that dies by `kill -9` in the middle of its work: `mortal.py timers|outbox DSN NOW DEATH_AFTER [WIRE]`.

Run by test_death.py as a process of its own; it prints what it has finished and kills itself.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from waada.clock import RandomIds, VirtualClock
from waada.core.effects import Send
from waada.engine import Engine
from waada.ports import OutboxClaim
from waada.store.postgres import PostgresStore
from waada.words.phrase import CataloguePhrase
from waada.workers.outbox import OutboxWorker
from waada.workers.timers import TimerWorker


class Life:
    """Ends, without a farewell, when enough was done."""

    def __init__(self, death_after: int) -> None:
        self._left = death_after

    def lived(self, _late: float = 0.0) -> None:
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(what: str, dsn: str, now: str, death_after: str, wire: str = "") -> None:
    clock = VirtualClock(datetime.fromisoformat(now))
    store = await PostgresStore.open(dsn)
    life = Life(int(death_after))
    if what == "timers":
        engine = Engine(store=store, clock=clock, ids=RandomIds(), phrase=CataloguePhrase())
        timers = TimerWorker(store=store, engine=engine, clock=clock, observe=life.lived, hands=40)
        while await timers.turn():
            pass
        return

    def put_on_wire(claim: OutboxClaim) -> None:
        with Path(wire).open("a", encoding="ascii") as file:
            file.write(f"{claim.key}\n")

    async def send(claim: OutboxClaim) -> None:
        put_on_wire(claim)
        life.lived()

    outbox = OutboxWorker(store=store, clock=clock, handlers={Send: send}, chance=lambda: 0.5, hands=40)
    while await outbox.turn():
        pass


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
