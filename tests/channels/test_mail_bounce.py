"""The person who wrote a message hears whom it did not reach, and why."""

import json

import pytest

from channels.mail_examples import SHARED, multipart, needs_shared, part, raw_mail
from waada.channels.mail_bounce import read_bounce
from waada.channels.mail_bounce_reasons import BounceReason, reason_of

STATUS = (
    "Reporting-MTA: dns; mx.test\r\n\r\n"
    "Final-Recipient: rfc822; ann@customer.test\r\nAction: failed\r\nStatus: 5.0.0\r\n"
    "Diagnostic-Code: smtp; 550 5.2.2 <ann@customer.test>: mailbox is full\r\n\r\n"
    "Final-Recipient: rfc822; bob@customer.test\r\nAction: delayed\r\nStatus: 4.4.1\r\n"
)
RETURNED = "Message-ID: <m1@mail.demo.test>\r\nReply-To: <reply+abc@demo.test>\r\nSubject: Your parcel\r\n\r\nHello"


def test_a_report_names_everybody_who_was_not_reached() -> None:
    raw = multipart("report", part("failed"), part(STATUS, "message/delivery-status"), part(RETURNED, "message/rfc822"))
    ann, bob = read_bounce(raw)
    assert (ann.recipient, ann.status, ann.reply_code) == ("ann@customer.test", "5.2.2", "550")
    assert (ann.reason, ann.hard, ann.action) == (BounceReason.MAILBOX_FULL, False, "failed")
    assert (bob.recipient, bob.status, bob.reason, bob.action) == ("bob@customer.test", "4.4.1", "expired", "delayed")


def test_a_bounce_leads_back_to_the_message_that_was_sent() -> None:
    raw = multipart("report", part("failed"), part(STATUS, "message/delivery-status"), part(RETURNED, "message/rfc822"))
    ann = read_bounce(raw)[0]
    assert ann.original_message_id == "m1@mail.demo.test"
    assert ann.original_reply_to == "reply+abc@demo.test"
    assert ann.original_subject == "Your parcel"


def test_a_bounce_in_prose_is_read_up_to_the_copy_of_the_message() -> None:
    body = (
        "Hi. This is the mail program at mx.test. It didn't work out.\n\n<ann@customer.test>:\n"
        "192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 User unknown\n\n"
        "--- Below this line is a copy of the message.\n\n"
        "Received: from x\nMessage-ID: <m1@mail.demo.test>\nTo: z@c.test\n"
    )
    (ann,) = read_bounce(raw_mail(body, sender="MAILER-DAEMON@mx.test"))
    assert (ann.recipient, ann.status, ann.reply_code, ann.reason) == (
        "ann@customer.test",
        "5.1.1",
        "550",
        "userunknown",
    )
    assert ann.hard
    assert ann.original_message_id == "m1@mail.demo.test"


def test_two_recipients_in_prose_each_have_their_reason() -> None:
    body = "Could not be delivered:\n\n<ann@c.test>: 550 5.1.1 no such user\n<bob@c.test>: 552 5.2.2 over quota\n"
    ann, bob = read_bounce(raw_mail(body, sender="MAILER-DAEMON@mx.test"))
    assert (ann.reason, ann.hard) == (BounceReason.USER_UNKNOWN, True)
    assert (bob.reason, bob.hard) == (BounceReason.MAILBOX_FULL, False)


def test_numbers_of_a_network_are_no_codes() -> None:
    (ann,) = read_bounce(raw_mail("<ann@c.test>: host 5.1.1.25 said: Unknown user", sender="MAILER-DAEMON@mx.test"))
    assert ann.status is None


def test_a_complaint_names_the_recipient() -> None:
    report = part("Feedback-Type: abuse\r\nOriginal-Rcpt-To: <ann@c.test>", "message/feedback-report")
    (complaint,) = read_bounce(multipart("report", part("spam"), report, part(RETURNED, "message/rfc822")))
    assert (complaint.reason, complaint.recipient, complaint.action) == ("feedback", "ann@c.test", "abuse")
    assert complaint.original_message_id == "m1@mail.demo.test"


def test_an_absence_note_is_no_failure() -> None:
    (note,) = read_bounce(raw_mail("I am away until Monday.", "Auto-Submitted: auto-replied"))
    assert (note.reason, note.hard) == (BounceReason.VACATION, False)


@pytest.mark.parametrize(
    ("words", "status", "reason"),
    [
        ("550 No such user here", None, "userunknown"),
        ("554 Host or domain name not found", "5.4.4", "hostunknown"),
        ("552 Mailbox is over quota", None, "mailboxfull"),
        ("550 Message rejected due to DMARC policy", "5.7.1", "authfailure"),
        ("554 Client host [192.0.2.1] blocked using a block list", "5.7.1", "blocked"),
        ("450 too many connections from your host", "4.7.0", "speeding"),
        ("delivery expired, connection timed out", "4.4.7", "expired"),
        ("", "5.1.1", "userunknown"),
        ("250 accepted", "2.0.0", "delivered"),
        ("", None, "undefined"),
    ],
)
def test_reasons_come_from_words_first_then_from_codes(words: str, status: str | None, reason: str) -> None:
    assert reason_of(words, status, None) == reason


@needs_shared
def test_codes_and_hardness_of_shared_bounces_mostly_agree() -> None:
    wanted = json.loads((SHARED / "bounces" / "expected.json").read_text("utf-8"))
    total = codes = hardness = 0
    for case in wanted:
        found = read_bounce((SHARED / "bounces" / case["file"]).read_bytes())
        assert found, case["file"]
        for expected, one in zip(case["expected"], found, strict=False):
            real = expected["dsn"] and not expected["dsn"].startswith(
                ("5.0.9", "4.0.9")
            )  # x.0.9xx: made up by its author
            total += 1
            codes += not real or one.status == expected["dsn"]
            hardness += one.hard == expected["hardbounce"]
    assert codes >= 0.95 * total
    assert hardness >= 0.88 * total
