"""Mail comes in by SMTP and goes out again: acknowledged with the promise, threaded, once, and never to a machine."""

import asyncio
import re
import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from mail_scene import MailScene, mail_of, plain
from waada.core import commands as c
from waada.core import events as e


def words_of(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


async def test_a_customer_is_told_the_promise_within_two_seconds_and_gets_the_answer_in_the_same_thread(
    scene: MailScene,
) -> None:
    took = []
    for number in range(3):
        began = time.monotonic()
        await scene.deliver(plain("My parcel did not come.", Message_ID=f"<{number}@home.test>"))
        told = (await scene.mailed(number + 1))[number]
        took.append(time.monotonic() - began)
    assert min(took) < 2, took
    state = max(await scene.conversations(), key=lambda each: each.opened_at)
    assert state.promise is not None
    assert state.promise.words in words_of(told)
    assert state.promise.words in words_of(told, "html")
    assert re.search(r"http://desk\.test/p/[\w-]+", words_of(told))
    assert (told["To"], told["Auto-Submitted"]) == ("cora@home.test", "auto-replied")
    assert told["In-Reply-To"] == "<2@home.test>"
    await scene.reply(state.id)
    answer = (await scene.mailed(4))[3]
    assert answer["From"].addresses[0].display_name == "Ann (Shop)"
    assert answer["In-Reply-To"] == "<2@home.test>"
    assert answer["References"].split() == ["<2@home.test>", told["Message-ID"]]
    assert answer["Subject"] == "Re: Where is my parcel?"
    assert answer["Auto-Submitted"] is None
    await scene.quiet()
    statuses = [fact.status for fact in await scene.facts(state.id) if isinstance(fact, e.DeliveryChanged)]
    assert statuses == ["sent", "sent"]


async def test_what_a_customer_reads_is_in_their_language_and_direction(scene: MailScene) -> None:
    await scene.deliver(plain("أين طلبي رقم ١٢؟ لم يصل حتى الآن", subject="طلبي"))
    [told] = await scene.mailed()
    state = await scene.conversation()
    assert state.customer.language == "ar"
    assert told["Content-Language"] == "ar"
    assert 'dir="rtl"' in words_of(told, "html")
    assert state.promise is not None
    assert state.promise.words in words_of(told)


async def test_romanised_text_is_answered_in_the_brands_first_language_and_a_declared_one_counts(
    scene: MailScene,
) -> None:
    await scene.deliver(plain("mera parcel kahan hai bhai abhi tak nahi aaya", subject="parcel"))
    await scene.mailed()
    assert (await scene.conversation()).customer.language == "en"
    await scene.deliver(
        plain("mera parcel bhi nahi aaya ab tak", subject="parcel", From="asha@home.test", Content_Language="hi-IN")
    )
    await scene.mailed(2)
    assert {each.customer.language for each in await scene.conversations()} == {"en", "hi"}


async def test_an_answer_to_our_signed_address_joins_whoever_sends_it_and_shows_who_it_was(scene: MailScene) -> None:
    await scene.deliver(plain("My parcel did not come."))
    [told] = await scene.mailed()
    to = told["Reply-To"].addresses[0].addr_spec
    assert re.fullmatch(r"help\+[a-z2-7]{42}@shop\.test", to)
    await scene.deliver(plain("I am her son, the same for me.", subject="Hello", From="son@home.test"), to=to)
    await scene.deliver(plain("It came!", subject="New subject"), to=to.upper())
    await scene.quiet()
    state = await scene.conversation()
    wrote = [fact.message for fact in await scene.facts(state.id) if isinstance(fact, e.CustomerWrote)]
    assert [(each.text, each.sender) for each in wrote] == [
        ("My parcel did not come.", None),
        ("I am her son, the same for me.", "son@home.test"),
        ("It came!", None),
    ]


async def test_a_reference_joins_only_who_takes_part_and_the_subject_joins_nobody(scene: MailScene) -> None:
    await scene.deliver(plain("My parcel did not come.", Message_ID="<first@home.test>"))
    [told] = await scene.mailed()
    ours = told["Message-ID"]
    await scene.deliver(plain("To your answer", In_Reply_To=ours))
    await scene.deliver(plain("To my own mail", References="<zero@home.test> <first@home.test>"))
    await scene.quiet()
    await scene.conversation()
    await scene.deliver(plain("I saw this id somewhere", In_Reply_To=ours, From="eve@elsewhere.test"))
    await scene.deliver(plain("Same subject, other matter", subject="Re: Where is my parcel?"))
    forged = f"help+{'a' * 42}@shop.test"
    await scene.deliver(plain("A made-up address", subject="x"), to=forged)
    await scene.quiet()
    texts = {each.preview for each in await scene.conversations()}
    assert texts == {
        "To my own mail",
        "I saw this id somewhere",
        "Same subject, other matter",
        "A made-up address",
    }


async def test_the_same_mail_twice_is_one_and_a_reused_message_id_is_another(scene: MailScene) -> None:
    raw = plain("one", Message_ID="<same@home.test>")
    await asyncio.gather(*(scene.deliver(raw) for _ in range(4)))
    await scene.deliver(b"Received: from elsewhere; today\r\n" + raw)
    await scene.quiet()
    await scene.conversation()
    await scene.deliver(plain("two", Message_ID="<same@home.test>"))
    await scene.deliver(b"From: cora@home.test\r\n\r\nno id at all, where is it?\r\n")
    await scene.deliver(b"From: cora@home.test\r\n\r\nno id at all, where is it?\r\n")
    await scene.quiet()
    assert len(await scene.conversations()) == 3
    assert len(scene.sink.mails) == 3


async def test_mail_without_id_and_date_written_again_much_later_is_a_new_message(fresh_database: str) -> None:
    from datetime import UTC, datetime, timedelta

    from waada.clock import VirtualClock

    clock = VirtualClock(datetime(2026, 11, 16, 10, 0, tzinfo=UTC))
    scene = await MailScene(fresh_database, clock).open()
    try:
        raw = b"From: cora@home.test\r\n\r\nAre you there, anybody?\r\n"
        await scene.deliver(raw)
        await scene.quiet()
        clock.advance(timedelta(hours=2))
        await scene.deliver(raw)
        await scene.deliver(raw)
        await scene.quiet()
        assert len(await scene.conversations()) == 2
    finally:
        await scene.close()


async def test_files_html_and_the_quoted_part_are_kept_and_the_whole_can_be_downloaded(scene: MailScene) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Cora <cora@home.test>", "help@shop.test", "A photo"
    mail.set_content("See the photo.\n\nOn Monday Shop wrote:\n> send us a photo\n")
    mail.add_alternative('<p>See the <b onclick="x()">photo</b>.<script>bad()</script></p>', subtype="html")
    mail.add_attachment(b"\x89PNG not really", maintype="image", subtype="png", filename="broken.png")
    raw = mail.as_bytes(policy=SMTP)
    await scene.deliver(raw)
    await scene.quiet()
    state = await scene.conversation()
    [wrote] = [fact.message for fact in await scene.facts(state.id) if isinstance(fact, e.CustomerWrote)]
    assert wrote.text == "See the photo."
    assert "send us a photo" in (wrote.folded or "")
    assert "<b>photo</b>" in (wrote.html or "")
    assert "bad" not in (wrote.html or "")
    [file] = wrote.attachments
    assert (file.name, file.media_type, file.size) == ("broken.png", "image/png", 15)
    kept = await scene.store.blob(scene.brand, file.blob)
    assert kept is not None
    assert kept.content == b"\x89PNG not really"
    assert wrote.raw is not None
    assert await scene.room.raw(scene.brand, wrote.raw) == raw


async def test_machines_get_no_answer_and_open_nothing(scene: MailScene) -> None:
    await scene.deliver(plain("My parcel did not come."))
    [told] = await scene.mailed()
    to = told["Reply-To"].addresses[0].addr_spec
    away = plain("I am away.", subject="Automatic reply", Auto_Submitted="auto-replied", In_Reply_To=told["Message-ID"])
    await scene.deliver(away, to=to, sender="<>")
    await scene.deliver(plain("Buy now", subject="News", List_Id="<news.ads.test>", From="news@ads.test"))
    await scene.deliver(plain("Away", subject="Out of office", Auto_Submitted="auto-replied", From="x@y.test"))
    await scene.quiet()
    state = await scene.conversation()
    assert [type(fact).__name__ for fact in await scene.facts(state.id)].count("AutoReplyReceived") == 1
    assert state.promise is not None
    assert {each.subject for each in await scene.store.letters(scene.brand)} == {"News", "Out of office"}
    assert len(scene.sink.mails) == 1


def bounce(of: EmailMessage, *, message_id: bool = True) -> bytes:
    returned = f"Message-ID: {of['Message-ID']}\r\n" if message_id else ""
    return (
        "From: MAILER-DAEMON@mx.home.test\r\nTo: x@shop.test\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry, your message could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.home.test\r\n\r\n"
        "Final-Recipient: rfc822; cora@home.test\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}Subject: {of['Subject']}\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("message_id", [True, False])
async def test_a_bounce_is_shown_at_the_message_that_did_not_arrive(scene: MailScene, message_id: bool) -> None:  # noqa: FBT001
    await scene.deliver(plain("My parcel did not come."))
    await scene.mailed()
    state = await scene.conversation()
    done = await scene.reply(state.id, "It is on its way.")
    answer = (await scene.mailed(2))[1]
    await scene.quiet()
    # It comes back to where it was sent from: the signed address.
    await scene.deliver(bounce(answer, message_id=message_id), to=scene.sink.senders[1], sender="<>")
    await scene.quiet()
    [wrote] = [event for event in done.events if isinstance(event, e.PersonWrote)]
    facts = await scene.facts(state.id)
    [bounced] = [fact for fact in facts if isinstance(fact, e.DeliveryChanged) and fact.status == "bounced"]
    assert bounced.message_id == wrote.message.id
    assert "cora@home.test" in (bounced.detail or "")
    assert "User unknown" in (bounced.detail or "")
    assert len(scene.sink.mails) == 2
    assert await scene.store.letters(scene.brand) == ()


async def test_a_bounce_of_nothing_of_ours_is_a_letter(scene: MailScene) -> None:
    foreign = mail_of(plain("x", Message_ID="<other@elsewhere.test>"))
    await scene.deliver(bounce(foreign), sender="<>")
    await scene.quiet()
    [letter] = await scene.store.letters(scene.brand)
    assert letter.subject == "Undelivered Mail Returned to Sender"
    assert await scene.conversations() == []
    assert scene.sink.mails == []


async def test_who_writes_very_often_gets_no_more_automatic_answers_but_is_still_heard(scene: MailScene) -> None:
    for number in range(8):
        await scene.deliver(plain(f"again {number}", subject=f"Matter {number}"))
        await scene.quiet()
    assert len(await scene.conversations()) == 8
    assert len(scene.sink.mails) == 5
    await scene.deliver(plain("and I?", subject="First", From="other@home.test"))
    await scene.mailed(6)


async def test_a_mail_for_a_channel_that_takes_nothing_is_kept_as_a_letter(scene: MailScene) -> None:
    await scene.deliver(plain("", subject=""))
    await scene.quiet()
    [letter] = await scene.store.letters(scene.brand)
    assert "empty" in letter.reason
    await scene.order(c.HandleLetter(outcome="dismissed"), letter.id)
    assert await scene.store.letters(scene.brand) == ()
