"""The outbox in memory: what must follow outside, in the order in which it is due, with the trouble that it met."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import datetime, timedelta

from waada.core.conversation import Conversation
from waada.core.effects import Alert, CancelSend, Effect, Send
from waada.core.ids import BrandId
from waada.core.summary import summarise
from waada.ports import Commit, InTrouble, OutboxClaim, Unsent, UnsentCause
from waada.trouble import Cause


class _Parcel:
    """One effect in the outbox. `at` is its place in the queue: when it is due or its lease ends; None once done."""

    __slots__ = (
        "at",
        "attempts",
        "brand_id",
        "cause",
        "due_at",
        "effect",
        "key",
        "since",
        "stream",
        "trouble",
        "until",
    )

    def __init__(self, commit: Commit, key: str, effect: Effect) -> None:
        self.key, self.effect, self.brand_id, self.stream = key, effect, commit.brand_id, commit.stream
        self.due_at = effect.hold_until if isinstance(effect, Send) and effect.hold_until else commit.at
        self.since = self.due_at
        self.at: datetime | None = self.due_at
        self.until: datetime | None = None
        self.attempts = 0
        self.trouble: str | None = None
        self.cause: Cause = "other"

    def claim(self) -> OutboxClaim:
        """Return it as a worker sees it."""
        return OutboxClaim(
            key=self.key,
            brand_id=self.brand_id,
            stream=self.stream,
            effect=self.effect,
            attempts=self.attempts,
            due_at=self.due_at,
        )


class MemoryOutbox:
    """The part of the store in memory that workers carry out."""

    def __init__(self) -> None:
        """Begin empty."""
        self._outbox: dict[tuple[str, str], _Parcel] = {}
        self._post_queue: list[tuple[datetime, int, _Parcel]] = []
        self._posted = 0

    def conversations(self, brand_id: BrandId) -> Iterable[Conversation]:
        """Return the conversations of a brand; the store has them."""
        raise NotImplementedError

    def post(self, commit: Commit, key: str, effect: Effect) -> None:
        """Take an effect of a commit; one that takes a message back takes it out, unless it is on the wire."""
        if isinstance(effect, CancelSend):
            for parcel in [each for each in self._outbox.values() if each.stream == commit.stream]:
                held = isinstance(parcel.effect, Send) and parcel.effect.message_id == effect.message_id
                if held and parcel.until is None:
                    parcel.at = None
                    del self._outbox[commit.brand_id, parcel.key]
            return
        parcel = _Parcel(commit, key, effect)
        self._outbox[commit.brand_id, key] = parcel
        self._push_parcel(parcel.due_at, parcel)

    def waiting_messages(self) -> dict[str, bool]:
        """Return the messages that wait in the outbox, for laws and tests."""
        return {each.effect.message_id: True for each in self._outbox.values() if isinstance(each.effect, Send)}

    def waiting_keys(self) -> dict[str, bool]:
        """Return the keys of effects that still have to be carried out, for whoever moves a log to another store."""
        return dict.fromkeys((key for _, key in self._outbox), True)

    async def claim_outbox(self, now: datetime, limit: int, lease: timedelta) -> tuple[OutboxClaim, ...]:
        """Return effects to carry out."""
        claims: list[OutboxClaim] = []
        while len(claims) < limit:
            head = self.outbox_head()
            if head is None or head > now:
                break
            _, _, parcel = heapq.heappop(self._post_queue)
            parcel.until = now + lease
            parcel.attempts += 1
            self._push_parcel(parcel.until, parcel)
            claims.append(parcel.claim())
        return tuple(claims)

    async def next_outbox_at(self) -> datetime | None:
        """Return when the next effect comes due or its lease ends."""
        return self.outbox_head()

    def outbox_head(self) -> datetime | None:
        """Drop what was finished, taken back or moved; return when the first of the rest comes due."""
        queue = self._post_queue
        while queue and (queue[0][2].at is not queue[0][0]):
            heapq.heappop(queue)
        return queue[0][0] if queue else None

    def _push_parcel(self, at: datetime, parcel: _Parcel) -> None:
        parcel.at = at
        self._posted += 1
        heapq.heappush(self._post_queue, (at, self._posted, parcel))

    async def finish_outbox(self, brand_id: BrandId, key: str) -> None:
        """Forget an effect that was carried out."""
        parcel = self._outbox.pop((brand_id, key), None)
        if parcel is not None:
            parcel.at = None

    async def retry_outbox(
        self, brand_id: BrandId, key: str, at: datetime, trouble: str, cause: Cause = "other"
    ) -> None:
        """Try an effect again later."""
        parcel = self._outbox.get((brand_id, key))
        if parcel is not None:
            parcel.due_at, parcel.until, parcel.trouble, parcel.cause = at, None, trouble, cause
            self._push_parcel(at, parcel)

    async def hurry_outbox(self, brand_id: BrandId, now: datetime) -> int:
        """Make messages in trouble due now; return how many."""
        waiting = [each for each in self._unsent(brand_id) if each.until is None and each.due_at > now]
        for parcel in waiting:
            parcel.due_at = now
            self._push_parcel(now, parcel)
        return len(waiting)

    async def unsent(self, brand_id: BrandId, *, first: str | None = None, limit: int = 100) -> Unsent:
        """Return the messages that met trouble and aren't done yet."""
        found = self._unsent(brand_id)
        by_cause: dict[Cause, list[_Parcel]] = {}
        for parcel in found:
            by_cause.setdefault(parcel.cause, []).append(parcel)
        rows = {str(each.id): summarise(each) for each in self.conversations(brand_id)}
        found.sort(key=lambda each: (each.stream != first, each.since, each.key))
        return Unsent(
            causes=tuple(
                UnsentCause(
                    cause=cause,
                    count=len(some),
                    since=min(each.since for each in some),
                    due_at=min(each.due_at for each in some),
                    trouble=min(each.trouble or "" for each in some),
                )
                for cause, some in sorted(by_cause.items(), key=lambda each: (-len(each[1]), each[0]))
            ),
            messages=tuple(
                InTrouble(
                    stream=each.stream,
                    effect=each.effect,
                    attempts=each.attempts,
                    since=each.since,
                    due_at=each.due_at,
                    trouble=each.trouble or "",
                    cause=each.cause,
                    row=rows.get(each.stream),
                )
                for each in found[:limit]
            ),
        )

    def _unsent(self, brand_id: BrandId) -> list[_Parcel]:
        return [
            each
            for each in self._outbox.values()
            if each.brand_id == brand_id and each.trouble is not None and isinstance(each.effect, Send | Alert)
        ]
