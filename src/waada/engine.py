"""The one place where state changes: a command goes in, facts come out, one transaction writes them down.

Load, decide, fold, write. When somebody else wrote first, load and decide again; when the command was carried out
before, answer with what it did then. Nothing is told to anybody before it is written.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from waada.core import brand as brands
from waada.core import commands as c
from waada.core import conversation as conversations
from waada.core import decide, letters, react
from waada.core.conversation import Conversation
from waada.core.desk import Desk, Phrase
from waada.core.effects import Effect
from waada.core.events import BrandEvent, ConversationEvent, Event
from waada.core.ids import BrandId
from waada.core.letters import Letter
from waada.core.moment import Moment
from waada.core.people import Brand
from waada.core.promises import Promise
from waada.core.refusals import Conflict, NotFound, Refused
from waada.ports import Clock, CommandKnown, Commit, Ids, State, Store, StreamKind, VersionTaken

# Far more than any number of colleagues can write at once to one conversation; reaching it is a bug, not load.
ATTEMPTS_MAX = 50

_LETTER_COMMANDS = (c.ReceiveLetter, c.HandleLetter)
_BRAND_COMMANDS = (
    c.FoundBrand,
    c.ChangeBrand,
    c.SetHours,
    c.SetChannel,
    c.InvitePerson,
    c.JoinPerson,
    c.ChangePerson,
    c.RemovePerson,
    c.SetDuty,
    c.SetCanned,
    c.DropCanned,
    c.AddKey,
    c.RevokeKey,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command did. `repeated` means it had been carried out before; then `events` is empty."""

    state: State
    events: tuple[Event, ...]
    repeated: bool = False

    @property
    def conversation(self) -> Conversation:
        """Return the state as a conversation."""
        return cast("Conversation", self.state)


class Engine:
    """Carries out orders. `watchers` see every commit after it is durable; they must not raise and not wait."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, phrase: Phrase) -> None:
        """Keep the ports."""
        self.store = store
        self.clock = clock
        self.ids = ids
        self.phrase = phrase
        self.watchers: list[Callable[[Commit], None]] = []
        self._turns: dict[str, tuple[asyncio.Lock, list[int]]] = {}

    async def handle(self, order: c.Order) -> Done:
        """Carry out an order exactly once. Raises `Refused`, with nothing changed."""
        turn, waiting = self._turns.setdefault(order.stream, (asyncio.Lock(), [0]))
        waiting[0] += 1
        try:
            async with turn:
                return await self._in_turn(order)
        finally:
            waiting[0] -= 1
            if not waiting[0]:
                self._turns.pop(order.stream, None)

    async def _in_turn(self, order: c.Order) -> Done:
        kind = stream_kind(order.command)
        for _ in range(ATTEMPTS_MAX):
            try:
                return await self._attempt(order, kind)
            except VersionTaken:
                continue
            except CommandKnown:
                return await self._repeat(order)
        message = f"{ATTEMPTS_MAX} attempts on stream {order.stream}"
        raise AssertionError(message)

    async def _attempt(self, order: c.Order, kind: StreamKind) -> Done:
        fresh = isinstance(order.command, c.StartConversation | c.ReceiveLetter)
        before = None if fresh else await self.store.load(kind, order.brand_id, order.stream)
        now = Moment(self._now(before), self.ids.fresh())
        brand = None if kind == "brand" else await self._brand(order.brand_id)
        try:
            events, state = self._decide(kind, order, before, brand, now)
        except Refused:
            # A repeated command may be refused by what it did the first time ("closed already"): answer as then.
            if await self.store.recall(order.brand_id, order.command_id) is not None:
                return await self._repeat(order)
            raise
        if not events:
            return await self._nothing(order, before)
        commit = self._commit(kind, order, before, state, events, now)
        await self.store.append(commit)
        for watcher in self.watchers:
            watcher(commit)
        return Done(state=state, events=events)

    def _now(self, before: State | None) -> datetime:
        """Return the instant of this decision. A clock that was set back must not write a story that runs backwards."""
        now = self.clock.now()
        return max(now, before.latest_at) if isinstance(before, Conversation) else now

    def _decide(
        self, kind: StreamKind, order: c.Order, before: State | None, brand: Brand | None, now: Moment
    ) -> tuple[tuple[Event, ...], State]:
        if kind == "conversation":
            assert brand is not None, "a conversation has a brand"
            state = cast("Conversation | None", before)
            facts = decide.decide(state, order, Desk(brand, self.phrase), now)
            for fact in facts:
                state = conversations.evolve(state, fact, order.stream)
            return facts, cast("Conversation", state)
        if kind == "letter":
            letter = cast("Letter | None", before)
            letter_facts = letters.decide(letter, order, now)
            for letter_fact in letter_facts:
                letter = letters.evolve(letter, letter_fact)
            return letter_facts, cast("Letter", letter)
        changed = cast("Brand | None", before)
        brand_facts = brands.decide(changed, order, now)
        for brand_fact in brand_facts:
            changed = brands.evolve(changed, brand_fact)
        return brand_facts, cast("Brand", changed)

    def _commit(
        self,
        kind: StreamKind,
        order: c.Order,
        before: State | None,
        state: State,
        events: tuple[Event, ...],
        now: Moment,
    ) -> Commit:
        timers = conversations.timers(state) if isinstance(state, Conversation) else ()
        timers_before = conversations.timers(before) if isinstance(before, Conversation) else ()
        return Commit(
            brand_id=order.brand_id,
            stream=order.stream,
            stream_kind=kind,
            command_id=order.command_id,
            fingerprint=fingerprint(order),
            by=order.by,
            at=now.at,
            version_before=before.version if before is not None else 0,
            events=events,
            state=state,
            timers=timers,
            timers_changed=timers != timers_before,
            effects=_effects(state, events, now.seed),
            promises=_promises_changed(before, state),
            customer_changed=_customer_changed(before, state),
        )

    async def _nothing(self, order: c.Order, before: State | None) -> Done:
        """Nothing follows from the order. A timer that woke us for nothing is put away."""
        if isinstance(order.command, c.TimerDue):
            await self.store.drop_timer(order.brand_id, order.stream, order.command.slot, order.command.guard)
        if before is None:
            raise Refused(NotFound(what="conversation"))
        return Done(state=before, events=())

    async def _repeat(self, order: c.Order) -> Done:
        known = await self.store.recall(order.brand_id, order.command_id)
        assert known is not None, "a known command is remembered"
        if known.fingerprint != fingerprint(order):
            raise Refused(
                Conflict(
                    problem="This idempotency key was used for something else. Use a new key for a new request.",
                    status=422,
                )
            )
        state = await self.store.load(known.stream_kind, order.brand_id, known.stream)
        assert state is not None, "what was written can be read"
        return Done(state=state, events=(), repeated=True)

    async def _brand(self, brand_id: BrandId) -> Brand:
        brand = await self.store.brand(brand_id)
        if brand is None:
            raise Refused(NotFound(what="brand"))
        return brand


def stream_kind(command: c.Command) -> StreamKind:
    """Return the kind of stream a command goes to."""
    if isinstance(command, _LETTER_COMMANDS):
        return "letter"
    if isinstance(command, _BRAND_COMMANDS):
        return "brand"
    return "conversation"


def fingerprint(order: c.Order) -> str:
    """Return what tells a repeated request from another one under the same id: its kind and what was asked.

    Ids that the caller makes anew for each attempt (the message's, the stream's) don't count.
    """
    if order.asked is not None:
        return order.asked
    command = order.command
    asked: tuple[object, ...] = (type(command).__name__,)
    match command:
        case c.StartConversation():
            asked += (command.channel, command.customer.id, command.subject, command.message.text)
        case c.Write() | c.Reply() | c.SayAsBot():
            asked += (order.stream, command.message.text)
        case _:
            asked += (order.stream,)
    return hashlib.blake2b(repr(asked).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _effects(state: State, events: tuple[Event, ...], seed: str) -> tuple[tuple[str, Effect], ...]:
    found: list[Effect] = []
    for event in events:
        if isinstance(state, Conversation):
            found.extend(react.react(state, cast("ConversationEvent", event)))
        elif isinstance(state, Brand):
            found.extend(react.react_brand(cast("BrandEvent", event), seed))
    return tuple((f"{seed}:{number}", effect) for number, effect in enumerate(found))


def _promises_changed(before: State | None, state: State) -> tuple[Promise, ...]:
    if not isinstance(state, Conversation):
        return ()
    earlier = before.enquiries if isinstance(before, Conversation) else ()
    changed: list[Promise] = []
    for number, enquiry in enumerate(state.enquiries):
        if number < len(earlier) and earlier[number] is enquiry:
            continue
        known = earlier[number].promises if number < len(earlier) else ()
        changed.extend(
            promise for index, promise in enumerate(enquiry.promises) if index >= len(known) or known[index] != promise
        )
    return tuple(changed)


def _customer_changed(before: State | None, state: State) -> bool:
    if not isinstance(state, Conversation):
        return False
    return not isinstance(before, Conversation) or before.customer != state.customer


__all__ = ["Done", "Engine", "fingerprint", "stream_kind"]
