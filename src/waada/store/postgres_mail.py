"""The mailbag in PostgreSQL: raw messages, mailboxes, and the local outbox (see `waada.mailbag`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import asyncpg

from waada.core.ids import BrandId
from waada.mailbag import Mailbox, PostedMail, RawCount, RawMail, Reconciliation, Settled, Spot
from waada.store.columns import storable
from waada.store.postgres_load import is_id
from waada.store.postgres_pool import Database

TROUBLE_LENGTH_MAX = 500


class PostgresMailbag:
    """Mailbag on PostgreSQL; safe with several nodes at once."""

    def __init__(self, database: Database) -> None:
        """Use the pool of the store (`PostgresStore.database`)."""
        self.database = database

    async def keep_raw(self, mail: RawMail, raw: bytes, spot: Spot | None, wake_at: datetime) -> bool:
        """Keep a message; durable when it returns. Return whether it is new here."""
        return bool(
            await self.database.fetchval(
                "keep_raw",
                mail.brand_id,
                mail.id,
                mail.sha256,
                mail.turn,
                mail.channel,
                mail.how,
                mail.received_at,
                wake_at,
                mail.size,
                mail.cut,
                None if mail.envelope_from is None else _text(mail.envelope_from),
                [_text(each) for each in mail.envelope_to],
                raw,
                None if spot is None else spot.folder,
                None if spot is None else spot.uidvalidity,
                None if spot is None else spot.uid,
            )
        )

    async def claim_raw(self, now: datetime, limit: int, lease: timedelta) -> tuple[RawMail, ...]:
        """Return messages that are not carried out, oldest first, and keep them for `lease`."""
        return tuple(map(_raw_mail, await self.database.fetch("claim_raw", now, limit, now + lease)))

    async def raw(self, brand_id: BrandId, raw_id: str) -> tuple[RawMail, bytes] | None:
        """Return a message with its bytes."""
        if not is_id(raw_id):
            return None
        row = await self.database.fetchrow("raw_mail", brand_id, raw_id)
        return None if row is None else (_raw_mail(row), row["raw"])

    async def settle_raw(self, brand_id: BrandId, raw_id: str, settled: Settled) -> None:
        """Record what became of a message."""
        await self.database.execute(
            "settle_raw",
            brand_id,
            raw_id,
            settled.state,
            settled.stream,
            settled.kind,
            settled.fingerprint,
            None if settled.message_id is None else _text(settled.message_id),
            None if settled.writer is None else _text(settled.writer),
            settled.opened,
            None if settled.trouble is None else _text(settled.trouble)[:TROUBLE_LENGTH_MAX],
        )

    async def delay_raw(self, brand_id: BrandId, raw_id: str, wake_at: datetime, trouble: str) -> None:
        """Try a message again at `wake_at`."""
        await self.database.execute("delay_raw", brand_id, raw_id, wake_at, _text(trouble)[:TROUBLE_LENGTH_MAX])

    async def last_turn(self, brand_id: BrandId, sha256: str) -> tuple[int, datetime] | None:
        """Return the latest arrival of these bytes."""
        row = await self.database.fetchrow("last_turn", brand_id, sha256)
        return None if row is None else (row["turn"], row["received_at"])

    async def written_since(self, brand_id: BrandId, writer: str, since: datetime) -> tuple[int, int]:
        """Count mails and beginnings of conversations of an address."""
        row = await self.database.fetchrow("written_since", brand_id, _text(writer), since)
        assert row is not None, "counting always gives a row"
        return row["mails"], row["opened"]

    async def raw_counts(self, brand_id: BrandId) -> tuple[RawCount, ...]:
        """Count the messages of a brand."""
        return tuple(RawCount(**row) for row in await self.database.fetch("raw_counts", brand_id))

    async def mailbox(self, brand_id: BrandId, channel: str) -> Mailbox | None:
        """Return where a mailbox stands."""
        row = await self.database.fetchrow("mailbox", brand_id, channel)
        return None if row is None else Mailbox(brand_id=brand_id, channel=channel, **row)

    async def put_mailbox(self, mailbox: Mailbox) -> None:
        """Record how far a mailbox was read and how that went."""
        await self.database.execute(
            "put_mailbox",
            mailbox.brand_id,
            mailbox.channel,
            mailbox.folder,
            mailbox.uidvalidity,
            mailbox.last_uid,
            mailbox.connected,
            mailbox.success_at,
            None if mailbox.trouble is None else _text(mailbox.trouble)[:TROUBLE_LENGTH_MAX],
            mailbox.trouble_at,
        )

    async def put_reconciled(self, brand_id: BrandId, found: Reconciliation) -> None:
        """Record what was counted in a mailbox."""
        await self.database.execute(
            "put_reconciled", brand_id, found.channel, found.at, found.in_mailbox, found.missing, found.before
        )

    async def hold_mailbox(self, brand_id: BrandId, channel: str, node: str, now: datetime, until: datetime) -> bool:
        """Take a mailbox for one node, or keep it."""
        return bool(await self.database.fetchval("hold_mailbox", brand_id, channel, node, now, until))

    async def keep_spots(self, brand_id: BrandId, channel: str, spots: Sequence[Spot], at: datetime) -> None:
        """Note messages that are left alone."""
        if spots:
            uids = [each.uid for each in spots]
            where = spots[0]
            await self.database.execute("keep_spots", brand_id, channel, where.folder, where.uidvalidity, uids, at)

    async def spots(
        self, brand_id: BrandId, channel: str, folder: str, uidvalidity: int
    ) -> tuple[Collection[int], Collection[int]]:
        """Return the uids that are here, and those left alone."""
        rows = await self.database.fetch("spots", brand_id, channel, folder, uidvalidity)
        here = frozenset(row["uid"] for row in rows if not row["before"])
        return here, frozenset(row["uid"] for row in rows if row["before"])

    async def post_locally(self, mail: PostedMail) -> None:
        """Put a mail into the local outbox, once."""
        await self.database.execute(
            "post_locally",
            mail.brand_id,
            mail.id,
            mail.at,
            _text(mail.sender),
            [_text(each) for each in mail.recipients],
            _text(mail.subject),
            mail.raw,
        )

    async def posted(self, brand_id: BrandId, before: str | None, limit: int) -> tuple[PostedMail, ...]:
        """Return mails of the local outbox, newest first."""
        rows = await self.database.fetch("posted", brand_id, before and _text(before), limit)
        return tuple(_posted(brand_id, row) for row in rows)

    async def posted_mail(self, brand_id: BrandId, mail_id: str) -> PostedMail | None:
        """Return one mail of the local outbox."""
        row = await self.database.fetchrow("posted_mail", brand_id, _text(mail_id))
        return None if row is None else _posted(brand_id, row, row["raw"])


def _text(text: str) -> str:
    """Return what a text column can hold; senders put anything into envelopes."""
    return storable(text).encode("utf-8", "replace").decode("utf-8")


def _raw_mail(row: asyncpg.Record) -> RawMail:
    return RawMail(
        brand_id=BrandId(str(row["brand_id"])),
        id=str(row["raw_id"]),
        channel=row["channel"],
        sha256=row["sha256"],
        received_at=row["received_at"],
        how=row["how"],
        size=row["size"],
        turn=row["turn"],
        envelope_from=row["envelope_from"],
        envelope_to=tuple(row["envelope_to"]),
        cut=row["cut"],
        state=row["state"],
        attempts=row["attempts"],
        stream=None if row["stream"] is None else str(row["stream"]),
        trouble=row["trouble"],
    )


def _posted(brand_id: BrandId, row: asyncpg.Record, raw: bytes = b"") -> PostedMail:
    return PostedMail(
        id=row["message_id"],
        brand_id=brand_id,
        at=row["at"],
        sender=row["sender"],
        recipients=tuple(row["recipients"]),
        subject=row["subject"],
        raw=raw,
    )
