"""The frames of the chat socket: what a window may say, read strictly, and the small ones it is told."""

from __future__ import annotations

from typing import Literal

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from waada.web.customer_pages import Reader
from waada.web.customer_promise import Quote
from waada.web.feed import Signal
from waada.words import direction


class Hello(msgspec.Struct, tag_field="kind", tag="hello"):
    """Who this is. `page` is where the window stands; nothing is kept of it yet."""

    language: str = ""
    zone: str = ""
    identity: str | None = None
    page: str | None = None


class Write(msgspec.Struct, tag_field="kind", tag="write"):
    """A message under the window's own key."""

    key: str
    text: str
    attachments: list[str] = []


class Typing(msgspec.Struct, tag_field="kind", tag="typing"):
    """The customer types, or no longer."""

    on: bool


class Seen(msgspec.Struct, tag_field="kind", tag="seen"):
    """A message was on screen."""

    message: str


class Address(msgspec.Struct, tag_field="kind", tag="address"):
    """Where to answer if the customer leaves."""

    email: str
    key: str = ""


class Act(msgspec.Struct, tag_field="kind", tag="act"):
    """What the customer wants besides writing."""

    action: Literal["ignored", "release", "person"]
    key: str = ""


class Ping(msgspec.Struct, tag_field="kind", tag="ping"):
    """A sign of life is asked for."""


Frame = Hello | Write | Typing | Seen | Address | Act | Ping

KEY_LENGTH_MAX = 100
_decoder = msgspec.json.Decoder(Frame)


def read(text: str) -> Frame:
    """Return what a window said. Raises `msgspec.MsgspecError` for anything else."""
    frame: Frame = _decoder.decode(text)
    if isinstance(frame, Write | Address | Act) and len(frame.key) > KEY_LENGTH_MAX:
        raise msgspec.ValidationError("a key has at most 100 characters")
    return frame


async def heard(socket: WebSocket) -> str:
    """Return the next words of a window; bytes are none. Raises `WebSocketDisconnect` when it is gone."""
    if socket.application_state is WebSocketState.DISCONNECTED:
        raise WebSocketDisconnect  # that it is gone was found out while sending
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text = message.get("text")
    return text if isinstance(text, str) else ""


def before_frame(quote: Quote | None) -> dict[str, object] | None:
    """Return what would be promised now."""
    return None if quote is None else {"due_at": quote.due_at, "words": quote.words, "sentence": quote.sentence}


def direction_of(reader: Reader) -> str:
    """Return in which direction the reader's language is written."""
    return direction(reader.language)


def signal_frame(signal: Signal, version: int) -> dict[str, object] | None:
    """Return what a customer may know of a moment: a person types (by name), a person has the conversation open."""
    who = signal.payload.get("who")
    if not isinstance(who, dict) or who.get("id") == "customer":
        return None
    on = signal.payload.get("on") is True
    if signal.what == "typing":
        return {"kind": "typing", "name": who.get("name") or "", "on": on}
    if signal.what == "viewing" and on:
        return {"kind": "seen", "by_person": True, "version": version}
    return None
