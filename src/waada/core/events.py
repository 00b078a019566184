"""What happened: the closed union of facts, in the past tense. Nothing here is ever changed once it was written.

Each fact carries its instant `at`; who caused it stands beside it in the log. `KINDS` maps the stored name of a fact to
its class, so that the log can be read back without guessing.
Longer than 400 lines because a closed union is read as one list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from waada.core.bars import Bar
from waada.core.enquiry import Outcome
from waada.core.frozen import made_fast
from waada.core.hours import Hours
from waada.core.ids import BrandId, CustomerId, EnquiryId, LetterId, MessageId, PersonId, PromiseId
from waada.core.people import Canned, Channel, Key, Person, Role
from waada.core.promises import Promise

Told = Literal["acknowledged", "renegotiated", "overdue", "follow_up", "released", "closed"]
Contact = Literal["chat", "mail", "phone"]
Delivery = Literal["sent", "failed", "bounced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file beside a message; `blob` names its stored bytes."""

    blob: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Words somebody wrote. `folded` is what reading may fold away; `ref` the Message-ID; `raw` the stored original."""

    id: MessageId
    text: str
    html: str | None = None
    folded: str | None = None
    attachments: tuple[Attachment, ...] = ()
    ref: str | None = None
    raw: str | None = None
    sender: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """The person who writes. `verified` is true when a signed token or the mail system vouches for the identity."""

    id: CustomerId
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str = "en"
    zone: str | None = None
    visitor: str | None = None
    reference: str | None = None
    verified: bool = False


# --- a conversation -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationOpened:
    """A thread with a customer began on a channel."""

    at: datetime
    brand_id: BrandId
    channel: str
    channel_kind: str
    customer: Customer
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerWrote:
    """The customer sent words or files."""

    at: datetime
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryOpened:
    """A need began: nobody owed this customer an answer yet."""

    at: datetime
    enquiry_id: EnquiryId
    message_id: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseMade:
    """The business owes a word, and said by when. Starts a wait unless one runs already (after a renegotiation)."""

    at: datetime
    enquiry_id: EnquiryId
    promise: Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseEnded:
    """A promise reached its one end."""

    at: datetime
    enquiry_id: EnquiryId
    promise_id: PromiseId
    status: Literal["kept", "renegotiated", "broken", "released"]
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitEnded:
    """The customer got a word, or no longer needs one: the wait on both clocks."""

    at: datetime
    enquiry_id: EnquiryId
    started_at: datetime
    wall_seconds: float
    business_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryAnswered:
    """A person answered; the next word is the customer's. Ends by itself at `settles_at` if none comes."""

    at: datetime
    enquiry_id: EnquiryId
    settles_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryReopened:
    """The need goes on: the customer wrote again, or a follow-up was promised."""

    at: datetime
    enquiry_id: EnquiryId


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryEnded:
    """The need ended, with exactly one outcome."""

    at: datetime
    enquiry_id: EnquiryId
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerTold:
    """The desk told the customer something by itself: by when, a new time, an end. Never stops a clock."""

    at: datetime
    message_id: MessageId
    why: Told
    text: str
    promise_id: PromiseId | None
    reason: str | None = None
    deliver: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWrote:
    """An agent's answer to the customer."""

    at: datetime
    person_id: PersonId | None
    author: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class BotWrote:
    """A bot's words: shown, labelled, and never the end of a wait."""

    at: datetime
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWritten:
    """A note among colleagues; the customer never sees it."""

    at: datetime
    note_id: MessageId
    person_id: PersonId | None
    text: str
    mentions: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Somebody took it, was given it, or let it go (`person_id` None)."""

    at: datetime
    person_id: PersonId | None
    from_id: PersonId | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsibleSet:
    """The one person who must see that this promise is kept."""

    at: datetime
    person_id: PersonId
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated:
    """A promise came nearer to its end: the next people on the ladder were warned, and who answers for it now."""

    at: datetime
    promise_id: PromiseId
    step: int
    rung: str
    people: tuple[PersonId, ...]
    check_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """An open promise was judged again and may well not be kept: the people who can still keep it were warned."""

    at: datetime
    enquiry_id: EnquiryId
    promise_id: PromiseId
    chance: float
    rung: str
    people: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationClosed:
    """Nothing is open here any more."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationReopened:
    """A closed conversation goes on."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Snoozed:
    """Put aside until shortly before the follow-up that the customer was promised."""

    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoable:
    """What follows may be taken back until `until`: the next `steps` facts, and the `messages` among them."""

    at: datetime
    what: str
    by: str
    until: datetime
    steps: int
    messages: tuple[MessageId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """A person took back their last action within ten seconds; `withdrawn` messages are not sent, or removed again."""

    at: datetime
    what: str
    withdrawn: tuple[MessageId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeltIgnored:
    """The customer tapped "I feel ignored" (N7)."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAskedFor:
    """The customer asked for a person."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPreferred:
    """How the customer would rather be reached, and where."""

    at: datetime
    how: Contact
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLeft:
    """The customer closed the chat; `became` says what it turned into while nobody had answered (N4).

    `unseen` messages reached a window that nobody looked at any more: they go by mail if there is an address.
    """

    at: datetime
    unanswered: bool
    became: Literal["mail"] | None = None
    unseen: tuple[MessageId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerReturned:
    """The customer is in the chat again."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoReplyReceived:
    """A machine answered (out of office and its kin). Opens nothing, reopens nothing, stays visible."""

    at: datetime
    message: Message
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryChanged:
    """What became of a message on the wire."""

    at: datetime
    message_id: MessageId
    status: Delivery
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSaw:
    """The customer's window showed everything up to this message."""

    at: datetime
    message_id: MessageId


# --- a letter -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterReceived:
    """Mail that opens no enquiry by itself (can't be read, a list, a bounce of nothing of ours): a person may look."""

    at: datetime
    brand_id: BrandId
    letter_id: LetterId
    channel: str
    reason: str
    raw: str
    sender: str | None = None
    subject: str | None = None
    preview: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterHandled:
    """A person looked at a letter and decided."""

    at: datetime
    outcome: Literal["opened", "dismissed"]
    conversation_id: str | None = None


# --- a brand --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandFounded:
    """A brand began on this installation."""

    at: datetime
    brand_id: BrandId
    slug: str
    name: str
    zone: str
    languages: tuple[str, ...]
    hours: Hours
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandChanged:
    """Name, zone, languages, colour."""

    at: datetime
    name: str
    zone: str
    languages: tuple[str, ...]
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursSet:
    """When the brand has people; holidays included."""

    at: datetime
    hours: Hours


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSet:
    """A channel was made or changed, its policy included."""

    at: datetime
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInvited:
    """Somebody was asked to join."""

    at: datetime
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonJoined:
    """The invited person signed in for the first time."""

    at: datetime
    person_id: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged:
    """Name, role or languages of a person."""

    at: datetime
    person_id: PersonId
    name: str
    email: str
    role: Role
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRemoved:
    """A person no longer works here; what they wrote stays."""

    at: datetime
    person_id: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class DutySet:
    """A person came on duty or went off duty."""

    at: datetime
    person_id: PersonId
    on_duty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSet:
    """When a person works from now on, and how many chats they hold side by side."""

    at: datetime
    person_id: PersonId
    roster: Hours | None
    chats_at_once: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedSet:
    """A canned reply was made or changed."""

    at: datetime
    canned: Canned


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedDropped:
    """A canned reply is no longer offered."""

    at: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BarSet:
    """A bar was added or changed."""

    at: datetime
    bar: Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class BarDropped:
    """A bar of the brand's own holds no more; one of the library stands again as it came."""

    at: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAdded:
    """An API key was made; its hash is all we keep."""

    at: datetime
    key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRevoked:
    """An API key opens nothing any more."""

    at: datetime
    key_id: str


EnquiryEvent = (
    EnquiryOpened
    | PromiseMade
    | PromiseEnded
    | WaitEnded
    | EnquiryAnswered
    | EnquiryReopened
    | EnquiryEnded
    | Escalated
    | AtRisk
)
ThreadEvent = (
    ConversationOpened
    | CustomerWrote
    | CustomerTold
    | PersonWrote
    | BotWrote
    | NoteWritten
    | Assigned
    | ResponsibleSet
    | ConversationClosed
    | ConversationReopened
    | Snoozed
    | Undoable
    | Undone
    | FeltIgnored
    | PersonAskedFor
    | ContactPreferred
    | CustomerLeft
    | CustomerReturned
    | AutoReplyReceived
    | DeliveryChanged
    | CustomerSaw
)
ConversationEvent = EnquiryEvent | ThreadEvent
LetterEvent = LetterReceived | LetterHandled
BrandEvent = (
    BrandFounded
    | BrandChanged
    | HoursSet
    | ChannelSet
    | PersonInvited
    | PersonJoined
    | PersonChanged
    | PersonRemoved
    | DutySet
    | RosterSet
    | CannedSet
    | CannedDropped
    | BarSet
    | BarDropped
    | KeyAdded
    | KeyRevoked
)
Event = ConversationEvent | LetterEvent | BrandEvent


def kind_of(event_type: type) -> str:
    """Return the stored name of a fact (or an effect): its class in snake case."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", event_type.__name__).lower()


KINDS: dict[str, type] = {kind_of(each): each for each in get_args(Event)}
KIND_OF: dict[type, str] = {each: name for name, each in KINDS.items()}

made_fast(*KIND_OF, Message, Customer)
