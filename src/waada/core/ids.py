"""Names of things. Ids are UUIDv7 strings handed in from outside; the core only derives further ids from such a one.

One command gets one seed id whose last two hex digits are free, so that everything a command creates is numbered from
its seed: pure, time-ordered, and the same on every replay.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha1
from typing import NewType
from uuid import UUID

BrandId = NewType("BrandId", str)
ConversationId = NewType("ConversationId", str)
EnquiryId = NewType("EnquiryId", str)
PromiseId = NewType("PromiseId", str)
MessageId = NewType("MessageId", str)
CustomerId = NewType("CustomerId", str)
PersonId = NewType("PersonId", str)
LetterId = NewType("LetterId", str)
CommandId = NewType("CommandId", str)

ROOM = 256  # two hex digits: far more things than one command ever creates
_TAILS = tuple(f"{n:02x}" for n in range(ROOM))

# Who gives a command. People and keys carry their id behind the colon.
CUSTOMER = "customer"
SYSTEM = "system"


def mint(seed: str, number: int) -> str:
    """Return the `number`-th id that belongs to `seed` (0 <= number < 256)."""
    return seed[:-2] + _TAILS[number]


def customer_id(brand_id: BrandId, kind: str, address: str) -> CustomerId:
    """Return the id of the customer behind an address.

    Derived, not looked up, so that two messages that arrive at the same moment can't make two customers.
    """
    named = _namespace(brand_id) + f"{kind}:{address.casefold()}".encode()
    # As `uuid.uuid5`, which takes three times as long to make an object that nobody needs.
    text = sha1(named, usedforsecurity=False).hexdigest()
    return CustomerId(f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{_VARIANTS[text[16]]}{text[17:20]}-{text[20:32]}")


# RFC 9562: the first two bits of the fourth group are 10.
_VARIANTS = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


@lru_cache(maxsize=256)
def _namespace(brand_id: BrandId) -> bytes:
    """Return a brand's id as what names are derived from. Reading it takes as long as deriving one."""
    return UUID(brand_id).bytes


def by_person(person: PersonId) -> str:
    """Return the `by` of a command that a person gave."""
    return f"person:{person}"


def person_of(by: str) -> PersonId | None:
    """Return the person who gave a command, or None for customers, keys and the system."""
    return PersonId(by[7:]) if by.startswith("person:") else None
