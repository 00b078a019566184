"""A conversation as its customer may see it: what was said, what was promised, what happens now.

Whether a fact may be seen at all is decided in `access.visible_to_customer`; here it only gets its form.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.ids import MessageId
from waada.core.people import Brand
from waada.core.promises import Promise
from waada.core.quoting import hours_of
from waada.ports import Recorded
from waada.web.access import visible_to_customer
from waada.web.customer_pages import Reader
from waada.web.customer_promise import absolute_words
from waada.words.phrase import reason_words

What = Literal["customer", "person", "bot", "told", "withdrawn", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file beside a message, with the address under which this customer may load it."""

    url: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that the customer sees happen. `withdrawn` names messages that were taken back."""

    version: int
    at: datetime
    what: What
    command_id: str
    id: str = ""
    text: str = ""
    author: str = ""
    why: e.Told | None = None
    files: tuple[File, ...] = ()
    withdrawn: tuple[MessageId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A promise that has ended, as its history says it."""

    words: str
    reason: str
    made: str
    status: str


def entry_of(fact: Recorded, token: str) -> Entry | None:
    """Return a fact as its customer sees it, or None. `token` opens the files of this conversation."""
    event = fact.event
    if not visible_to_customer(event):
        return None
    match event:
        case e.CustomerWrote():
            return _said(fact, "customer", event.message, token)
        case e.PersonWrote():
            return _said(fact, "person", event.message, token, event.author)
        case e.BotWrote():
            return _said(fact, "bot", event.message, token)
        case e.CustomerTold():
            return _entry(fact, "told", id=event.message_id, text=event.text, why=event.why)
        case e.Undone():
            return _entry(fact, "withdrawn", withdrawn=event.withdrawn)
        case e.ConversationClosed():
            return _entry(fact, "closed")
        case _:
            return None


def thread(facts: Iterable[Recorded], token: str) -> tuple[Entry, ...]:
    """Return everything that was said and still stands, oldest first."""
    entries: dict[str, Entry] = {}
    for fact in facts:
        entry = entry_of(fact, token)
        if entry is None:
            continue
        if entry.id:
            entries[entry.id] = entry
        for message in entry.withdrawn:
            entries.pop(message, None)
    return tuple(entries.values())


def frame_of(entry: Entry, key: str | None) -> dict[str, object]:
    """Return an entry as a frame of the chat socket; `key` names the window's own message that became it."""
    frame: dict[str, object] = {"kind": "fact", "version": entry.version, "at": entry.at, "what": entry.what}
    if key is not None:
        frame["key"] = key
    if entry.what == "withdrawn":
        frame["messages"] = entry.withdrawn
    elif entry.id:
        frame["message"] = {
            "id": entry.id,
            "text": entry.text,
            "author": entry.author,
            "why": entry.why,
            "attachments": [
                {"url": each.url, "name": each.name, "media_type": each.media_type, "size": each.size}
                for each in entry.files
            ],
        }
    return frame


def history(state: Conversation, reader: Reader) -> tuple[Past, ...]:
    """Return the promises that have ended, oldest first: what was promised, what became of it, and why."""
    found: list[Past] = []
    for enquiry in state.enquiries:
        # Why a promise was moved stands on the one that replaced it.
        reasons = {each.replaces: each.reason for each in enquiry.promises if each.replaces is not None}
        found += [_past(each, reasons.get(each.id), reader) for each in enquiry.promises if each.status != "open"]
    return tuple(found)


def now_words(state: Conversation, brand: Brand, said: tuple[Entry, ...], reader: Reader) -> str:
    """Return what happens now, in a sentence. A colleague is named once the customer has heard from them."""
    if state.status == "closed":
        return reader.say("status.now_closed")
    if state.promise is None:
        return reader.say("status.now_answered")
    hours = hours_of(brand, brand.channel(state.channel))
    if not hours.is_open(reader.now):
        opens = hours.next_opening(reader.now)
        if opens is not None:
            return reader.say("status.now_closed_hours", opening=reader.moment(opens))
    if state.assignee is None:
        return reader.say("status.now_nobody")
    person = brand.person(state.assignee)
    known = {each.author for each in said if each.what == "person"}
    if person is not None and person.name in known:
        return reader.say("status.now_person", name=person.name)
    return reader.say("status.now_person_without_name")


def file_address(token: str, blob: str, name: str) -> str:
    """Return where a customer loads a file of their conversation."""
    return f"/files/{token}/{quote(blob, safe='')}?name={quote(name, safe='')}"


def _past(promise: Promise, reason: str | None, reader: Reader) -> Past:
    return Past(
        words=reader.say(f"status.history_{promise.status}", promise=absolute_words(promise, reader)),
        reason=reason_words(reason, reader.language),
        made=reader.say("status.made", moment=reader.moment(promise.made_at)),
        status=promise.status,
    )


def _said(fact: Recorded, what: What, message: e.Message, token: str, author: str = "") -> Entry:
    files = tuple(
        File(url=file_address(token, each.blob, each.name), name=each.name, media_type=each.media_type, size=each.size)
        for each in message.attachments
    )
    return _entry(fact, what, id=message.id, text=message.text, author=author, files=files)


def _entry(
    fact: Recorded,
    what: What,
    *,
    id: str = "",  # noqa: A002 - the word the frame has
    text: str = "",
    author: str = "",
    why: e.Told | None = None,
    files: tuple[File, ...] = (),
    withdrawn: tuple[MessageId, ...] = (),
) -> Entry:
    return Entry(
        version=fact.version,
        at=fact.at,
        what=what,
        command_id=fact.command_id,
        id=id,
        text=text,
        author=author,
        why=why,
        files=files,
        withdrawn=withdrawn,
    )
