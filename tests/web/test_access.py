"""Tokens, locks, limits: the small things that access rests on, each by itself."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waada.clock import RandomIds
from waada.core.events import Event
from waada.core.ids import BrandId, ConversationId
from waada.sealing import WrongSecret, load_secret, seal, unseal
from waada.tokens import read_status_token, read_visitor_token, status_token, visitor_token
from waada.trouble import WrongSetting
from waada.web import access
from waada.web.access_limits import Bucket, Limits, address_of
from waada.web.api_files import disposition, safe_name

SECRET = b"one secret of thirty-two bytes.."
OTHER = b"another secret of 32 bytes......"
NOW = datetime(2026, 6, 2, 12, 0, tzinfo=UTC)
ids = RandomIds()
BRAND, CONVERSATION = BrandId(ids.fresh()), ConversationId(ids.fresh())


def test_a_status_link_goes_on_working_and_opens_one_conversation() -> None:
    token = status_token(SECRET, BRAND, CONVERSATION)
    assert token == status_token(SECRET, BRAND, CONVERSATION)
    assert read_status_token(SECRET, token) == (BRAND, CONVERSATION)
    assert read_status_token(OTHER, token) is None


@given(st.integers(0, 63), st.characters(min_codepoint=33, max_codepoint=126))
def test_a_token_with_one_character_changed_opens_nothing(place: int, letter: str) -> None:
    token = status_token(SECRET, BRAND, CONVERSATION)
    changed = token[:place] + letter + token[place + 1 :]
    assert (read_status_token(SECRET, changed) is None) == (changed != token)


@given(st.text(max_size=100))
def test_what_somebody_types_is_no_token(text: str) -> None:
    assert read_status_token(SECRET, text) is None
    assert read_visitor_token(SECRET, BRAND, text) is None


def test_a_token_for_one_thing_does_not_open_another() -> None:
    visitor = ids.fresh()
    token = visitor_token(SECRET, BRAND, visitor)
    assert read_visitor_token(SECRET, BRAND, token) == visitor
    assert read_visitor_token(SECRET, BrandId(ids.fresh()), token) is None
    assert read_status_token(SECRET, token) is None
    assert read_visitor_token(SECRET, BRAND, status_token(SECRET, BRAND, CONVERSATION)) is None


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    secret = load_secret(tmp_path / "new")
    assert load_secret(tmp_path / "new") == secret
    assert len(secret) == 32
    mode = stat.S_IMODE((tmp_path / "new" / "secret").stat().st_mode)
    assert mode == 0o600
    assert load_secret(tmp_path / "other", (tmp_path / "new" / "secret").read_text()) == secret


def test_a_secret_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2")
    with pytest.raises(WrongSetting, match="does not hold a secret"):
        load_secret(tmp_path)


def test_a_sealed_password_opens_only_where_it_belongs() -> None:
    sealed = seal(SECRET, "pässword", "channel:a")
    assert "pässword" not in sealed
    assert unseal(SECRET, sealed, "channel:a") == "pässword"
    assert seal(SECRET, "pässword", "channel:a") != sealed
    for secret, purpose in ((OTHER, "channel:a"), (SECRET, "channel:b")):
        with pytest.raises(WrongSecret):
            unseal(secret, sealed, purpose)
    with pytest.raises(WrongSecret):
        unseal(SECRET, "sealed:nonsense", "channel:a")


def test_every_kind_of_fact_has_been_thought_about() -> None:
    shown = set()
    for kind in get_args(Event):
        if access.visible_to_customer(object.__new__(kind)):
            shown.add(kind.__name__)
    assert shown == {
        "CustomerWrote",
        "PersonWrote",
        "BotWrote",
        "CustomerTold",
        "Undone",
        "ConversationClosed",
        "ConversationReopened",
        "PromiseMade",
        "FeltIgnored",
        "PersonAskedFor",
        "ContactPreferred",
        "CustomerSaw",
    }


def test_a_bucket_fills_again_with_time() -> None:
    limits = Limits(buckets={"door": Bucket(burst=3, per_minute=60)})
    assert [limits.wait_seconds("door", "1.2.3.4", NOW) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert limits.wait_seconds("door", "1.2.3.4", NOW) == pytest.approx(1.0)
    assert limits.wait_seconds("door", "1.2.3.5", NOW) == 0.0
    assert limits.wait_seconds("door", "1.2.3.4", NOW - timedelta(days=1)) > 0
    assert limits.wait_seconds("door", "1.2.3.4", NOW + timedelta(seconds=1)) == 0.0


def test_one_household_shares_a_bucket_over_ipv6() -> None:
    limits = Limits(buckets={"door": Bucket(burst=1, per_minute=1)})
    assert limits.wait_seconds("door", "2001:db8::1", NOW) == 0.0
    assert limits.wait_seconds("door", "2001:db8::2", NOW) > 0
    assert limits.wait_seconds("door", "2001:db8:0:1::1", NOW) == 0.0


def test_what_a_proxy_says_counts_only_when_it_is_trusted() -> None:
    headers = [(b"x-forwarded-for", b"6.6.6.6, 1.2.3.4")]
    assert address_of(("10.0.0.1", 1), headers, trust_proxy=False) == "10.0.0.1"
    assert address_of(("10.0.0.1", 1), headers, trust_proxy=True) == "1.2.3.4"
    assert address_of(None, [], trust_proxy=True) == "unknown"


@pytest.mark.parametrize(
    ("origin", "ours"),
    [
        (None, True),
        (b"https://desk.example.org", True),
        (b"https://internal:8080", True),
        (b"https://desk.example.org.evil.test", False),
        (b"http://desk.example.org", False),
        (b"null", False),
        (b"", False),
    ],
)
def test_whose_page_a_request_comes_from(origin: bytes | None, ours: bool) -> None:  # noqa: FBT001
    headers = [(b"host", b"internal:8080"), *([(b"origin", origin)] if origin is not None else [])]
    assert access.is_own_origin(headers, "https://desk.example.org") is ours


@given(st.text(max_size=300))
def test_any_file_name_becomes_a_harmless_one(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= 200
    assert "/" not in safe
    assert safe.isprintable()
    header = disposition("attachment", safe)
    assert b"\r" not in header
    assert b"\n" not in header
    assert header.count(b'"') == 2
