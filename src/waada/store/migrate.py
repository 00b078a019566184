"""Brings a database to the schema of this version: plain numbered SQL, each file once, under an advisory lock.

`NNNN_pre_name.sql` may run while nodes of the version before still work; `NNNN_post_name.sql` when they are gone.
Applied files are recorded with a checksum. A database made by a newer version is never touched.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import asyncpg

from waada.trouble import CannotStart, OtherVersion

Phase = Literal["pre", "post", "all"]
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

FOLDER = Path(__file__).parent / "migrations"
_FILE = re.compile(r"^(\d{4})_(pre|post)_(\w+)\.sql$")
CONNECT_SECONDS_MAX = 20.0
_LOCK = 0x7761616461  # "waada": any number that other programs on the same database are unlikely to lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One file. `phase` says whether the version before can still work beside it."""

    number: int
    phase: str
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Return what tells whether the file was changed after it was applied."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """Return all migrations, by number. Two of one number are a bug."""
    found: dict[int, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        match = _FILE.match(path.name)
        assert match is not None, f"{path.name} is not named NNNN_pre_name.sql or NNNN_post_name.sql"
        number = int(match[1])
        assert number not in found, f"two migrations have the number {number}"
        found[number] = Migration(number=number, phase=match[2], name=path.stem, sql=path.read_text("utf-8"))
    return tuple(found[number] for number in sorted(found))


async def migrate(dsn: str, *, phase: Phase = "all", folder: Path = FOLDER) -> tuple[str, ...]:
    """Apply what is missing and return the names of it.

    :raises waada.trouble.OtherVersion: the database was made by a newer version, or by files that were changed since
    :raises waada.trouble.CannotStart: it can't be reached, or not written to
    """
    connection = await _connected(dsn)
    try:
        # Held until the connection ends, so that of several nodes that start together one migrates and the others wait.
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        applied = await _apply(connection, migrations(folder), phase)
        await _keep_feed_in_order(connection)
    except asyncpg.InsufficientPrivilegeError as error:
        raise CannotStart(
            f"The database lets this user make no tables ({error}). Give it the right to, or name another user in "
            "DATABASE_URL."
        ) from None
    else:
        return applied
    finally:
        await connection.close()


async def _connected(dsn: str) -> Connection:
    """Connect. What is said of a failure never repeats the address, which may hold a password."""
    try:
        return await asyncpg.connect(dsn, timeout=CONNECT_SECONDS_MAX)
    except TimeoutError:
        why = f"no answer within {CONNECT_SECONDS_MAX:.0f} seconds"
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        why = str(error) or type(error).__name__
    raise CannotStart(f"The database can't be reached ({why}). Start it, or correct DATABASE_URL.")


async def _apply(connection: Connection, known: tuple[Migration, ...], phase: Phase) -> tuple[str, ...]:
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations (number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL)"
    )
    there = {row["number"]: row for row in await connection.fetch("SELECT number, name, checksum FROM migrations")}
    by_number = {each.number: each for each in known}
    for number, row in sorted(there.items()):
        if number not in by_number:
            raise OtherVersion(
                f"This database was made by a newer Waada (it knows {row['name']}). "
                "Start that version, or restore a backup made before the upgrade."
            )
        if row["checksum"] != by_number[number].checksum:
            raise OtherVersion(
                f"This database was made by a Waada in which {row['name']} was written differently. "
                "Use that version, or begin with an empty database."
            )
    missing = [each for each in known if each.number not in there and phase in {"all", each.phase}]
    for each in missing:
        async with connection.transaction():
            await connection.execute(each.sql)
            await connection.execute(
                "INSERT INTO migrations (number, name, checksum) VALUES ($1, $2, $3)",
                each.number,
                each.name,
                each.checksum,
            )
    return tuple(each.name for each in missing)


async def _keep_feed_in_order(connection: Connection) -> None:
    """After a restore into another cluster, facts carry transaction numbers of the old one; bring them behind ours.

    Else the feed would hold them back until this cluster has counted that far. Their order by position stays.
    """
    if await connection.fetchval("SELECT to_regclass('events')") is not None:
        # Whatever this cluster wrote has a smaller number than the transaction that begins now.
        await connection.execute(
            "UPDATE events SET xact = pg_current_xact_id() WHERE xact > pg_current_xact_id()",
        )
