"""Where a mail belongs: a customer's message, word of a machine, the fate of one of ours, or a letter for a person.

Our signed reply address is proof enough to write into a conversation; a Message-ID is not, unless the sender takes
part. The subject never decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from waada.channels import mail_language
from waada.channels.mail_addresses import AddressBook, named_by, with_envelope
from waada.channels.mail_bounce import BouncedRecipient, read_bounce
from waada.channels.mail_facts import ParsedMail
from waada.channels.mail_kind import Kind, MailKind, OwnAddresses, kind_of, writer_of
from waada.channels.mail_parse import parse
from waada.channels.mail_parts import MailParts
from waada.channels.mail_thread import (
    ByMessageId,
    ByOwnMessage,
    ByReplyAddress,
    own_message_of,
    thread_candidates,
)
from waada.core import commands as c
from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.ids import BrandId, ConversationId, CustomerId, MessageId, customer_id
from waada.core.people import Brand
from waada.mailbag import RawMail

# An address that writes more within an hour is a machine, or somebody whom one more automatic mail won't help.
CAP_TIME = timedelta(hours=1)
CAP_CONVERSATIONS = 5
CAP_MAILS = 20

# What a fact may hold; the whole stays in the raw message. The core refuses more than a million characters of text.
TEXT_MAX = 900_000
HTML_MAX = 1_000_000
FOLDED_MAX = 200_000
PREVIEW_MAX = 500
NAME_MAX = 200
SUBJECT_MAX = 998
DETAIL_MAX = 1_000

_FAILED = frozenset({"failed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A mail as read and judged. `bounced` is filled for bounces."""

    mail: ParsedMail
    kind: MailKind
    writer: str | None
    bounced: tuple[BouncedRecipient, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The command that a mail becomes, and the stream it goes to. `opens`: it begins a conversation."""

    stream: str
    command: c.Command
    opens: bool = False


def read(raw: bytes, record: RawMail, own: OwnAddresses) -> Read:
    """Read and judge a mail; takes a few milliseconds, for a hostile one some seconds: call it in a thread."""
    mail = with_envelope(parse(raw), record.envelope_from, record.envelope_to)
    if record.cut:
        reason = f"it is larger than 25 MB ({record.size / 1_000_000:.0f} MB); only its beginning is kept here"
        mail = replace(mail, unreadable=reason)
    kind = kind_of(mail, own)
    if mail.unreadable and kind.opens_enquiry:
        kind = MailKind(kind=Kind.LETTER, may_answer=False, opens_enquiry=False, reason=mail.unreadable)
    bounced = read_bounce(mail) if kind.kind is Kind.BOUNCE else ()
    return Read(mail=mail, kind=kind, writer=writer_of(mail, own), bounced=bounced)


class Router:
    """Decides where mails of one brand belong."""

    def __init__(self, parts: MailParts, book: AddressBook, brand: Brand) -> None:
        """Look at the brand as it is now."""
        self._parts = parts
        self._book = book
        self._brand = brand
        self._own = book.own(brand)

    async def decide(self, record: RawMail, found: Read) -> Decision:
        """Return what a mail becomes."""
        if found.kind.kind is Kind.BOUNCE:
            return await self._bounce(record, found) or self.letter(record, found)
        if found.kind.kind is Kind.AUTO_REPLY:
            conversation = await self._thread(found.mail, None)
            if conversation is not None:
                message = await self._message(record, found)
                return Decision(
                    stream=conversation.id, command=c.RecordAutoReply(message=message, reason=found.kind.reason)
                )
        if found.kind.opens_enquiry and found.writer:
            return await self._from_person(record, found, found.writer)
        return self.letter(record, found)

    def letter(self, record: RawMail, found: Read, reason: str | None = None) -> Decision:
        """Return a letter: kept where a person sees it, with the raw text."""
        mail = found.mail
        preview = " ".join((mail.fresh_text or mail.text)[: PREVIEW_MAX * 4].split())[:PREVIEW_MAX]
        command = c.ReceiveLetter(
            channel=record.channel,
            reason=reason or found.kind.reason,
            raw=record.id,
            sender=mail.from_address or found.writer or record.envelope_from or None,
            subject=mail.subject[:SUBJECT_MAX] or None,
            preview=preview,
        )
        return Decision(stream=self._parts.ids.fresh(), command=command)

    # --- a person -----------------------------------------------------------------------------------------------------

    async def _from_person(self, record: RawMail, found: Read, writer: str) -> Decision:
        message = await self._message(record, found)
        if not message.text.strip() and not message.attachments:
            return self.letter(record, found, "it is empty: no subject, no text, no files")
        may_tell = found.kind.may_answer and not await self._capped(writer)
        conversation = await self._thread(found.mail, writer)
        if conversation is not None:
            stranger = (conversation.customer.email or "").lower() != writer
            message = replace(message, sender=writer if stranger else None)
            return Decision(stream=conversation.id, command=c.Write(message=message, may_tell=may_tell))
        command = c.StartConversation(
            channel=record.channel,
            customer=await self._customer(found.mail, writer),
            message=message,
            subject=found.mail.subject[:SUBJECT_MAX] or None,
            may_tell=may_tell,
        )
        return Decision(stream=self._parts.ids.fresh(), command=command, opens=True)

    async def _message(self, record: RawMail, found: Read) -> e.Message:
        mail = found.mail
        fresh = mail.fresh_text.strip()
        text = fresh or mail.text.strip() or mail.subject
        folded = "\n\n".join(part for part in (mail.signature, mail.quoted_text) if part.strip()) if fresh else ""
        return e.Message(
            id=MessageId(self._parts.ids.fresh()),
            text=text[:TEXT_MAX],
            html=mail.html if mail.html and len(mail.html) <= HTML_MAX else None,
            folded=folded[:FOLDED_MAX] or None,
            attachments=await self._attachments(record, mail),
            ref=mail.message_id,
            raw=record.id,
        )

    async def _attachments(self, record: RawMail, mail: ParsedMail) -> tuple[e.Attachment, ...]:
        """Keep the files under names made from the mail's, so that a second attempt keeps them once."""
        kept: list[e.Attachment] = []
        for number, each in enumerate(mail.attachments):
            blob = f"{record.id}-{number}"
            await self._parts.store.put_blob(self._brand.id, blob, each.media_type, each.content)
            kept.append(
                e.Attachment(blob=blob, name=each.name, media_type=each.media_type, size=len(each.content)),
            )
        return tuple(kept)

    async def _customer(self, mail: ParsedMail, writer: str) -> e.Customer:
        known = customer_id(self._brand.id, "email", writer)
        name = mail.from_name.strip()[:NAME_MAX] if writer == mail.from_address else ""
        return e.Customer(
            id=known,
            name=name or None,
            email=writer,
            language=await self._language(mail, known),
            verified=self._vouched_for(mail, writer),
        )

    async def _language(self, mail: ParsedMail, customer: CustomerId) -> str:
        languages = self._brand.languages
        declared = mail_language.declared(mail.content_language, languages)
        sure = mail_language.SURE if declared is None else mail_language.SURE_AGAINST_DECLARED
        words = f"{mail.subject}\n{mail.fresh_text or mail.text}"
        detected = await mail_language.detect(words, languages, sure)
        if detected is not None:
            return detected
        earlier = await self._parts.store.conversations_of(self._brand.id, customer)
        if earlier and earlier[0].language in languages:
            return earlier[0].language
        return declared or languages[0]

    def _vouched_for(self, mail: ParsedMail, writer: str) -> bool:
        """Whether our own mail server, named in the channel's settings, checked that the sender's domain sent this."""
        servers = {place.setting("trusted_server") for place in self._book.places(self._brand)} - {""}
        passed = (
            one.server in servers and (one.method, one.result) == ("dmarc", "pass") for one in mail.authentication
        )
        return writer == mail.from_address and any(passed)

    async def _capped(self, writer: str) -> bool:
        since = self._parts.clock.now() - CAP_TIME
        mails, opened = await self._parts.bag.written_since(self._brand.id, writer, since)
        return mails >= CAP_MAILS or opened >= CAP_CONVERSATIONS

    # --- threads ------------------------------------------------------------------------------------------------------

    async def _thread(self, mail: ParsedMail, writer: str | None) -> Conversation | None:
        """Return the conversation a mail belongs to. `writer` None: a machine's, for which a named one is enough."""
        readers = self._book.reply_addresses(self._brand)
        candidates = [each for one in readers for each in thread_candidates(mail, reply_addresses=one, own=self._own)]
        for each in candidates:
            if isinstance(each, ByReplyAddress):
                conversation = await self._conversation(each.conversation_id)
                if conversation is not None:
                    return conversation
        for each in dict.fromkeys(candidates):
            if isinstance(each, ByReplyAddress):
                continue
            conversation = await self._conversation(await self._named(each))
            if conversation is not None and (writer is None or await self._takes_part(conversation, writer)):
                return conversation
        return None

    async def _named(self, candidate: ByOwnMessage | ByMessageId) -> ConversationId | None:
        if isinstance(candidate, ByOwnMessage):
            ours = named_by(candidate.unique)
            return None if ours is None else ours[0]
        found = await self._parts.store.thread_of(self._brand.id, (candidate.message_id,))
        return None if found is None else found[0]

    async def _conversation(self, conversation: ConversationId | None) -> Conversation | None:
        if conversation is None:
            return None
        state = await self._parts.store.load("conversation", self._brand.id, conversation)
        return state if isinstance(state, Conversation) else None

    async def _takes_part(self, conversation: Conversation, writer: str) -> bool:
        if (conversation.customer.email or "").lower() == writer:
            return True
        facts = await self._parts.store.facts(self._brand.id, conversation.id)
        written = (each.event.message.sender for each in facts if isinstance(each.event, e.CustomerWrote))
        return writer in written

    # --- what became of our mails -------------------------------------------------------------------------------------

    async def _bounce(self, record: RawMail, found: Read) -> Decision | None:
        """Return what a delivery report means for the message it is about, or None if that is none of ours."""
        conversation, message = await self._reported(found)
        if conversation is None:
            return None
        failed = [each for each in found.bounced if each.action in _FAILED]
        if found.bounced and not failed:
            command = c.RecordAutoReply(message=await self._message(record, found), reason=found.kind.reason)
            return Decision(stream=conversation.id, command=command)
        detail = "; ".join(_fate(each) for each in failed) or found.kind.reason
        ours = await self._sent(self._brand.id, conversation, message)
        if ours is None:
            return None
        report = c.RecordDelivery(message_id=ours, status="bounced", detail=detail[:DETAIL_MAX])
        return Decision(stream=conversation.id, command=report)

    async def _reported(self, found: Read) -> tuple[Conversation | None, MessageId | None]:
        for each in found.bounced:
            unique = own_message_of(each.original_message_id or "", self._own)
            ours = named_by(unique) if unique else None
            if ours is not None and (conversation := await self._conversation(ours[0])) is not None:
                return conversation, ours[1]
        replies = {each.original_reply_to for each in found.bounced if each.original_reply_to}
        for address in sorted(replies):
            for reader in self._book.reply_addresses(self._brand):
                conversation = await self._conversation(reader.conversation_of(address))
                if conversation is not None:
                    return conversation, None
        return await self._thread(found.mail, None), None

    async def _sent(self, brand_id: BrandId, conversation: Conversation, message: MessageId | None) -> MessageId | None:
        """Return which of our messages a report is about: the one it names, else the last that went out."""
        facts = await self._parts.store.facts(brand_id, conversation.id)
        sent = list(sent_messages(each.event for each in facts))
        return message if message in sent else (sent[-1] if sent else None)


def sent_messages(events: Iterable[e.Event]) -> Iterable[MessageId]:
    """Return the ids of what we told a customer, in order."""
    for event in events:
        match event:
            case e.CustomerTold(message_id=message):
                yield message
            case e.PersonWrote(message=words) | e.BotWrote(message=words):
                yield words.id
            case _:
                pass  # the other facts put nothing on the wire


def _fate(bounced: BouncedRecipient) -> str:
    codes = " ".join(code for code in (bounced.reply_code, bounced.status) if code)
    told = (
        f"{bounced.recipient or 'a recipient'} was not reached ({bounced.reason.value}{', ' if codes else ''}{codes})"
    )
    return f"{told}: {bounced.words}" if bounced.words else told


async def read_aside(raw: bytes, record: RawMail, own: OwnAddresses) -> Read:
    """Read a mail in a thread, so that nobody waits for it."""
    return await asyncio.to_thread(read, raw, record, own)


__all__ = ["Decision", "Read", "Router", "read", "read_aside", "sent_messages"]
