"""What we send is well formed, threads, reads well in every language, and cannot be made to carry foreign headers."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waada.channels.mail_facts import Attachment
from waada.channels.mail_kind import Kind, OwnAddresses, kind_of
from waada.channels.mail_parse import parse
from waada.channels.mail_write import Automatic, OutgoingMail, UnsendableError, sendable, write

MAIL = OutgoingMail(
    message_id="m1@mail.demo.test",
    own_domain="mail.demo.test",
    sent_at=datetime(2026, 7, 6, 10, 12, tzinfo=UTC),
    from_name="Demo, Help",
    from_address="help@demo.test",
    reply_to="reply+abc@demo.test",
    to=("ann@customer.test",),
    subject="Re: Сәлем",
    text="Сәлем, Ann!\n\nWe look at <your> parcel:\nhttps://demo.test/a?b=1&c=2.",
    language="kk",
    direction="ltr",
    promise_words="We answer by 14:20.",
    status_url="https://demo.test/p/token",
    status_words="Follow it here",
    footer="Demo shop",
    in_reply_to="a@customer.test",
    references=("z@customer.test",),
)


def test_what_is_written_is_read_back_the_same() -> None:
    mail = parse(write(MAIL))
    assert (mail.from_name, mail.from_address, mail.to) == ("Demo, Help", "help@demo.test", ("ann@customer.test",))
    assert (mail.subject, mail.sent_at, mail.content_language) == (MAIL.subject, MAIL.sent_at, "kk")
    assert (mail.message_id, mail.in_reply_to) == ("m1@mail.demo.test", ("a@customer.test",))
    assert mail.references == ("z@customer.test", "a@customer.test")
    assert mail.reply_to == ("reply+abc@demo.test",)
    assert mail.text.startswith("Сәлем, Ann!\n\nWe look at <your> parcel:")
    assert "We answer by 14:20." in mail.text
    assert "https://demo.test/p/token" in mail.text


def test_text_and_html_say_the_same_and_nothing_typed_becomes_markup() -> None:
    message = message_from_bytes(write(MAIL), policy=default)
    html = message.get_body(("html",))
    assert html is not None
    shown = html.get_content()
    assert "We look at &lt;your&gt; parcel" in shown
    assert '<a href="https://demo.test/a?b=1&amp;c=2">' in shown
    assert "We answer by 14:20." in shown
    assert 'lang="kk" dir="ltr"' in shown


def test_arabic_runs_from_right_to_left() -> None:
    assert 'lang="ar" dir="rtl"' in (
        message_from_bytes(write(replace(MAIL, language="ar", direction="rtl")), policy=default)
        .get_body(("html",))
        .get_content()  # type: ignore[union-attr]
    )


def test_an_automatic_mail_says_so_and_is_not_answered_by_machines() -> None:
    sent = parse(write(replace(MAIL, automatic=Automatic.REPLIED)))
    assert sent.header("auto-submitted") == "auto-replied"
    assert sent.header("x-auto-response-suppress") == "All"
    assert not kind_of(sent, OwnAddresses()).may_answer


def test_a_persons_answer_does_not_call_itself_automatic() -> None:
    assert parse(write(MAIL)).header("auto-submitted") is None


def test_our_own_mail_is_known_when_it_comes_back() -> None:
    assert kind_of(parse(write(MAIL)), OwnAddresses(domains=("mail.demo.test",))).kind is Kind.OWN


def test_files_travel_with_their_names() -> None:
    pdf = Attachment(name="счёт №1.pdf", media_type="application/pdf", content=b"%PDF", content_id=None, inline=False)
    odd = Attachment(name="../x\r\ny", media_type="a\r\nb", content=b"1", content_id=None, inline=False)
    sent = parse(write(replace(MAIL, attachments=(pdf, odd))))
    assert [(one.name, one.content) for one in sent.attachments] == [("счёт №1.pdf", b"%PDF"), ("x_y", b"1")]


def test_trying_again_sends_the_same_bytes() -> None:
    assert write(MAIL) == write(MAIL)


def test_long_threads_keep_their_start_and_their_latest() -> None:
    many = tuple(f"{n}-{'x' * 90}@customer.test" for n in range(300))
    sent = parse(write(replace(MAIL, references=many)))
    assert sent.references[0] == many[0]
    assert sent.references[-2:] == (many[-1], "a@customer.test")
    assert len(sent.references) == 20


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.text(max_size=80), st.text(max_size=400))
def test_nothing_typed_can_become_a_header(subject: str, name: str, text: str) -> None:
    evil = "\r\nBcc: evil@spy.test\r\n\r\n<script>"
    raw = write(
        replace(MAIL, subject=subject + evil, from_name=name + evil, text=text + evil, references=(f"a{evil}@b.test",))
    )
    sent = message_from_bytes(raw, policy=default)
    assert sent["Bcc"] is None
    names = [key.lower() for key in sent]
    assert len(names) == len(set(names))
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "address",
    ["", "ann", "a b@c.test", "a@b@c.test", "a@c.test\r\nBcc: x@y.test", "<a@c.test>", "ә@c.test"],
)
def test_what_is_no_address_is_refused_in_words(address: str) -> None:
    with pytest.raises(UnsendableError, match="is no address"):
        write(replace(MAIL, to=(address,)))


def test_international_domains_are_sent_in_their_ascii_form() -> None:
    assert sendable("c@bücher.test") == "c@xn--bcher-kva.test"
