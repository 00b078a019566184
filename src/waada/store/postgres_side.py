"""Beside the log: files, drafts, and the figures of the wall and of neglect.

Files and drafts are no facts: nobody else sees a draft, and a file is named by the fact that it belongs to.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from waada import codec
from waada.core.ids import BrandId, ConversationId, PersonId
from waada.core.summary import Row
from waada.store.columns import storable
from waada.store.postgres_load import is_id
from waada.store.postgres_pool import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A file."""

    blob: str
    sha256: str
    media_type: str
    size: int
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a person has begun to write."""

    text: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """What a lead's wall shows. `..._today` counts since the instant asked for; open ones by the slack left."""

    kept_today: int
    broken_today: int
    renegotiated_today: int
    released_today: int
    made_today: int
    open: int
    overdue: int
    under_5_min: int
    under_1_h: int
    under_1_day: int
    later: int
    letters: int
    waiting_longest: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """One wait, with what was first promised for it. `ended_at` None: it goes on.

    `ended_as` is how its last promise ended; `cause` the reason of the first new time that had to be asked for.
    """

    conversation_id: ConversationId
    enquiry_id: str
    channel: str
    channel_kind: str
    language: str
    kind: str
    started_at: datetime
    first_due_at: datetime
    ended_at: datetime | None
    ended_as: str | None
    wall_seconds: float | None
    business_seconds: float | None
    renegotiated: int
    broken: int
    cause: str | None


class PostgresSide:
    """The part of the store that keeps files and drafts, and counts."""

    database: Database

    async def put_blob(self, brand_id: BrandId, blob: str, media_type: str, content: bytes) -> Blob:
        """Keep a file under the name `blob`; one that is there already stays as it is."""
        sha256 = hashlib.sha256(content).hexdigest()
        await self.database.execute("put_blob", brand_id, blob, sha256, storable(media_type), len(content), content)
        return Blob(blob=blob, sha256=sha256, media_type=media_type, size=len(content), content=content)

    async def blob(self, brand_id: BrandId, blob: str) -> Blob | None:
        """Return a file."""
        row = await self.database.fetchrow("blob", brand_id, storable(blob))
        if row is None:
            return None
        return Blob(
            blob=blob,
            sha256=row["sha256"],
            media_type=row["media_type"],
            size=row["size"],
            content=row["bytes"],
        )

    async def put_draft(
        self, brand_id: BrandId, conversation: ConversationId, person: PersonId, text: str, at: datetime
    ) -> None:
        """Keep what a person has begun to write."""
        await self.database.execute("put_draft", brand_id, conversation, person, storable(text), at)

    async def draft(self, brand_id: BrandId, conversation: ConversationId, person: PersonId) -> Draft | None:
        """Return what a person has begun to write."""
        if not is_id(conversation):
            return None
        row = await self.database.fetchrow("draft", brand_id, conversation, person)
        return None if row is None else Draft(text=row["text"], updated_at=row["updated_at"])

    async def drop_draft(self, brand_id: BrandId, conversation: ConversationId, person: PersonId) -> None:
        """Forget what a person has begun to write."""
        if is_id(conversation):
            await self.database.execute("drop_draft", brand_id, conversation, person)

    async def wall(self, brand_id: BrandId, *, since: datetime, now: datetime, longest: int = 10) -> Wall:
        """Return the figures of a brand: of promises that ended or were made since an instant, and what is open."""
        ended = {row["status"]: row["times"] for row in await self.database.fetch("wall_ended", brand_id, since)}
        slack = await self.database.fetchrow("wall_open", brand_id, now)
        assert slack is not None, "counting always gives a row"
        waiting = await self.database.fetch("waiting_longest", brand_id, longest)
        return Wall(
            kept_today=ended.get("kept", 0),
            broken_today=ended.get("broken", 0),
            renegotiated_today=ended.get("renegotiated", 0),
            released_today=ended.get("released", 0),
            made_today=await self.database.fetchval("wall_made", brand_id, since),
            letters=await self.database.fetchval("wall_letters", brand_id),
            waiting_longest=tuple(codec.decode_row(row["summary"]) for row in waiting),
            **slack,
        )

    async def waits(self, brand_id: BrandId, start: datetime, end: datetime) -> tuple[Waited, ...]:
        """Return the waits that began at or after `start` and before `end`, in order."""
        return tuple(
            Waited(
                conversation_id=ConversationId(row["conversation"]),
                enquiry_id=row["enquiry_id"],
                channel=row["channel"],
                channel_kind=row["channel_kind"],
                language=row["language"],
                kind=row["kind"],
                started_at=row["wait_started_at"],
                first_due_at=row["first_due_at"],
                ended_at=row["ended_at"],
                ended_as=row["ended_as"],
                wall_seconds=row["wall_seconds"],
                business_seconds=row["business_seconds"],
                renegotiated=row["renegotiated"],
                broken=row["broken"],
                cause=row["cause"],
            )
            for row in await self.database.fetch("waits", brand_id, start, end)
        )
