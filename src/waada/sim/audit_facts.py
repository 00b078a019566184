"""What each fact must look like, given the books, and what it changes in them; one function per kind of fact."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from waada.sim.audit_books import Book, Shop, instant

if TYPE_CHECKING:
    from waada.sim.audit import Auditor

WARNED_BELOW = 0.8  # science section 2, written here again because the auditor shares nothing with the core

Reader = Callable[["Auditor", Book, Shop, dict[str, Any], str], None]


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
    known = {name: promise[name] for name in ("id", "kind", "replaces")}
    promise = {**known, "status": "open", "made_at": made, "due_at": due, "step": 0, "at_risk": False}
    promise["check_at"] = instant(event["promise"]["check_at"])
    auditor.check(made <= instant(event["at"]) and made < due, f"made at {made}, due at {due}", book.stream)
    auditor.check(made <= promise["check_at"] <= due, f"looked at {promise['check_at']}, due {due}", book.stream)
    _due(auditor, book, shop, event["promise"]["basis"], made, due)
    book.promises.append(promise)
    if book.wait_from is None:
        book.wait_from = instant(event["at"])


def _due(auditor: Auditor, book: Book, shop: Shop, basis: str, made: datetime, due: datetime) -> None:
    """A target is due to the second; a computed time is never sooner than the target that could not be kept."""
    computed = basis.startswith("computed ")
    rule = basis.removeprefix("computed ").removeprefix("target ").split(" ")[0].split(":")
    if rule[0] != "policy":
        return
    seconds = int(rule[1].removesuffix("s"))
    hours = shop.hours_of(book.channel)
    target = hours.add(made, seconds) if rule[2] == "opening" else made + timedelta(seconds=seconds)
    right = due > target if computed else due == target
    auditor.check(right, f"{seconds} s from {made} are due at {due}, not at {target} ({basis})", book.stream)


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
        # A forecast may move the first promise of a wait, once, and never what a person promised with their word.
        foreseen = promise["replaces"] is None and promise["kind"] != "follow_up"
        words = f"a promise was moved at {at}, before its look at {promise['check_at']}"
        auditor.check(foreseen or at >= promise["check_at"], words, book.stream)
    promise["status"] = status


def _at_risk(auditor: Auditor, book: Book, shop: Shop, event: dict[str, Any], _: str) -> None:
    open_ones = [each for each in book.open_promises if each["id"] == event["promise_id"]]
    right = len(open_ones) == 1 and not open_ones[0]["at_risk"] and 0.0 <= event["chance"] <= WARNED_BELOW
    auditor.check(right, f"a warning of {event['chance']} about promise {event['promise_id']}", book.stream)
    there = bool(event["people"]) and all(shop.people.get(person, False) for person in event["people"])
    auditor.check(there, f"a risk warned {event['people']}", book.stream)
    for promise in open_ones:
        promise["at_risk"] = True


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
    "at_risk": _at_risk,
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
