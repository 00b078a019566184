"""Ids that are derived: the same for the same thing, for ever, or a customer would become somebody else."""

from __future__ import annotations

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from waada.core.ids import BrandId, customer_id

BRAND = BrandId("0192f0c0-0000-7000-8000-000000000100")
ADDRESSES = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@given(ADDRESSES)
def test_a_customer_is_named_after_the_address_as_the_standard_says(address: str) -> None:
    assert customer_id(BRAND, "email", address) == str(uuid5(UUID(BRAND), f"email:{address.casefold()}"))


def test_how_an_address_is_written_makes_no_other_customer() -> None:
    assert customer_id(BRAND, "email", "Ada@Example.org") == customer_id(BRAND, "email", "ada@example.ORG")
    assert customer_id(BRAND, "email", "ada@example.org") != customer_id(BRAND, "phone", "ada@example.org")
