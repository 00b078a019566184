"""What somebody wants done: the closed union of everything that can change anything. The engine is the one door.

Longer than 400 lines because a closed union is read as one list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from waada.core.bars import Bar
from waada.core.enquiry import Outcome
from waada.core.events import Contact, Customer, Delivery, Message
from waada.core.frozen import made_fast
from waada.core.hours import Hours
from waada.core.ids import BrandId, CommandId, MessageId, PersonId, PromiseId
from waada.core.people import Canned, Channel, Key, Role

# --- to a conversation ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StartConversation:
    """A customer writes for the first time in this thread. `may_tell` is false where a machine answering could loop."""

    channel: str
    customer: Customer
    message: Message
    subject: str | None = None
    may_tell: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """The customer writes again."""

    message: Message
    may_tell: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An agent answers. `seen_message` is the last one they had on screen; `close` ends the enquiry with that outcome.

    `author` is the name the customer sees. A reply crossing another reply or a new message is refused unless `anyway`.
    """

    author: str
    message: Message
    person_id: PersonId | None = None
    seen_message: MessageId | None = None
    close: Outcome | None = None
    anyway: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SayAsBot:
    """A bot's words: labelled, never the end of a wait."""

    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteNote:
    """A note among colleagues."""

    text: str
    person_id: PersonId | None = None
    mentions: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign:
    """Give it to a person, or let it go (None)."""

    person_id: PersonId | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Hand it to a colleague, saying why; the whole context travels."""

    person_id: PersonId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Renegotiate:
    """Tell the customer a new time before the old one passes, with a reason. `words` may replace the standard text."""

    due_at: datetime
    reason: str
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """Put aside until a time: a promise to follow up, told to the customer."""

    until: datetime
    reason: str = "need_more_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """End it with an outcome."""

    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Take back the last action of the same person, within ten seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The customer no longer needs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeelIgnored:
    """The customer feels ignored: at most once an hour per enquiry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForPerson:
    """The customer wants a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferContact:
    """The customer would rather be reached another way."""

    how: Contact
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """The customer's chat window is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """The customer's chat window is there again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class See:
    """The customer's window showed everything up to this message."""

    message_id: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAutoReply:
    """A machine answered our mail; it opens nothing."""

    message: Message
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDelivery:
    """What became of one of our messages."""

    message_id: MessageId
    status: Delivery
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerDue:
    """An armed timer came due. Checked against the state: a stale one does nothing."""

    slot: str
    guard: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewResponsible:
    """Who is on duty changed: make sure that the responsible person is still there."""


# --- to a letter ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveLetter:
    """Keep mail that opens no enquiry by itself where a person sees it."""

    channel: str
    reason: str
    raw: str
    sender: str | None = None
    subject: str | None = None
    preview: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandleLetter:
    """A person decides what a letter was."""

    outcome: Literal["opened", "dismissed"]
    conversation_id: str | None = None


# --- to a brand -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBrand:
    """Begin a brand, with its first owner."""

    slug: str
    name: str
    zone: str
    languages: tuple[str, ...]
    hours: Hours
    owner_name: str
    owner_email: str
    owner_id: PersonId
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBrand:
    """Change name, zone, languages, colour."""

    name: str
    zone: str
    languages: tuple[str, ...]
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetHours:
    """Set when the brand has people."""

    hours: Hours


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChannel:
    """Make or change a channel."""

    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitePerson:
    """Ask somebody to join."""

    person_id: PersonId
    name: str
    email: str
    role: Role
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinPerson:
    """The invited person signed in for the first time."""

    person_id: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePerson:
    """Change a person's name, address, role or languages."""

    person_id: PersonId
    name: str
    email: str
    role: Role
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePerson:
    """A person no longer works here."""

    person_id: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDuty:
    """Come on duty or go off duty."""

    person_id: PersonId
    on_duty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Look again whether an open promise will be kept."""

    promise_id: PromiseId


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRoster:
    """Set when a person works, and how many chats they hold side by side. `roster` None follows the brand's hours."""

    person_id: PersonId
    roster: Hours | None
    chats_at_once: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCanned:
    """Make or change a canned reply."""

    canned: Canned


@dataclass(frozen=True, slots=True, kw_only=True)
class DropCanned:
    """Offer a canned reply no longer."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBar:
    """Add a bar of the brand's own, or write over one of the library."""

    bar: Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class DropBar:
    """Take back a bar of the brand's own; one of the library stands again as it came."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddKey:
    """Make an API key (the caller hashed it)."""

    key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeKey:
    """Let a key open nothing any more."""

    key_id: str


FurtherCommand = (
    Write
    | Reply
    | SayAsBot
    | WriteNote
    | Assign
    | Transfer
    | Renegotiate
    | Snooze
    | Close
    | Undo
    | Release
    | Judge
    | FeelIgnored
    | AskForPerson
    | PreferContact
    | Leave
    | Return
    | See
    | RecordAutoReply
    | RecordDelivery
    | TimerDue
    | ReviewResponsible
)
ConversationCommand = StartConversation | FurtherCommand
LetterCommand = ReceiveLetter | HandleLetter
BrandCommand = (
    FoundBrand
    | ChangeBrand
    | SetHours
    | SetChannel
    | InvitePerson
    | JoinPerson
    | ChangePerson
    | RemovePerson
    | SetDuty
    | SetRoster
    | SetCanned
    | DropCanned
    | SetBar
    | DropBar
    | AddKey
    | RevokeKey
)
Command = ConversationCommand | LetterCommand | BrandCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command with its address: which brand, which stream, who gives it, and the id it counts once by.

    `stream` is the id of the conversation, the letter or the brand. `asked` is the hash of the whole request where
    there is one: it tells a repeated request from another one under the same id.
    """

    command_id: CommandId
    brand_id: BrandId
    stream: str
    by: str
    command: Command
    asked: str | None = None


made_fast(*get_args(Command), Order)
