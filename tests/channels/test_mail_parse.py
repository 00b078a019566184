"""Every mail is read, whatever it is made of, and what cannot be read says why."""

import random
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.mail_examples import multipart, needs_shared, part, raw_mail, shared_bounces, shared_mails
from waada.channels.mail_facts import ATTACHMENTS_MAX, RAW_BYTES_MAX, ParsedMail
from waada.channels.mail_parse import parse


def texts_of(mail: ParsedMail) -> list[str]:
    headers = [text for pair in mail.headers for text in pair]
    named = [one.name for one in mail.attachments] + [one.text for one in mail.reports]
    return [
        mail.subject, mail.text, mail.html or "", mail.fresh_text, mail.quoted_text, mail.signature, mail.from_name,
        mail.from_address or "", mail.message_id or "", mail.list_id or "", *mail.to, *mail.cc, *mail.references,
        *headers, *named,
    ]  # fmt: skip


def assert_storable(mail: ParsedMail) -> None:
    for text in texts_of(mail):
        assert "\x00" not in text
        text.encode("utf-8")
    assert mail.unreadable or mail.headers


def test_a_plain_mail_is_read_as_it_was_meant() -> None:
    mail = parse(
        raw_mail(
            "Where is it?\r\n",
            "Message-ID: <one@customer.test>",
            "In-Reply-To: <two@demo.test>",
            "References: <zero@demo.test>\r\n <two@demo.test>",
            "Date: Fri, 03 Jul 2026 16:30:00 +0500",
            "Cc: Bob <BOB@customer.test>, carol@customer.test",
            "Reply-To: ann+home@customer.test",
            "Delivered-To: help+abc@demo.test",
            "Content-Language: kk",
        )
    )
    assert mail.unreadable is None
    assert (mail.from_name, mail.from_address) == ("Ann", "ann@customer.test")
    assert mail.message_id == "one@customer.test"
    assert mail.in_reply_to == ("two@demo.test",)
    assert mail.references == ("zero@demo.test", "two@demo.test")
    assert mail.cc == ("bob@customer.test", "carol@customer.test")
    assert mail.reply_to == ("ann+home@customer.test",)
    assert mail.delivered_to == ("help+abc@demo.test",)
    assert mail.sent_at == datetime(2026, 7, 3, 11, 30, tzinfo=UTC)
    assert mail.content_language == "kk"
    assert mail.text.strip() == mail.fresh_text == "Where is it?"


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("windows-1251", "Где моя посылка? Я жду её уже неделю."),
        ("koi8-r", "Где моя посылка? Я жду её уже неделю."),
        ("gb2312", "我的包裹在哪里"),
        ("iso-2022-jp", "荷物はどこですか"),
        ("iso-8859-1", "Où est mon colis déjà payé"),
        ("utf-8", "Сәлем, менің тапсырысым қайда?"),
        ("windows-1256", "أين طلبي؟"),
    ],
)
def test_text_is_read_in_the_charset_it_declares(charset: str, text: str) -> None:
    mail = parse(raw_mail(text.encode(charset), f"Content-Type: text/plain; charset={charset}"))
    assert mail.text == text


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("utf-8", "windows-1251"),
        ("us-ascii", "utf-8"),
        ("unknown-8bit", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("nonsense-9", "windows-1251"),
    ],
)
def test_text_is_read_although_its_charset_is_declared_wrongly(declared: str, real: str) -> None:
    text = "Здравствуйте! Где моя посылка? Я жду её уже целую неделю, а вы молчите."
    mail = parse(raw_mail(text.encode(real), f"Content-Type: text/plain; charset={declared}"))
    assert mail.text == text


def test_words_in_headers_are_decoded_even_when_a_character_is_cut_in_two() -> None:
    halves = "Subject: =?utf-8?B?0J/RgNC40LLQtdGC0?=\r\n =?utf-8?B?Lk=?="
    mail = parse(b"From: =?utf-8?Q?J=C3=BCrgen_M=C3=BCller?= <j@customer.test>\r\n" + halves.encode() + b"\r\n\r\nx")
    assert mail.from_name == "Jürgen Müller"
    assert mail.subject.startswith("Привет")


def test_raw_bytes_in_a_subject_are_read_too() -> None:
    raw = "Subject: Где посылка и когда она будет\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\nx"
    mail = parse(b"From: a@customer.test\r\n" + raw.encode("koi8-r"))
    assert mail.subject == "Где посылка и когда она будет"


def test_a_mail_of_two_versions_shows_its_text_once() -> None:
    mail = parse(multipart("alternative", part("Hello there"), part("<p>Hello <b>there</b></p>", "text/html")))
    assert mail.text == "Hello there"
    assert mail.html == "<p>Hello <b>there</b></p>"


def test_a_text_that_only_points_to_the_html_is_not_taken_for_the_mail() -> None:
    stub = "Your mail client does not support HTML."
    mail = parse(multipart("alternative", part(stub), part(f"<p>{'The parcel is broken. ' * 10}</p>", "text/html")))
    assert mail.text.startswith("The parcel is broken.")


def test_text_before_and_after_a_picture_is_all_there() -> None:
    picture = part("iVBORw==", "image/png", "Content-Transfer-Encoding: base64", "Content-ID: <pic>")
    mail = parse(multipart("mixed", part("Look:"), picture, part("What now?")))
    assert mail.text == "Look:\n\nWhat now?"
    assert [(one.content_id, one.inline) for one in mail.attachments] == [("pic", True)]


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\secret\\\\bill.pdf"', "bill.pdf"),
        ("attachment; filename*=UTF-8''%D1%81%D1%87%D1%91%D1%82.pdf", "счёт.pdf"),
        ('attachment; filename="=?utf-8?B?0YHRh9GR0YIucGRm?="', "счёт.pdf"),
        ("attachment; filename*0*=UTF-8''%D1%81%D1%87; filename*1*=%D1%91%D1%82.pdf", "счёт.pdf"),
        ('attachment; filename="a\x01b\r\n c.txt"', "ab c.txt"),
        ('attachment; filename="invoice\u202efdp.exe"', "invoicefdp.exe"),
        ('attachment; filename="CON.txt"', "_CON.txt"),
        ("attachment", "attachment-1.pdf"),
    ],
)
def test_names_of_files_are_readable_and_harmless(disposition: str, name: str) -> None:
    mail = parse(multipart("mixed", part("x"), part("%PDF", "application/pdf", f"Content-Disposition: {disposition}")))
    assert [one.name for one in mail.attachments] == [name]


def test_an_enclosed_mail_is_a_file_that_can_be_opened() -> None:
    inner = "From: b@c.test\r\nSubject: Old order\r\n\r\nThe old text"
    mail = parse(multipart("mixed", part("see below"), part(inner, "message/rfc822")))
    assert [(one.name, one.media_type) for one in mail.attachments] == [("Old order.eml", "message/rfc822")]
    assert b"The old text" in mail.attachments[0].content


@pytest.mark.parametrize("declared", ['boundary="other"', "x=y"])
def test_a_mail_with_a_wrong_or_missing_boundary_is_still_read(declared: str) -> None:
    content = "--real\r\nContent-Type: text/plain\r\n\r\nI am here\r\n--real--\r\n"
    assert parse(raw_mail(content, f"Content-Type: multipart/mixed; {declared}")).text.strip() == "I am here"


def test_lines_broken_by_the_sender_are_joined_when_the_mail_says_so() -> None:
    mail = parse(raw_mail("I have waited \r\nfor a week.\r\n-- \r\nAnn", "Content-Type: text/plain; format=flowed"))
    assert mail.fresh_text == "I have waited for a week."
    assert mail.signature.endswith("Ann")


def test_a_mail_without_a_sender_or_to_a_group_is_read() -> None:
    mail = parse(b"To: undisclosed-recipients:;\r\nSubject: x\r\n\r\nHello")
    assert mail.from_address is None
    assert mail.to == ()
    opened = parse(b"From: a@b.test\r\nTo: Team: c@d.test, E <e@f.test>;\r\n\r\nHello")
    assert opened.to == ("c@d.test", "e@f.test")


def test_nul_bytes_and_lone_surrogates_never_reach_the_store() -> None:
    raw = raw_mail(b"a\x00b \xed\xa0\x80 c", "X-Odd: a\x00b", "Content-Type: text/plain; charset=utf-8")
    assert_storable(parse(raw))


def test_what_is_no_mail_becomes_a_letter_with_a_reason() -> None:
    assert parse(b"").unreadable == "it is empty"
    assert "no mail header" in (parse(b"\xd0\xcf\x11\xe0\xa1\xb1 just bytes").unreadable or "")


def test_mails_over_a_limit_are_told_in_words() -> None:
    assert parse(raw_mail(b"x" * RAW_BYTES_MAX)).unreadable == "it is larger than 25 MB"
    assert "header is larger" in (parse(raw_mail("x", "X-Long: " + "y" * 300_000)).unreadable or "")
    files = [part("x", "application/x-thing", "Content-Disposition: attachment")] * (ATTACHMENTS_MAX + 1)
    assert parse(multipart("mixed", *files)).unreadable == "the mail has more than 100 attachments"


def nested(depth: int) -> bytes:
    start = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth))
    return raw_mail("", "MIME-Version: 1.0")[:-2] + start.encode() + b"\r\nhello"


def test_a_mail_nested_too_deep_becomes_a_letter() -> None:
    assert parse(nested(10)).unreadable is None
    assert "levels deep" in (parse(nested(60)).unreadable or "")
    assert parse(nested(5000)).unreadable is not None


HOSTILE = {
    "spaces in an id": raw_mail("x", "References: <a" + " " * 60_000 + ">"),
    "semicolons": raw_mail("x", 'Content-Type: text/plain; x="' + ";" * 100_000),
    "one long address": raw_mail("x", sender="a" * 100_000),
    "brackets": raw_mail("x", sender="(" * 50_000),
    "deep html": raw_mail("<div>" * 200_000, "Content-Type: text/html"),
    "angle brackets": raw_mail("<" * 500_000, "Content-Type: text/html"),
    "empty lines": raw_mail("\n" * 500_000),
    "dashes": raw_mail("-" * 500_000),
    "quotes": raw_mail("> x\n" * 50_000),
    "introductions": raw_mail("On 1 Jan 2016 10:00 a@b.test:\n" * 20_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_mail_made_to_take_long_does_not(name: str) -> None:
    started = time.monotonic()
    assert_storable(parse(HOSTILE[name]))
    assert time.monotonic() - started < 10


def test_copies_that_came_by_different_ways_have_one_fingerprint() -> None:
    raw = raw_mail("Hello\r\n", "Message-ID: <one@customer.test>")
    again = b"Received: from relay.test\r\nDelivered-To: b@demo.test\r\n" + raw.replace(b"\r\n", b"\n")
    assert parse(raw).content_fingerprint == parse(again).content_fingerprint
    assert parse(raw).content_sha256 != parse(again).content_sha256


def test_a_reused_message_id_with_other_content_has_another_fingerprint() -> None:
    first, second = (parse(raw_mail(text, "Message-ID: <one@customer.test>")) for text in ("Hello", "Goodbye"))
    assert first.message_id == second.message_id
    assert first.content_fingerprint != second.content_fingerprint


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_are_read_without_failing(raw: bytes) -> None:
    assert_storable(parse(raw))


headers = st.lists(
    st.tuples(
        st.sampled_from(["From", "To", "Subject", "Date", "Content-Type", "Content-Disposition", "References", "X-A"]),
        st.one_of(
            st.text(max_size=60), st.sampled_from(["multipart/mixed; boundary=x", "message/rfc822", "=?utf-8?Q?=FF?="])
        ),
    ),
    max_size=8,
)


@settings(max_examples=200, deadline=None)
@given(headers, st.one_of(st.binary(max_size=300), st.just(b"--x\nContent-Type: text/html\n\n<b>a\n--x--")))
def test_any_headers_are_read_without_failing(pairs: list[tuple[str, str]], body: bytes) -> None:
    head = "\n".join(f"{name}: {value}" for name, value in pairs).encode("utf-8", "replace")
    assert_storable(parse(head + b"\n\n" + body))


def test_a_mail_damaged_on_the_way_is_read_without_failing() -> None:
    chance = random.Random(7)
    whole = multipart(
        "mixed", part("Hello"), part("<p>x</p>", "text/html"), part("eA==", "image/png", "Content-ID: <a>")
    )
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        cut = chance.randrange(len(damaged))
        assert_storable(parse(bytes(damaged[:cut] if chance.random() < 0.3 else damaged)))


@needs_shared
@pytest.mark.parametrize("path", [*shared_mails(), *shared_bounces()], ids=lambda path: path.name)
def test_every_shared_mail_is_a_message_or_a_letter(path: Path) -> None:
    mail = parse(path.read_bytes())
    assert_storable(mail)
    assert mail.unreadable or mail.text.strip() or mail.attachments or mail.reports or mail.subject


@needs_shared
def test_shared_mails_damaged_on_the_way_are_read_without_failing() -> None:
    chance = random.Random(11)
    for path in chance.sample(shared_mails(), 25):
        damaged = bytearray(path.read_bytes()[:60_000])
        for _ in range(20):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        assert_storable(parse(bytes(damaged)))
