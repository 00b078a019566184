"""How promises were kept, from states in memory: the answers that PostgreSQL gives (one suite runs on both)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from waada.core.conversation import Conversation
from waada.core.enquiry import Enquiry, Wait
from waada.core.ids import BrandId, ConversationId
from waada.core.keeping import Promised, Record, verdict
from waada.core.promises import Promise
from waada.core.summary import Row, summarise


class MemoryKeeping:
    """The part of the store in memory that says how our word was kept."""

    def conversations(self, brand_id: BrandId) -> Iterable[Conversation]:
        """Return the conversations of a brand; the store has them."""
        raise NotImplementedError

    async def promised(self, brand_id: BrandId, start: datetime, end: datetime) -> tuple[Promised, ...]:
        """Return the first promises of waits that fell due from `start` on and before `end`, earliest first."""
        found = [
            each for state in self.conversations(brand_id) for each in _firsts(state) if start <= each.due_at < end
        ]
        return tuple(sorted(found, key=lambda each: (each.due_at, each.promise_id)))

    async def kept_record(self, brand_id: BrandId, start: datetime, end: datetime) -> dict[str, Record]:
        """Return how many of the promises that fell due in a time were kept, by channel; without those released."""
        found: dict[str, list[bool]] = defaultdict(list)
        for each in await self.promised(brand_id, start, end):
            how = verdict(each)
            if how != "released":
                found[each.channel].append(how == "kept")
        return {channel: Record(kept=sum(each), scored=len(each)) for channel, each in found.items()}

    async def rows_of(self, brand_id: BrandId, conversations: Sequence[ConversationId]) -> tuple[Row, ...]:
        """Return the queue rows of certain conversations, newest first."""
        found = [summarise(each) for each in self.conversations(brand_id) if each.id in conversations]
        return tuple(sorted(found, key=lambda row: (row.last_at, row.id), reverse=True))


def _firsts(state: Conversation) -> Iterator[Promised]:
    """Yield the first promise of every wait of a conversation: each wait begins with one that replaces none."""
    for enquiry in state.enquiries:
        chains = _chains(enquiry)
        for wait, (first, *later) in zip(enquiry.waits, chains, strict=True):
            yield _promised(state, wait, first, later)


def _chains(enquiry: Enquiry) -> list[list[Promise]]:
    chains: list[list[Promise]] = []
    for promise in enquiry.promises:
        if promise.replaces is None:
            chains.append([])
        chains[-1].append(promise)
    return chains


def _promised(state: Conversation, wait: Wait, first: Promise, later: Sequence[Promise]) -> Promised:
    last = later[-1] if later else first
    return Promised(
        promise_id=first.id,
        conversation_id=state.id,
        channel=state.channel,
        channel_kind=state.channel_kind,
        language=state.customer.language,
        kind=first.kind,
        made_at=first.made_at,
        due_at=first.due_at,
        chance=first.chance,
        basis=first.basis,
        told_at=first.ended_at if first.status == "renegotiated" else None,
        ended_at=wait.ended_at,
        released=last.status == "released",
        revisions=len(later),
    )
