"""The simulated world: one heap of happenings around the real engine, on a virtual clock, from one seed.

The rule: nothing here happens by real time, by an event loop, by a set's order or by a shared dice: the same scenario,
seed and days give the same ledger, in any process. This is one of the three places where parts are put together.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from waada.clock import CountedIds, VirtualClock
from waada.core import commands as c
from waada.core.conversation import Conversation
from waada.core.effects import Alert, CancelSend, ReviewPeople, Send
from waada.core.events import Delivery
from waada.core.ids import SYSTEM, BrandId, CommandId, PersonId, mint
from waada.core.letters import Letter
from waada.core.people import Brand, Channel
from waada.core.refusals import Refused
from waada.engine import Done, Engine
from waada.ports import Commit, OutboxClaim, TimerClaim
from waada.science.outlook import LiveOutlook
from waada.sim.customers import Customers
from waada.sim.driving import drive
from waada.sim.faults import Crashed, Fragility, Troubles, Wire
from waada.sim.ledger import Ledger
from waada.sim.plain_customers import PlainCustomers
from waada.sim.plain_staff import PlainStaff
from waada.sim.rosters import roster_of
from waada.sim.scenario import Scenario
from waada.sim.staff import Staff
from waada.store.memory import MemoryStore
from waada.words.phrase import CataloguePhrase

Then = Callable[[Done], None]

LEASE = timedelta(seconds=30)  # how long a node may work on a timer before another one takes it over
BATCH = 64
JUDGE_SECONDS = 60.0  # how often open promises are judged again, as live
STIRRED_SECONDS = 5.0  # and how soon after somebody left or a line grew fast
RETRY_SECONDS = 3.0  # a customer's window, a phone, a mail server: all try again when a node is gone
RETRIES_MAX = 50


class SimStore(MemoryStore):
    """The store in memory that records every commit, and may be interrupted around it."""

    def __init__(self, fragility: Fragility, record: Callable[[Commit], None], *, keep_facts: bool) -> None:
        """Begin empty."""
        super().__init__(keep_facts=keep_facts)
        self._fragility = fragility
        self._record = record

    async def append(self, commit: Commit) -> None:
        """Write one command; what is written is recorded, whoever dies after it."""
        self._fragility.before()
        await super().append(commit)
        self._record(commit)
        self._fragility.after()


class World:
    """A business, its customers, its team and its machine. `watch` sees every commit."""

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        *,
        keep_facts: bool = False,
        keep_lines: bool = False,
        watch: Callable[[Commit], None] | None = None,
    ) -> None:
        """Found the brand on the local midnight on which the scenario starts."""
        self.scenario = scenario
        self.seed = seed
        self.zone = ZoneInfo(scenario.zone)
        self.now = self.midnight(0)
        self.skew = timedelta(0)
        self.clock = VirtualClock(self.now)
        self.ids = CountedIds(self.clock, salt=seed)
        self.ledger = Ledger(keep=keep_lines)
        self.fragility = Fragility(scenario.faults, self.dice("crash"))
        self.troubles = Troubles(scenario.faults, self.dice("trouble"))
        self.wire = Wire(scenario.faults, self.dice("wire"))
        self.store = self._open_store(keep_facts=keep_facts)
        self.phrase = CataloguePhrase()
        # Learning takes a quarter of the time; where every promise is a rule of thumb nobody asks for it.
        computes = any(way.policy.computed for way in scenario.ways)
        self.outlook = LiveOutlook() if computes else None
        self.engine = self._start_node()
        self.down_until = self.now
        self.refusals: dict[str, int] = {}
        self.received: dict[str, int] = {}
        self.accepted: dict[str, str] = {}
        self.alerts = 0
        self.happenings = 0
        self._watch = watch
        self._heap: list[tuple[datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self._count = 0
        self._orders = 0
        self._timer_dice = self.dice("timers")
        self._late = timedelta(0)
        self._judging = False
        self.brand_id = BrandId(mint(self.ids.fresh(), 0))
        self.people: tuple[PersonId, ...] = ()
        plain = scenario.manners
        self.staff = Staff(self) if plain is None else PlainStaff(self, plain)
        self.customers = Customers(self) if plain is None else PlainCustomers(self)
        self._found()
        self._new_day(0)
        if self.outlook is not None:
            self.later(JUDGE_SECONDS, self._judge_again, self.outlook)

    # --- time ---

    def midnight(self, day: int) -> datetime:
        """Return the instant of a local midnight, counted from the first one."""
        local = datetime.combine(self.scenario.starts + timedelta(days=day), time(0), self.zone)
        return local.astimezone(UTC)

    def local(self, day: int, hours: float) -> datetime:
        """Return the instant at which the clock on the wall shows that many hours on a day."""
        naive = datetime.combine(self.scenario.starts + timedelta(days=day), time(0)) + timedelta(hours=hours)
        return naive.replace(tzinfo=self.zone).astimezone(UTC)

    def dice(self, whose: str) -> Random:
        """Return an actor's own dice, so that one actor's throws never change another's."""
        return Random(f"{self.seed}:{self.scenario.name}:{whose}")  # noqa: S311 - it must be repeatable

    def at(self, when: datetime, act: Callable[..., None], *args: Any) -> None:
        """Let something happen at an instant."""
        self._count += 1
        heappush(self._heap, (when, self._count, act, args))

    def later(self, seconds: float, act: Callable[..., None], *args: Any) -> None:
        """Let something happen after a while."""
        self._count += 1
        heappush(self._heap, (self.now + timedelta(seconds=seconds), self._count, act, args))

    def run(self, until: datetime) -> None:
        """Let everything happen up to an instant."""
        heap, store = self._heap, self.store
        while True:
            wake = store.head()
            if wake is not None:
                wake = max(wake - self.skew + self._late, self.down_until, self.now)
                if wake < heap[0][0]:
                    if wake >= until:
                        break
                    self._move(wake)
                    self._work()
                    continue
            when, _, act, args = heap[0]
            if when >= until:
                break
            heappop(heap)
            self._move(when)
            self.happenings += 1
            act(*args)
        self._move(until)

    def _move(self, when: datetime) -> None:
        if when > self.now:
            self.now = when
            self.clock.set(when + self.skew if self.skew else when)

    def _new_day(self, day: int) -> None:
        midnight = self.midnight(day)
        for at, what, seconds in self.troubles.plan(day, midnight):
            self.at(max(at, self.now), self._go_wrong, what, seconds)
        self.staff.begin_day(day)
        self.customers.begin_day(day)
        self.at(self.midnight(day + 1), self._new_day, day + 1)

    # --- orders ---

    def order(self, by: str, stream: str, command: c.Command, then: Then | None = None) -> None:
        """Give a command now, as often as it takes to be carried out or refused."""
        self.submit(self.envelope(by, stream, command), then)

    def envelope(self, by: str, stream: str, command: c.Command, command_id: str | None = None) -> c.Order:
        """Address a command."""
        self._orders += 1
        known = CommandId(command_id if command_id is not None else f"order-{self._orders}")
        return c.Order(command_id=known, brand_id=self.brand_id, stream=stream, by=by, command=command)

    def submit(self, order: c.Order, then: Then | None = None, attempts: int = 0) -> None:
        """Hand an order to the node; when it is down or dies, try again with the same id."""
        if self.now >= self.down_until:
            try:
                done = drive(self.engine.handle(order))
            except Refused as refused:
                words = refused.refusal.words
                self.refusals[words] = self.refusals.get(words, 0) + 1
                return
            except Crashed:
                self._die(self.troubles.faults.down_seconds)
            else:
                if isinstance(order.command, c.StartConversation | c.Write):
                    self.accepted[order.command.message.id] = order.stream
                if then is not None:
                    then(done)
                return
        if attempts < RETRIES_MAX:
            wait = max((self.down_until - self.now).total_seconds(), 0.0) + RETRY_SECONDS
            self.later(wait, self.submit, order, then, attempts + 1)

    def send(self, order: c.Order, then: Then | None = None) -> None:
        """Send a customer's order over the wire: late, twice, or overtaken by the next."""
        for copy, seconds in enumerate(self.wire.arrivals()):
            if seconds:
                self.later(seconds, self.submit, order, then if copy == 0 else None)
            else:
                self.submit(order, then)

    # --- the node ---

    def _open_store(self, *, keep_facts: bool) -> SimStore:
        return SimStore(self.fragility, self._recorded, keep_facts=keep_facts)

    def _start_node(self) -> Engine:
        return Engine(store=self.store, clock=self.clock, ids=self.ids, phrase=self.phrase, outlook=self.outlook)

    def _die(self, seconds: float) -> None:
        """Lose everything in memory; another node answers after a while."""
        self.engine = self._start_node()
        node_now = self.clock.now()
        self.down_until = max(self.down_until, self.now + timedelta(seconds=seconds))
        self.troubles.excuses.append((node_now, node_now + timedelta(seconds=seconds) + 2 * LEASE))

    def _go_wrong(self, what: str, seconds: float) -> None:
        if what == "crash":
            self.fragility.crash_next = True
        elif what == "down":
            self._die(seconds)
        else:
            self._jump(timedelta(seconds=seconds))
            # Somebody sets the clock right an hour later.
            self.later(3600.0, self._jump, timedelta(seconds=-seconds))

    def _jump(self, by: timedelta) -> None:
        before = self.clock.now()
        self.skew += by
        self.clock.set(self.now + self.skew)
        self.troubles.jumps += 1
        first, last = min(before, before + by), max(before, before + by)
        self.troubles.excuses.append((first, last + LEASE))

    def _work(self) -> None:
        """Do what a worker does: fire due timers, carry out due effects."""
        store, now, faults = self.store, self.clock.now(), self.troubles.faults
        for claim in drive(store.claim_timers(now, BATCH, LEASE)):
            if self.now < self.down_until:
                return
            self._fire(claim)
            if faults.stale_timers and self._timer_dice.random() < faults.stale_timers:
                # A worker whose lease ran out while it slept: its claim is of a timer that has moved on.
                self.later(self._timer_dice.random() * 900.0, self._fire, claim)
        for parcel in drive(store.claim_outbox(now, BATCH, LEASE)):
            if self.now < self.down_until:
                return
            self._carry_out(parcel)
        if faults.timers_late_seconds:
            self._late = timedelta(seconds=self._timer_dice.random() * faults.timers_late_seconds)

    def _judge_again(self, outlook: LiveOutlook) -> None:
        self.later(JUDGE_SECONDS, self._judge_again, outlook)
        self._judge(outlook)

    def _judge(self, outlook: LiveOutlook) -> None:
        """Look again at what is still promised; a node that is down looks when it is back."""
        self._judging = False
        brand = self.store.states.get(self.brand_id)
        if self.now >= self.down_until and isinstance(brand, Brand):
            for each in outlook.judge(brand, self.clock.now()):
                self.order(SYSTEM, each.stream, c.Judge(promise_id=each.promise_id))

    def _fire(self, claim: TimerClaim) -> None:
        command = c.TimerDue(slot=claim.slot, guard=claim.guard)
        # No retry: the lease of a timer ends, and then it is claimed again.
        self.submit(self.envelope(SYSTEM, claim.stream, command), None, RETRIES_MAX)

    def _carry_out(self, parcel: OutboxClaim) -> None:
        effect = parcel.effect
        match effect:
            case Send():
                if not self.troubles.mail_answers(self.now):
                    again = self.clock.now() + timedelta(seconds=min(30.0 * 2**parcel.attempts, 900.0))
                    drive(self.store.retry_outbox(parcel.brand_id, parcel.key, again, "the mail server is away"))
                    return
                self._deliver(parcel, effect)
            case Alert():
                self.alerts += 1
            case ReviewPeople():
                for stream in drive(self.store.on_people(parcel.brand_id, None, 1_000_000)):
                    self.order(SYSTEM, stream, c.ReviewResponsible())
            case CancelSend():
                raise AssertionError("the store takes back what is cancelled")
        if self.fragility.crash_next and self._timer_dice.random() < 0.5:
            # It is on the wire, but the node dies before it can say so: the receiver gets it twice, with one key.
            self.fragility.crash_next = False
            self.fragility.crashes += 1
            self._die(self.troubles.faults.down_seconds)
            return
        drive(self.store.finish_outbox(parcel.brand_id, parcel.key))

    def _deliver(self, parcel: OutboxClaim, send: Send) -> None:
        message = send.message_id
        times = self.received.get(message, 0)
        self.received[message] = times + 1
        if times:
            return
        status: Delivery = "bounced" if self.wire.bounces() else "sent"
        self.order(SYSTEM, parcel.stream, c.RecordDelivery(message_id=message, status=status))
        if status == "sent":
            self.customers.got_mail(parcel.stream)

    # --- what is written ---

    def _recorded(self, commit: Commit) -> None:
        self.ledger.add(commit)
        state = commit.state
        outlook = self.outlook
        if outlook is not None:
            outlook.saw(commit)
            if outlook.stirred() and not self._judging:
                self._judging = True
                self.later(STIRRED_SECONDS, self._judge, outlook)
        if isinstance(state, Conversation):
            if commit.promises and state.promise is not None:
                self.staff.owed(state)
            self.customers.wrote(commit, state)
        elif isinstance(state, Letter) and state.version == 1:
            self.staff.letter_came(state.id)
        if self._watch is not None:
            self._watch(commit)

    def _found(self) -> None:
        scenario, owner = self.scenario, self.scenario.team[0]
        ids = [PersonId(self.ids.fresh()) for _ in scenario.team]
        languages = tuple(language for language, _ in scenario.languages)
        found = c.FoundBrand(
            slug=scenario.slug,
            name=scenario.brand,
            zone=scenario.zone,
            languages=languages,
            hours=scenario.hours,
            owner_name=owner.name,
            owner_email=owner.email,
            owner_id=ids[0],
            demo=scenario.demo,
        )
        self.order(SYSTEM, self.brand_id, found)
        for person, colleague in list(zip(ids, scenario.team, strict=True))[1:]:
            invite = c.InvitePerson(
                person_id=person,
                name=colleague.name,
                email=colleague.email,
                role=colleague.role,
                languages=colleague.languages,
            )
            self.order(SYSTEM, self.brand_id, invite)
        self.people = tuple(ids)
        chats = scenario.manners.chats_at_once if scenario.manners is not None else 1
        for person, colleague in zip(ids, scenario.team, strict=True):
            self.order(SYSTEM, self.brand_id, c.JoinPerson(person_id=person))
            planned = c.SetRoster(
                person_id=person,
                roster=roster_of(colleague, scenario.zone),
                chats_at_once=colleague.chats_at_once or chats,
            )
            self.order(SYSTEM, self.brand_id, planned)
        for canned in scenario.canned:
            self.order(SYSTEM, self.brand_id, c.SetCanned(canned=canned))
        for way in scenario.ways:
            channel = Channel(
                key=way.key,
                kind=way.kind,
                name=way.name,
                live=True,
                address=way.address,
                policy=way.policy,
                hours=way.hours,
                team=tuple(ids[number] for number in way.team),
            )
            self.order(SYSTEM, self.brand_id, c.SetChannel(channel=channel))
