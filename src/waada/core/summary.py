"""The row of a conversation in a queue: what the desk shows without opening it. A function of the state alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from waada.core.conversation import Conversation
from waada.core.frozen import made_fast
from waada.core.ids import ConversationId, CustomerId, PersonId, PromiseId


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the queue. `status` is open (we owe a word), answered, or closed."""

    id: ConversationId
    version: int
    channel: str
    channel_kind: str
    status: str
    customer_id: CustomerId
    customer: str | None
    language: str
    zone: str | None
    subject: str | None
    preview: str
    last_by: str
    last_at: datetime
    opened_at: datetime
    waiting_since: datetime | None
    promise_id: PromiseId | None
    promise_kind: str | None
    made_at: datetime | None
    due_at: datetime | None
    chance: float | None
    instead: str | None
    at_risk: bool
    step: int
    revisions: int
    assignee: PersonId | None
    responsible: PersonId | None
    snoozed_until: datetime | None
    ignored: int
    wants_person: bool
    outcome: str | None


made_fast(Row)


def summarise(state: Conversation) -> Row:
    """Return the row of a conversation."""
    enquiry = state.enquiry
    promise = state.promise
    wait = enquiry.wait if enquiry is not None else None
    customer = state.customer
    return Row(
        id=state.id,
        version=state.version,
        channel=state.channel,
        channel_kind=state.channel_kind,
        status="closed" if state.status == "closed" else "open" if promise is not None else "answered",
        customer_id=customer.id,
        customer=customer.name or customer.email,
        language=customer.language,
        zone=customer.zone,
        subject=state.subject,
        preview=state.preview,
        last_by=state.last_by,
        last_at=state.last_at,
        opened_at=state.opened_at,
        waiting_since=wait.started_at if wait is not None else None,
        promise_id=promise.id if promise is not None else None,
        promise_kind=promise.kind if promise is not None else None,
        made_at=promise.made_at if promise is not None else None,
        due_at=promise.due_at if promise is not None else None,
        chance=promise.chance if promise is not None else None,
        instead=promise.instead if promise is not None else None,
        at_risk=promise is not None and promise.at_risk,
        step=promise.step if promise is not None else 0,
        revisions=sum(1 for each in enquiry.promises if each.status in ("renegotiated", "broken")) if enquiry else 0,
        assignee=state.assignee,
        responsible=state.responsible,
        snoozed_until=state.snoozed_until,
        ignored=state.ignored_times,
        wants_person=state.wants_person,
        outcome=enquiry.outcome if enquiry is not None else None,
    )
