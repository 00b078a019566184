"""The JSON of the API: what may be asked and what is answered. The OpenAPI document is made from these types.

Unknown fields in a request are ignored, so that newer clients can talk to older servers; answers may gain fields.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from waada.core.enquiry import EnquiryStatus, Outcome
from waada.core.events import Customer
from waada.core.letters import Letter
from waada.core.policies import Instead, PromiseKind
from waada.core.promises import PromiseStatus
from waada.core.summary import Row

# Python's `$` also matches before a line break at the very end, which then stands in a header of a mail.
END = r"$(?!\n)"
# No quoting, no lists, no control characters: an address that mail can be sent to.
_NOT_IN_EMAIL = r"@\s\x22\x00-\x1f\x7f<>()\[\],;:\\\u200e\u200f\u202a-\u202e\u2066-\u2069"

Text = Annotated[str, Meta(max_length=1_000_000, description="Words; up to a million characters.")]
Name = Annotated[str, Meta(max_length=200)]
Email = Annotated[str, Meta(max_length=254, pattern=f"^[^{_NOT_IN_EMAIL}]+@[^{_NOT_IN_EMAIL}]+{END}")]
Language = Annotated[
    str, Meta(max_length=35, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*" + END, description="BCP 47, such as kk")
]
Reason = Annotated[str, Meta(min_length=1, max_length=2_000)]
Id = Annotated[str, Meta(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}" + END)]
Slug = Annotated[str, Meta(pattern="^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?" + END)]
Instant = Annotated[datetime, Meta(tz=True)]
Blob = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,100}" + END)]


class Struct(msgspec.Struct):
    """A shape."""


# --- conversations: asked -------------------------------------------------------------------------------------------


class FileGiven(Struct):
    """A file uploaded before, with the name it had."""

    blob: Blob
    name: Name = "attachment"


class CustomerGiven(Struct):
    """Who writes: a reference of the brand's own, an e-mail address or a phone number tells returning customers."""

    name: Name | None = None
    email: Email | None = None
    phone: Annotated[str, Meta(max_length=40)] | None = None
    language: Language | None = None
    zone: Annotated[str, Meta(max_length=60, description="IANA time zone")] | None = None
    reference: Name | None = None


class StartRequest(Struct):
    """A customer writes for the first time in a thread."""

    channel: Slug
    customer: CustomerGiven
    text: Text
    subject: Annotated[str, Meta(max_length=998)] | None = None
    attachments: tuple[Blob | FileGiven, ...] = ()


class MessageRequest(Struct):
    """Words in a thread. `seen_message` is the last one the writer saw; `anyway` sends although others have written."""

    author: Literal["customer", "person", "bot"]
    text: Text = ""
    attachments: tuple[Blob | FileGiven, ...] = ()
    seen_message: Id | None = None
    close: Outcome | None = None
    anyway: bool = False


class NoteRequest(Struct):
    """A note among colleagues."""

    text: Text
    mentions: tuple[Id, ...] = ()


class AssignRequest(Struct):
    """Whose it is; null lets it go."""

    person_id: Id | None


class TransferRequest(Struct):
    """Hand it to a colleague, saying why."""

    person_id: Id
    reason: Reason


class RenegotiateRequest(Struct):
    """A new time, with a reason: busy, person_away, need_more_time, outage_on_our_side, or your own words."""

    due_at: Instant
    reason: Reason
    words: Text | None = None


class SnoozeRequest(Struct):
    """Put aside until a time that the customer is promised."""

    until: Instant
    reason: Reason = "need_more_time"


class CloseRequest(Struct):
    """End it."""

    outcome: Outcome


class EmptyRequest(Struct):
    """Nothing more to say."""


class DraftRequest(Struct):
    """What a person has begun to write."""

    text: Text


class CustomerActionRequest(Struct):
    """What a customer did on a page or app of the brand's own."""

    action: Literal["ignored", "release", "person", "contact"]
    how: Literal["chat", "mail", "phone"] | None = None
    address: Name | None = None


class QueueQuery(Struct):
    """Which stretch of which view."""

    view: Literal["open", "mine", "unassigned", "waiting", "all", "closed"] = "open"
    cursor: Annotated[str, Meta(max_length=500)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


# --- conversations: answered ----------------------------------------------------------------------------------------


class PromiseView(Struct):
    """A promise, as it was made: `chance` is that of keeping it, `instead` another way that is offered for it."""

    id: str
    kind: PromiseKind
    status: PromiseStatus
    made_at: datetime
    due_at: datetime
    chance: float | None
    basis: str
    words: str
    language: str
    replaces: str | None
    reason: str | None
    ended_at: datetime | None
    instead: Instead | None


class WaitView(Struct):
    """A wait, on both clocks; still running while `ended_at` is null."""

    started_at: datetime
    ended_at: datetime | None
    wall_seconds: float
    business_seconds: float


class EnquiryBrief(Struct):
    """An enquiry in an answer to whoever opened it."""

    id: str
    status: EnquiryStatus
    opened_at: datetime
    outcome: Outcome | None


class EnquiryView(Struct):
    """An enquiry with everything promised and every wait."""

    id: str
    status: EnquiryStatus
    opened_at: datetime
    outcome: Outcome | None
    answered_at: datetime | None
    ended_at: datetime | None
    promises: tuple[PromiseView, ...]
    waits: tuple[WaitView, ...]


class Clocks(Struct):
    """The two clocks of the last wait; `open_now` says whether the business one moves."""

    wall_seconds: float
    business_seconds: float
    running: bool
    open_now: bool
    started_at: datetime


class EventView(Struct):
    """A fact of the log."""

    version: int
    at: datetime
    by: str
    kind: str
    event: Any


class UndoView(Struct):
    """What the caller may take back, and until when."""

    what: str
    until: datetime


class DraftView(Struct):
    """What the caller has begun to write."""

    text: str
    updated_at: datetime


class StartAnswer(Struct):
    """A conversation has begun, and this is what was promised."""

    conversation: Row
    enquiry: EnquiryBrief
    promise: PromiseView
    status_url: str


class RowsAnswer(Struct):
    """A stretch of a view; `cursor` asks for the next, null at the end."""

    items: tuple[Row, ...]
    cursor: str | None = None


class ConversationAnswer(Struct):
    """The state after a change."""

    conversation: Row
    promise: PromiseView | None
    undo: UndoView | None


class MessageMade(Struct):
    """The message that was written."""

    id: str


class MessageAnswer(Struct):
    """A message is written."""

    message: MessageMade
    conversation: Row
    promise: PromiseView | None
    undo: UndoView | None


class ConversationDetail(Struct):
    """A conversation with its whole history. `chance_now` is that of keeping the open promise, as foreseen just now."""

    conversation: Row
    customer: Customer
    enquiries: tuple[EnquiryView, ...]
    promise: PromiseView | None
    chance_now: float | None
    clocks: Clocks | None
    events: tuple[EventView, ...]
    earlier: tuple[Row, ...]
    draft: DraftView | None
    undo: UndoView | None
    status_url: str


class NobodyView(Struct):
    """Nobody is at work at a time. `opens`: it is closed then, and opens again at `again_at` with somebody there.

    Somebody is at work again at `again_at` (null: never); `take_at` is a time soon after it that can be kept.
    """

    opens: bool
    again_at: datetime | None
    take_at: datetime | None


class PreviewAnswer(Struct):
    """Exactly what the customer would read. `chance` is that of keeping it, where that is computed.

    `nobody` is there when nobody is at work at that time: a warning, nothing is forbidden.
    """

    words: str
    text: str
    language: str
    direction: Literal["ltr", "rtl"]
    due_at: datetime
    chance: float | None
    nobody: NobodyView | None


class PromiseAnswer(Struct):
    """A promise and where it was made."""

    promise: PromiseView
    conversation_id: str


class LettersAnswer(Struct):
    """Letters, newest first."""

    items: tuple[Letter, ...]
