"""Drafts: what a person has begun to write in a conversation, kept for them alone until they send it."""

from __future__ import annotations

from waada.web import shapes as s
from waada.web.api_conversations import BASE, state_of
from waada.web.endpoints import Call, Endpoint


async def draft(call: Call[None]) -> s.DraftView | None:
    """What the caller has begun to write there; null when nothing."""
    state = await state_of(call, call.path["conversation"])
    person = call.someone.person_id
    kept = await call.parts.store.draft(call.brand_id, state.id, person) if person else None
    return s.DraftView(text=kept.text, updated_at=kept.updated_at) if kept else None


async def keep_draft(call: Call[s.DraftRequest]) -> s.DraftView:
    """Keep what the caller has begun to write."""
    state = await state_of(call, call.path["conversation"])
    person = call.someone.person_id
    assert person is not None, "only people write drafts"
    await call.parts.store.put_draft(call.brand_id, state.id, person, call.asked.text, call.now)
    return s.DraftView(text=call.asked.text, updated_at=call.now)


async def drop_draft(call: Call[None]) -> None:
    """Forget what the caller has begun to write."""
    state = await state_of(call, call.path["conversation"])
    person = call.someone.person_id
    assert person is not None, "only people write drafts"
    await call.parts.store.drop_draft(call.brand_id, state.id, person)


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    path = f"{BASE}/{{conversation}}/draft"
    return (
        Endpoint(
            method="GET",
            path=path,
            summary="Read the caller's draft",
            handler=draft,
            who="agent",
            kind="person",
            answer=s.DraftView | None,
        ),
        Endpoint(
            method="PUT",
            path=path,
            summary="Keep a draft",
            handler=keep_draft,
            who="agent",
            kind="person",
            body=s.DraftRequest,
            answer=s.DraftView,
        ),
        Endpoint(
            method="DELETE",
            path=path,
            summary="Forget the draft",
            handler=drop_draft,
            who="agent",
            kind="person",
            status=204,
        ),
    )
