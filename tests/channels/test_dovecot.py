"""Mail in a real IMAP mailbox: told at once, stored before it is marked as read, counted, and never lost or doubled."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from dovecot import Dovecot
from mail_scene import SECRET, MailScene, plain
from waada.core.refusals import Refused
from waada.mailbag import Mailbox
from waada.sealing import channel_purpose, seal


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as running:
        yield running


@pytest.fixture
async def scene(fresh_database: str, dovecot: Dovecot) -> AsyncIterator[MailScene]:
    opened = await MailScene(fresh_database).open(settings=dovecot.settings)
    yield opened
    await opened.close()


async def connected(scene: MailScene) -> Mailbox:
    async def up() -> Mailbox | None:
        [status] = await scene.room.status(scene.brand)
        box = status.mailbox
        return box if box is not None and box.connected and box.reconciled_at is not None else None

    return await scene.until(up, 10)


async def test_new_mail_is_told_by_the_server_acknowledged_within_two_seconds_and_answered_in_the_thread(
    scene: MailScene, dovecot: Dovecot
) -> None:
    await connected(scene)
    took = []
    for number in range(3):
        began = time.monotonic()
        raw = plain("Where is it?", subject=f"Parcel {number}", Message_ID=f"<{number}@home.test>")
        await asyncio.to_thread(dovecot.deliver, raw)
        told = (await scene.mailed(number + 1))[number]
        took.append(time.monotonic() - began)
        assert told["In-Reply-To"] == f"<{number}@home.test>"
    assert min(took) < 2, took
    newest = max(await scene.conversations(), key=lambda each: each.opened_at)
    assert newest.promise is not None
    await scene.reply(newest.id, "It comes tomorrow.")
    answer = (await scene.mailed(4))[3]
    assert answer["In-Reply-To"] == "<2@home.test>"
    assert len(await asyncio.to_thread(dovecot.seen)) == 3


async def test_old_mail_that_somebody_has_read_is_left_alone_and_what_was_missed_is_fetched(
    fresh_database: str, dovecot: Dovecot
) -> None:
    year_ago = time.time() - 365 * 86400
    dovecot.deliver(plain("long answered", subject="old"), r"(\Seen)", year_ago)
    dovecot.deliver(plain("never read", subject="unread"), "", year_ago)
    dovecot.deliver(plain("read today", subject="today"), r"(\Seen)")
    scene = await MailScene(fresh_database).open(settings=dovecot.settings)
    try:
        box = await connected(scene)
        await scene.quiet()
        assert sorted(each.subject or "" for each in await scene.conversations()) == ["today", "unread"]
        assert (box.in_mailbox, box.before, box.missing) == (3, 1, 0)
    finally:
        await scene.close()


async def test_the_count_shows_the_difference_and_fetches_what_is_missing(scene: MailScene, dovecot: Dovecot) -> None:
    await connected(scene)
    await scene.room.stop()
    await asyncio.to_thread(dovecot.deliver, plain("one", subject="one"), r"(\Seen)")
    # As if a mail had been marked as read and passed over: the cursor is behind it, the store does not have it.
    state = await scene.parts.bag.mailbox(scene.brand, "mail")
    assert state is not None
    await scene.parts.bag.put_mailbox(replace(state, last_uid=1))
    await scene.start_room()
    await connected(scene)
    assert await scene.conversations() == []
    found = await scene.room.reconcile(scene.brand, "mail")
    assert (found.in_mailbox, found.missing, found.fetched, found.gone) == (1, 1, 1, 0)
    await scene.quiet()
    assert [each.subject for each in await scene.conversations()] == ["one"]
    again = await scene.room.reconcile(scene.brand, "mail")
    assert (again.in_mailbox, again.stored, again.missing) == (1, 1, 0)
    with pytest.raises(Refused):
        await scene.room.reconcile(scene.brand, "chat")


async def test_the_same_mail_by_smtp_and_in_the_mailbox_is_one_conversation(scene: MailScene, dovecot: Dovecot) -> None:
    await connected(scene)
    raw = plain("only once", Message_ID="<once@home.test>")
    await scene.deliver(raw)
    await asyncio.to_thread(dovecot.deliver, b"Received: from relay by mx; today\r\n" + raw)
    await asyncio.to_thread(dovecot.deliver, raw)

    async def fetched() -> bool:
        found = await scene.parts.bag.spots(scene.brand, "mail", "INBOX", (await connected(scene)).uidvalidity or 0)
        return len(found[0]) == 2

    await scene.until(fetched)
    await scene.quiet()
    await scene.conversation()
    [status] = await scene.room.status(scene.brand)
    assert (status.conversations, status.duplicates, status.waiting) == (1, 1, 0)
    assert len(scene.sink.mails) == 1


async def test_a_server_that_goes_away_is_shown_and_found_again_with_all_its_mail(
    scene: MailScene, dovecot: Dovecot
) -> None:
    await connected(scene)
    await asyncio.to_thread(dovecot.stop)

    async def away() -> str | None:
        [status] = await scene.room.status(scene.brand)
        return status.mailbox.trouble if status.mailbox is not None and not status.mailbox.connected else None

    assert "mail server" in (await scene.until(away, 10) or "")
    await asyncio.to_thread(dovecot.start)
    await asyncio.to_thread(dovecot.deliver, plain("Are you back?"))
    await scene.mailed(1, 15)
    assert (await connected(scene)).success_at is not None


async def test_a_wrong_password_is_told_in_words_and_a_sealed_one_opens(fresh_database: str, dovecot: Dovecot) -> None:
    wrong = tuple((name, "nonsense" if name == "imap_password" else value) for name, value in dovecot.settings)
    scene = await MailScene(fresh_database).open(settings=wrong)
    try:

        async def refused() -> str | None:
            [status] = await scene.room.status(scene.brand)
            return status.mailbox.trouble if status.mailbox is not None else None

        assert "log in" in (await scene.until(refused, 15) or "")
        sealed = seal(
            SECRET, dict(dovecot.settings)["imap_password"], channel_purpose(scene.brand, "mail", "imap_password")
        )
        right = tuple((name, sealed if name == "imap_password" else value) for name, value in dovecot.settings)
        await scene.set_mail(settings=right)
        assert (await connected(scene)).folder == "INBOX"
    finally:
        await scene.close()


async def test_a_mail_over_the_limit_is_a_letter_and_stops_nothing_behind_it(
    scene: MailScene, dovecot: Dovecot
) -> None:
    await connected(scene)
    head = plain("huge", subject="huge")
    line = b"x" * 76 + b"\r\n"
    await asyncio.to_thread(dovecot.deliver, head + line * (26_500_000 // 78))
    await asyncio.to_thread(dovecot.deliver, plain("small", subject="small"))
    await scene.mailed(1, 30)
    await scene.quiet()
    [letter] = await scene.store.letters(scene.brand)
    assert letter.subject == "huge"
    assert "larger than 25 MB" in letter.reason
    assert (await scene.conversation()).subject == "small"
    kept = await scene.room.raw(scene.brand, letter.raw)
    assert kept is not None
    assert len(kept) == 256 * 1024
