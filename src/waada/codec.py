"""Facts, states and effects to JSON and back: one encoder for the database, the feed, the ledger's hash and the API.

Every kind is read back by its stored name, never guessed from its fields.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, get_args

import msgspec

from waada.core import effects
from waada.core.conversation import Conversation
from waada.core.events import KIND_OF, KINDS, Event, kind_of
from waada.core.hours import Hours
from waada.core.letters import Letter
from waada.core.people import Brand
from waada.core.summary import Row

T = TypeVar("T")


def _plain(thing: object) -> object:
    if isinstance(thing, Hours):
        return thing.to_plain()
    message = f"{type(thing).__name__} has no JSON form"
    raise NotImplementedError(message)


def _thing(kind: type, plain: Any) -> object:
    if kind is Hours:
        return Hours.from_plain(plain)
    message = f"{kind.__name__} has no JSON form"
    raise NotImplementedError(message)


_encoder = msgspec.json.Encoder(enc_hook=_plain)
_decoders: dict[type, msgspec.json.Decoder[Any]] = {}

EFFECTS: dict[str, type] = {kind_of(each): each for each in get_args(effects.Effect)}
EFFECT_KIND: dict[type, str] = {each: name for name, each in EFFECTS.items()}
STATES: dict[str, type] = {"conversation": Conversation, "letter": Letter, "brand": Brand}


# The JSON of a fact, state, effect or row.
encode: Callable[[object], bytes] = _encoder.encode


def decode(text: bytes | str, kind: type[T]) -> T:
    """Return the thing of that class from its JSON."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind, dec_hook=_thing)
    return decoder.decode(text)  # type: ignore[no-any-return]  # the decoder was made for this class


def decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """Return a decoder for any type annotation; make it once and keep it."""
    return msgspec.json.Decoder(kind, dec_hook=_thing)


def convert(plain: object, kind: Any) -> Any:
    """Return the thing of that type from plain values, such as the texts of a query."""
    return msgspec.convert(plain, kind, strict=False, dec_hook=_thing)


def decode_event(kind: str, text: bytes | str) -> Event:
    """Return a fact from its stored name and JSON."""
    return decode(text, KINDS[kind])


def event_kind(event: Event) -> str:
    """Return the stored name of a fact."""
    return KIND_OF[type(event)]


def decode_effect(kind: str, text: bytes | str) -> effects.Effect:
    """Return an effect from its stored name and JSON."""
    return decode(text, EFFECTS[kind])


def decode_row(text: bytes | str) -> Row:
    """Return a queue row from its JSON."""
    return decode(text, Row)
