"""Every door of the API, in one table, with those that a machine looks at: health, metrics, the OpenAPI document."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from waada import codec
from waada.web import (
    api_bars,
    api_brand,
    api_conversations,
    api_demo,
    api_drafts,
    api_files,
    api_keeping,
    api_letters,
    api_mail,
    api_people,
    api_plan,
    api_policies,
    api_reading,
    api_unsent,
    joining,
    signin,
)
from waada.web import shapes as s
from waada.web.endpoints import Answer, Call, Endpoint
from waada.web.openapi import document
from waada.web.problems import Problem

PLAIN_PATHS = ("/healthz", "/readyz", "/metrics")
_MODULES = (
    api_conversations,
    api_drafts,
    api_files,
    api_letters,
    api_reading,
    api_keeping,
    api_bars,
    api_brand,
    api_policies,
    api_plan,
    api_people,
    api_mail,
    api_unsent,
    api_demo,
    signin,
    joining,
)


class HealthAnswer(s.Struct):
    """All is well."""

    status: str


async def health(_call: Call[None]) -> HealthAnswer:
    """The process answers."""
    return HealthAnswer(status="ok")


async def ready(call: Call[None]) -> HealthAnswer:
    """The process answers and its database does too."""
    try:
        await call.parts.store.next_timer_at()
    except Exception as error:
        raise Problem(503, "The database does not answer.", headers=((b"retry-after", b"1"),)) from error
    return HealthAnswer(status="ok")


async def metrics(call: Call[None]) -> Answer:
    """Figures for Prometheus."""
    meter, store = call.parts.meter, call.parts.store
    due_at = await store.next_timer_at()
    late = max(timedelta(0), call.now - due_at) if due_at is not None else timedelta(0)
    meter.timers_late.set(late.total_seconds())
    lengths = await store.queue_lengths()
    meter.waiting.labels("timers").set(lengths.timers)
    meter.waiting.labels("outbox").set(lengths.outbox)
    meter.outbox_trouble.set(lengths.in_trouble)
    return Answer(body=meter.text(), media_type=b"text/plain; version=0.0.4; charset=utf-8")


async def openapi(call: Call[None]) -> Answer:
    """The OpenAPI document."""
    return Answer(body=_document(call.parts.settings.public_url))


@cache
def _document(public_url: str) -> bytes:
    return codec.encode(document(endpoints(), public_url))


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """Return every door."""
    return (*(each for module in _MODULES for each in module.endpoints()), *_machine_endpoints())


def _machine_endpoints() -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            method="GET",
            path="/api/v1/openapi.json",
            summary="Read this document",
            handler=openapi,
            who="anyone",
            bucket="page",
            answer=dict[str, Any],
        ),
        Endpoint(
            method="GET", path="/healthz", summary="Is it alive?", handler=health, who="anyone", answer=HealthAnswer
        ),
        Endpoint(
            method="GET", path="/readyz", summary="Is it ready?", handler=ready, who="anyone", answer=HealthAnswer
        ),
        Endpoint(
            method="GET",
            path="/metrics",
            summary="Figures for Prometheus",
            handler=metrics,
            who="anyone",
            answer_media="text/plain",
        ),
    )
