"""An answer lands in its conversation, and nobody can write into somebody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail_examples import raw_mail
from waada.channels.mail_kind import OwnAddresses
from waada.channels.mail_parse import parse
from waada.channels.mail_thread import (
    ByMessageId,
    ByOwnMessage,
    ByReplyAddress,
    ReplyAddresses,
    message_id_for,
    thread_candidates,
)
from waada.core.ids import ConversationId

ADDRESSES = ReplyAddresses(base_address="reply@demo.test", secrets=(b"new secret of demo", b"old secret of demo"))
OWN = OwnAddresses(addresses=("help@demo.test",), domains=("mail.demo.test",))
CONVERSATION = ConversationId("0197f0c0-1111-7abc-8def-001122334400")


@given(st.uuids())
def test_a_reply_address_leads_to_its_conversation(conversation: object) -> None:
    address = ADDRESSES.address_for(ConversationId(str(conversation)))
    assert ADDRESSES.conversation_of(address) == str(conversation)
    assert len(address.partition("@")[0]) <= 64


def test_a_reply_address_survives_mail_systems_that_change_case() -> None:
    assert ADDRESSES.conversation_of(ADDRESSES.address_for(CONVERSATION).upper()) == CONVERSATION


def test_addresses_made_with_the_former_secret_still_lead_home() -> None:
    former = ReplyAddresses(base_address="reply@demo.test", secrets=(b"old secret of demo",))
    assert ADDRESSES.conversation_of(former.address_for(CONVERSATION)) == CONVERSATION


@pytest.mark.parametrize("at", range(6, 48))
def test_a_forged_reply_address_leads_nowhere(at: int) -> None:
    address = ADDRESSES.address_for(CONVERSATION)
    forged = address[:at] + ("b" if address[at] != "b" else "c") + address[at + 1 :]
    assert ADDRESSES.conversation_of(forged) is None


@pytest.mark.parametrize(
    "address",
    ["reply@demo.test", "reply+@demo.test", "reply+abc@demo.test", "", "@", "help+x@demo.test"],
)
def test_other_addresses_lead_nowhere(address: str) -> None:
    assert ADDRESSES.conversation_of(address) is None


def test_an_address_of_another_brand_leads_nowhere() -> None:
    other = ReplyAddresses(base_address="reply@other.test", secrets=ADDRESSES.secrets)
    assert ADDRESSES.conversation_of(other.address_for(CONVERSATION)) is None


def test_candidates_come_with_the_surest_first() -> None:
    mail = parse(
        raw_mail(
            "Hello",
            f"Delivered-To: {ADDRESSES.address_for(CONVERSATION)}",
            "References: <x@customer.test> <m1@mail.demo.test> <m2@mail.demo.test>",
            "In-Reply-To: <y@customer.test>",
        )
    )
    assert thread_candidates(mail, reply_addresses=ADDRESSES, own=OWN) == (
        ByReplyAddress(conversation_id=CONVERSATION),
        ByOwnMessage(unique="m2", message_id="m2@mail.demo.test"),
        ByOwnMessage(unique="m1", message_id="m1@mail.demo.test"),
        ByMessageId(message_id="y@customer.test"),
        ByMessageId(message_id="x@customer.test"),
    )


def test_the_same_subject_alone_joins_nothing() -> None:
    assert thread_candidates(parse(raw_mail("Hello")), reply_addresses=ADDRESSES, own=OWN) == ()


def test_a_message_has_the_same_id_whenever_it_is_sent() -> None:
    assert message_id_for("m1", "Mail.Demo.Test") == message_id_for("m1", "mail.demo.test") == "m1@mail.demo.test"
