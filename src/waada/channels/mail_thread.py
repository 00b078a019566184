"""Which conversation a mail belongs to: our signed reply address first, then message ids, never the subject alone.

A reply address carries the conversation and a keyed checksum, so that nobody can write into a conversation whose
address they were not given. Mail systems fold case and keep 64 characters, hence lower-case base32.
"""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from uuid import UUID

from waada.channels.mail_facts import ParsedMail
from waada.channels.mail_kind import OwnAddresses
from waada.core.ids import ConversationId

# 80 bits cannot be guessed over mail; with the 128 of the id they make 42 characters, and "reply+" fits before them.
_CHECKSUM_BYTES = 10
_TOKEN_LENGTH = 42
_TOKEN = re.compile(rf"[a-z2-7]{{{_TOKEN_LENGTH}}}")
_PURPOSE = b"waada reply address v1:"
_SECRET_BYTES_MIN = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyAddresses:
    """Makes and reads `local+token@domain`. The first secret signs, the others still read: so it can be changed."""

    base_address: str
    secrets: tuple[bytes, ...]

    def __post_init__(self) -> None:
        assert self.secrets, "a reply address needs a secret"
        assert all(len(one) >= _SECRET_BYTES_MIN for one in self.secrets), "a secret has at least 16 bytes"

    def address_for(self, conversation_id: ConversationId) -> str:
        local, _, domain = self.base_address.rpartition("@")
        return f"{local}+{_token(UUID(conversation_id).bytes, self.secrets[0])}@{domain}"

    def conversation_of(self, address: str) -> ConversationId | None:
        """The conversation that this address was made for, or None for any other and for forged ones."""
        local, _, domain = address.strip().lower().rpartition("@")
        base_local, _, base_domain = self.base_address.lower().rpartition("@")
        name, plus, token = local.rpartition("+")
        if not plus or (name, domain) != (base_local, base_domain) or not _TOKEN.fullmatch(token):
            return None
        return _conversation_of_token(token, self.secrets)


def _token(conversation: bytes, secret: bytes) -> str:
    checksum = hmac.digest(secret, _PURPOSE + conversation, hashlib.sha256)[:_CHECKSUM_BYTES]
    return base64.b32encode(conversation + checksum).decode("ascii").rstrip("=").lower()


def _conversation_of_token(token: str, secrets: tuple[bytes, ...]) -> ConversationId | None:
    try:
        conversation = base64.b32decode(token.upper() + "=" * (-len(token) % 8))[:16]
    except (binascii.Error, ValueError):
        return None
    for secret in secrets:
        if hmac.compare_digest(_token(conversation, secret), token):
            return ConversationId(str(UUID(bytes=conversation)))
    return None


def message_id_for(unique: str, domain: str) -> str:
    """The Message-ID (without brackets) of a message of ours; the same message always gets the same one.

    So a retry after a crash is recognised as the same mail by the receiver, and an answer to it by us.
    """
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,100}", unique), "made from our own ids only"
    return f"{unique}@{domain.lower()}"


def own_message_of(message_id: str, own: OwnAddresses) -> str | None:
    """What `message_id_for` was given, if the id is one of ours."""
    return message_id.rpartition("@")[0] if own.is_own_message_id(message_id) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ByReplyAddress:
    """Proof: only who got our mail knows this address."""

    conversation_id: ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class ByOwnMessage:
    """A message of ours (its unique part) is named; ids can be seen by others, so check that the sender takes part."""

    unique: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ByMessageId:
    """A message of somebody else is named that may have come to us before."""

    message_id: str


ThreadCandidate = ByReplyAddress | ByOwnMessage | ByMessageId


def thread_candidates(
    mail: ParsedMail, *, reply_addresses: ReplyAddresses, own: OwnAddresses
) -> tuple[ThreadCandidate, ...]:
    """Where the mail may belong, the surest first; empty for the first mail of a conversation."""
    addressed = (*mail.to, *mail.cc, *mail.delivered_to)
    conversations = (reply_addresses.conversation_of(address) for address in addressed)
    proofs = tuple(dict.fromkeys(conversation for conversation in conversations if conversation))
    # The newest message stands in In-Reply-To and at the end of References.
    named = tuple(dict.fromkeys((*mail.in_reply_to, *reversed(mail.references))))
    ours = [(own_message_of(message_id, own), message_id) for message_id in named]
    return (
        *(ByReplyAddress(conversation_id=conversation) for conversation in proofs),
        *(ByOwnMessage(unique=unique, message_id=message_id) for unique, message_id in ours if unique),
        *(ByMessageId(message_id=message_id) for unique, message_id in ours if not unique),
    )
