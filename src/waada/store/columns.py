"""A batch of commands as the columns of the statement `append` in `queries.sql`, in the same order.

Rows are made when a command asks to be written, columns when its batch leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from waada import codec
from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.effects import CancelSend, Send, Slot
from waada.core.enquiry import Enquiry, Wait
from waada.core.letters import Letter
from waada.core.promises import Promise
from waada.core.summary import Row, summarise
from waada.ports import Commit
from waada.store.searching import words_of

Line = tuple[Any, ...]

SLOTS: tuple[str, ...] = get_args(Slot)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
RANKS = {"open": 0, "answered": 1, "closed": 2}

# How many columns each table of `append` has, in order of its parameters.
_WIDTHS = {
    "commits": 12,
    "conversations": 16,
    "disarmed": 3,
    "timers": 6,
    "outbox": 7,
    "promises": 18,
    "customers": 4,
    "search": 3,
}


@dataclass(slots=True)
class Lines:
    """What one command writes, table by table."""

    commits: list[Line] = field(default_factory=list)
    conversations: list[Line] = field(default_factory=list)
    disarmed: list[Line] = field(default_factory=list)
    timers: list[Line] = field(default_factory=list)
    outbox: list[Line] = field(default_factory=list)
    promises: list[Line] = field(default_factory=list)
    customers: list[Line] = field(default_factory=list)
    search: list[Line] = field(default_factory=list)
    letters: list[Line] = field(default_factory=list)
    brands: list[Line] = field(default_factory=list)
    refs: list[Line] = field(default_factory=list)
    cancels: list[Line] = field(default_factory=list)
    undone: list[Line] = field(default_factory=list)


def lines_of(commit: Commit) -> Lines:
    """Return what a command writes."""
    lines = Lines()
    state = commit.state
    summary: str | None = None
    if isinstance(state, Conversation):
        row = summarise(state)
        summary = _json(row)
        lines.conversations.append(_conversation(commit, state, row, summary))
        _promises(lines, commit, state)
        words = words_of(commit)
        if words is not None:
            lines.search.append((commit.brand_id, commit.stream, words))
        if commit.customer_changed:
            lines.customers.append((commit.brand_id, state.customer.id, commit.at, _json(state.customer)))
    elif isinstance(state, Letter):
        handled = state.outcome is not None
        lines.letters.append((commit.brand_id, commit.stream, state.received_at, handled, _json(state)))
    else:
        lines.brands.append((commit.brand_id, state.slug, _json(state)))
    _facts(lines, commit, summary)
    _timers(lines, commit)
    _outbox(lines, commit)
    return lines


def join(batch: Sequence[Lines]) -> list[Sequence[Any]]:
    """Return the parameters of `append` for a batch."""
    parameters: list[Sequence[Any]] = []
    for name, width in _WIDTHS.items():
        table: list[Line] = [line for lines in batch for line in getattr(lines, name)]
        if name == "customers" and len(table) > 1:
            # One statement may touch a customer once; the later of two commands wins.
            table = list({(line[0], line[1]): line for line in table}.values())
            table.sort(key=_key)
        parameters.extend(columns(table, width))
    return parameters


def columns(table: Sequence[Line], width: int) -> list[Sequence[Any]]:
    """Turn lines into columns; no lines make that many empty columns."""
    return list(zip(*table, strict=True)) if table else [()] * width


def storable(text: str) -> str:
    """Return a text without what a text column can't hold."""
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


def _key(line: Line) -> tuple[str, str]:
    return line[0], line[1]


def _json(thing: object) -> str:
    return codec.encode(thing).decode()


def microseconds(at: datetime) -> int:
    """Return an instant as a number that can be put in order."""
    return (at - _EPOCH) // _MICROSECOND


def _conversation(commit: Commit, state: Conversation, row: Row, summary: str) -> Line:
    rank = RANKS[row.status]
    holder = row.assignee or (row.responsible if rank == 0 else None)
    return (
        commit.brand_id,
        commit.stream,
        microseconds(row.due_at) if rank == 0 and row.due_at is not None else 0,
        -microseconds(row.last_at),
        row.last_at,
        row.due_at,
        row.waiting_since,
        row.version,
        rank,
        row.customer_id,
        row.channel,
        holder,
        row.assignee,
        row.responsible,
        summary,
        _json(state),
    )


def _facts(lines: Lines, commit: Commit, summary: str | None) -> None:
    lines.commits.append(
        (
            commit.brand_id,
            commit.stream,
            commit.stream_kind,
            commit.version_before,
            commit.version_before + len(commit.events),
            commit.at,
            commit.by,
            storable(commit.command_id),
            commit.fingerprint,
            "\n".join([codec.event_kind(event) for event in commit.events]),
            b"\n".join([codec.encode(event) for event in commit.events]).decode(),
            summary,
        )
    )
    for event in commit.events:
        match event:
            case e.CustomerWrote() | e.PersonWrote() | e.BotWrote() | e.AutoReplyReceived():
                if event.message.ref:
                    lines.refs.append((commit.brand_id, storable(event.message.ref), event.message.id, commit.stream))
            case e.Undone():
                assert isinstance(commit.state, Conversation), "only what was done in a conversation is undone"
                kept = " ".join(promise.id for enquiry in commit.state.enquiries for promise in enquiry.promises)
                lines.undone.append((commit.brand_id, commit.stream, kept))
            case _:
                pass  # the other facts have no table of their own


def _timers(lines: Lines, commit: Commit) -> None:
    if not commit.timers_changed:
        return
    for timer in commit.timers:
        lines.timers.append((commit.brand_id, commit.stream, timer.slot, timer.due_at, commit.stream_kind, timer.guard))
    if commit.version_before > 0:
        armed = {timer.slot for timer in commit.timers}
        lines.disarmed.extend((commit.brand_id, commit.stream, slot) for slot in SLOTS if slot not in armed)


def _outbox(lines: Lines, commit: Commit) -> None:
    for key, effect in commit.effects:
        if isinstance(effect, CancelSend):
            lines.cancels.append((commit.brand_id, effect.message_id))
            continue
        due_at, message = commit.at, None
        if isinstance(effect, Send):
            due_at, message = effect.hold_until or commit.at, effect.message_id
        kind = codec.EFFECT_KIND[type(effect)]
        lines.outbox.append((commit.brand_id, key, commit.stream, due_at, kind, _json(effect), message))


def _promises(lines: Lines, commit: Commit, state: Conversation) -> None:
    for promise in commit.promises:
        enquiry, number = _place(state, promise)
        wait = _wait(enquiry, promise)
        moved = number + 1 < len(enquiry.promises) and enquiry.promises[number + 1].replaces == promise.id
        ended = wait is not None and wait.ended_at is not None and not moved
        lines.promises.append(
            (
                commit.brand_id,
                promise.id,
                commit.stream,
                enquiry.id,
                promise.made_at,
                promise.due_at,
                promise.ended_at,
                wait.started_at if wait is not None else promise.made_at,
                wait.wall_seconds if wait is not None and ended else None,
                wait.business_seconds if wait is not None and ended else None,
                promise.replaces,
                state.channel,
                state.channel_kind,
                storable(state.customer.language),
                promise.kind,
                promise.status,
                storable(promise.reason) if promise.reason else None,
                _json(promise),
            )
        )


def _place(state: Conversation, promise: Promise) -> tuple[Enquiry, int]:
    for enquiry in reversed(state.enquiries):
        for number, each in enumerate(enquiry.promises):
            if each.id == promise.id:
                return enquiry, number
    raise AssertionError(f"promise {promise.id} is in no enquiry of its conversation")


def _wait(enquiry: Enquiry, promise: Promise) -> Wait | None:
    """Return the wait that a promise was made for: the last that had begun by then."""
    begun = [wait for wait in enquiry.waits if wait.started_at <= promise.made_at]
    return begun[-1] if begun else None
