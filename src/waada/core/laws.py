"""What must always be true, whoever did what, whatever broke: checked in tests, in simulation, and live on a sample.

`check_commit` looks at one command's write by itself and is cheap; `check_stream` looks at the whole log of one
conversation; `check_totals` adds up. A broken law is a bug, told with where it happened; nothing here repairs anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from waada.core import events as e
from waada.core.conversation import Conversation, evolve, timers
from waada.core.effects import Effect, Send, Timer
from waada.core.enquiry import Enquiry
from waada.core.events import Event
from waada.core.people import Brand
from waada.core.promises import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A law that does not hold: which one, in which stream, after which version, and what was found."""

    law: str
    stream: str
    version: int
    words: str


class Written(Protocol):
    """What a law sees of a command's write (a `Commit`, or one read back)."""

    @property
    def stream(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def version_before(self) -> int: ...
    @property
    def events(self) -> tuple[Event, ...]: ...
    @property
    def state(self) -> object: ...
    @property
    def timers(self) -> tuple[Timer, ...]: ...
    @property
    def effects(self) -> tuple[tuple[str, Effect], ...]: ...


# What each law says, for reports and the reference page; the names are what `Broken.law` carries.
LAWS = {
    "one_promise": "An open enquiry has exactly one open promise and one running wait; any other enquiry has none.",
    "one_timer": "An open promise has exactly one armed timer, not later than it is due; an answered enquiry settles.",
    "one_person": "An open promise has one responsible person, who is on the team.",
    "told": "No promise is made or moved without a message to the customer in the same command, but by undo.",
    "told_in_time": "A renegotiated promise was told before it was due; kept means in time; broken means late.",
    "nobody_warned": "A warning reaches at least one person.",
    "answer_opens": "What a customer writes is owed a word as soon as it is written down.",
    "one_outcome": "An enquiry ends once, with one outcome, and not while its customer is owed a word.",
    "closed_is_ended": "A closed conversation has no enquiry that goes on.",
    "no_future": "No fact is later than its command, no wait shorter than nothing, no promise due before it was made.",
    "versions": "Versions have no gap and no repetition.",
    "sent": "What must reach the customer by mail is in the outbox in the same transaction.",
    "fold": "The state is the fold of the facts.",
    "once": "A command is carried out once.",
    "monotone": "The facts of a stream do not go back in time.",
    "adds_up": "The outcomes of all enquiries and the open ones add up to all that was opened (N8).",
}


def check_commit(commit: Written, brand: Brand | None = None) -> list[Broken]:
    """Return the laws that one command's write breaks by itself. Cheap enough for a live sample."""
    state = commit.state
    version = getattr(state, "version", 0)
    found: list[tuple[str, str]] = []
    if version != commit.version_before + len(commit.events):
        found.append(("versions", f"{commit.version_before} + {len(commit.events)} facts is not {version}"))
    found += [
        ("no_future", f"{type(each).__name__} is later than its command")
        for each in commit.events
        if each.at > commit.at
    ]
    if isinstance(state, Conversation):
        found += _state_laws(state, commit.timers, brand)
        found += _command_laws(commit, state)
    return [Broken(law=law, stream=commit.stream, version=version, words=words) for law, words in found]


def _state_laws(state: Conversation, armed: tuple[Timer, ...], brand: Brand | None) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for number, enquiry in enumerate(state.enquiries):
        found += _enquiry_laws(enquiry, last=number == len(state.enquiries) - 1)
    promise = state.promise
    if state.status == "closed" and any(each.status != "ended" for each in state.enquiries):
        found.append(("closed_is_ended", "a closed conversation has an enquiry that goes on"))
    if promise is None:
        expected = 1 if state.enquiry is not None and state.enquiry.status == "answered" else 0
        if len(armed) != expected:
            found.append(("one_timer", f"{len(armed)} timers where nothing is owed, {expected} expected"))
        return found
    if len(armed) != 1 or armed[0].slot != "promise" or armed[0].guard != f"{promise.id}:{promise.step}":
        found.append(("one_timer", f"an open promise has timers {[each.guard for each in armed]}"))
    elif armed[0].due_at > max(promise.due_at, promise.check_at) or promise.check_at > max(
        promise.due_at, promise.made_at
    ):
        found.append(("one_timer", f"the timer looks at {armed[0].due_at}, after the promise is due"))
    if state.responsible is None:
        found.append(("one_person", "nobody is responsible for an open promise"))
    elif brand is not None:
        person = brand.person(state.responsible)
        if person is None or person.removed:
            found.append(("one_person", "the responsible person is not on the team"))
    return found


def _enquiry_laws(enquiry: Enquiry, *, last: bool) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    promises = [each for each in enquiry.promises if each.status == "open"]
    waits = [each for each in enquiry.waits if each.ended_at is None]
    wanted = 1 if enquiry.status == "open" else 0
    if len(promises) != wanted or len(waits) != wanted:
        found.append(
            ("one_promise", f"an enquiry is {enquiry.status} with {len(promises)} open promises, {len(waits)} waits")
        )
    if promises and promises[0] is not enquiry.promises[-1]:
        found.append(("one_promise", "an older promise than the last one is open"))
    if (enquiry.outcome is not None) != (enquiry.status == "ended"):
        found.append(("one_outcome", f"an enquiry is {enquiry.status} with outcome {enquiry.outcome}"))
    if not last and enquiry.status != "ended":
        found.append(("one_outcome", "an enquiry goes on while a later one was opened"))
    found += [
        ("no_future", f"a wait from {wait.started_at} ended at {wait.ended_at}")
        for wait in enquiry.waits
        if wait.ended_at is not None and (wait.ended_at < wait.started_at or (wait.wall_seconds or 0.0) < 0)
    ]
    return found + [law for promise in enquiry.promises for law in _promise_laws(promise)]


def _promise_laws(promise: Promise) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if promise.due_at <= promise.made_at:
        found.append(("no_future", f"a promise made at {promise.made_at} is due at {promise.due_at}"))
    ended = promise.ended_at
    if promise.status == "open":
        return found
    if ended is None or ended < promise.made_at:
        found.append(("no_future", f"a promise made at {promise.made_at} ended at {ended}"))
    elif (promise.status == "broken") != (ended > promise.due_at) and promise.status != "released":
        found.append(("told_in_time", f"a promise due at {promise.due_at} is {promise.status} at {ended}"))
    return found


def _command_laws(commit: Written, state: Conversation) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    told = [each for each in commit.events if isinstance(each, e.CustomerTold)]
    told_promises = [each.promise_id for each in told]
    for event in commit.events:
        if isinstance(event, e.PromiseMade):
            if event.promise.id not in told_promises:
                found.append(("told", f"promise {event.promise.id} was made without a word to the customer"))
            if event.promise.made_at > commit.at:
                found.append(("no_future", "a promise was made later than its command"))
        elif isinstance(event, e.Escalated | e.AtRisk) and not event.people:
            found.append(("nobody_warned", f"a warning on the rung of the {event.rung} reached nobody"))
        elif isinstance(event, e.CustomerWrote) and state.promise is None:
            found.append(("answer_opens", "a customer wrote and is owed nothing"))
        elif isinstance(event, e.EnquiryEnded) and (state.enquiry is None or state.enquiry.outcome != event.outcome):
            found.append(("one_outcome", f"an enquiry ended as {event.outcome}, the state says otherwise"))
    return found + _effect_laws(commit, state, told)


def _effect_laws(commit: Written, state: Conversation, told: list[e.CustomerTold]) -> list[tuple[str, str]]:
    """By mail go the words to customers who wrote by mail, asked for mail, or left the chat."""
    by_mail = state.channel_kind == "mail" or state.contact == "mail" or (state.channel_kind == "chat" and state.left)
    if not by_mail or not state.customer.email:
        return []
    wanted = [each.message_id for each in told if each.deliver]
    wanted += [each.message.id for each in commit.events if isinstance(each, e.PersonWrote | e.BotWrote)]
    sent = [effect.message_id for _, effect in commit.effects if isinstance(effect, Send)]
    return [("sent", f"message {each} is not in the outbox") for each in wanted if each not in sent]


class Logged(Protocol):
    """What a law sees of a fact in the log (a `Recorded`)."""

    @property
    def stream(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def command_id(self) -> str: ...
    @property
    def event(self) -> Event: ...


def check_stream(
    stream: str, log: Sequence[Logged], state: Conversation, armed: tuple[Timer, ...] | None = None
) -> list[Broken]:
    """Return the laws that the whole log of a conversation breaks, against the state that the store holds."""
    found: list[tuple[int, str, str]] = []
    folded: Conversation | None = None
    commands: dict[str, int] = {}
    latest: datetime | None = None
    for number, fact in enumerate(log, start=1):
        if fact.version != number:
            found.append((fact.version, "versions", f"fact {number} has version {fact.version}"))
        if latest is not None and fact.at < latest:
            found.append((number, "monotone", f"{fact.at} comes after {latest}"))
        latest = fact.at
        last = commands.setdefault(fact.command_id, number)
        if last < number - 1:
            found.append((number, "once", f"command {fact.command_id} was carried out twice"))
        commands[fact.command_id] = number
        folded = evolve(folded, cast("e.ConversationEvent", fact.event), stream)
    if folded != state:
        found.append((state.version, "fold", "the state is not the fold of the facts"))
    if armed is not None and armed != timers(state):
        found.append((state.version, "one_timer", f"the store has armed {armed}"))
    return [Broken(law=law, stream=stream, version=version, words=words) for version, law, words in found]


def check_totals(states: Iterable[Conversation], opened: int, ended: int) -> list[Broken]:
    """Return whether the enquiries that were opened are all there: ended with an outcome, or still going on (N8)."""
    enquiries = [each for state in states for each in state.enquiries]
    outcomes = sum(1 for each in enquiries if each.outcome is not None)
    if len(enquiries) == opened and outcomes == ended:
        return []
    words = f"{opened} enquiries were opened, {len(enquiries)} are there; {ended} ended, {outcomes} have an outcome"
    return [Broken(law="adds_up", stream="", version=0, words=words)]
