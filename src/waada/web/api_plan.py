"""The gate before a promise is published: it is tried against the demand and rosters, and what would help is said.

Working it out takes seconds, so asking begins a check and another request reads how far it is. A channel goes live
with a promise that is shown to hold, or with an owner's written reason (`api_brand.set_channel` asks here).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from waada.core.ids import PersonId
from waada.core.people import Brand, Channel, ChannelKind
from waada.core.policies import Policy
from waada.proving import Gate, Question
from waada.web import shapes as s
from waada.web.api_brand import DemandGiven, PlainHours, hours_from
from waada.web.endpoints import Call, Endpoint
from waada.web.problems import Problem, not_found
from waada.web.proofs import GateAnswer, check_possible, shown

NO_GATE = "Nothing here can try promises. Ask whoever runs this installation."


class GateRequest(s.Struct):
    """A promise to be tried on a channel; what is left out is as the channel has it."""

    channel: s.Slug
    policy: Policy
    demand: DemandGiven | None = None
    kind: ChannelKind | None = None
    hours: PlainHours | msgspec.UnsetType | None = msgspec.UNSET
    team: tuple[s.Id, ...] | None = None


class GateBegun(s.Struct):
    """Where to read how far it is."""

    id: str


async def begin(call: Call[GateRequest]) -> GateBegun:
    """Try a promise before it is published. Nothing is changed."""
    asked, brand = call.asked, await call.brand()
    channel = _channel(asked, brand)
    check_possible(call, brand, channel)
    demand = asked.demand.a_day if asked.demand is not None else None
    return GateBegun(id=_gate(call).ask(Question(brand=brand, channel=channel, a_day=demand)).id)


def _channel(asked: GateRequest, brand: Brand) -> Channel:
    known = brand.channel(asked.channel)
    kind = asked.kind or (known.kind if known is not None else None)
    if kind is None:
        raise Problem(422, "There is no such channel yet. Say what kind it will be.", field="kind")
    channel = known or Channel(key=asked.channel, kind=kind, name=asked.channel, address=_address(asked.channel, kind))
    if asked.hours is not msgspec.UNSET:
        channel = replace(channel, hours=hours_from(asked.hours) if asked.hours is not None else None)
    if asked.team is not None:
        channel = replace(channel, team=tuple(PersonId(each) for each in asked.team))
    return replace(channel, kind=kind, live=True, policy=replace(asked.policy, overridden=None))


def _address(key: str, kind: ChannelKind) -> str | None:
    """A mail channel that is only thought about has an address that nobody has."""
    return f"{key}@example.invalid" if kind == "mail" else None


async def how_far(call: Call[None]) -> GateAnswer:
    """How far a check is, and what it found."""
    gate = call.parts.gate
    check = gate.check(call.brand_id, call.path["check"]) if gate is not None else None
    if check is None:
        raise not_found("check")
    return shown(check)


def _gate(call: Call[Any]) -> Gate:
    gate = call.parts.gate
    if gate is None:
        raise Problem(409, NO_GATE)
    return gate


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    path = "/api/v1/plan/gate"
    return (
        Endpoint(
            method="POST",
            path=path,
            summary="Try a promise before it is published",
            handler=begin,
            who="lead",
            status=202,
            statuses=(404, 409),
            body=GateRequest,
            answer=GateBegun,
        ),
        Endpoint(
            method="GET",
            path=f"{path}/{{check}}",
            summary="Read how far a check is, and what it found",
            handler=how_far,
            who="lead",
            answer=GateAnswer,
        ),
    )
