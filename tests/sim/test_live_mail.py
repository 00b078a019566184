"""The mail door: what customers of an evening send over SMTP, and what they make of the mail that reaches them."""

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.utils import parseaddr

import pytest

from live_stage import no_time_pace, visitor
from mail_scene import Sink
from waada.clock import RandomIds, SystemClock
from waada.core.ids import BrandId
from waada.mailbag import PostedMail
from waada.sim.evening_texts import MARK, TONGUES
from waada.sim.live_doors import Tally
from waada.sim.live_mail import MailDoor, Postman, picture

BRAND = BrandId("00000000-0000-7000-8000-000000000000")


class Outbox:
    """A local outbox."""

    def __init__(self) -> None:
        self.mails: list[PostedMail] = []

    async def posted(self, brand_id: BrandId, before: str | None, limit: int) -> tuple[PostedMail, ...]:
        assert (brand_id, before) == (BRAND, None)
        return tuple(reversed(self.mails))[:limit]

    async def posted_mail(self, brand_id: BrandId, mail_id: str) -> PostedMail | None:
        return next(each for each in self.mails if each.id == mail_id and each.brand_id == brand_id)

    def put(self, name: str, text: str, *, automatic: bool) -> None:
        mail = EmailMessage()
        mail["From"], mail["Reply-To"] = "Demo <help@demo.test>", "Demo <help+signed@demo.test>"
        mail["To"], mail["Subject"], mail["Message-ID"] = "a@customers.demo.test", "Re: parcel", f"<{name}@demo.test>"
        mail["References"] = "<first@customers.demo.test>"
        if automatic:
            mail["Auto-Submitted"] = "auto-replied"
        mail.set_content(text)
        posted = PostedMail(
            id=name,
            brand_id=BRAND,
            at=SystemClock().now(),
            sender="help@demo.test",
            recipients=("a@customers.demo.test",),
            subject="Re: parcel",
            raw=mail.as_bytes(),
        )
        self.mails.append(posted)


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    made = Sink()
    await made.start()
    yield made
    await made.stop()


def mail_door(sink: Sink, outbox: Outbox, tally: Tally) -> MailDoor:
    made = no_time_pace()
    return MailDoor(
        address="help@demo.test",
        smtp=("127.0.0.1", int(sink.url.rsplit(":", 1)[1])),
        postman=Postman(outbox, BRAND, made, tally),
        clock=SystemClock(),
        ids=RandomIds(),
        pace=made,
        tally=tally,
    )


async def test_a_customer_mails_in_two_forms_with_a_picture_and_answers_by_quoting(sink: Sink) -> None:
    outbox, tally = Outbox(), Tally()
    door = mail_door(sink, outbox, tally)
    line = await door.open(visitor("ar", photo=True))
    bringing = asyncio.create_task(door.postman.run())
    try:
        await line.write(TONGUES["ar"].topics[0].first)
        hearing = asyncio.create_task(line.hear())
        await asyncio.sleep(0.01)
        outbox.put("ack", "We answer by 20:40.", automatic=True)
        told = await asyncio.wait_for(hearing, 5)
        outbox.put("answer", "It comes tonight.\nYours, Ann", automatic=False)
        answer = await asyncio.wait_for(line.hear(), 5)
        await line.write("شكرًا جزيلًا.")
    finally:
        bringing.cancel()
        await asyncio.gather(bringing, return_exceptions=True)
    assert (told.what, answer.what) == ("told", "answer")
    first, second = sink.mails
    kinds = [part.get_content_type() for part in first.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "image/png"]
    assert TONGUES["ar"].topics[0].first in str(first["subject"]) + first.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert parseaddr(str(first["from"]))[0] == f"ليلى {MARK}"
    assert second["to"].addresses[0].addr_spec == "help+signed@demo.test"
    assert second["in-reply-to"] == "<answer@demo.test>"
    assert str(second["references"]).split() == ["<first@customers.demo.test>", "<answer@demo.test>"]
    quoted = second.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert quoted.startswith("شكرًا جزيلًا.")
    assert "> It comes tonight.\n> Yours, Ann" in quoted.replace("\r\n", "\n")
    assert next(part.get_content_type() for part in second.walk()) == "multipart/alternative", "no second picture"
    assert tally.troubles == {}


async def test_a_customer_who_is_away_lets_the_mailbox_answer_once(sink: Sink) -> None:
    outbox = Outbox()
    door = mail_door(sink, outbox, Tally())
    line = await door.open(visitor(away=True))
    bringing = asyncio.create_task(door.postman.run())
    try:
        await line.write("Where is it?")
        outbox.put("ack", "We answer by 20:40.", automatic=True)
        outbox.put("answer", "It comes.", automatic=False)
        for _ in range(2):
            await asyncio.wait_for(line.hear(), 5)
    finally:
        bringing.cancel()
        await asyncio.gather(bringing, return_exceptions=True)
    assert [str(mail["auto-submitted"]) for mail in sink.mails] == ["None", "auto-replied"]
    assert sink.senders[1] in ("", "<>"), "nobody answers a machine"


async def test_a_nudge_before_anything_came_follows_the_customers_own_mail(sink: Sink) -> None:
    line = await mail_door(sink, Outbox(), Tally()).open(visitor())
    await line.write("Where is it?")
    await line.write("Any news?")
    first, second = sink.mails
    assert second["in-reply-to"] == first["message-id"]
    assert second["subject"] == f"Re: {first['subject']}"


async def test_a_mail_port_that_asks_to_come_later_gets_the_same_mail_again(sink: Sink) -> None:
    sink.answers[:] = ["451 4.3.0 Later.", "250 OK"]
    tally = Tally()
    await (await mail_door(sink, Outbox(), tally).open(visitor())).write("Where is it?")
    assert tally.troubles == {"limited": 1}
    assert len(sink.mails) == 1


def test_the_picture_is_a_small_png() -> None:
    assert picture().startswith(b"\x89PNG")
    assert len(picture()) < 20_000
