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
from typing import cast, get_args

from waada.core import brand as brands
from waada.core import commands as c
from waada.core import conversation as conversations
from waada.core import decide, letters, react
from waada.core.conversation import Conversation
from waada.core.desk import Desk, Phrase
from waada.core.effects import Effect, Timer
from waada.core.events import BrandEvent, ConversationEvent, Event
from waada.core.frozen import made_fast
from waada.core.letters import Letter
from waada.core.moment import Moment
from waada.core.outlook import NoOutlook, Outlook
from waada.core.people import Brand
from waada.core.promises import Promise
from waada.core.refusals import Conflict, NotFound, Refused
from waada.ports import Clock, CommandKnown, Commit, Ids, State, Store, StreamKind, VersionTaken

# Far more than any number of colleagues can write at once to one conversation; reaching it is a bug, not load.
ATTEMPTS_MAX = 50

_KINDS: dict[type, StreamKind] = {
    **dict.fromkeys(get_args(c.ConversationCommand), "conversation"),
    **dict.fromkeys(get_args(c.LetterCommand), "letter"),
    **dict.fromkeys(get_args(c.BrandCommand), "brand"),
}
_BEGINNINGS = (c.StartConversation, c.ReceiveLetter)


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


made_fast(Done, Commit)


class _Turn:
    """Commands to one stream wait for each other; a line goes when nobody wants it any more."""

    __slots__ = ("lock", "wanted")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.wanted = 0


class Engine:
    """Carries out orders. `watchers` see every commit after it is durable; they must not raise and not wait."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, phrase: Phrase, outlook: Outlook | None = None) -> None:
        """Keep the ports. Without an `outlook` promises are what the policy says."""
        self.store = store
        self.clock = clock
        self.ids = ids
        self.phrase = phrase
        self.outlook = outlook or NoOutlook()
        self.watchers: list[Callable[[Commit], None]] = []
        self._turns: dict[str, _Turn] = {}

    async def handle(self, order: c.Order) -> Done:
        """Carry out an order exactly once. Raises `Refused`, with nothing changed."""
        stream = order.stream
        turn = self._turns.get(stream)
        if turn is None:
            turn = self._turns[stream] = _Turn()
        turn.wanted += 1
        try:
            async with turn.lock:
                return await self._in_turn(order)
        finally:
            turn.wanted -= 1
            if not turn.wanted:
                del self._turns[stream]

    async def _in_turn(self, order: c.Order) -> Done:
        for _ in range(ATTEMPTS_MAX):
            try:
                return await self._attempt(order)
            except VersionTaken:
                continue
            except CommandKnown:
                return await self._repeat(order)
        message = f"{ATTEMPTS_MAX} attempts on stream {order.stream}"
        raise AssertionError(message)

    async def _attempt(self, order: c.Order) -> Done:
        kind = _KINDS[type(order.command)]
        before = (
            None if type(order.command) in _BEGINNINGS else await self.store.load(kind, order.brand_id, order.stream)
        )
        now = Moment(self._now(before), self.ids.fresh())
        brand = None if kind == "brand" else await self.store.brand(order.brand_id)
        if brand is None and kind != "brand":
            raise Refused(NotFound(what="brand"))
        try:
            events, state = self._decide(kind, order, before, brand, now)
        except Refused:
            # A repeated command may be refused by what it did the first time ("closed already"): answer as then.
            if await self.store.recall(order.brand_id, order.command_id) is not None:
                return await self._repeat(order)
            raise
        if not events:
            return await self._nothing(order, before)
        commit = self._commit(kind, order, before, state, events, now, brand)
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
            facts = decide.decide(state, order, Desk(brand, self.phrase, self.outlook), now)
            for fact in facts:
                state = conversations.evolve(state, fact, order.stream, fresh=state is not before)
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
        brand: Brand | None,
    ) -> Commit:
        timers: tuple[Timer, ...] = ()
        timers_changed, customer_changed = False, False
        promises: tuple[Promise, ...] = ()
        effects: list[Effect] = []
        if isinstance(state, Conversation):
            earlier = cast("Conversation | None", before)
            timers = conversations.timers(state)
            timers_changed = _timers_changed(earlier, state, timers)
            promises = _promises_changed(earlier, state)
            customer_changed = earlier is None or earlier.customer != state.customer
            for event in events:
                if event.__class__ in react.WITH_EFFECTS:
                    effects += react.react(state, cast("ConversationEvent", event))
        elif isinstance(state, Brand):
            for event in events:
                effects += react.react_brand(cast("BrandEvent", event), now.seed)
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
            timers_changed=timers_changed,
            effects=_numbered(effects, now.seed) if effects else (),
            promises=promises,
            customer_changed=customer_changed,
            brand=brand,
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


def stream_kind(command: c.Command) -> StreamKind:
    """Return the kind of stream a command goes to."""
    return _KINDS[type(command)]


def fingerprint(order: c.Order) -> str:
    """Return what tells a repeated request from another one under the same id: its kind and what was asked.

    Ids that the caller makes anew for each attempt (the message's, the stream's) don't count.
    """
    if order.asked is not None:
        return order.asked
    command = order.command
    match command:
        case c.StartConversation():
            asked: tuple[str | None, ...] = (
                command.channel,
                command.customer.id,
                command.subject,
                command.message.text,
            )
        case c.Write() | c.Reply() | c.SayAsBot():
            asked = (order.stream, command.message.text)
        case _:
            return f"{type(command).__name__}:{order.stream}"
    text = repr((type(command).__name__, *asked))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _numbered(effects: list[Effect], seed: str) -> tuple[tuple[str, Effect], ...]:
    """Give every effect its key, the same on every attempt to carry it out."""
    return tuple([(f"{seed}:{number}", effect) for number, effect in enumerate(effects)])


def _timers_changed(before: Conversation | None, state: Conversation, timers: tuple[Timer, ...]) -> bool:
    if before is None:
        return bool(timers)
    # Timers follow from the enquiries alone, which are the same tuple unless one of their facts came.
    if before.enquiries is state.enquiries:
        return False
    promise = state.promise
    return promise is not before.promise or (promise is None and timers != conversations.timers(before))


def _promises_changed(before: Conversation | None, state: Conversation) -> tuple[Promise, ...]:
    earlier = before.enquiries if before is not None else ()
    if earlier is state.enquiries:
        return ()
    changed: list[Promise] = []
    for number, enquiry in enumerate(state.enquiries):
        known = earlier[number].promises if number < len(earlier) else ()
        if enquiry.promises is known:
            continue
        for index, promise in enumerate(enquiry.promises):
            # A fact about a promise makes a new one of it; what no fact touched is the same thing.
            if index >= len(known) or known[index] is not promise:
                changed.append(promise)
    return tuple(changed)


__all__ = ["Done", "Engine", "fingerprint", "stream_kind"]
