"""The command line: `waada up`, `serve`, `work`, `migrate`, `simulate`, `key`.

It talks to a person at a terminal: what goes wrong outside is one plain sentence, never a stack of frames.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine
from typing import Annotated, Any

import structlog
import typer

from waada import settings as settings_of
from waada.settings import Settings
from waada.trouble import Trouble

app = typer.Typer(
    help="Waada, the promise desk: every enquiry gets a promise, and it is kept or renegotiated before it breaks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Slug = Annotated[str, typer.Argument(help="the brand's short name, such as demo")]


@app.command()
def up() -> None:
    """Run everything in one process: database, desk, chat, mail, timers."""
    _run(_node(serve=True, work=True))


@app.command()
def serve() -> None:
    """Serve pages, API and feed only, beside other nodes on one DATABASE_URL."""
    _run(_node(serve=True, work=False))


@app.command()
def work() -> None:
    """Work off timers, mail and alerts only, beside other nodes on one DATABASE_URL."""
    _run(_node(serve=False, work=True))


@app.command()
def migrate() -> None:
    """Bring the database's schema up to date; with several nodes, before they are upgraded."""
    _run(_migrate())


@app.command()
def key(
    brand: Slug,
    role: Annotated[str, typer.Option(help="what the key may do: agent, lead or owner")] = "owner",
    name: Annotated[str, typer.Option(help="what it is for, as shown in the settings")] = "command line",
) -> None:
    """Print a new API key. It is shown this once; only its hash is kept."""
    _run(_key(brand, role, name))


@app.command()
def simulate(
    scenario: Annotated[str, typer.Argument(help="a named day, such as retail_day")],
    seed: Annotated[int, typer.Option(help="the same seed gives the same run, to the byte")] = 1,
    days: Annotated[int, typer.Option(min=1, max=10_000, help="how many days")] = 1,
    check: Annotated[bool, typer.Option(help="check every law at every command and audit the whole log")] = False,
    json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Let customers, staff and faults loose on the same engine, on a virtual clock."""
    import msgspec

    from waada.sim.report import as_plain, print_table
    from waada.sim.scenarios import SCENARIOS
    from waada.sim.simulate import simulate as let_loose

    if scenario not in SCENARIOS:
        print(f"There is no scenario {scenario!r}. Known: {', '.join(sorted(SCENARIOS))}.", file=sys.stderr)
        raise typer.Exit(2)
    report = let_loose(scenario, seed, days, "all" if check else "some")
    if json:
        print(msgspec.json.format(msgspec.json.encode(as_plain(report)), indent=2).decode())
    else:
        print_table(report)
    if report.broken:
        raise typer.Exit(1)


def main() -> None:
    """Run the command line."""
    app()


def _run(job: Coroutine[Any, Any, None]) -> None:
    """Run a job on uvloop; trouble is told in one sentence and exit code 1."""
    import uvloop

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(job)
    except Trouble as trouble:
        print(f"\nWaada can't start: {trouble}" if sys.stderr.isatty() else str(trouble), file=sys.stderr)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _log_to_stderr(level: str = "warning") -> None:
    """Log, away from what commands print. A bug shows where it is, not the values at hand: passwords."""
    plain = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            plain,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _settings() -> Settings:
    settings = settings_of.from_environment()
    _log_to_stderr(settings.log_level)
    return settings


async def _migrate() -> None:
    from waada.store.embedded import EmbeddedPostgres
    from waada.store.migrate import migrate as bring_up_to_date

    settings = _settings()
    database = EmbeddedPostgres(settings.home, database_url=settings.database_url, programs_folder=settings.pg_bin)
    dsn = await database.start()
    try:
        done = await bring_up_to_date(dsn)
    finally:
        await database.stop()
    print("\n".join(done) if done else "The schema is up to date.")


async def _key(slug: str, role: str, name: str) -> None:
    from waada import node

    core = await node.Core.open(_settings(), join=True)
    try:
        print(await node.new_key(core, slug, role, name))
    finally:
        await core.close()


async def _node(*, serve: bool, work: bool) -> None:
    from waada import node

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    await node.run(_settings(), serve=serve, work=work, stop=stop, say=print)
