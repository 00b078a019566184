"""Mail out: carries out `Send`, at least once, under the same Message-ID on every attempt so that it arrives once.

What became of it is recorded at the message, where the person who wrote it sees it.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from waada.channels.mail_addresses import AddressBook
from waada.channels.mail_compose import Sender, Thread, compose, message_of, thread_at
from waada.channels.mail_facts import Attachment
from waada.channels.mail_in import Book
from waada.channels.mail_parts import MailParts
from waada.channels.mail_route import sent_messages
from waada.channels.mail_wire import NotTaken, Wire
from waada.channels.mail_write import UnsendableError
from waada.core import commands as c
from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.effects import Send
from waada.core.ids import SYSTEM, BrandId, CommandId, MessageId
from waada.core.people import Brand
from waada.ports import OutboxClaim
from waada.tokens import status_token
from waada.trouble import Trouble

log = structlog.get_logger(__name__)

# Mail servers of others give up after some days; a promise that was told later than this is worth nothing.
GIVE_UP_AFTER = timedelta(days=2)


class MailOut:
    """The handler of `Send` effects."""

    def __init__(self, parts: MailParts, book: Book, wire: Wire) -> None:
        self._parts = parts
        self._book = book
        self._wire = wire

    async def __call__(self, claim: OutboxClaim) -> None:
        """Send one message. Raises `Trouble` when it should be tried again."""
        effect = claim.effect
        assert isinstance(effect, Send), "the worker hands over what it was told to"
        book = await self._book()
        brand = book.brand(claim.brand_id)
        state = await self._parts.store.load("conversation", claim.brand_id, claim.stream)
        if brand is None or not isinstance(state, Conversation) or not state.customer.email:
            return
        thread = await self._thread(book, brand, state, effect.message_id)
        if thread.spoken is None or thread.withdrawn or thread.delivered:
            return
        await self._send(book, brand, state, thread)

    async def _thread(self, book: AddressBook, brand: Brand, state: Conversation, message: MessageId) -> Thread:
        recorded = await self._parts.store.facts(brand.id, state.id)
        facts = [each.event for each in recorded]
        our_id = {each: book.message_id(brand, state.channel, state.id, each) for each in sent_messages(facts)}
        return thread_at(message, facts, our_id)

    async def _send(self, book: AddressBook, brand: Brand, state: Conversation, thread: Thread) -> None:
        spoken = thread.spoken
        assert spoken is not None, "checked by the caller"
        url = f"{self._parts.public_url}/p/{status_token(self._parts.secret, brand.id, state.id)}"
        sender = Sender(brand=brand, book=book, status_url=url)
        mail = compose(state, thread, sender, await self._attachments(brand.id, spoken))
        try:
            await self._wire.send(brand.id, book.sender_place(brand, state.channel), mail)
        except (NotTaken, UnsendableError) as refused:
            await self._record(brand.id, state, message_of(spoken), "failed", str(refused))
        except Trouble as trouble:
            if self._parts.clock.now() - spoken.at < GIVE_UP_AFTER:
                raise
            words = f"not sent within {GIVE_UP_AFTER.days} days: {trouble}"
            await self._record(brand.id, state, message_of(spoken), "failed", words)
        else:
            await self._record(brand.id, state, message_of(spoken), "sent", None)

    async def _attachments(
        self, brand_id: BrandId, spoken: e.CustomerTold | e.PersonWrote | e.BotWrote
    ) -> tuple[Attachment, ...]:
        files = () if isinstance(spoken, e.CustomerTold) else spoken.message.attachments
        found: list[Attachment] = []
        for each in files:
            blob = await self._parts.store.blob(brand_id, each.blob)
            if blob is None:
                log.error("a file of a message is gone", blob=each.blob)
                continue
            found.append(
                Attachment(
                    name=each.name, media_type=each.media_type, content=blob.content, content_id=None, inline=False
                )
            )
        return tuple(found)

    async def _record(
        self, brand_id: BrandId, state: Conversation, message: MessageId, status: e.Delivery, detail: str | None
    ) -> None:
        order = c.Order(
            command_id=CommandId(f"delivery:{message}:{status}"),
            brand_id=brand_id,
            stream=state.id,
            by=SYSTEM,
            command=c.RecordDelivery(message_id=message, status=status, detail=detail),
        )
        await self._parts.engine.handle(order)
