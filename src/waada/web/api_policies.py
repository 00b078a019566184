"""What a customer would be promised by a policy that is only being thought about, in their own words.

It asks where the engine asks (`core/quoting.py`), with the channel as the form has it, and changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from waada.core import brand as setting_up
from waada.core import commands as c
from waada.core.moment import Moment
from waada.core.outlook import Asked
from waada.core.people import Brand, Channel
from waada.core.policies import Instead
from waada.core.quoting import time_of, words_of
from waada.web import shapes as s
from waada.web.api_brand import ChannelRequest, channel_from
from waada.web.endpoints import Call, Endpoint
from waada.web.problems import Problem
from waada.words import direction


class QuoteAnswer(s.Struct):
    """A promise that would be made now: as the customer reads it, its chance, and another way where it takes long."""

    words: str
    language: str
    direction: Literal["ltr", "rtl"]
    due_at: datetime
    chance: float | None
    instead: Instead | None


async def preview(call: Call[ChannelRequest]) -> QuoteAnswer:
    """What somebody who writes now would be promised, were the channel so. Nothing is changed."""
    if call.asked.policy is None:
        raise Problem(422, "Without a policy nothing is promised. Say within what time people are answered.")
    brand = await call.brand()
    channel = channel_from(call, brand)
    # A form that is being filled in has no name yet; its promise can be shown all the same.
    channel = channel if channel.name.strip() else replace(channel, name=channel.key)
    order = c.Order(
        command_id=call.command_id(),
        brand_id=brand.id,
        stream=brand.id,
        by=call.someone.by,
        command=c.SetChannel(channel=channel),
    )
    setting_up.decide(brand, order, Moment(call.now, call.parts.ids.fresh()))
    return _quote(call, brand, channel)


def _quote(call: Call[ChannelRequest], brand: Brand, channel: Channel) -> QuoteAnswer:
    engine, language = call.parts.engine, brand.languages[0]
    asked = Asked(brand=brand, channel=channel, kind="first_answer", stream="", now=call.now, since=call.now)
    time = time_of(asked, brand.zone, engine.outlook)
    return QuoteAnswer(
        words=words_of(asked, time, engine.phrase, language, brand.zone),
        language=language,
        direction=direction(language),
        due_at=time.due_at,
        chance=time.chance,
        instead=time.instead,
    )


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    return (
        Endpoint(
            method="POST",
            path="/api/v1/channels/{channel}/preview",
            summary="See what a customer would be promised",
            handler=preview,
            who="lead",
            statuses=(409,),
            body=ChannelRequest,
            answer=QuoteAnswer,
        ),
    )
