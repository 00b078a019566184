"""Taking mail in: stored before anything else, then carried out as one command, exactly once, however it came.

Whoever brings a mail (the listener, a mailbox) may forget it as soon as `take` returns. What was stored but not carried
out, because something was killed, is taken up by the sweep. One mail never stops the ones behind it: what can't be
carried out becomes a letter.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from waada.channels.mail_addresses import AddressBook, Place
from waada.channels.mail_facts import ParsedMail
from waada.channels.mail_kind import Kind, MailKind
from waada.channels.mail_parts import MailParts
from waada.channels.mail_route import Decision, Read, Router, read_aside
from waada.core import commands as c
from waada.core.conversation import Conversation
from waada.core.ids import CUSTOMER, SYSTEM, CommandId
from waada.core.letters import Letter
from waada.core.refusals import Refused
from waada.engine import Done
from waada.mailbag import How, RawMail, Settled, Spot, raw_id_of
from waada.trouble import Trouble

log = structlog.get_logger(__name__)

# Mails of one sender are carried out in their order; several senders side by side. Large ones queue by themselves.
LANES = 4
LARGE_BYTES = 1_000_000
# Long enough for the slowest mail, short enough that after a crash nobody waits for long.
LEASE = timedelta(seconds=20)
SWEEP_SECONDS = 10.0
SWEEP_MAILS = 100
# A bug that one mail uncovers is met again at each attempt: after these many it is shown to a person as a letter.
ATTEMPTS_MAX = 4
# Equal bytes without Message-ID and Date that come by SMTP after more than this are a new message: somebody wrote the
# same few words again. Within it, a mail server repeated itself.
SAME_FOR = timedelta(hours=1)

_NAMED = re.compile(rb"^(?:message-id|date):", re.IGNORECASE | re.MULTILINE)
_HEADER_LOOKED_AT = 256 * 1024

Book = Callable[[], Awaitable[AddressBook]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A mail at the door. `envelope_from` "" is the null sender, None unknown; `size` is the whole, if `raw` is cut."""

    raw: bytes
    how: How
    envelope_from: str | None = None
    envelope_to: tuple[str, ...] = ()
    spot: Spot | None = None
    size: int | None = None


class MailIntake:
    """Stores mails, carries them out, and sweeps up what was left. `start` before use, `stop` at the end."""

    def __init__(self, parts: MailParts, book: Book) -> None:
        """`book` gives the addresses as they are set up now."""
        self._parts = parts
        self._book = book
        self._lanes: list[asyncio.Queue[tuple[RawMail, bytes]]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._swept = asyncio.Event()

    async def start(self) -> None:
        """Begin to carry out, first of all what an earlier process left behind."""
        self._lanes = [asyncio.Queue(maxsize=SWEEP_MAILS) for _ in range(LANES + 1)]
        self._tasks = [asyncio.create_task(self._work(lane), name="mail in") for lane in self._lanes]
        self._tasks.append(asyncio.create_task(self._keep_sweeping(), name="mail sweep"))

    async def stop(self) -> None:
        """Finish the mails in hand; what waits is stored, and taken up at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def take(self, place: Place, arrival: Arrival) -> RawMail:
        """Store a mail; durable when it returns. It is carried out soon after. Raises `Trouble` while that can't be."""
        record = await self._record(place, arrival)
        fresh = await self._parts.bag.keep_raw(record, arrival.raw, arrival.spot, record.received_at + LEASE)
        if fresh:
            self._queue(record, arrival.raw)
        return record

    async def _record(self, place: Place, arrival: Arrival) -> RawMail:
        sha256 = hashlib.sha256(arrival.raw).hexdigest()
        now = self._parts.clock.now()
        turn = 0
        if arrival.how == "smtp" and not _NAMED.search(arrival.raw[:_HEADER_LOOKED_AT].partition(b"\r\n\r\n")[0]):
            last = await self._parts.bag.last_turn(place.brand.id, sha256)
            if last is not None:
                turn = last[0] + (1 if now - last[1] > SAME_FOR else 0)
        return RawMail(
            brand_id=place.brand.id,
            id=raw_id_of(place.brand.id, sha256, turn),
            channel=place.channel.key,
            sha256=sha256,
            received_at=now,
            how=arrival.how,
            size=len(arrival.raw) if arrival.size is None else arrival.size,
            turn=turn,
            envelope_from=arrival.envelope_from,
            envelope_to=arrival.envelope_to,
            cut=arrival.size is not None and arrival.size > len(arrival.raw),
        )

    def _queue(self, record: RawMail, raw: bytes) -> None:
        """Put a mail into its lane; one that finds no room is left to the sweep."""
        if not self._lanes:
            return
        sender = record.envelope_from or record.channel
        lane = LANES if len(raw) > LARGE_BYTES else zlib.crc32(sender.encode("utf-8", "replace")) % LANES
        with contextlib.suppress(asyncio.QueueFull):
            self._lanes[lane].put_nowait((record, raw))

    async def _work(self, lane: asyncio.Queue[tuple[RawMail, bytes]]) -> None:
        while True:
            record, raw = await lane.get()
            await self.carry_out(record, raw)

    # --- the sweep ----------------------------------------------------------------------------------------------------

    async def _keep_sweeping(self) -> None:
        lease = LEASE  # at the start, leases of a process that is gone don't count: doing it twice does no harm
        while True:
            try:
                while await self.sweep(early=lease):
                    pass
            except Trouble as trouble:
                log.warning("cannot look for mail that was left behind", reason=str(trouble))
            except Exception:  # a mail that waits must not wait for the next start of this node
                log.exception("looking for mail that was left behind failed")
            lease = timedelta(0)
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self, early: timedelta = timedelta(0)) -> int:
        """Carry out what is stored and was left behind; return how much that was."""
        now = self._parts.clock.now()
        left = await self._parts.bag.claim_raw(now + early, SWEEP_MAILS, LEASE)
        for record in left:
            kept = await self._parts.bag.raw(record.brand_id, record.id)
            if kept is not None:
                await self.carry_out(*kept)
        return len(left)

    # --- carrying out -------------------------------------------------------------------------------------------------

    async def carry_out(self, record: RawMail, raw: bytes) -> None:
        """Do what follows from a mail. Never raises: trouble and bugs are noted at the mail, which is tried again."""
        try:
            await self._carry_out(record, raw)
        except Exception as error:
            words = str(error) or type(error).__name__
            outside = isinstance(error, Trouble | OSError | TimeoutError)
            log.warning("a mail was not carried out", mail=record.id, reason=words, exc_info=not outside)
            try:
                await self._delay(record, raw, words, outside=outside)
            except Exception:
                # It stays stored, and the sweep takes it up again; those behind it must not wait for that.
                log.exception("what became of a mail can't be noted", mail=record.id)

    async def _delay(self, record: RawMail, raw: bytes, words: str, *, outside: bool) -> None:
        if outside or record.attempts + 1 < ATTEMPTS_MAX:
            wake_at = self._parts.clock.now() + LEASE * (record.attempts + 1)
            await self._parts.bag.delay_raw(record.brand_id, record.id, wake_at, words)
            return
        await self._give_up(record, raw, words)

    async def _give_up(self, record: RawMail, raw: bytes, words: str) -> None:
        """Show a mail that can't be carried out as a letter that says so."""
        text = raw[:4_000].decode("utf-8", "replace").replace("\x00", "\ufffd")
        mail = ParsedMail(content_fingerprint=record.sha256, text=text, fresh_text=text)
        reason = f"it could not be carried out ({words})"
        kind = MailKind(kind=Kind.LETTER, may_answer=False, opens_enquiry=False, reason=reason)
        found = Read(mail=mail, kind=kind, writer=None)
        try:
            book = await self._book()
            brand = book.brand(record.brand_id)
            assert brand is not None, "a mail belongs to a brand"
            decision = Router(self._parts, book, brand).letter(record, found, reason[:500])
            done = await self._order(record, found, decision, "unreadable")
            await self._settle(record, found, decision, done)
        except Exception:  # the last resort: it stays stored, and the status shows it
            log.exception("not even a letter could be made of a mail", mail=record.id)
            settled = _settled(found, state="failed", stream=None, opened=False, trouble=words)
            await self._parts.bag.settle_raw(record.brand_id, record.id, settled)

    async def _carry_out(self, record: RawMail, raw: bytes) -> None:
        book = await self._book()
        brand = book.brand(record.brand_id)
        assert brand is not None, "a mail belongs to a brand"
        found = await read_aside(raw, record, book.own(brand))
        router = Router(self._parts, book, brand)
        decision = await router.decide(record, found)
        try:
            done = await self._order(record, found, decision, "mail")
        except Refused as refused:
            # What the core does not take (a channel that is not live, a text too long) must not be lost.
            decision = router.letter(record, found, refused.refusal.words)
            done = await self._order(record, found, decision, "refused")
        await self._settle(record, found, decision, done)

    async def _order(self, record: RawMail, found: Read, decision: Decision, what: str) -> Done:
        """Give the engine the order. Its id is made from the content, so that copies and attempts count once."""
        content = found.mail.content_fingerprint
        turn = f":{record.turn}" if record.turn else ""
        by = CUSTOMER if isinstance(decision.command, c.StartConversation | c.Write) else SYSTEM
        order = c.Order(
            command_id=CommandId(f"{what}:{content}{turn}"),
            brand_id=record.brand_id,
            stream=decision.stream,
            by=by,
            command=decision.command,
            asked=content,
        )
        return await self._parts.engine.handle(order)

    async def _settle(self, record: RawMail, found: Read, decision: Decision, done: Done) -> None:
        duplicate = done.repeated and not await self._is_this(record, done)
        letter = isinstance(done.state, Letter)
        settled = _settled(
            found,
            state="duplicate" if duplicate else "letter" if letter else "done",
            stream=done.state.id,
            opened=decision.opens and not done.repeated,
        )
        await self._parts.bag.settle_raw(record.brand_id, record.id, settled)

    async def _is_this(self, record: RawMail, done: Done) -> bool:
        """Tell our own second attempt from another copy of a mail: the facts name the message they were made from."""
        if isinstance(done.state, Letter):
            return done.state.raw == record.id
        if isinstance(done.state, Conversation):
            facts = await self._parts.store.facts(record.brand_id, done.state.id)
            messages = (getattr(each.event, "message", None) for each in facts)
            return any(message is not None and message.raw == record.id for message in messages)
        return False


def _settled(found: Read, *, state: str, stream: str | None, opened: bool, trouble: str | None = None) -> Settled:
    return Settled(
        state=state,  # type: ignore[arg-type]  # the callers above name real states
        stream=stream,
        kind=found.kind.kind.value,
        fingerprint=found.mail.content_fingerprint,
        message_id=found.mail.message_id,
        writer=found.writer,
        opened=opened,
        trouble=trouble,
    )
