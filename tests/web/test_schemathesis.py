"""Strangers and careless programs at every door: no answer that the OpenAPI document does not name, and no bug.

A real server on loopback; `schemathesis` makes up requests from the document, half of them wrong on purpose. Where a
path names a thing, every other request gets one that exists, so that the code behind the first check is reached too.
"""

import asyncio
import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import CHECKS

from embedded_postgres_support import at_database
from waada.clock import VirtualClock
from waada.web import api
from waada.web.openapi import document
from web_office import NOON, URL, new_office, running

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

EXAMPLES = 3  # for each of some seventy doors; the coverage phase adds the edges of every field
schema = schemathesis.openapi.from_dict(document(api.endpoints(), URL))
# What ends the caller, or locks the whole installation's only address out, would make the rest of the run pointless.
schema.config.phases.coverage.unexpected_methods = {"PATCH"}  # one method that is nowhere tells as much as six
chosen = schema.exclude(path_regex="/session$|/me/password$|/metrics$")
CHOSEN_CHECKS = [
    each
    for each in CHECKS.get_all()
    if each.__name__
    in {
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    }
]


@dataclass(frozen=True)
class Live:
    """A running server, who calls, and things that exist."""

    url: str
    key: str
    cookie: str
    csrf: str
    ids: dict[str, str]


async def serve(dsn: str, home: Path, ready: list[Live], told: threading.Event, stop: threading.Event) -> None:
    clock = VirtualClock(NOON)
    async with running(dsn, home, clock=clock) as (app, parts):
        office = await new_office(app, parts, clock, "shop")
        begun = await office.write()
        blob = await office.key.http.post("/api/v1/attachments", content=b"x", headers=office.key.headers)
        key = await office.owner.post("/keys", {"name": "stranger", "role": "owner"})
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off", access_log=False))
        task = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn tells it by this flag only
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        ids = {
            "conversation": begun["conversation"]["id"],
            "promise": begun["promise"]["id"],
            "person": office.lead.person_id,
            "blob": blob.json()["blob"],
            "channel": "mail",
        }
        url = f"http://127.0.0.1:{port}"
        ready.append(Live(url, key.json()["key"], office.agent.cookie, office.agent.headers["X-Waada-CSRF"], ids))
        told.set()
        while not stop.is_set():  # noqa: ASYNC110 - it is set in another thread
            await asyncio.sleep(0.05)
        server.should_exit = True
        await task


@pytest.fixture(scope="module")
def live(postgres_dsn: str, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    async def make(statement: str) -> None:
        connection = await asyncpg.connect(postgres_dsn)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(make(f"CREATE DATABASE strangers TEMPLATE {template_database} STRATEGY FILE_COPY"))
    ready: list[Live] = []
    told, stop = threading.Event(), threading.Event()
    home = tmp_path_factory.mktemp("strangers")
    dsn = at_database(postgres_dsn, "strangers")
    thread = threading.Thread(target=lambda: asyncio.run(serve(dsn, home, ready, told, stop)))
    thread.start()
    assert told.wait(60), "the server did not start"
    yield ready[0]
    stop.set()
    thread.join(30)
    asyncio.run(make("DROP DATABASE strangers WITH (FORCE)"))


turns = itertools.count()


@chosen.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_answer_to_a_stranger_is_in_the_document(case: Case[Any], live: Live) -> None:
    if next(turns) % 2 and case.path_parameters:
        parameters: dict[str, Any] = dict(case.path_parameters)
        parameters.update({name: value for name, value in live.ids.items() if name in parameters})
        case.path_parameters = parameters
    if all("session" in each for each in case.operation.definition.raw["security"]):
        headers = {"Cookie": live.cookie, "X-Waada-CSRF": live.csrf}
    else:
        headers = {"Authorization": f"Bearer {live.key}"}
    answer = case.call(base_url=live.url, headers=headers)
    case.validate_response(answer, checks=CHOSEN_CHECKS)  # type: ignore[arg-type]  # its own registry's own checks
