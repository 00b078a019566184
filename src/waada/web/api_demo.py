"""Playing a Friday evening in the demo brand: simulated customers write through the real doors."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from waada.web import shapes as s
from waada.web.endpoints import Call, Endpoint
from waada.web.parts import Demo
from waada.web.problems import not_found

PATH = "/api/v1/demo/play"


class PlayRequest(s.Struct):
    """How many story seconds pass in a real one."""

    speed: Annotated[float, Meta(ge=0.1, le=1000)] = 1.0


class PlayAnswer(s.Struct):
    """Whether it plays, how fast, and how the evening goes."""

    playing: bool
    speed: float | None
    evening: dict[str, Any]


async def play(call: Call[PlayRequest]) -> PlayAnswer:
    """Begin, or go on at another speed."""
    demo = await _demo(call)
    await demo.start(call.asked.speed, call.someone.person_id)
    return _now(demo)


async def stop(call: Call[None]) -> PlayAnswer:
    """Stop; what was written stays."""
    demo = await _demo(call)
    await demo.stop()
    return _now(demo)


async def playing(call: Call[None]) -> PlayAnswer:
    """Whether it plays."""
    return _now(await _demo(call))


async def _demo(call: Call[Any]) -> Demo:
    brand = await call.brand()
    if call.parts.demo is None or not brand.demo:
        raise not_found("demo")
    return call.parts.demo


def _now(demo: Demo) -> PlayAnswer:
    return PlayAnswer(playing=demo.speed is not None, speed=demo.speed, evening=demo.status())


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    return (
        Endpoint(
            method="POST",
            path=PATH,
            summary="Play a Friday evening",
            handler=play,
            who="agent",
            status=202,
            statuses=(404,),
            body=PlayRequest,
            answer=PlayAnswer,
        ),
        Endpoint(
            method="DELETE",
            path=PATH,
            summary="Stop the evening",
            handler=stop,
            who="agent",
            statuses=(404,),
            answer=PlayAnswer,
        ),
        Endpoint(
            method="GET",
            path=PATH,
            summary="Does it play?",
            handler=playing,
            who="agent",
            statuses=(404,),
            answer=PlayAnswer,
        ),
    )
