"""What the customer wrote this time stands alone; what was quoted or signed is folded away, never lost."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.mail_examples import SHARED, multipart, needs_shared, part, raw_mail
from waada.channels.mail_html_text import text_of_html
from waada.channels.mail_parse import parse
from waada.channels.mail_quotes import fold

INTRODUCTIONS = {
    "English": "On Mon, 6 Jul 2026 at 10:12, Help Desk <help@demo.test> wrote:",
    "English, cut": "On Mon, 6 Jul 2026 at 10:12, Help Desk Of A Long Name\n<help@demo.test> wrote:",
    "German": "Am 06.07.2026 um 10:12 schrieb Help Desk <help@demo.test>:",
    "French": "Le lun. 6 juil. 2026 à 10:12, Help Desk <help@demo.test> a écrit :",
    "Spanish": "El lun, 6 jul 2026 a las 10:12, Help Desk (<help@demo.test>) escribió:",
    "Italian": "Il giorno lun 6 lug 2026 alle ore 10:12 Help Desk <help@demo.test> ha scritto:",
    "Russian": "пн, 6 июл. 2026 г. в 10:12, Help Desk <help@demo.test>:",
    "Kazakh": "2026 ж. 6 шіл., дс 10:12, Help Desk <help@demo.test> былай деп жазды:",
    "Welsh": "Ar Llun, 6 Gorff 2026 am 10:12, ysgrifennodd Help Desk <help@demo.test>:",
    "Hindi": "सोम, 6 जुल॰ 2026 को 10:12 बजे को Help Desk <help@demo.test> ने लिखा:",
    "Arabic": "في الاثنين، 6 يوليو 2026 في 10:12 تمت كتابة ما يلي بواسطة Help Desk <help@demo.test>:",
    "a language nobody told us": "Mma 6/7/2026 10:12 Help Desk <help@demo.test> dere:",
}


@pytest.mark.parametrize("language", INTRODUCTIONS)
def test_a_quoted_answer_below_is_folded(language: str) -> None:
    folded = fold(f"Thank you!\n\n{INTRODUCTIONS[language]}\n\n> We sent it today.\n> Kind regards\n")
    assert folded.fresh == "Thank you!"
    assert "We sent it today." in folded.quoted


@pytest.mark.parametrize(
    "block",
    [
        "From: Help <help@demo.test>\nSent: Monday, July 6, 2026 10:12\nTo: Ann\nSubject: Your parcel",
        "Von: Help <help@demo.test>\nGesendet: Montag, 6. Juli 2026 10:12\nAn: Ann\nBetreff: Ihr Paket",
        "De : Help <help@demo.test>\nEnvoyé : lundi 6 juillet 2026 10:12\nÀ : Ann\nObjet : Votre colis",
        "От: Help <help@demo.test>\nОтправлено: 6 июля 2026 г. 10:12\nКому: Ann\nТема: Посылка",
        "Кімнен: Help <help@demo.test>\nЖіберілді: 2026 ж. 6 шілде\nКімге: Ann\nТақырып: Тапсырыс",
        "Oddi wrth: Help <help@demo.test>\nAnfonwyd: 6 Gorffennaf 2026\nAt: Ann\nPwnc: Parsel",
        "من: Help <help@demo.test>\nتم الإرسال: 6 يوليو 2026\nإلى: Ann\nالموضوع: الطرد",
        "प्रेषक: Help <help@demo.test>\nदिनांक: 6 जुलाई 2026\nप्रति: Ann\nविषय: पार्सल",
        "-----Original Message-----\nFrom: Help",
        "*From:* Help <help@demo.test>\n*Date:* Monday\n*To:* Ann\n*Subject:* Your parcel",
    ],
)
def test_a_header_block_starts_what_was_quoted(block: str) -> None:
    assert fold(f"Thank you!\n\n{block}\n\nWe sent it today.\n").fresh == "Thank you!"


def test_answers_between_quoted_lines_stay_with_what_they_answer() -> None:
    text = "On Mon, 6 Jul 2026, Help <help@demo.test> wrote:\n> Which size?\nLarge.\n> Which colour?\nBlue.\n"
    assert fold(text).fresh == "> Which size?\nLarge.\n> Which colour?\nBlue."


def test_an_answer_below_the_quote_is_what_was_written() -> None:
    assert fold("On Mon, 6 Jul 2026, Help <help@demo.test> wrote:\n> Which size?\n\nLarge.").fresh == "Large."


@pytest.mark.parametrize(
    "signature",
    ["-- \nAnn\n+1 555 0100", "Sent from my iPhone", "Von meinem iPhone gesendet", "Отправлено из мобильной Почты"],
)
def test_signatures_are_folded(signature: str) -> None:
    folded = fold(f"Thank you!\n\n{signature}")
    assert folded.fresh == "Thank you!"
    assert folded.signature


@pytest.mark.parametrize(
    "text",
    [
        "From: Berlin\nTo: Paris\nHow long does a parcel take?",
        "My order:\nsize: L\ncolour: red",
        "I wrote: please cancel it.\nNobody did.",
        "On 3 July 2026 I ordered a chair. It is broken.",
        "Two things\n-----\n" + "\n".join(f"line {n}" for n in range(40)),
    ],
)
def test_what_only_looks_like_a_quote_is_kept(text: str) -> None:
    assert fold(text).fresh == text


def test_a_bare_forward_is_the_message() -> None:
    text = "---------- Forwarded message ---------\nFrom: Bob <b@c.test>\nSubject: Broken\n\nThe chair is broken."
    assert "The chair is broken." in fold(text).fresh


@pytest.mark.parametrize(
    "html",
    [
        "<p>Thank you!</p><blockquote type=cite><p>old</p></blockquote>",
        '<div>Thank you!</div><div class="gmail_quote"><div>On x wrote:</div><blockquote>old</blockquote></div>',
        'Thank you!<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Help</div><div>old</div>',
        '<p>Thank you!</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p>From: Help</p></div><p>old</p>',
        'Thank you!<br><div class="yahoo_quoted">On Monday wrote:<br>old</div>',
        '<p>Thank you!</p><div class="moz-cite-prefix">On x, y wrote:</div><blockquote cite="mid:1">old</blockquote>',
    ],
)
def test_quotes_marked_in_html_are_folded(html: str) -> None:
    assert fold(text_of_html(html)).fresh == "Thank you!"


def test_the_html_helps_where_the_text_shows_no_quote() -> None:
    html = part('<p>Thank you!</p><div class="gmail_quote">old words</div>', "text/html")
    mail = parse(multipart("alternative", part("Thank you!\n\nold words"), html))
    assert mail.fresh_text == "Thank you!"
    assert "old words" in mail.text


def test_html_becomes_text_as_a_person_would_type_it() -> None:
    html = "<style>p{}</style><p>Dear&nbsp;all,</p><ul><li>one<li>two</ul><table><tr><td>a<td>b</tr></table>Bye<br>Ann"
    assert text_of_html(html) == "Dear all,\n\n- one\n- two\n\na b\n\nBye\nAnn"


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(["text", "", "> q", ">> q", "-- ", "On 1 Jan 2026 10:00 A <a@b.test> wrote:", "From: x"]))
)
def test_no_line_is_lost_by_folding(lines: list[str]) -> None:
    folded = fold("\n".join(lines))
    kept = f"{folded.fresh}\n{folded.quoted}\n{folded.signature}"
    assert kept.count("text") == lines.count("text")


@needs_shared
def test_most_shared_replies_are_folded_exactly() -> None:
    cases = json.loads((SHARED / "reply_cases.json").read_text("utf-8"))
    exact = 0
    for case in cases:
        given_text = text_of_html(case["input"]) if case["format"] == "html" else case["input"].replace("\r\n", "\n")
        fresh = parse(case["input"].encode()).fresh_text if case["format"] == "eml" else fold(given_text).fresh
        exact += fresh.strip() == case["expected_reply"].strip()
    assert exact >= 0.9 * len(cases)


def test_a_mail_keeps_its_whole_text_beside_the_fresh_one() -> None:
    mail = parse(raw_mail("New\n\nOn Mon, 6 Jul 2026, Help <help@demo.test> wrote:\n> old\n"))
    assert mail.fresh_text == "New"
    assert "> old" in mail.text
