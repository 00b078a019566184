"""Counting a mailbox against the store, and fetching what is missing: every day, and whenever somebody asks.

So "marked as read, but nowhere on the desk" can't stay unnoticed, whoever marked it.
"""

from __future__ import annotations

import structlog

from waada.channels.mail_fetch import Fetcher
from waada.channels.mail_imap import MailboxAway, MailboxConnection, account_of
from waada.channels.mail_parts import MailParts
from waada.mailbag import Reconciliation

log = structlog.get_logger(__name__)


async def reconcile(parts: MailParts, fetcher: Fetcher) -> Reconciliation:
    """Compare, fetch, record and return the figures. Uses a connection of its own. Raises `Trouble`."""
    place = fetcher.place
    connection = await MailboxConnection.connect(account_of(place, parts.secret))
    try:
        in_mailbox = await connection.uids("ALL")
        here, before = await parts.bag.spots(place.brand.id, place.channel.key, fetcher.folder, connection.uidvalidity)
        missing = [uid for uid in in_mailbox if uid not in here and uid not in before]
        fetched = 0
        for uid, size in (await fetcher.sizes(connection, missing)).items():
            try:
                fetched += await fetcher.fetch(connection, uid, size)
            except MailboxAway as away:
                log.warning("a missing message can't be fetched", uid=uid, reason=str(away))
                if connection.lost:
                    break
    finally:
        await connection.close()
    now = parts.clock.now()
    listed = set(in_mailbox)
    found = Reconciliation(
        channel=place.channel.key,
        at=now,
        in_mailbox=len(in_mailbox),
        stored=len(here) + fetched,
        before=len(listed.intersection(before)),
        missing=len(missing),
        fetched=fetched,
        gone=len(set(here) - listed),
    )
    await parts.bag.put_reconciled(place.brand.id, found)
    if found.missing:
        log.warning("the mailbox held messages that were not here", channel=found.channel, missing=found.missing)
    return found
