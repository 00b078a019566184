"""One reader for each mailbox, on one node at a time; started, stopped and changed as the channels are.

A server that is away is noted where a person sees it and tried again, later each time.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta

import structlog

from waada.channels.mail_addresses import Place
from waada.channels.mail_fetch import Fetcher
from waada.channels.mail_imap import MailboxConnection, account_of
from waada.channels.mail_in import Book, MailIntake
from waada.channels.mail_parts import MailParts
from waada.channels.mail_reconcile import reconcile
from waada.core.ids import BrandId
from waada.core.refusals import NotFound, Refused
from waada.mailbag import Reconciliation
from waada.trouble import Trouble

log = structlog.get_logger(__name__)

# Word of new mail comes at once; in between, a look twice a minute costs nothing and misses nothing.
IDLE_SECONDS = 25.0
POLL_SECONDS = 15.0  # where the server does not tell of new mail by itself
# After a node was killed, its mailboxes wait this long for another. Two that read one at once do no harm.
LEASE = timedelta(seconds=60)
TURN_SECONDS = 5.0  # while another node reads the mailbox
BACKOFF_FIRST_SECONDS = 1.0
BACKOFF_MAX_SECONDS = 300.0
# Settings that another node changed are seen this late; this node's own at once.
LOOK_SECONDS = 15.0
RECONCILE_EVERY = timedelta(days=1)


class MailboxReader:
    """Reads one mailbox for ever."""

    def __init__(self, parts: MailParts, place: Place, intake: MailIntake) -> None:
        self.fetcher = Fetcher(parts, place, intake)
        self._parts = parts
        self._place = place
        self._pause = BACKOFF_FIRST_SECONDS

    async def run(self) -> None:
        """Connect, fetch, wait for news; after trouble again, later each time."""
        try:
            while True:
                await self._try_to_read()
        finally:
            with contextlib.suppress(Trouble):
                await self._hold(timedelta(0))

    async def _try_to_read(self) -> None:
        try:
            if await self._hold():
                await self._read_on()
            else:
                await asyncio.sleep(TURN_SECONDS)
        except Exception as error:  # noqa: BLE001 - whatever it is, the mailbox is tried again
            try:
                await self._note(error)
            except Exception:
                # Whatever else is wrong, this reader must not end: nobody would fetch the mailbox any more.
                log.exception("what is wrong with a mailbox can't be noted", channel=self._place.channel.key)
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, BACKOFF_MAX_SECONDS)

    async def _hold(self, lease: timedelta = LEASE) -> bool:
        now = self._parts.clock.now()
        brand, channel = self._place.brand.id, self._place.channel.key
        return await self._parts.bag.hold_mailbox(brand, channel, self._parts.node, now, now + lease)

    async def _read_on(self) -> None:
        connection = await MailboxConnection.connect(account_of(self._place, self._parts.secret))
        try:
            while await self._hold():
                await self.fetcher.new(connection)
                await self._note(None)
                self._pause = BACKOFF_FIRST_SECONDS
                await self._reconcile_if_due()
                await connection.wait_for_news(IDLE_SECONDS if connection.can_idle else POLL_SECONDS)
        finally:
            await connection.close()

    async def _reconcile_if_due(self) -> None:
        state = await self.fetcher.state()
        if state.reconciled_at is None or self._parts.clock.now() - state.reconciled_at > RECONCILE_EVERY:
            await reconcile(self._parts, self.fetcher)

    async def _note(self, error: Exception | None) -> None:
        """Record how it went, for the mailbox's status."""
        state = await self.fetcher.state()
        now = self._parts.clock.now()
        if error is None:
            state = replace(state, connected=True, success_at=now)
        else:
            words = str(error) or type(error).__name__
            expected = isinstance(error, Trouble | OSError)
            log.warning("a mailbox can't be read", channel=state.channel, reason=words, exc_info=not expected)
            state = replace(state, connected=False, trouble=words, trouble_at=now)
        await self._parts.bag.put_mailbox(state)


class Mailboxes:
    """All readers of this node."""

    def __init__(self, parts: MailParts, book: Book, intake: MailIntake) -> None:
        self._parts = parts
        self._book = book
        self._intake = intake
        self._readers: dict[tuple[BrandId, str], tuple[Place, asyncio.Task[None]]] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to read."""
        self._task = asyncio.create_task(self._run(), name="mailboxes")

    async def stop(self) -> None:
        """Hang up everywhere."""
        tasks = [each for each in (self._task, *(task for _, task in self._readers.values())) if each is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._task = None
        self._readers = {}

    def look_again(self) -> None:
        """A brand changed here."""
        self._changed.set()

    async def reconcile(self, brand_id: BrandId, channel: str) -> Reconciliation:
        """Count one mailbox against the store and fetch what is missing. Raises `Refused`, `Trouble`."""
        place = (await self._wanted()).get((brand_id, channel))
        if place is None:
            raise Refused(NotFound(what="mailbox"))
        return await reconcile(self._parts, Fetcher(self._parts, place, self._intake))

    async def _run(self) -> None:
        while True:
            try:
                await self._follow(await self._wanted())
            except Trouble as trouble:
                log.warning("cannot see which mailboxes there are", reason=str(trouble))
            # Not wait_for: in Python 3.11 it loses a cancellation that comes together with the change.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._changed.wait()
            self._changed.clear()

    async def _wanted(self) -> dict[tuple[BrandId, str], Place]:
        book = await self._book()
        places = [place for brand in book.brands() for place in book.places(brand)]
        return {
            (place.brand.id, place.channel.key): place
            for place in places
            if place.channel.live and place.setting("imap_host")
        }

    async def _follow(self, wanted: dict[tuple[BrandId, str], Place]) -> None:
        """Stop readers of channels that are gone or set up differently, start those that are missing."""
        for key, (place, task) in list(self._readers.items()):
            now = wanted.get(key)
            if now is None or _setup(now) != _setup(place):
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                del self._readers[key]
        for key, place in wanted.items():
            if key not in self._readers:
                reader = MailboxReader(self._parts, place, self._intake)
                task = asyncio.create_task(reader.run(), name=f"mailbox {place.channel.key}")
                self._readers[key] = (place, task)


def _setup(place: Place) -> object:
    return place.channel.settings, place.channel.address
