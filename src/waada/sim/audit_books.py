"""The auditor's books: what is known of a conversation and of a brand after the facts read so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from waada.sim.audit_hours import WallHours


@dataclass(slots=True)
class Book:
    """What the auditor knows of one conversation."""

    stream: str
    version: int = 0
    at: datetime | None = None
    channel: str = ""
    by_mail: bool = False
    email: str | None = None
    left: bool = False
    kind: str = ""
    contact: str | None = None
    closed: bool = False
    responsible: str | None = None
    enquiries: list[dict[str, Any]] = field(default_factory=list)
    promises: list[dict[str, Any]] = field(default_factory=list)
    wait_from: datetime | None = None
    saved: dict[str, Any] | None = None
    settles_at: datetime | None = None

    @property
    def open_promises(self) -> list[dict[str, Any]]:
        """The promises that have not ended."""
        return [each for each in self.promises if each["status"] == "open"]


@dataclass(slots=True)
class Shop:
    """What the auditor knows of one brand."""

    hours: WallHours
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, bool] = field(default_factory=dict)

    def hours_of(self, channel: str) -> WallHours:
        """The channel's own hours, else the brand's."""
        known = self.channels.get(channel, {}).get("wall_hours")
        return known if known is not None else self.hours


def instant(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text)
