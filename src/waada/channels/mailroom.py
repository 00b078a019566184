"""The mail room: everything about mail behind one object that a composition root starts and stops.

room = Mailroom(parts, smtp_host="127.0.0.1", smtp_port=2525)
engine.watchers.append(room.saw)
outbox handlers: {Send: room.send, Alert: room.alert}
await room.start(); ...; await room.stop()
"""

from __future__ import annotations

import asyncio
import time

import structlog

from waada.channels import mail_language
from waada.channels.alerts import Alerts
from waada.channels.mail_addresses import AddressBook
from waada.channels.mail_boxes import Mailboxes
from waada.channels.mail_in import MailIntake
from waada.channels.mail_out import MailOut
from waada.channels.mail_parts import MailParts
from waada.channels.mail_smtp import MAILS_PER_MINUTE, Rates, Receiver, SmtpListener
from waada.channels.mail_wire import Wire
from waada.core.ids import BrandId
from waada.core.people import Brand, Channel
from waada.core.refusals import NotFound, Refused
from waada.mailbag import MailboxStatus, PostedMail, RawCount, Reconciliation
from waada.ports import Commit, OutboxClaim

log = structlog.get_logger(__name__)

# Another node may have changed a brand; this node's own changes are seen at once.
BOOK_SECONDS_MAX = 2.0
# Learning to tell languages takes most of a second of this process: not while it starts.
WARM_UP_AFTER_SECONDS = 1.0


class Mailroom:
    """Mail in and out of one installation, on this node."""

    def __init__(
        self, parts: MailParts, *, smtp_host: str = "127.0.0.1", smtp_port: int | None = 2525, fetch: bool = True
    ) -> None:
        """`smtp_port` None: no listener here (it runs on another node); 0: any free port. `fetch`: read mailboxes."""
        self.parts = parts
        self._made_at = -BOOK_SECONDS_MAX
        self._made: AddressBook | None = None
        self._changed = True
        self._making = asyncio.Lock()
        self.intake = MailIntake(parts, self.book)
        receiver = Receiver(self.intake, self.book, Rates(parts.clock, MAILS_PER_MINUTE))
        self.listener = None if smtp_port is None else SmtpListener(receiver, smtp_host, smtp_port)
        self._boxes = Mailboxes(parts, self.book, self.intake)
        self._fetches = fetch
        wire = Wire(parts)
        self._out = MailOut(parts, self.book, wire)
        self._alerts = Alerts(parts, self.book, wire)
        self._warming: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up what was left behind, then listen and fetch. Raises `AddressTaken`."""
        self._warming = asyncio.create_task(self._warm_up(), name="learn languages")
        await self.intake.start()
        if self.listener is not None:
            await self.listener.start()
        if self._fetches:
            await self._boxes.start()

    async def stop(self) -> None:
        """Take no more mail; what is in hand is stored and goes on at the next start."""
        if self.listener is not None:
            await self.listener.stop()
        await self._boxes.stop()
        await self.intake.stop()
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)

    def saw(self, commit: Commit) -> None:
        """Watch the engine: addresses and mailboxes may have changed."""
        if commit.stream_kind == "brand":
            self._changed = True
            self._boxes.look_again()

    async def book(self) -> AddressBook:
        """Return the addresses as they are set up now."""
        async with self._making:  # whoever asks while it is made must not get the one before
            now = time.monotonic()
            if self._made is None or self._changed or now - self._made_at > BOOK_SECONDS_MAX:
                self._changed = False
                try:
                    brands = await self.parts.store.brands()
                except BaseException:
                    self._changed = True
                    raise
                self._made = AddressBook(brands, self.parts.secret, self.parts.public_url)
                self._made_at = now
            return self._made

    async def _warm_up(self) -> None:
        """Learn to tell languages (80 MB) before the first mail comes, where mail can come at all."""
        await asyncio.sleep(WARM_UP_AFTER_SECONDS)
        book = await self.book()
        if any(book.places(brand) for brand in book.brands()):
            await asyncio.to_thread(mail_language.warm_up)

    # --- handlers of the outbox ---------------------------------------------------------------------------------------

    async def send(self, claim: OutboxClaim) -> None:
        """Carry out a `Send` effect."""
        await self._out(claim)

    async def alert(self, claim: OutboxClaim) -> None:
        """Carry out an `Alert` effect."""
        await self._alerts(claim)

    # --- what the web asks (`waada.mailbag.MailDesk`) -----------------------------------------------------------------

    async def status(self, brand_id: BrandId) -> tuple[MailboxStatus, ...]:
        """Return every mail channel of a brand, with its figures."""
        brand = await self._brand(brand_id)
        counts = await self.parts.bag.raw_counts(brand_id)
        return tuple(
            [await self._status(brand, channel, counts) for channel in brand.channels if channel.kind == "mail"]
        )

    async def _status(self, brand: Brand, channel: Channel, counts: tuple[RawCount, ...]) -> MailboxStatus:
        own = [each for each in counts if each.channel == channel.key]
        fetched = bool(dict(channel.settings).get("imap_host"))

        def total(**wanted: str) -> int:
            return sum(
                each.messages for each in own if all(getattr(each, name) == value for name, value in wanted.items())
            )

        return MailboxStatus(
            channel=channel.key,
            name=channel.name,
            address=channel.address,
            live=channel.live,
            listens=self.listener is not None,
            mailbox=await self.parts.bag.mailbox(brand.id, channel.key) if fetched else None,
            received_by_smtp=total(how="smtp"),
            received_by_imap=total(how="imap"),
            conversations=total(state="done"),
            letters=total(state="letter"),
            duplicates=total(state="duplicate"),
            waiting=total(state="stored"),
            failed=total(state="failed"),
        )

    async def reconcile(self, brand_id: BrandId, channel: str) -> Reconciliation:
        """Count a mailbox against the store and fetch what is missing."""
        await self._brand(brand_id)
        return await self._boxes.reconcile(brand_id, channel)

    async def posted(self, brand_id: BrandId, before: str | None = None, limit: int = 100) -> tuple[PostedMail, ...]:
        """Return mails of the local outbox, newest first."""
        return await self.parts.bag.posted(brand_id, before, limit)

    async def posted_mail(self, brand_id: BrandId, mail_id: str) -> PostedMail | None:
        """Return one mail of the local outbox."""
        return await self.parts.bag.posted_mail(brand_id, mail_id)

    async def raw(self, brand_id: BrandId, raw_id: str) -> bytes | None:
        """Return a message as it arrived."""
        kept = await self.parts.bag.raw(brand_id, raw_id)
        return None if kept is None else kept[1]

    async def _brand(self, brand_id: BrandId) -> Brand:
        brand = (await self.book()).brand(brand_id)
        if brand is None:
            raise Refused(NotFound(what="brand"))
        return brand
