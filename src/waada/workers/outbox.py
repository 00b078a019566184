"""The outbox: what must follow outside is carried out at least once, under the same key on every attempt.

What meets trouble is tried again, later each time; it stays visible with its trouble until it is done. A handler that
decides to give up records that as a fact and returns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Protocol

import structlog

from waada.core.commands import Order, ReviewResponsible
from waada.core.ids import SYSTEM, BrandId, CommandId, ConversationId
from waada.engine import Engine
from waada.ports import Clock, OutboxClaim, Store
from waada.trouble import Cause, Trouble
from waada.workers.crew import Crew

HANDS = 32  # mail servers rarely take more connections from one host
LEASE = timedelta(minutes=2)
# A handler that hangs is given up before somebody else may take its row.
HANDLER_SECONDS_MAX = 90.0

BACKOFF_FIRST = timedelta(seconds=1)
BACKOFF_MAX = timedelta(minutes=15)

# So many conversations at once leave room for the commands of people.
REVIEWED_AT_ONCE = 25

Handler = Callable[[OutboxClaim], Awaitable[None]]

log = structlog.get_logger(__name__)


class Chance(Protocol):
    """Where chance comes from: `random.random`, or a seeded one."""

    def __call__(self) -> float:
        """Return a number from 0 up to 1."""
        ...


class People(Protocol):
    """What a review of people reads."""

    async def on_people(self, brand_id: BrandId, after: str | None, limit: int) -> tuple[ConversationId, ...]:
        """Return ids of conversations with an open promise, in id order after `after`."""
        ...


def backoff(attempts: int, chance: float) -> timedelta:
    """Return how long to wait after the `attempts`-th attempt: doubled each time, by a half more or less.

    The spread keeps many effects that failed together from coming back together.
    """
    doublings = min(attempts - 1, 20)
    return min(BACKOFF_FIRST * float(2**doublings), BACKOFF_MAX) * (0.5 + chance)


class OutboxWorker(Crew[OutboxClaim]):
    """Hands effects to their handlers, by class. An effect without one waits for a node that has it."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        handlers: Mapping[type, Handler],
        chance: Chance,
        hands: int = HANDS,
        lease: timedelta = LEASE,
    ) -> None:
        super().__init__(
            "outbox",
            clock=clock,
            claim=store.claim_outbox,
            next_at=store.next_outbox_at,
            work=self._carry_out,
            hands=hands,
            lease=lease,
        )
        self._store = store
        self._handlers = handlers
        self._chance = chance

    async def _carry_out(self, claim: OutboxClaim) -> None:
        kind = type(claim.effect)
        handler = self._handlers.get(kind)
        try:
            if handler is None:
                await self._later(claim, f"This node has nobody for {kind.__name__}.")
                return
            async with asyncio.timeout(HANDLER_SECONDS_MAX):
                await handler(claim)
        except asyncio.CancelledError:
            # The node is stopping; the next one need not wait for the lease to end.
            await self._store.retry_outbox(claim.brand_id, claim.key, self._clock.now(), "The node stopped meanwhile.")
            raise
        except TimeoutError:
            await self._later(claim, f"It took longer than {HANDLER_SECONDS_MAX:.0f} seconds.", "away")
        except Trouble as trouble:
            await self._later(claim, str(trouble), trouble.cause)
        except Exception as error:  # noqa: BLE001 - whatever it is, the effect must be tried again
            await self._later(claim, str(error) or type(error).__name__)
        else:
            await self._store.finish_outbox(claim.brand_id, claim.key)
            self.counts[f"{kind.__name__} done"] += 1

    async def _later(self, claim: OutboxClaim, trouble: str, cause: Cause = "other") -> None:
        kind = type(claim.effect).__name__
        at = self._clock.now() + backoff(claim.attempts, self._chance())
        self.counts[f"{kind} in trouble"] += 1
        log.warning(
            "an effect met trouble", kind=kind, key=claim.key, attempts=claim.attempts, reason=trouble, again_at=at
        )
        await self._store.retry_outbox(claim.brand_id, claim.key, at, trouble, cause)
        self.wake(at)


class ReviewPeopleHandler:
    """Who is on duty changed: looks at every conversation with an open promise, a few at a time."""

    def __init__(self, *, engine: Engine, people: People) -> None:
        self._engine = engine
        self._people = people

    async def __call__(self, claim: OutboxClaim) -> None:
        """Carry out a `ReviewPeople` effect. Safe to repeat: what needs nothing gets nothing."""
        after: str | None = None
        while True:
            found = await self._people.on_people(claim.brand_id, after, REVIEWED_AT_ONCE)
            await asyncio.gather(*(self._review(claim, each) for each in found))
            if len(found) < REVIEWED_AT_ONCE:
                return
            after = found[-1]

    async def _review(self, claim: OutboxClaim, conversation: ConversationId) -> None:
        order = Order(
            command_id=CommandId(f"review:{claim.key}:{conversation}"),
            brand_id=claim.brand_id,
            stream=conversation,
            by=SYSTEM,
            command=ReviewResponsible(),
        )
        await self._engine.handle(order)


__all__ = ["Chance", "Handler", "OutboxWorker", "People", "ReviewPeopleHandler", "backoff"]
