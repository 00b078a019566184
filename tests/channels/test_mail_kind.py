"""Machines are never answered by a machine, and neither bounces nor absence notes open an enquiry."""

import json

import pytest

from channels.mail_examples import SHARED, multipart, needs_shared, part, raw_mail, shared_bounces
from waada.channels.mail_kind import Kind, OwnAddresses, kind_of, writer_of
from waada.channels.mail_parse import parse

OWN = OwnAddresses(addresses=("help@demo.test",), domains=("mail.demo.test",))


def test_a_customer_opens_an_enquiry_and_may_be_answered() -> None:
    kind = kind_of(parse(raw_mail()), OWN)
    assert (kind.kind, kind.may_answer, kind.opens_enquiry) == (Kind.PERSON, True, True)


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (vacation)",
        "X-Autoreply: yes",
        "X-Autorespond: My parcel",
        "Precedence: auto_reply",
        "Return-Path: <>",
        "X-Loop: somewhere.test",
    ],
)
def test_responders_are_known_by_their_headers(header: str) -> None:
    kind = kind_of(parse(raw_mail("I am away", header)), OWN)
    assert (kind.kind, kind.may_answer, kind.opens_enquiry) == (Kind.AUTO_REPLY, False, False)


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: My parcel",
        "Out of office",
        "Out of Office: Re: your order",
        "Abwesenheitsnotiz: Ihre Anfrage",
        "Automatische Antwort: Paket",
        "Réponse automatique : colis",
        "Respuesta automática: pedido",
        "Risposta automatica: ordine",
        "Автоответ: посылка",
        "Автоматический ответ: посылка",
        "Автоматты жауап: тапсырыс",
        "Ateb awtomatig: parsel",
        "स्वचालित उत्तर: पार्सल",
        "رد تلقائي: الطرد",
        "自動応答: 荷物",
        "Away until May 5",
    ],
)
def test_absence_notes_are_known_by_their_subject_in_many_languages(subject: str) -> None:
    raw = f"From: a@customer.test\r\nSubject: {subject}\r\n\r\nI am away".encode()
    assert kind_of(parse(raw), OWN).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "subject",
    [
        "Out of office chairs?",
        "Automatic reply does not work",
        "Re: Automatic reply: My parcel",
        "On holiday I lost my card",
    ],
)
def test_customers_who_write_about_such_things_are_people(subject: str) -> None:
    raw = f"From: a@customer.test\r\nSubject: {subject}\r\n\r\nHello".encode()
    assert kind_of(parse(raw), OWN).kind is Kind.PERSON


@pytest.mark.parametrize(
    "header",
    ["Precedence: bulk", "Precedence: list", "List-Id: News <news.shop.test>", "List-Unsubscribe: <mailto:x@y.test>"],
)
def test_newsletters_are_letters_and_get_no_answer(header: str) -> None:
    kind = kind_of(parse(raw_mail("Buy!", header)), OWN)
    assert (kind.kind, kind.may_answer, kind.opens_enquiry) == (Kind.LIST, False, False)


def test_a_customer_who_wrote_to_our_own_group_address_is_a_person() -> None:
    mail = parse(raw_mail("Hello", "List-Id: <help.demo.test>", "Precedence: list"))
    assert kind_of(mail, OWN).may_answer


def test_bulk_mail_that_answers_us_opens_an_enquiry_but_gets_no_automatic_answer() -> None:
    kind = kind_of(parse(raw_mail("Hello", "List-Unsubscribe: <x>", "In-Reply-To: <m1@mail.demo.test>")), OWN)
    assert (kind.may_answer, kind.opens_enquiry) == (False, True)


def test_somebody_who_wants_no_automatic_answer_is_still_heard() -> None:
    kind = kind_of(parse(raw_mail("Hello", "X-Auto-Response-Suppress: All")), OWN)
    assert (kind.kind, kind.may_answer, kind.opens_enquiry) == (Kind.PERSON, False, True)


@pytest.mark.parametrize(
    ("sender", "header"),
    [
        ("a@customer.test", "Message-ID: <m1@mail.demo.test>"),
        ("a@customer.test", "X-Loop: mail.demo.test"),
        ("Help <HELP@demo.test>", "X-A: b"),
    ],
)
def test_our_own_mail_that_comes_back_stops_there(sender: str, header: str) -> None:
    kind = kind_of(parse(raw_mail("Hello", header, sender=sender)), OWN)
    assert (kind.kind, kind.may_answer, kind.opens_enquiry) == (Kind.OWN, False, False)


def test_a_form_on_our_site_writes_for_the_customer() -> None:
    mail = parse(raw_mail("Hello", "Reply-To: ann@customer.test", sender="help@demo.test"))
    assert kind_of(mail, OWN).opens_enquiry
    assert writer_of(mail, OWN) == "ann@customer.test"


def test_mail_from_an_address_that_nobody_reads_is_a_letter() -> None:
    assert not kind_of(parse(raw_mail("Invoice", sender="no-reply@shop.test")), OWN).opens_enquiry


def test_a_report_of_a_mail_system_is_a_bounce() -> None:
    status = part(
        "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b.test\r\nStatus: 5.1.1", "message/delivery-status"
    )
    assert kind_of(parse(multipart("report", part("failed"), status)), OWN).kind is Kind.BOUNCE


@pytest.mark.parametrize(
    ("sender", "body"),
    [
        ("MAILER-DAEMON@x.test (Mail Delivery System)", "Sorry"),
        ("Postmaster <postmaster@x.test>", "Your message could not be delivered"),
        ("<>", "Delivery has failed to these recipients"),
    ],
)
def test_mail_systems_are_known_by_name_and_words(sender: str, body: str) -> None:
    kind = kind_of(parse(raw_mail(body, sender=sender)), OWN)
    assert (kind.kind, kind.opens_enquiry) == (Kind.BOUNCE, False)


def test_a_customer_who_forwards_a_bounce_is_a_person() -> None:
    raw = b"From: a@customer.test\r\nSubject: Fwd: Undelivered Mail\r\n\r\nI got this: 550 5.1.1 user unknown"
    assert kind_of(parse(raw), OWN).kind is Kind.PERSON


def test_a_postmaster_with_a_question_is_a_person() -> None:
    assert kind_of(parse(raw_mail("Which ports do you use?", sender="postmaster@x.test")), OWN).kind is Kind.PERSON


def test_complaints_are_feedback() -> None:
    report = part("Feedback-Type: abuse\r\nOriginal-Rcpt-To: a@b.test", "message/feedback-report")
    assert kind_of(parse(multipart("report", part("spam"), report)), OWN).kind is Kind.FEEDBACK


def test_what_cannot_be_read_or_answered_is_a_letter() -> None:
    assert kind_of(parse(b""), OWN).kind is Kind.LETTER
    assert kind_of(parse(b"Subject: x\r\n\r\nHello"), OWN).kind is Kind.LETTER


@needs_shared
def test_shared_cases_of_automatic_answers_agree() -> None:
    own = OwnAddresses(domains=("SYSTEM_FQDN",))
    for case in json.loads((SHARED / "auto_reply_cases.json").read_text("utf-8")):
        assert kind_of(parse(case["raw"].encode()), own).may_answer == case["send_auto_response"], case["name"]


@needs_shared
def test_nearly_all_shared_bounces_are_recognised() -> None:
    kinds = [kind_of(parse(path.read_bytes()), OWN) for path in shared_bounces()]
    assert sum(not kind.opens_enquiry and not kind.may_answer for kind in kinds) >= 0.95 * len(kinds)
