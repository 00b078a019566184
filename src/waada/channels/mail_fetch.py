"""Fetching what is new in one mailbox: each message is stored, then marked as read, then the cursor moves on.

A message that the server can't give us is passed over after a few attempts and named as trouble; the reconciliation
tries it again every day. So one bad message never stops those behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from waada.channels.mail_addresses import Place
from waada.channels.mail_facts import RAW_BYTES_MAX
from waada.channels.mail_imap import MailboxAway, MailboxConnection
from waada.channels.mail_in import Arrival, MailIntake
from waada.channels.mail_parts import MailParts
from waada.mailbag import Mailbox, Spot

log = structlog.get_logger(__name__)

# Of a message over the limit so much is kept; the whole stays in the mailbox.
BEGINNING_BYTES = 256 * 1024
# Read mail older than this, when a mailbox is first opened, was answered by somebody before we came.
FRESH_FOR = timedelta(days=1)
FAILURES_MAX = 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to fetch of a mailbox, and what to leave alone."""

    fetch: tuple[int, ...]
    leave: tuple[int, ...] = ()


class Fetcher:
    """Fetches for one channel. Keeps in mind only how often a message failed."""

    def __init__(self, parts: MailParts, place: Place, intake: MailIntake) -> None:
        self.place = place
        self.folder = place.setting("imap_folder") or "INBOX"
        self._parts = parts
        self._intake = intake
        self._failures: Counter[int] = Counter()

    async def state(self) -> Mailbox:
        """Return where the mailbox stands."""
        brand, channel = self.place.brand.id, self.place.channel.key
        known = await self._parts.bag.mailbox(brand, channel)
        return known or Mailbox(brand_id=brand, channel=channel, folder=self.folder)

    async def new(self, connection: MailboxConnection) -> int:
        """Fetch what came since the last time and return how many messages that were."""
        state = await self.state()
        same = state.uidvalidity == connection.uidvalidity and state.folder == self.folder
        if not same:
            state = replace(state, folder=self.folder, uidvalidity=connection.uidvalidity, last_uid=0)
        chosen = await (self._after(connection, state.last_uid) if same else self._at_first(connection))
        if chosen.leave:
            spots = [self._spot(connection, uid) for uid in chosen.leave]
            await self._parts.bag.keep_spots(
                self.place.brand.id, self.place.channel.key, spots, self._parts.clock.now()
            )
        if not same:
            await self._parts.bag.put_mailbox(state)
        for uid, size in (await self.sizes(connection, chosen.fetch)).items():
            trouble = await self._one(connection, uid, size)
            state = replace(state, last_uid=max(state.last_uid, uid))
            if trouble is not None:
                state = replace(state, trouble=trouble, trouble_at=self._parts.clock.now())
            await self._parts.bag.put_mailbox(state)
        return len(chosen.fetch)

    async def _after(self, connection: MailboxConnection, last_uid: int) -> Chosen:
        # "n:*" always names the last message too, even when its uid is smaller.
        found = await connection.uids("UID", f"{last_uid + 1}:*")
        return Chosen(fetch=tuple(uid for uid in found if uid > last_uid))

    async def _at_first(self, connection: MailboxConnection) -> Chosen:
        everything = await connection.uids("ALL")
        if self.place.setting("imap_take") == "all":
            return Chosen(fetch=tuple(everything))
        fresh = (self._parts.clock.now() - FRESH_FOR).date()
        wanted = {*await connection.uids("UNSEEN"), *await connection.uids_since(fresh)}
        return Chosen(
            fetch=tuple(uid for uid in everything if uid in wanted),
            leave=tuple(uid for uid in everything if uid not in wanted),
        )

    async def sizes(self, connection: MailboxConnection, uids: Sequence[int]) -> dict[int, int]:
        """Return sizes in the order of uids, without messages that are gone."""
        sizes = await connection.sizes(uids)
        return {uid: sizes[uid] for uid in uids if uid in sizes}

    async def _one(self, connection: MailboxConnection, uid: int, size: int) -> str | None:
        """Fetch one message; return what is wrong with it once it is given up. Raises `MailboxAway` before that."""
        try:
            await self.fetch(connection, uid, size)
        except MailboxAway as away:
            self._failures[uid] += 1
            if self._failures[uid] < FAILURES_MAX:
                raise
            log.warning("a message can't be fetched", channel=self.place.channel.key, uid=uid, reason=str(away))
            return f"Message {uid} can't be fetched: {away}"
        return None

    async def fetch(self, connection: MailboxConnection, uid: int, size: int) -> bool:
        """Store one message, then mark it as read; return whether it was there."""
        large = size > RAW_BYTES_MAX
        raw = await connection.message(uid, BEGINNING_BYTES if large else None)
        if raw is None:
            return False
        spot = self._spot(connection, uid)
        await self._intake.take(self.place, Arrival(raw=raw, how="imap", spot=spot, size=size if large else None))
        if not large:
            await connection.mark_seen(uid)
        return True

    def _spot(self, connection: MailboxConnection, uid: int) -> Spot:
        return Spot(folder=self.folder, uidvalidity=connection.uidvalidity, uid=uid)
