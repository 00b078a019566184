"""What rules are judged by, from states and facts in memory: as PostgreSQL answers (one suite runs on both)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.enquiry import Enquiry, Wait
from waada.core.ids import BrandId
from waada.core.promises import Promise
from waada.core.rules import Asked, Waited
from waada.ports import Recorded


class MemoryRules:
    """The part of the store in memory that rule packs are judged by. Needs a log (`keep_facts`)."""

    def conversations(self, brand_id: BrandId) -> Iterable[Conversation]:
        """Return the conversations of a brand; the store has them."""
        raise NotImplementedError

    def recorded(self, stream: str) -> list[Recorded]:
        """Return everything that happened in a stream; the store has it."""
        raise NotImplementedError

    async def rule_waits(
        self, brand_id: BrandId, start: datetime, end: datetime, *, answers: bool
    ) -> tuple[Waited, ...]:
        """Return the waits that began at or after `start` and before `end`, in order.

        Who answered is looked up only if asked for (`answers`): it takes longer.
        """
        found = [
            (wait.started_at, state.id, self._waited(state, enquiry, wait, number, answers=answers))
            for state in self.conversations(brand_id)
            for enquiry in state.enquiries
            for number, wait in enumerate(enquiry.waits)
            if start <= wait.started_at < end
        ]
        return tuple(each for _, _, each in sorted(found, key=lambda each: each[:2]))

    async def rule_asks(self, brand_id: BrandId, start: datetime, end: datetime) -> tuple[Asked, ...]:
        """Return the times a customer asked for a person, from `start` on and before `end`, in order."""
        found: list[tuple[datetime, str, Asked]] = []
        for state in self.conversations(brand_id):
            facts = self.recorded(state.id)
            for fact in facts:
                if not isinstance(fact.event, e.PersonAskedFor) or not start <= fact.at < end:
                    continue
                after = [each.at for each in _by_people(facts) if each.version > fact.version]
                asked = Asked(channel_kind=state.channel_kind, at=fact.at, answered_at=min(after, default=None))
                found.append((fact.at, state.id, asked))
        return tuple(each for _, _, each in sorted(found, key=lambda each: each[:2]))

    def _waited(self, state: Conversation, enquiry: Enquiry, wait: Wait, number: int, *, answers: bool) -> Waited:
        chain = _chain(enquiry, number)
        by = [each for each in _by_people(self.recorded(state.id)) if each.at == wait.ended_at] if answers else []
        released = wait.ended_at is not None and chain[-1].status == "released"
        return Waited(
            channel_kind=state.channel_kind,
            language=state.customer.language,
            kind=chain[0].kind,
            started_at=wait.started_at,
            ended_at=wait.ended_at,
            released=released,
            outcome=enquiry.outcome if released else None,
            answered_by=_person(by[-1]) if by and not released else None,
        )


def _by_people(facts: Iterable[Recorded]) -> list[Recorded]:
    """Return the answers of people that stand: one that was taken back is none."""
    facts = list(facts)
    gone = [each.event.withdrawn for each in facts if isinstance(each.event, e.Undone)]
    return [
        each
        for each in facts
        if isinstance(each.event, e.PersonWrote) and not any(each.event.message.id in one for one in gone)
    ]


def _person(fact: Recorded) -> str | None:
    return fact.event.person_id if isinstance(fact.event, e.PersonWrote) else None


def _chain(enquiry: Enquiry, number: int) -> list[Promise]:
    """Return the promises of a wait: each wait begins with one that replaces none."""
    chains: list[list[Promise]] = []
    for promise in enquiry.promises:
        if promise.replaces is None:
            chains.append([])
        chains[-1].append(promise)
    return chains[number]
