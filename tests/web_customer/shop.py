"""A brand whose customers knock: pages and sockets on the memory store and a virtual clock."""

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
from starlette.routing import Router

from scene import MONDAY_TEN, Scene
from waada.core import commands as c
from waada.core.conversation import Conversation
from waada.core.events import Message
from waada.core.ids import ConversationId, MessageId, by_person
from waada.settings import Settings
from waada.store.memory import MemoryStore
from waada.tokens import status_token
from waada.web import chat, contact, status
from waada.web.access_limits import Limits
from waada.web.customer_presence import CustomerPresence
from waada.web.feed import FeedHub
from waada.web.parts import Parts
from waada.words.phrase import CataloguePhrase

SECRET = b"a secret of thirty-two bytes ..."


@dataclass(frozen=True)
class KeptBlob:
    sha256: str
    media_type: str
    size: int
    content: bytes


class ShopStore(MemoryStore):
    """The memory store with a shelf for files."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[tuple[str, str], KeptBlob] = {}

    async def put_blob(self, brand_id: str, blob: str, media_type: str, content: bytes) -> KeptBlob:
        return self.files.setdefault((brand_id, blob), KeptBlob("", media_type, len(content), content))

    async def blob(self, brand_id: str, blob: str) -> KeptBlob | None:
        return self.files.get((brand_id, blob))


class Shop(Scene):
    """The scene with its web in front."""

    def __init__(self) -> None:
        super().__init__(MONDAY_TEN)
        self.store = self.shelf = ShopStore()
        self.engine.store = self.store
        self.engine.phrase = CataloguePhrase()
        self.hub = FeedHub(self.store)
        self.parts = Parts(
            settings=Settings(home=Path("unused"), public_url="http://shop.test"),
            engine=self.engine,
            store=self.store,  # type: ignore[arg-type]  # what the customer's side needs of it is there
            clock=self.clock,
            ids=self.ids,
            hub=self.hub,
            secret=SECRET,
            limits=Limits(),
        )
        self.presence = CustomerPresence(self.parts, sleep=self.never)
        routes = [*contact.routes(self.parts), *status.routes(self.parts), *chat.routes(self.parts, self.presence)]
        self.app = Router(routes=routes, redirect_slashes=False)

    @staticmethod
    async def never(_seconds: float) -> None:
        """The clock is moved by hand, and `presence.sweep` is called by hand."""
        await asyncio.Event().wait()

    def browser(self, language: str = "en") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app, client=("192.0.2.7", 4711))
        return httpx.AsyncClient(
            transport=transport, base_url="http://shop.test", headers={"accept-language": language}
        )

    def conversations(self) -> list[Conversation]:
        return list(self.store.conversations(self.brand))

    def only(self) -> Conversation:
        (state,) = self.conversations()
        return state

    def link(self) -> str:
        return f"/p/{status_token(SECRET, self.brand, self.only().id)}"

    async def answer(self, text: str, conversation: ConversationId | None = None) -> None:
        message = Message(id=MessageId(self.ids.fresh()), text=text)
        await self.by_ann(c.Reply(author="Ann", person_id=self.ann, message=message), conversation)

    async def by_ann(self, command: c.Command, conversation: ConversationId | None = None) -> None:
        await self.order(command, conversation or self.only().id, by=by_person(self.ann))

    def later(self, **amount: float) -> None:
        self.clock.advance(timedelta(**amount))


def field_of(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"there is no field {name}"
    return unescape(found[1])


def text_of(html: str) -> str:
    """What somebody reads: no markup, single spaces, no marks of direction."""
    body = re.sub(r"<(head|script)\b.*?</\1>", " ", html, flags=re.DOTALL)
    plain = unescape(re.sub(r"<[^>]+>", " ", body))
    return " ".join(re.sub("[\u2066-\u2069]", "", plain).split())
