"""What every part of the mail room gets: the engine, the store, the mailbag and the secrets of this installation.

Built once by a composition root; the parts read from it and keep nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from waada.core.ids import BrandId, ConversationId, MessageId
from waada.engine import Engine
from waada.mailbag import Mailbag
from waada.ports import Clock, Ids, Reading, Store


class File(Protocol):
    """The bytes of an attachment, as the store gives them."""

    @property
    def media_type(self) -> str:
        """Return what it says it is."""
        ...

    @property
    def content(self) -> bytes:
        """Return the bytes."""
        ...


class MailStore(Store, Reading, Protocol):
    """What mail needs from the store; the one in PostgreSQL has it."""

    async def put_blob(self, brand_id: BrandId, blob: str, media_type: str, content: bytes) -> object:
        """Keep the bytes of a file under its id; the same id twice is once."""
        ...

    async def blob(self, brand_id: BrandId, blob: str) -> File | None:
        """Return a file of that brand."""
        ...

    async def thread_of(self, brand_id: BrandId, refs: Sequence[str]) -> tuple[ConversationId, MessageId] | None:
        """Return the conversation and message known by the first of these Message-IDs that is known at all."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MailParts:
    """The parts of one mail room. `outgoing_url` is the mail server of the installation, None for a local outbox.

    `public_url` is where customers and people reach this installation; `node` names this process among several.
    """

    engine: Engine
    store: MailStore
    bag: Mailbag
    clock: Clock
    ids: Ids
    secret: bytes
    public_url: str
    outgoing_url: str | None = None
    node: str = "node"
