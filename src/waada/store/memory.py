"""The store in memory, for simulation and tests: behaves just as PostgreSQL does (one contract suite runs on both)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.effects import Timer
from waada.core.ids import BrandId, CommandId, ConversationId, CustomerId, PersonId, PromiseId
from waada.core.letters import Letter
from waada.core.people import Brand
from waada.core.promises import Promise
from waada.core.refusals import Conflict, Refused
from waada.core.summary import Row, summarise
from waada.ports import (
    CommandKnown,
    Commit,
    Found,
    Recall,
    Recorded,
    Rows,
    State,
    StreamKind,
    TimerClaim,
    VersionTaken,
    View,
)
from waada.store.memory_keeping import MemoryKeeping
from waada.store.memory_outbox import MemoryOutbox
from waada.store.memory_rules import MemoryRules
from waada.store.views import in_view, order_in, words_in


class _Timer:
    """One slot of a stream. `until` is the end of the lease; `live` is false once another timer took the slot."""

    __slots__ = ("brand_id", "live", "stream", "stream_kind", "timer", "until")

    def __init__(self, commit: Commit, timer: Timer) -> None:
        self.brand_id, self.stream, self.stream_kind = commit.brand_id, commit.stream, commit.stream_kind
        self.timer = timer
        self.until: datetime | None = None
        self.live = True

    def claim(self) -> TimerClaim:
        """Return it as a worker sees it."""
        return TimerClaim(
            brand_id=self.brand_id,
            stream=self.stream,
            stream_kind=self.stream_kind,
            slot=self.timer.slot,
            guard=self.timer.guard,
            due_at=self.timer.due_at,
        )


class MemoryStore(MemoryOutbox, MemoryKeeping, MemoryRules):
    """Store and Reading in dictionaries. `keep_facts` False leaves the log to the watchers (a simulation hashes it)."""

    def __init__(self, *, keep_facts: bool = True) -> None:
        """Begin empty."""
        super().__init__()
        self.states: dict[str, State] = {}
        self.kinds: dict[str, StreamKind] = {}
        self.log: list[Recorded] = []
        self._facts_of: dict[str, list[Recorded]] = {}
        self._commands: dict[tuple[str, str], tuple[str, StreamKind, str, int]] = {}
        self._timers: dict[str, dict[str, _Timer]] = {}
        self._queue: list[tuple[datetime, int, _Timer]] = []
        self._owed: dict[str, BrandId] = {}  # conversations with an open promise
        self._promises: dict[str, tuple[Promise, str]] = {}
        self._slugs: dict[str, BrandId] = {}
        self._count = 0
        self._keep_facts = keep_facts

    # --- what the engine needs ---

    async def load(self, kind: StreamKind, brand_id: BrandId, stream: str) -> State | None:
        """Return the state of a stream of that brand."""
        state = self.states.get(stream)
        if state is None or self.kinds[stream] != kind:
            return None
        owner = state.id if isinstance(state, Brand) else state.brand_id
        return state if owner == brand_id else None

    async def brand(self, brand_id: BrandId) -> Brand | None:
        """Return a brand."""
        return cast("Brand | None", self.states.get(brand_id))

    async def brand_named(self, slug: str) -> Brand | None:
        """Return the brand with that slug."""
        brand_id = self._slugs.get(slug)
        return None if brand_id is None else await self.brand(brand_id)

    async def brands(self) -> tuple[Brand, ...]:
        """Return all brands, by slug."""
        return tuple(cast("Brand", self.states[self._slugs[slug]]) for slug in sorted(self._slugs))

    async def recall(self, brand_id: BrandId, command_id: CommandId) -> Recall | None:
        """Return what an earlier command did."""
        known = self._commands.get((brand_id, command_id))
        if known is None:
            return None
        stream, kind, fingerprint, version = known
        return Recall(stream=stream, stream_kind=kind, fingerprint=fingerprint, version=version)

    async def append(self, commit: Commit) -> None:
        """Write one command."""
        key = (commit.brand_id, commit.command_id)
        if key in self._commands:
            raise CommandKnown
        known = self.states.get(commit.stream)
        if (known.version if known is not None else 0) != commit.version_before:
            raise VersionTaken
        state = commit.state
        if isinstance(state, Brand) and self._slugs.setdefault(state.slug, state.id) != state.id:
            raise Refused(Conflict(problem="Another brand has this short name already. Choose another one."))
        self._commands[key] = (commit.stream, commit.stream_kind, commit.fingerprint, state.version)
        self.states[commit.stream] = state
        self.kinds[commit.stream] = commit.stream_kind
        if e.Undone in [event.__class__ for event in commit.events]:
            for gone in _promises_of(known):
                self._promises.pop(gone.id, None)
            commit = replace(commit, promises=_promises_of(state))
        for promise in commit.promises:
            self._promises[promise.id] = (promise, commit.stream)
        if commit.timers_changed:
            self._arm(commit)
        if isinstance(state, Conversation):
            if state.promise is not None:
                self._owed[commit.stream] = commit.brand_id
            else:
                self._owed.pop(commit.stream, None)
        for effect_key, effect in commit.effects:
            self.post(commit, effect_key, effect)
        if self._keep_facts:
            self._write_log(commit)

    def _write_log(self, commit: Commit) -> None:
        row = summarise(commit.state) if isinstance(commit.state, Conversation) else None
        version = commit.version_before
        facts = self._facts_of.setdefault(commit.stream, [])
        for event in commit.events:
            version += 1
            fact = Recorded(
                cursor=str(len(self.log) + 1),
                brand_id=commit.brand_id,
                stream=commit.stream,
                stream_kind=commit.stream_kind,
                version=version,
                at=commit.at,
                by=commit.by,
                command_id=commit.command_id,
                event=event,
                row=row if event is commit.events[-1] else None,
            )
            self.log.append(fact)
            facts.append(fact)

    def _arm(self, commit: Commit) -> None:
        slots = self._timers.get(commit.stream)
        if slots is None:
            slots = self._timers[commit.stream] = {}
        for old in slots.values():
            old.live = False
        slots.clear()
        for timer in commit.timers:
            slots[timer.slot] = entry = _Timer(commit, timer)
            self._push(timer.due_at, entry)

    def _push(self, at: datetime, entry: _Timer) -> None:
        self._count += 1
        heapq.heappush(self._queue, (at, self._count, entry))

    async def drop_timer(self, brand_id: BrandId, stream: str, slot: str, guard: str) -> None:
        """Remove a stale timer."""
        timer = self._timers.get(stream, {}).get(slot)
        if timer is not None and timer.timer.guard == guard and timer.brand_id == brand_id:
            timer.live = False
            del self._timers[stream][slot]

    async def claim_timers(self, now: datetime, limit: int, lease: timedelta) -> tuple[TimerClaim, ...]:
        """Return due timers that nobody works on."""
        claims: list[TimerClaim] = []
        while self._queue and self._queue[0][0] <= now and len(claims) < limit:
            _, _, timer = heapq.heappop(self._queue)
            if not timer.live:
                continue
            timer.until = now + lease
            self._push(timer.until, timer)
            claims.append(timer.claim())
        return tuple(claims)

    async def next_timer_at(self) -> datetime | None:
        """Return when the next timer comes due or its lease ends."""
        return self._timer_head()

    def _timer_head(self) -> datetime | None:
        while self._queue and not self._queue[0][2].live:
            heapq.heappop(self._queue)
        return self._queue[0][0] if self._queue else None

    def head(self) -> datetime | None:
        """Return when the next timer or effect comes due, without waiting, for whoever drives a virtual clock."""
        timer, parcel = self._timer_head(), self.outbox_head()
        if timer is None or parcel is None:
            return timer or parcel
        return min(timer, parcel)

    def armed(self, stream: str) -> tuple[TimerClaim, ...]:
        """Return the timers of a stream, for laws and tests."""
        slots = self._timers.get(stream, {})
        return tuple(slots[slot].claim() for slot in ("promise", "settle", "letter") if slot in slots)

    def recorded(self, stream: str) -> list[Recorded]:
        """Return everything that happened in a stream, for laws and tests."""
        return self._facts_of.get(stream, [])

    # --- what screens read ---

    def conversations(self, brand_id: BrandId) -> Iterable[Conversation]:
        """Return the conversations of a brand, in the order they were opened."""
        return (each for each in self.states.values() if isinstance(each, Conversation) and each.brand_id == brand_id)

    async def rows(
        self,
        brand_id: BrandId,
        view: View,
        *,
        person: PersonId | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Rows:
        """Return a stretch of a view."""
        found = [row for row in map(summarise, self.conversations(brand_id)) if in_view(row, view, person)]
        found.sort(key=order_in(view))
        start = int(cursor) if cursor else 0
        rest = len(found) > start + limit
        return Rows(rows=tuple(found[start : start + limit]), cursor=str(start + limit) if rest else None)

    async def facts(self, brand_id: BrandId, stream: str) -> tuple[Recorded, ...]:
        """Return everything that happened in a stream."""
        return tuple(each for each in self._facts_of.get(stream, ()) if each.brand_id == brand_id)

    async def feed(self, after: str | None, limit: int) -> tuple[tuple[Recorded, ...], str]:
        """Return facts after a cursor."""
        start = len(self.log) if after is None else int(after)
        facts = tuple(self.log[start : start + limit])
        return facts, str(start + len(facts))

    async def promise(self, brand_id: BrandId, promise_id: PromiseId) -> Found | None:
        """Return a promise of that brand."""
        found = self._promises.get(promise_id)
        if found is None or await self.load("conversation", brand_id, found[1]) is None:
            return None
        return Found(promise=found[0], conversation_id=ConversationId(found[1]))

    async def letters(self, brand_id: BrandId, *, handled: bool = False) -> tuple[Letter, ...]:
        """Return letters, newest first."""
        found = [each for each in self.states.values() if isinstance(each, Letter) and each.brand_id == brand_id]
        chosen = [each for each in found if (each.outcome is not None) == handled]
        return tuple(sorted(chosen, key=lambda each: each.received_at, reverse=True))

    async def conversations_of(self, brand_id: BrandId, customer: CustomerId) -> tuple[Row, ...]:
        """Return a customer's conversations, newest first."""
        return self._newest(brand_id, lambda each: each.customer.id == customer, 100)

    async def search(self, brand_id: BrandId, words: str, limit: int = 50) -> tuple[Row, ...]:
        """Return conversations in which every word is found."""
        wanted = words_in(words)
        if not wanted:
            return ()
        return self._newest(brand_id, lambda each: self._holds(each, wanted, words.strip().casefold()), limit)

    def _newest(self, brand_id: BrandId, chosen: Callable[[Conversation], bool], limit: int) -> tuple[Row, ...]:
        found = [summarise(each) for each in self.conversations(brand_id) if chosen(each)]
        return tuple(sorted(found, key=lambda row: (row.last_at, row.id), reverse=True)[:limit])

    def _holds(self, state: Conversation, wanted: tuple[str, ...], whole: str) -> bool:
        texts = [state.id, state.customer.name or "", state.customer.email or "", state.subject or ""]
        for fact in self._facts_of.get(state.id, ()):
            if isinstance(fact.event, e.CustomerWrote | e.PersonWrote | e.BotWrote):
                texts.append(fact.event.message.text)
            elif isinstance(fact.event, e.NoteWritten):
                texts.append(fact.event.text)
        if whole == state.id:
            return True
        known = words_in(" ".join(texts))
        return all(any(word.startswith(each) for word in known) for each in wanted)

    async def on_people(self, brand_id: BrandId, after: str | None, limit: int) -> tuple[ConversationId, ...]:
        """Return ids of conversations with an open promise, in order."""
        found = sorted(stream for stream, owner in self._owed.items() if owner == brand_id)
        return tuple(ConversationId(each) for each in found if after is None or each > after)[:limit]


def _promises_of(state: State | None) -> tuple[Promise, ...]:
    enquiries = state.enquiries if isinstance(state, Conversation) else ()
    return tuple(promise for enquiry in enquiries for promise in enquiry.promises)
