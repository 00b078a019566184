"""What a customer may do besides writing, from the status page and from the chat window alike, and what they then read.

A refusal is told in the customer's language: never the engine's own sentence, which is for people at the desk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from waada.core import commands as c
from waada.core.conversation import Conversation
from waada.core.decide import is_blank
from waada.core.events import Attachment, Message
from waada.core.ids import CUSTOMER, CommandId, MessageId
from waada.core.refusals import Refused
from waada.web.customer_pages import Reader
from waada.web.parts import Parts

Act = Literal["ignored", "release", "person", "call", "mail"]
ACTS: tuple[Act, ...] = get_args(Act)

EMAIL_LENGTH_MAX = 254
TEXT_LENGTH_MAX = 1_000_000
# Sixty pages; in JSON it still fits into the largest frame that the server reads (1 MB).
CHAT_LENGTH_MAX = 100_000
_EMAIL = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\".]+")
_PHONE = re.compile(r"\+?[\d\s().\-/]{5,40}")
_DIGITS_MIN = 5

_THANKS: dict[Act, str] = {
    "ignored": "status.thanks_ignored",
    "release": "status.thanks_not_needed",
    "person": "status.thanks_person",
    "call": "status.thanks_called",
    "mail": "status.thanks_mailed",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What the customer reads after an act: a key of the catalogue, and whether it was carried out."""

    key: str
    done: bool


async def carry_out(parts: Parts, state: Conversation, act: Act, command_id: str, address: str = "") -> Said:
    """Do what the customer asked; say what they read then."""
    wrong = check_address(act, address, state)
    if wrong is not None:
        return Said(wrong, done=False)
    order = c.Order(
        command_id=CommandId(command_id),
        brand_id=state.brand_id,
        stream=state.id,
        by=CUSTOMER,
        command=_command(act, address.strip()),
    )
    try:
        await parts.engine.handle(order)
    except Refused:
        return Said(_refused(act, state), done=False)
    return Said(_THANKS[act], done=True)


def check_address(act: Act, address: str, state: Conversation) -> str | None:
    """Return the key of what is wrong with a number or an address, or None."""
    text = address.strip()
    if act == "mail" and not (is_email(text) or (not text and state.customer.email)):
        return "error.email_invalid"
    if act == "call" and not (is_phone(text) or (not text and state.customer.phone)):
        return "error.phone_invalid"
    return None


def is_email(text: str) -> bool:
    """Return whether this can be an e-mail address; the mail itself is the only real proof."""
    return len(text) <= EMAIL_LENGTH_MAX and _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """Return whether this can be a phone number."""
    return _PHONE.fullmatch(text) is not None and sum(each.isdigit() for each in text) >= _DIGITS_MIN


def thanks(key: str, state: Conversation, reader: Reader) -> str:
    """Return the sentence after an act; number and address come from the record, never from the address bar."""
    customer = state.customer
    return reader.say(key, number=customer.phone or "", address=customer.email or "")


async def write(
    parts: Parts,
    state: Conversation,
    text: str,
    attachments: tuple[Attachment, ...],
    message_id: MessageId,
    command_id: str,
    asked: str | None = None,
) -> Conversation:
    """Add a message of the customer's to their conversation. Raises `Refused`."""
    order = c.Order(
        command_id=CommandId(command_id),
        brand_id=state.brand_id,
        stream=state.id,
        by=CUSTOMER,
        command=c.Write(message=Message(id=message_id, text=text, attachments=attachments)),
        asked=asked,
    )
    return (await parts.engine.handle(order)).conversation


def check_text(text: str, files: int, most: int = TEXT_LENGTH_MAX) -> tuple[str, dict[str, object]] | None:
    """Return what is wrong with a message before it is sent (key and values), or None."""
    if not files and is_blank(text):
        return "error.text_empty", {}
    if len(text) > most:
        return "error.text_too_long", {"n": most}
    return None


def _command(act: Act, address: str) -> c.ConversationCommand:
    match act:
        case "ignored":
            return c.FeelIgnored()
        case "release":
            return c.Release()
        case "person":
            return c.AskForPerson()
        case "call":
            return c.PreferContact(how="phone", address=address or None)
        case "mail":
            return c.PreferContact(how="mail", address=address or None)


def _refused(act: Act, state: Conversation) -> str:
    open_ = state.enquiry is not None and state.enquiry.status != "ended"
    if act == "ignored" and open_:
        return "status.thanks_ignored_before"
    return "error.try_again" if open_ else "status.now_closed"
