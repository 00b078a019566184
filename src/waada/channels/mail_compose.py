"""What a customer gets by mail: one of our messages, found in the facts, as a mail in their language. Pure.

The promise in it is the one in the record, in the record's own words, so that mail, page and desk never differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from waada.channels.mail_addresses import AddressBook
from waada.channels.mail_facts import Attachment
from waada.channels.mail_write import Automatic, OutgoingMail
from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.ids import MessageId
from waada.core.people import Brand
from waada.core.promises import Promise
from waada.words import direction, say, spoken_language

Spoken = e.CustomerTold | e.PersonWrote | e.BotWrote
_NEW_TIME = frozenset({"renegotiated", "overdue", "follow_up"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What the facts say about one message of ours: the words, whether they still may leave, and what they answer."""

    spoken: Spoken | None
    withdrawn: bool
    delivered: bool
    in_reply_to: str | None
    references: tuple[str, ...]
    promise: Promise | None


def message_of(spoken: Spoken) -> MessageId:
    """Return the id of a message of ours."""
    return spoken.message_id if isinstance(spoken, e.CustomerTold) else spoken.message.id


def thread_at(message: MessageId, facts: Sequence[e.Event], our_id: dict[MessageId, str]) -> Thread:
    """Read the facts of a conversation up to one of our messages. `our_id` gives the Message-IDs of our messages."""
    spoken: Spoken | None = None
    withdrawn = delivered = False
    last_ref: str | None = None
    references: list[str] = []
    promises: dict[str, Promise] = {}
    for fact in facts:
        match fact:
            case e.CustomerWrote(message=words) if spoken is None and words.ref:
                last_ref = words.ref
                references.append(words.ref)
            case e.CustomerTold() | e.PersonWrote() | e.BotWrote():
                if message_of(fact) == message:
                    spoken = fact
                elif spoken is None:
                    references.append(our_id[message_of(fact)])
            case e.PromiseMade(promise=promise):
                promises[promise.id] = promise
            case e.Undone(withdrawn=taken_back):
                withdrawn = withdrawn or message in taken_back
            case e.DeliveryChanged(message_id=about, status="sent" | "failed"):
                delivered = delivered or about == message
            case _:
                pass  # nothing else stands in a mail
    promised = promises.get(spoken.promise_id or "") if isinstance(spoken, e.CustomerTold) else None
    return Thread(
        spoken=spoken,
        withdrawn=withdrawn,
        delivered=delivered,
        in_reply_to=last_ref,
        references=tuple(references),
        promise=promised,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Whose mail it is: the brand, its addresses, and where its status pages are."""

    brand: Brand
    book: AddressBook
    status_url: str


def compose(
    state: Conversation, thread: Thread, sender: Sender, attachments: tuple[Attachment, ...] = ()
) -> OutgoingMail:
    """Return the mail for one message of ours."""
    spoken = thread.spoken
    assert spoken is not None, "only a message that is in the facts is sent"
    assert state.customer.email, "mail goes to somebody with an address"
    brand, book = sender.brand, sender.book
    address = book.address_from(brand, state.channel)
    language = (
        state.customer.language if isinstance(spoken, e.PersonWrote) else spoken_language(state.customer.language)
    )
    return OutgoingMail(
        message_id=book.message_id(brand, state.channel, state.id, message_of(spoken)),
        own_domain=book.own_domain(brand, address),
        sent_at=spoken.at,
        from_name=f"{spoken.author} ({brand.name})" if isinstance(spoken, e.PersonWrote) else brand.name,
        from_address=address,
        reply_to=book.reply_to(brand, state.channel, state.id) or address,
        to=(state.customer.email,),
        subject=_subject(state, spoken, brand),
        text=_text(state, spoken, brand),
        language=language,
        direction=direction(language),
        promise_words=thread.promise.words if thread.promise is not None else "",
        status_url=sender.status_url,
        status_words=_status_words(language),
        footer=_footer(spoken, brand, language),
        in_reply_to=thread.in_reply_to,
        references=thread.references,
        automatic=_automatic(spoken),
        attachments=attachments,
    )


def _automatic(spoken: Spoken) -> Automatic:
    match spoken:
        case e.PersonWrote():
            return Automatic.NO
        case e.BotWrote():
            return Automatic.REPLIED
        case e.CustomerTold():
            return Automatic.REPLIED if spoken.why == "acknowledged" else Automatic.GENERATED
        case _:
            assert_never(spoken)


def _subject(state: Conversation, spoken: Spoken, brand: Brand) -> str:
    language = state.customer.language
    subject = " ".join((state.subject or "").split())
    if subject:
        known = subject.lower().startswith(("re:", "re :"))
        return subject if known else say("mail.reply_subject", language, subject=subject)
    if isinstance(spoken, e.CustomerTold):
        key = "mail.subject_new_time" if spoken.why in _NEW_TIME else "mail.subject_acknowledgement"
        return say(key, language, brand=brand.name)
    return say("mail.subject_answer", language, brand=brand.name)


def _text(state: Conversation, spoken: Spoken, brand: Brand) -> str:
    language = state.customer.language
    match spoken:
        case e.PersonWrote():
            left = state.channel_kind == "chat" and state.left
            intro = (say("mail.chat_continues", language),) if left else ()
            return "\n\n".join((*intro, spoken.message.text))
        case e.BotWrote():
            return spoken.message.text
        case e.CustomerTold():
            return "\n\n".join((_greeting(state), *_told(spoken, brand, language), _closing(brand, language)))
        case _:
            assert_never(spoken)


def _greeting(state: Conversation) -> str:
    name = (state.customer.name or "").strip()
    if name:
        return say("mail.greeting", state.customer.language, name=name)
    return say("mail.greeting_without_name", state.customer.language)


def _told(spoken: e.CustomerTold, brand: Brand, language: str) -> tuple[str, ...]:
    keep = say("mail.we_tell_you_first", language)
    if spoken.why == "acknowledged":
        return (
            say("mail.acknowledgement", language, brand=brand.name, promise=spoken.text),
            keep,
            say("mail.add_more", language),
        )
    return (spoken.text, keep) if spoken.why in _NEW_TIME else (spoken.text,)


def _closing(brand: Brand, language: str) -> str:
    return say("mail.closing", language, brand=brand.name)


def _footer(spoken: Spoken, brand: Brand, language: str) -> str:
    if isinstance(spoken, e.PersonWrote):
        return brand.name
    if isinstance(spoken, e.BotWrote):
        return f"{say('chat.bot', language)}\n{brand.name}"
    return say("mail.automatic", language)


def _status_words(language: str) -> str:
    """The words of the link; the catalogue has it on a line of its own below them."""
    return " ".join(say("mail.status_link", language, link="").split()).rstrip(": ")
