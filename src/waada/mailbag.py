"""What mail keeps beside the log: raw messages, where mailboxes stand, and mails that wait here instead of on a server.

A raw message is stored before anything else is done with it; everything that follows from it can then be done again
after a crash, and counts once. Nothing that arrived is ever removed from here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID, uuid5

from waada.core.ids import BrandId

How = Literal["smtp", "imap"]
# `stored`: not carried out yet. `done`: in a conversation. `duplicate`: another copy of a mail that is carried out.
# `failed`: given up, which happens only when not even a letter could be written; shown in the mailbox's status.
RawState = Literal["stored", "done", "letter", "duplicate", "failed"]


def raw_id_of(brand_id: BrandId, sha256: str, turn: int) -> str:
    """Return the id of a raw message: the same bytes are the same message, unless it is said to be another `turn`."""
    return str(uuid5(UUID(brand_id), f"mail:{sha256}:{turn}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a mail lies in a mailbox."""

    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMail:
    """One stored message, without its bytes.

    `envelope_from` is "" for the null sender, None when nobody noted it; `cut` says that only the beginning is here,
    because the whole is over the limit. `turn` tells equal messages without id and date apart. `stream` is the
    conversation or letter it became; `writer` the address of who wrote it, as read.
    """

    brand_id: BrandId
    id: str
    channel: str
    sha256: str
    received_at: datetime
    how: How
    size: int
    turn: int = 0
    envelope_from: str | None = None
    envelope_to: tuple[str, ...] = ()
    cut: bool = False
    state: RawState = "stored"
    attempts: int = 0
    stream: str | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a raw message. `opened` says that it began a conversation."""

    state: RawState
    stream: str | None
    kind: str
    fingerprint: str
    message_id: str | None
    writer: str | None
    opened: bool
    trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Where the fetching of one mailbox stands, for the person who wonders why no mail comes.

    `in_mailbox`, `missing` and `before` are what the last reconciliation counted: messages in the mailbox, those of
    them that were not here (and were fetched then), and old ones left alone because they were read before we came.
    """

    brand_id: BrandId
    channel: str
    folder: str
    uidvalidity: int | None = None
    last_uid: int = 0
    connected: bool = False
    success_at: datetime | None = None
    trouble: str | None = None
    trouble_at: datetime | None = None
    reconciled_at: datetime | None = None
    in_mailbox: int | None = None
    missing: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawCount:
    """How many raw messages of a channel came one way and are in one state."""

    channel: str
    how: How
    state: RawState
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedMail:
    """A mail that left for the local outbox, because no mail server is set up. `id` is its Message-ID."""

    id: str
    brand_id: BrandId
    at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    raw: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxStatus:
    """A mail channel as the desk shows it. `waiting` were stored but are not carried out yet; `failed` were given up.

    `mailbox` is None for a channel that has none, or whose mailbox was never reached.
    """

    channel: str
    name: str
    address: str | None
    live: bool
    listens: bool
    mailbox: Mailbox | None
    received_by_smtp: int
    received_by_imap: int
    conversations: int
    letters: int
    duplicates: int
    waiting: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Mailbox against store. `missing` were in the mailbox and not here, `fetched` of them are here now.

    `before` were read by somebody before we came and are left alone; `gone` are here, and in the mailbox no more.
    """

    channel: str
    at: datetime
    in_mailbox: int
    stored: int
    before: int
    missing: int
    fetched: int
    gone: int


class MailDesk(Protocol):
    """What the web asks of the mail room."""

    async def status(self, brand_id: BrandId) -> tuple[MailboxStatus, ...]:
        """Return every mail channel of a brand, with its figures."""
        ...

    async def reconcile(self, brand_id: BrandId, channel: str) -> Reconciliation:
        """Count the mailbox against the store and fetch what is missing.

        Raises `Refused` (no such mailbox) or `Trouble` (it can't be reached just now).
        """
        ...

    async def posted(self, brand_id: BrandId, before: str | None = None, limit: int = 100) -> tuple[PostedMail, ...]:
        """Return mails of the local outbox without bytes, newest first; `before` is the id of the last one seen."""
        ...

    async def posted_mail(self, brand_id: BrandId, mail_id: str) -> PostedMail | None:
        """Return one mail of the local outbox, whole."""
        ...

    async def raw(self, brand_id: BrandId, raw_id: str) -> bytes | None:
        """Return the bytes of a message as it arrived (what `Letter.raw` and `Message.raw` name)."""
        ...


class Mailbag(Protocol):
    """What the mail channel needs from a store, beside the facts."""

    async def keep_raw(self, mail: RawMail, raw: bytes, spot: Spot | None, wake_at: datetime) -> bool:
        """Keep a message and where it lay; durable when it returns. Return whether it is new here.

        Whoever stores it has until `wake_at` to carry it out; after that the sweep takes it.
        """
        ...

    async def claim_raw(self, now: datetime, limit: int, lease: timedelta) -> tuple[RawMail, ...]:
        """Return messages that are stored but not carried out, oldest first, and keep them for `lease`."""
        ...

    async def raw(self, brand_id: BrandId, raw_id: str) -> tuple[RawMail, bytes] | None:
        """Return a message with its bytes."""
        ...

    async def settle_raw(self, brand_id: BrandId, raw_id: str, settled: Settled) -> None:
        """Record what became of a message; the first word stands."""
        ...

    async def delay_raw(self, brand_id: BrandId, raw_id: str, wake_at: datetime, trouble: str) -> None:
        """Carrying out a message met trouble: try again at `wake_at`."""
        ...

    async def last_turn(self, brand_id: BrandId, sha256: str) -> tuple[int, datetime] | None:
        """Return the last `turn` of these bytes and when it arrived, or None if they never did."""
        ...

    async def written_since(self, brand_id: BrandId, writer: str, since: datetime) -> tuple[int, int]:
        """Return how many mails an address wrote since an instant, and how many of them began a conversation."""
        ...

    async def raw_counts(self, brand_id: BrandId) -> tuple[RawCount, ...]:
        """Count the messages of a brand by channel, way and state."""
        ...

    async def mailbox(self, brand_id: BrandId, channel: str) -> Mailbox | None:
        """Return where a mailbox stands, or None if it was never reached."""
        ...

    async def put_mailbox(self, mailbox: Mailbox) -> None:
        """Record how far a mailbox was read and how that went; what was counted stays as it is."""
        ...

    async def put_reconciled(self, brand_id: BrandId, found: Reconciliation) -> None:
        """Record what was counted in a mailbox."""
        ...

    async def hold_mailbox(self, brand_id: BrandId, channel: str, node: str, now: datetime, until: datetime) -> bool:
        """Take a mailbox for one node until an instant, or keep it; false while another node has it."""
        ...

    async def keep_spots(self, brand_id: BrandId, channel: str, spots: Sequence[Spot], at: datetime) -> None:
        """Note messages of a mailbox that are left alone because they were read before we came."""
        ...

    async def spots(
        self, brand_id: BrandId, channel: str, folder: str, uidvalidity: int
    ) -> tuple[Collection[int], Collection[int]]:
        """Return the uids that are here, and those left alone."""
        ...

    async def post_locally(self, mail: PostedMail) -> None:
        """Put a mail into the local outbox; the same Message-ID is there once."""
        ...

    async def posted(self, brand_id: BrandId, before: str | None, limit: int) -> tuple[PostedMail, ...]:
        """Return mails of the local outbox without their bytes, newest first."""
        ...

    async def posted_mail(self, brand_id: BrandId, mail_id: str) -> PostedMail | None:
        """Return one mail of the local outbox."""
        ...
