"""The auditor reads the ledger and recomputes what should be true, from the recorded facts alone.

The rule: it shares no code with the core. It knows the facts by their JSON, counts hours on the wall clock, keeps its
own books per conversation, and reports every difference. It is itself tested by breaking the engine on purpose.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from waada.sim.audit_books import Book, Shop, instant
from waada.sim.audit_facts import READERS
from waada.sim.audit_hours import WallHours

Fact = tuple[str, dict[str, Any]]
Window = tuple[datetime, datetime]

# How long after its due time an open promise may stand at the end of a run: late timers (see `Faults`) and a lease.
SLACK = timedelta(seconds=60)
FINDINGS_MAX = 200  # after so many, the rest says nothing new


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
        self.opened = 0
        self.outcomes: dict[str, int] = {}

    def read(self, line: bytes) -> None:
        """Read one line of the ledger: one command, its facts one by one, then what they led to."""
        brand, stream, kind, command_id, by, at, version, facts = json.loads(line)
        key = f"{brand}:{command_id}"
        self.check(key not in self.commands, f"command {command_id} was carried out twice", stream)
        self.commands[key] = stream
        if kind == "brand":
            for fact in facts:
                self._brand_fact(brand, *fact)
        elif kind == "conversation":
            book = self.books.setdefault(stream, Book(stream))
            self.check(version == book.version, f"version {version + 1} follows {book.version}", stream)
            self._conversation(book, self.shops[brand], facts, instant(at), by)

    def check(self, holds: bool, words: str, stream: str) -> None:  # noqa: FBT001 - it reads as a sentence
        """Count a check; keep what does not hold."""
        self.checks += 1
        if not holds and len(self.findings) < FINDINGS_MAX:
            self.findings.append(f"{words} (in {stream})")

    # --- brands ---

    def _brand_fact(self, brand: str, kind: str, event: dict[str, Any]) -> None:
        match kind:
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
        told = [event["promise_id"] for kind, event in facts if kind == "customer_told"]
        wrote = False
        for kind, event in facts:
            book.version += 1
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
        for kind, event in facts:
            self._mail(book, kind, event)

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

    def _mail(self, book: Book, kind: str, event: dict[str, Any]) -> None:
        """Remember what must reach the customer by mail."""
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
        ended = going_on = 0
        for book in self.books.values():
            for enquiry in book.enquiries:
                self.opened += 1
                ended += enquiry["status"] == "ended"
                going_on += enquiry["status"] != "ended"
            for promise in book.open_promises:
                silent = end > promise["due_at"] + SLACK and not self.excused(promise["due_at"], end)
                self.check(not silent, f"promise due at {promise['due_at']} passed in silence", book.stream)
            if armed is not None:
                self._timers(book, armed.get(book.stream, []))
        self.check(self.opened == ended + going_on, f"{self.opened} enquiries, {ended} ended, {going_on} go on", "all")
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
