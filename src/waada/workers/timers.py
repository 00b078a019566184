"""Due timers become commands. A timer counts once however often it is handed over, and a stale one does nothing.

Its command's id is made of what it is, so that a node that takes over from a dead one repeats the same command.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from waada.core.commands import Order, TimerDue
from waada.core.ids import SYSTEM, CommandId
from waada.core.refusals import Refused
from waada.engine import Engine
from waada.ports import Clock, Store, TimerClaim
from waada.workers.crew import Crew

HANDS = 256  # as many as are worth writing in two batches
# As short as the margin in which a customer must hear before a promise is due, in case this node dies. A timer that is
# handed over twice because its node was merely slow counts once.
LEASE = timedelta(seconds=5)


def timer_order(claim: TimerClaim) -> Order:
    """Return the order that a due timer gives."""
    return Order(
        command_id=CommandId(f"timer:{claim.stream}:{claim.slot}:{claim.guard}"),
        brand_id=claim.brand_id,
        stream=claim.stream,
        by=SYSTEM,
        command=TimerDue(slot=claim.slot, guard=claim.guard),
    )


class TimerWorker(Crew[TimerClaim]):
    """Hands due timers to the engine. `observe` is told how many seconds late each was carried out."""

    def __init__(
        self,
        *,
        store: Store,
        engine: Engine,
        clock: Clock,
        observe: Callable[[float], None] | None = None,
        hands: int = HANDS,
        lease: timedelta = LEASE,
    ) -> None:
        super().__init__(
            "timers",
            clock=clock,
            claim=store.claim_timers,
            next_at=store.next_timer_at,
            work=self._hand_over,
            hands=hands,
            lease=lease,
        )
        self._engine = engine
        self._store = store
        self._observe = observe

    async def _hand_over(self, claim: TimerClaim) -> None:
        try:
            await self._engine.handle(timer_order(claim))
        except Refused:
            # Nothing is there to look at (any more).
            self.counts["refused"] += 1
            await self._store.drop_timer(claim.brand_id, claim.stream, claim.slot, claim.guard)
        if self._observe is not None:
            self._observe((self._clock.now() - claim.due_at).total_seconds())
