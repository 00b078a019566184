"""What screens, channels and the API read from PostgreSQL: queues, facts, the feed, promises, letters, search.

Every query begins with the brand. An id that can't be one is simply not found.
"""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from waada import codec
from waada.core.events import Customer
from waada.core.ids import BrandId, CommandId, ConversationId, CustomerId, MessageId, PersonId, PromiseId
from waada.core.letters import Letter
from waada.core.promises import Promise
from waada.core.refusals import Invalid, Refused
from waada.core.summary import Row
from waada.ports import Found, Recall, Recorded, Rows, View
from waada.store.columns import storable
from waada.store.postgres_load import is_id
from waada.store.postgres_pool import Database
from waada.store.searching import id_range, query_of

LETTERS_MAX = 1_000  # what a person can look through; older ones come up as these are handled
ZERO_ID = "00000000-0000-0000-0000-000000000000"
_BIGGEST = 2**63 - 1

# Which ranks a view shows, and the statement that reads it.
_VIEWS: dict[View, tuple[str, int, int]] = {
    "open": ("rows", 0, 0),
    "waiting": ("rows", 1, 1),
    "all": ("rows", 0, 1),
    "closed": ("rows", 2, 2),
    "unassigned": ("rows_unassigned", 0, 0),
    "mine": ("rows_mine", 0, 1),
}


class PostgresReading:
    """The part of the store that screens use."""

    database: Database

    def _feed_is_behind(self) -> None:
        """Something is written that the feed can't show yet; look again in a moment."""
        raise NotImplementedError

    async def recall(self, brand_id: BrandId, command_id: CommandId) -> Recall | None:
        """Return what an earlier command with this id did, or None."""
        row = await self.database.fetchrow("recall", brand_id, storable(command_id))
        if row is None:
            return None
        return Recall(
            stream=row["stream"],
            stream_kind=row["stream_kind"],
            fingerprint=row["fingerprint"],
            version=row["version"],
        )

    async def rows(
        self,
        brand_id: BrandId,
        view: View,
        *,
        person: PersonId | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Rows:
        """Return a stretch of a view. Its cursor is a place in the order, so what changes meanwhile shifts nothing."""
        found, next_cursor = await self._stretch(brand_id, view, person, cursor, limit)
        return Rows(rows=tuple(codec.decode_row(each) for each in found), cursor=next_cursor)

    async def _stretch(
        self, brand_id: BrandId, view: View, person: PersonId | None, cursor: str | None, limit: int
    ) -> tuple[list[str], str | None]:
        statement, lowest, highest = _VIEWS[view]
        start = _place(cursor) if cursor else (lowest, -_BIGGEST, -_BIGGEST, ZERO_ID)
        if not is_id(brand_id):
            return [], None
        who = () if view != "mine" else (storable(person or ""),)
        found = await self.database.fetch(statement, brand_id, lowest, highest, *start, limit + 1, *who)
        summaries = [row["summary"] for row in found[:limit]]
        if len(found) <= limit or not summaries:
            return summaries, None
        last = found[limit - 1]
        return summaries, f"{last['rank']}_{last['slack']}_{last['newness']}_{last['stream']}"

    async def queue_json(self, brand_id: BrandId, limit: int) -> bytes:
        """Return the rows of everything that is not closed, in order, as a JSON list: what a desk begins with."""
        text: str = await self.database.fetchval("queue_json", brand_id, limit)
        return text.encode()

    async def facts(self, brand_id: BrandId, stream: str) -> tuple[Recorded, ...]:
        """Return everything that happened in a stream, in order."""
        if not is_id(brand_id) or not is_id(stream):
            return ()
        return tuple(map(_recorded, await self.database.fetch("facts", brand_id, stream)))

    async def feed(self, after: str | None, limit: int) -> tuple[tuple[Recorded, ...], str]:
        """Return committed facts after a cursor ("transaction.position"), and the cursor to go on from.

        Raises `Refused` when the cursor is none of ours.
        """
        if after is None:
            xmin = await self.database.fetchval("feed_end")
            return (), f"{int(xmin) - 1}.{_BIGGEST}"
        xact, position = _cursor(after)
        found = await self.database.fetch("feed", xact, position, limit)
        if len(found) < limit and await self.database.fetchval("feed_behind"):
            self._feed_is_behind()
        facts = tuple(map(_recorded, found))
        return facts, facts[-1].cursor if facts else after

    async def promise(self, brand_id: BrandId, promise_id: PromiseId) -> Found | None:
        """Return a promise and where it was made."""
        if not is_id(brand_id) or not is_id(promise_id):
            return None
        row = await self.database.fetchrow("promise", brand_id, promise_id)
        if row is None:
            return None
        promise = codec.decode(row["body"], Promise)
        return Found(promise=promise, conversation_id=ConversationId(row["conversation"]))

    async def letters(self, brand_id: BrandId, *, handled: bool = False) -> tuple[Letter, ...]:
        """Return letters, newest first."""
        if not is_id(brand_id):
            return ()
        found = await self.database.fetch("letters", brand_id, handled, LETTERS_MAX)
        return tuple(codec.decode(row["state"], Letter) for row in found)

    async def conversations_of(self, brand_id: BrandId, customer: CustomerId) -> tuple[Row, ...]:
        """Return a customer's conversations, newest first."""
        if not is_id(brand_id) or not is_id(customer):
            return ()
        return _rows(await self.database.fetch("conversations_of", brand_id, customer, 100))

    async def search(self, brand_id: BrandId, words: str, limit: int = 50) -> tuple[Row, ...]:
        """Return conversations found by customer, words written, subject or (the beginning of an) id; newest first."""
        query = query_of(brand_id, words)
        if query is None or not is_id(brand_id):
            return ()
        found = await self.database.custom("search_words", brand_id, query, limit * 4)
        streams = [row["stream"] for row in found]
        ids = id_range(words)
        if ids is not None:
            streams += [row["stream"] for row in await self.database.fetch("search_ids", brand_id, *ids, limit)]
        return _rows(await self.database.fetch("rows_of", brand_id, streams, limit)) if streams else ()

    async def on_people(self, brand_id: BrandId, after: str | None, limit: int) -> tuple[ConversationId, ...]:
        """Return ids of conversations with an open promise, in id order after `after`."""
        found = await self.database.fetch("on_people", brand_id, after or ZERO_ID, limit)
        return tuple(ConversationId(row["stream"]) for row in found)

    async def customer(self, brand_id: BrandId, customer: CustomerId) -> Customer | None:
        """Return a customer as last seen in any conversation."""
        if not is_id(brand_id) or not is_id(customer):
            return None
        row = await self.database.fetchrow("customer", brand_id, customer)
        return None if row is None else codec.decode(row["body"], Customer)

    async def thread_of(self, brand_id: BrandId, refs: Sequence[str]) -> tuple[ConversationId, MessageId] | None:
        """Return the conversation and message known by the first of these Message-IDs that is known at all."""
        row = await self.database.fetchrow("thread_of", brand_id, [storable(ref) for ref in refs])
        return None if row is None else (ConversationId(row["conversation"]), MessageId(row["message_id"]))


def _rows(found: Sequence[asyncpg.Record]) -> tuple[Row, ...]:
    return tuple(codec.decode_row(row["summary"]) for row in found)


def _recorded(row: asyncpg.Record) -> Recorded:
    xact, position, brand_id, stream, stream_kind, version, at, by, command_id, kind, body, summary = row
    return Recorded(
        cursor=f"{xact}.{position}",
        brand_id=brand_id,
        stream=stream,
        stream_kind=stream_kind,
        version=version,
        at=at,
        by=by,
        command_id=command_id,
        event=codec.decode_event(kind, body),
        row=None if summary is None else codec.decode_row(summary),
    )


def _cursor(text: str) -> tuple[str, int]:
    xact, _, position = text.partition(".")
    whole = xact.isascii() and xact.isdigit() and position.isascii() and position.isdigit()
    if not whole or int(xact) >= 2**64 or int(position) > _BIGGEST:
        raise Refused(
            Invalid(field="after", problem="this is no place in the feed. Leave it out to begin with a snapshot.")
        )
    return xact, int(position)


def _place(cursor: str) -> tuple[int, int, int, str]:
    try:
        rank, slack, newness, stream = cursor.split("_")
        place = int(rank), int(slack), int(newness), stream
    except ValueError:
        raise _no_place() from None
    if not 0 <= place[0] <= 2 or max(abs(place[1]), abs(place[2])) > _BIGGEST or not is_id(stream):
        raise _no_place()
    return place


def _no_place() -> Refused:
    return Refused(Invalid(field="cursor", problem="this is no place in the list. Leave it out to begin at the top."))
