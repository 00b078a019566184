"""The auditor reads the ledger and recomputes what should be true, from the recorded facts alone.

The rule: it shares no code with the core. It knows the facts by their JSON, counts hours on the wall clock, keeps its
own books per conversation, and reports every difference. It is itself tested by breaking the engine on purpose.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from waada.sim.audit_hours import WallHours

Fact = dict[str, Any]
Window = tuple[datetime, datetime]

# Told at the latest five seconds before, or a fifth of a very short promise (promises.py says the same to the engine).
SLACK = timedelta(seconds=60)
FINDINGS_MAX = 200  # after so many, the rest says nothing new


@dataclass(slots=True)
class Book:
    """What the auditor knows of one conversation."""

    stream: str
    version: int = 0
    at: datetime | None = None
    channel: str = ""
    by_mail: bool = False
    email: str | None = None
    left: bool = False
    kind: str = ""
    contact: str | None = None
    closed: bool = False
    responsible: str | None = None
    enquiries: list[dict[str, Any]] = field(default_factory=list)
    promises: list[dict[str, Any]] = field(default_factory=list)
    wait_from: datetime | None = None
    saved: dict[str, Any] | None = None
    settles_at: datetime | None = None

    @property
    def open_promises(self) -> list[dict[str, Any]]:
        """The promises that have not ended."""
        return [each for each in self.promises if each["status"] == "open"]


@dataclass(slots=True)
class Shop:
    """What the auditor knows of one brand."""

    hours: WallHours
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, bool] = field(default_factory=dict)

    def hours_of(self, channel: str) -> WallHours:
        """The channel's own hours, else the brand's."""
        known = self.channels.get(channel, {}).get("wall_hours")
        return known if known is not None else self.hours


class Auditor:
    """Reads facts in the order of the ledger; `findings` are the differences, in words."""

    def __init__(self, excuses: Iterable[Window] = ()) -> None:
        """`excuses` are the stretches (on the node's clock) in which no node could keep or move a promise."""
        self.excuses = excuses if isinstance(excuses, list) else list(excuses)
        self.findings: list[str] = []
        self.checks = 0
        self.books: dict[str, Book] = {}
        self.shops: dict[str, Shop] = {}
        self.commands: dict[str, str] = {}
        self.messages: dict[str, str] = {}
        self.expected_mail: dict[str, str] = {}
        self.withdrawn: dict[str, bool] = {}
        self.outcomes: dict[str, int] = {}
        self._command: tuple[Any, ...] = ()
        self._facts: list[Fact] = []

    def read(self, line: bytes) -> None:
        """Read one line of the ledger."""
        fact = json.loads(line)
        if tuple(fact["of"]) != self._command:
            self._end_command()
            self._command = tuple(fact["of"])
        self._facts.append(fact)

    def check(self, holds: bool, words: str, stream: str) -> None:  # noqa: FBT001 - it reads as a sentence
        """Count a check; keep what does not hold."""
        self.checks += 1
        if not holds and len(self.findings) < FINDINGS_MAX:
            self.findings.append(f"{words} (in {stream})")

    def _end_command(self) -> None:
        """All facts of one command are there: look at them one by one, then at what they led to."""
        if not self._facts:
            return
        brand, stream, kind, command_id, by, at = self._command
        facts, self._facts = self._facts, []
        key = f"{brand}:{command_id}"
        self.check(key not in self.commands, f"command {command_id} was carried out twice", stream)
        self.commands[key] = stream
        if kind == "brand":
            for fact in facts:
                self._brand_fact(brand, fact)
        elif kind == "conversation":
            book = self.books.setdefault(stream, Book(stream))
            self._conversation(book, self.shops[brand], facts, instant(at), by)

    # --- brands ---

    def _brand_fact(self, brand: str, fact: Fact) -> None:
        event = fact["event"]
        match fact["kind"]:
            case "brand_founded":
                self.shops[brand] = Shop(WallHours(event["hours"]))
            case "hours_set":
                self.shops[brand].hours = WallHours(event["hours"])
            case "channel_set":
                channel = event["channel"]
                channel["wall_hours"] = WallHours(channel["hours"]) if channel.get("hours") else None
                self.shops[brand].channels[channel["key"]] = channel
            case "person_invited":
                self.shops[brand].people[event["person"]["id"]] = True
            case "person_removed":
                self.shops[brand].people[event["person_id"]] = False
            case _:
                pass

    # --- conversations ---

    def _conversation(self, book: Book, shop: Shop, facts: list[Fact], at: datetime, by: str) -> None:
        told = [fact["event"]["promise_id"] for fact in facts if fact["kind"] == "customer_told"]
        wrote = False
        for fact in facts:
            event, kind = fact["event"], fact["kind"]
            book.version += 1
            self.check(
                fact["version"] == book.version, f"version {fact['version']} follows {book.version - 1}", book.stream
            )
            moment = instant(event["at"])
            self.check(moment <= at, f"{kind} is later than its command", book.stream)
            self.check(book.at is None or moment >= book.at, f"{kind} at {moment} goes back in time", book.stream)
            book.at = moment
            wrote = wrote or kind == "customer_wrote"
            reader = READERS.get(kind)
            if reader is not None:
                reader(self, book, shop, event, by)
            if kind == "promise_made":
                made = event["promise"]["id"]
                self.check(made in told, f"promise {made} was made without a word to the customer", book.stream)
        self._after_command(book, shop, wrote=wrote)
        for fact in facts:
            self._mail(book, fact)

    def _after_command(self, book: Book, shop: Shop, *, wrote: bool) -> None:
        going_on = [each for each in book.enquiries if each["status"] == "open"]
        owed = book.open_promises
        self.check(
            len(going_on) == len(owed) <= 1,
            f"{len(going_on)} open enquiries with {len(owed)} open promises",
            book.stream,
        )
        self.check(
            (book.wait_from is not None) == bool(owed),
            "a wait without a promise, or a promise without a wait",
            book.stream,
        )
        self.check(not wrote or bool(owed), "a customer wrote and is owed nothing", book.stream)
        if owed:
            here = book.responsible is not None and shop.people.get(book.responsible, False)
            self.check(here, f"nobody on the team is responsible (it says {book.responsible})", book.stream)
        if book.closed:
            unended = [each for each in book.enquiries if each["status"] != "ended"]
            self.check(not unended, "a closed conversation has an enquiry without an outcome", book.stream)

    def _mail(self, book: Book, fact: Fact) -> None:
        """Remember what must reach the customer by mail."""
        event, kind = fact["event"], fact["kind"]
        by_mail = book.kind == "mail" or book.contact == "mail" or (book.kind == "chat" and book.left)
        if not by_mail or not book.email:
            return
        if kind == "customer_told" and event["deliver"]:
            self.expected_mail[event["message_id"]] = book.stream
        elif kind in {"person_wrote", "bot_wrote"}:
            self.expected_mail[event["message"]["id"]] = book.stream

    def excused(self, due: datetime, until: datetime) -> bool:
        """Whether no node could act around the time a promise was due."""
        return any(start <= until and due <= end for start, end in self.excuses)

    # --- the end ---

    def finish(self, end: datetime, armed: Mapping[str, list[tuple[str, datetime]]] | None = None) -> None:
        """Close the books at an instant of the node's clock, against the timers that the store has armed."""
        self._end_command()
        opened = ended = going_on = 0
        for book in self.books.values():
            for enquiry in book.enquiries:
                opened += 1
                ended += enquiry["status"] == "ended"
                going_on += enquiry["status"] != "ended"
            for promise in book.open_promises:
                silent = end > promise["due_at"] + SLACK and not self.excused(promise["due_at"], end)
                self.check(not silent, f"promise due at {promise['due_at']} passed in silence", book.stream)
            if armed is not None:
                self._timers(book, armed.get(book.stream, []))
        self.check(opened == ended + going_on, f"{opened} enquiries, {ended} ended, {going_on} go on", "all")
        counted = sum(self.outcomes.values())
        self.check(counted == ended, f"{counted} outcomes for {ended} ended enquiries", "all")

    def _timers(self, book: Book, armed: list[tuple[str, datetime]]) -> None:
        if book.open_promises:
            promise = book.open_promises[0]
            right = [slot for slot, _ in armed] == ["promise"] and armed[0][1] == promise["check_at"]
            self.check(right, f"an open promise with timers {armed}", book.stream)
            return
        answered = bool(book.enquiries) and book.enquiries[-1]["status"] == "answered"
        self.check(
            [slot for slot, _ in armed] == (["settle"] if answered else []),
            f"timers {armed} for nothing owed",
            book.stream,
        )

    def delivered(self, received: Mapping[str, int], pending: Mapping[str, bool]) -> None:
        """Compare what must have reached customers by mail with what did; `pending` is still in the outbox."""
        for message, stream in self.expected_mail.items():
            there = message in received or message in pending or message in self.withdrawn
            self.check(there, f"mail {message} was never sent", stream)

    def promises(self) -> dict[str, int]:
        """Return the promises by how they ended, as recomputed."""
        counts = {"made": 0, "open": 0, "kept": 0, "renegotiated": 0, "broken": 0, "released": 0}
        for book in self.books.values():
            for promise in book.promises:
                counts["made"] += 1
                counts[promise["status"]] += 1
        return counts


def instant(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text)


Reader = Callable[[Auditor, Book, Shop, dict[str, Any], str], None]


def _opened(_: Auditor, book: Book, __: Shop, event: dict[str, Any], ___: str) -> None:
    book.channel, book.kind = event["channel"], event["channel_kind"]
    book.email = event["customer"]["email"]


def _once(auditor: Auditor, message: str, stream: str) -> None:
    auditor.check(message not in auditor.messages, f"message {message} is there twice", stream)
    auditor.messages[message] = stream


def _customer_wrote(auditor: Auditor, book: Book, _: Shop, event: dict[str, Any], __: str) -> None:
    _once(auditor, event["message"]["id"], book.stream)
    book.left = False


def _told(auditor: Auditor, book: Book, _: Shop, event: dict[str, Any], __: str) -> None:
    _once(auditor, event["message_id"], book.stream)
    auditor.check(bool(event["text"].strip()), "a customer was told nothing", book.stream)


def _wrote(auditor: Auditor, book: Book, _: Shop, event: dict[str, Any], __: str) -> None:
    _once(auditor, event["message"]["id"], book.stream)


def _enquiry_opened(auditor: Auditor, book: Book, _: Shop, event: dict[str, Any], __: str) -> None:
    going_on = [each for each in book.enquiries if each["status"] != "ended"]
    auditor.check(not going_on, "an enquiry was opened while another goes on", book.stream)
    book.enquiries.append({"id": event["enquiry_id"], "status": "open"})


def _promise_made(auditor: Auditor, book: Book, shop: Shop, event: dict[str, Any], _: str) -> None:
    promise = event["promise"]
    made, due = instant(promise["made_at"]), instant(promise["due_at"])
    promise = {"id": promise["id"], "status": "open", "made_at": made, "due_at": due, "step": 0}
    promise["check_at"] = instant(event["promise"]["check_at"])
    auditor.check(made <= instant(event["at"]) and made < due, f"made at {made}, due at {due}", book.stream)
    auditor.check(made <= promise["check_at"] <= due, f"looked at {promise['check_at']}, due {due}", book.stream)
    basis = event["promise"]["basis"].split(":")
    if basis[0] == "policy":
        seconds = int(basis[1].removesuffix("s"))
        expected = (
            shop.hours_of(book.channel).add(made, seconds)
            if basis[2] == "opening"
            else made + timedelta(seconds=seconds)
        )
        auditor.check(due == expected, f"{seconds} s from {made} are due at {due}, not at {expected}", book.stream)
    book.promises.append(promise)
    if book.wait_from is None:
        book.wait_from = instant(event["at"])


def _promise_ended(auditor: Auditor, book: Book, _: Shop, event: dict[str, Any], by: str) -> None:
    at, status = instant(event["at"]), event["status"]
    open_ones = book.open_promises
    right = len(open_ones) == 1 and open_ones[0]["id"] == event["promise_id"]
    auditor.check(right, f"promise {event['promise_id']} ended and is not the open one", book.stream)
    if not right:
        return
    promise = open_ones[0]
    due = promise["due_at"]
    late = at > due
    honest = status == "released" or (status == "broken") == late
    auditor.check(honest, f"a promise due at {due} is called {status} at {at}", book.stream)
    # A customer who takes it back late was kept waiting in silence too.
    if late:
        auditor.check(auditor.excused(due, at), f"a promise due at {due} passed in silence until {at}", book.stream)
    if by == "system" and status == "renegotiated":
        auditor.check(
            at >= promise["check_at"],
            f"a promise was moved at {at}, before its look at {promise['check_at']}",
            book.stream,
        )
    promise["status"] = status


def _escalated(auditor: Auditor, book: Book, shop: Shop, event: dict[str, Any], _: str) -> None:
    at, stream = instant(event["at"]), book.stream
    open_ones = book.open_promises
    right = len(open_ones) == 1 and open_ones[0]["id"] == event["promise_id"]
    auditor.check(right, "a warning about a promise that is not open", stream)
    known = [person for person in event["people"] if shop.people.get(person, False)]
    auditor.check(
        bool(known) and len(known) == len(event["people"]), f"step {event['step']} warned {event['people']}", stream
    )
    if right:
        promise = open_ones[0]
        auditor.check(event["step"] == promise["step"] + 1, f"step {event['step']} follows {promise['step']}", stream)
        auditor.check(at >= promise["check_at"], f"a look at {at}, before {promise['check_at']}", stream)
        promise["step"], promise["check_at"] = event["step"], instant(event["check_at"])


def _wait_ended(auditor: Auditor, book: Book, shop: Shop, event: dict[str, Any], _: str) -> None:
    started, ended = instant(event["started_at"]), instant(event["at"])
    auditor.check(book.wait_from == started, f"a wait from {book.wait_from} is said to start at {started}", book.stream)
    wall = (ended - started).total_seconds()
    auditor.check(
        wall >= 0 and abs(event["wall_seconds"] - wall) < 1e-6,
        f"a wait of {event['wall_seconds']} s on the wall, not {wall}",
        book.stream,
    )
    business = shop.hours_of(book.channel).between(started, ended)
    same = abs(event["business_seconds"] - business) < 1e-6
    auditor.check(
        same, f"{event['business_seconds']} s of opening hours from {started} to {ended}, not {business}", book.stream
    )
    book.wait_from = None


def _answered(auditor: Auditor, book: Book, _: Shop, __: dict[str, Any], ___: str) -> None:
    auditor.check(book.enquiries[-1]["status"] == "open", "an answer to nothing", book.stream)
    book.enquiries[-1]["status"] = "answered"


def _reopened(auditor: Auditor, book: Book, _: Shop, __: dict[str, Any], ___: str) -> None:
    auditor.check(book.enquiries[-1]["status"] == "answered", "reopened without an answer before", book.stream)
    book.enquiries[-1]["status"] = "open"


def _enquiry_ended(auditor: Auditor, book: Book, _: Shop, event: dict[str, Any], __: str) -> None:
    auditor.check(book.enquiries[-1]["status"] != "ended", "an enquiry ended twice", book.stream)
    book.enquiries[-1] |= {"status": "ended", "outcome": event["outcome"]}
    auditor.outcomes[event["outcome"]] = auditor.outcomes.get(event["outcome"], 0) + 1


def _undoable(_: Auditor, book: Book, __: Shop, ___: dict[str, Any], ____: str) -> None:
    kept = ("closed", "responsible", "enquiries", "promises", "wait_from", "left", "contact", "email")
    book.saved = copy.deepcopy({name: getattr(book, name) for name in kept})


def _undone(auditor: Auditor, book: Book, _: Shop, event: dict[str, Any], __: str) -> None:
    auditor.check(book.saved is not None, "an undo of nothing", book.stream)
    before = sum(each["status"] == "ended" for each in book.enquiries)
    outcome = book.enquiries[-1].get("outcome") if book.enquiries else None
    for name, value in (book.saved or {}).items():
        setattr(book, name, value)
    if before > sum(each["status"] == "ended" for each in book.enquiries) and outcome is not None:
        auditor.outcomes[outcome] -= 1
    auditor.withdrawn |= dict.fromkeys(event["withdrawn"], True)


def _assign(name: str, value: Callable[[dict[str, Any]], Any]) -> Reader:
    def reader(_: Auditor, book: Book, __: Shop, event: dict[str, Any], ___: str) -> None:
        setattr(book, name, value(event))

    return reader


def _contact(_: Auditor, book: Book, __: Shop, event: dict[str, Any], ___: str) -> None:
    book.contact = event["how"]
    if event["how"] == "mail" and event["address"]:
        book.email = event["address"]


READERS: dict[str, Reader] = {
    "conversation_opened": _opened,
    "customer_wrote": _customer_wrote,
    "customer_told": _told,
    "person_wrote": _wrote,
    "bot_wrote": _wrote,
    "enquiry_opened": _enquiry_opened,
    "promise_made": _promise_made,
    "promise_ended": _promise_ended,
    "escalated": _escalated,
    "wait_ended": _wait_ended,
    "enquiry_answered": _answered,
    "enquiry_reopened": _reopened,
    "enquiry_ended": _enquiry_ended,
    "undoable": _undoable,
    "undone": _undone,
    "responsible_set": _assign("responsible", lambda event: event["person_id"]),
    "conversation_closed": _assign("closed", lambda _: True),
    "conversation_reopened": _assign("closed", lambda _: False),
    "customer_left": _assign("left", lambda _: True),
    "customer_returned": _assign("left", lambda _: False),
    "contact_preferred": _contact,
}
