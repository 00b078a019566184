"""How often somebody outside may knock: token buckets by address, in this process.

Whoever is signed in or holds a key is not limited here; whoever is neither gets a bucket per kind of door.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

# Addresses remembered per process; the one not seen for longest is forgotten first (its bucket is full again by then).
ADDRESSES_MAX = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """`burst` knocks at once, then `per_minute` a minute."""

    burst: int
    per_minute: float


# Wide enough for an office behind one address, narrow enough that guessing passwords or flooding a form is hopeless.
BUCKETS = {
    "sign-in": Bucket(burst=20, per_minute=10),
    "key": Bucket(burst=20, per_minute=10),
    "first-run": Bucket(burst=10, per_minute=5),
    "invitation": Bucket(burst=20, per_minute=10),
    "page": Bucket(burst=120, per_minute=240),
    "write": Bucket(burst=20, per_minute=30),
    "upload": Bucket(burst=20, per_minute=20),
    "socket": Bucket(burst=60, per_minute=120),
}


class Limits:
    """All buckets. `factor` 0 switches them off (load tests from one address)."""

    def __init__(self, *, factor: float = 1.0, buckets: dict[str, Bucket] | None = None) -> None:
        """Begin with every bucket full."""
        self._factor = factor
        self._buckets = BUCKETS if buckets is None else buckets
        self._levels: OrderedDict[tuple[str, str], tuple[float, datetime]] = OrderedDict()

    def wait_seconds(self, kind: str, address: str, now: datetime) -> float:
        """Take one token; return 0.0 when there was one, else the seconds until there is."""
        if not self._factor:
            return 0.0
        bucket = self._buckets[kind]
        burst, rate = bucket.burst * self._factor, bucket.per_minute * self._factor / 60
        key = (kind, network_of(address))
        level, since = self._levels.pop(key, (burst, now))
        # A clock that was set back must not empty a bucket.
        level = min(burst, level + max(0.0, (now - since).total_seconds()) * rate)
        allowed = level >= 1
        self._levels[key] = (level - 1 if allowed else level, now)
        if len(self._levels) > ADDRESSES_MAX:
            self._levels.popitem(last=False)
        return 0.0 if allowed else (1 - level) / rate


def network_of(address: str) -> str:
    """Return who shares a bucket: an IPv4 address, or the /64 that one household has of IPv6."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address, 64), strict=False))
    except ValueError:
        return address


def address_of(client: tuple[str, int] | None, headers: Iterable[tuple[bytes, bytes]], *, trust_proxy: bool) -> str:
    """Return where a request comes from. What a proxy says about it counts only when we were told to trust it."""
    if trust_proxy:
        for name, value in headers:
            if name == b"x-forwarded-for":
                # The last one was written by our own proxy; the ones before it by whoever called.
                return value.decode("latin-1").rsplit(",", 1)[-1].strip()
    return client[0] if client else "unknown"
