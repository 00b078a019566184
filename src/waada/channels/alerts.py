"""Reaching people who may not look at the desk now: a mail with the promise, the time left and a link.

Sent from the outbox like any other mail, at least once, under one Message-ID for each person and warning.
"""

from __future__ import annotations

import re

import structlog

from waada.channels.mail_addresses import AddressBook
from waada.channels.mail_in import Book
from waada.channels.mail_parts import MailParts
from waada.channels.mail_wire import NotTaken, Wire
from waada.channels.mail_write import Automatic, OutgoingMail, UnsendableError
from waada.core.conversation import Conversation
from waada.core.effects import Alert
from waada.core.people import Brand, Person
from waada.core.promises import Promise
from waada.ports import OutboxClaim
from waada.words import direction, promise_words, say, spoken_language

log = structlog.get_logger(__name__)

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9._-]+")


class Alerts:
    """The handler of `Alert` effects."""

    def __init__(self, parts: MailParts, book: Book, wire: Wire) -> None:
        self._parts = parts
        self._book = book
        self._wire = wire

    async def __call__(self, claim: OutboxClaim) -> None:
        """Mail everybody who was warned. A promise that ended meanwhile needs nobody any more."""
        effect = claim.effect
        assert isinstance(effect, Alert), "the worker hands over what it was told to"
        book = await self._book()
        brand = book.brand(claim.brand_id)
        state = await self._parts.store.load("conversation", claim.brand_id, claim.stream)
        if brand is None or not isinstance(state, Conversation) or state.promise is None:
            return
        for person_id in effect.people:
            person = brand.person(person_id)
            if person is None or person.removed:
                continue
            mail = self._mail(book, brand, state, state.promise, person, effect)
            try:
                await self._wire.send(brand.id, book.sender_place(brand, state.channel), mail)
            except (NotTaken, UnsendableError) as refused:
                # The ladder goes on to the next rung by itself; whoever runs this installation must know why.
                log.warning(
                    "an alert can't reach somebody", person=person.id, address=person.email, reason=str(refused)
                )

    def _mail(
        self, book: AddressBook, brand: Brand, state: Conversation, promise: Promise, person: Person, effect: Alert
    ) -> OutgoingMail:
        language = spoken_language(person.languages[0] if person.languages else "en")
        now = self._parts.clock.now()
        due = promise_words(kind=promise.kind, due_at=promise.due_at, now=now, language=language, zone=brand.zone).full
        customer = state.customer.name or state.customer.email or say("alert.somebody", language)
        address = book.address_from(brand, state.channel)
        lines = [say("alert.text", language, customer=customer, promise=due)]
        if state.preview:
            lines.append(f"{say('alert.they_wrote', language)}\n{state.preview}")
        unique = _NOT_IN_IDS.sub("-", f"alert.{effect.alert_id}.{person.id}")[:100]
        return OutgoingMail(
            message_id=f"{unique}@{book.own_domain(brand, address)}",
            own_domain=book.own_domain(brand, address),
            sent_at=now,
            from_name=brand.name,
            from_address=address,
            reply_to=None,
            to=(person.email,),
            subject=say("alert.subject", language, customer=customer, promise=due),
            text="\n\n".join(lines),
            language=language,
            direction=direction(language),
            promise_words=due,
            status_url=f"{self._parts.public_url}/#/c/{state.id}",
            status_words=say("alert.open", language),
            footer=say("alert.why", language, brand=brand.name),
            automatic=Automatic.GENERATED,
        )
