"""Passwords: argon2id, in a thread, two at a time, so that signing in never holds up the desk or fills the memory."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

LENGTH_MIN = 10
LENGTH_MAX = 200

# What OWASP asks for (19 MiB, two passes): about 60 ms of a core on a small machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_at_once = asyncio.Semaphore(2)
# Checked for an address nobody has, so that the time taken does not tell whether somebody has it.
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cy1zYWx0IQ$bm9ib2R5IGhhcyB0aGlzIHBhc3N3b3JkLCBldmVyLi4"


async def hash_password(password: str) -> str:
    """Return what is stored of a password."""
    async with _at_once:
        return await asyncio.to_thread(_hasher.hash, password)


async def is_password(hashed: str | None, password: str) -> bool:
    """Return whether it is the one that was hashed; None costs as much time and is always wrong."""
    async with _at_once:
        return await asyncio.to_thread(_verify, hashed or _NOBODYS, password)


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
