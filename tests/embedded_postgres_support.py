"""Makes the template that every `fresh_database` is copied from: an empty database with all migrations applied."""

import importlib
import importlib.util

import asyncpg


def at_database(dsn: str, name: str) -> str:
    """The same server, another database."""
    return dsn.replace("/waada?", f"/{name}?", 1)


async def fill_template(dsn: str, name: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    if importlib.util.find_spec("waada.store.migrate") is None:
        return  # a store without a schema yet
    await importlib.import_module("waada.store.migrate").migrate(at_database(dsn, name))
