"""What must follow outside from each fact. Pure; carried out from the outbox after the commit."""

from __future__ import annotations

from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.effects import Alert, CancelSend, Effect, ReviewPeople, Send
from waada.core.ids import MessageId

# The rungs at which people may be away from the desk and must be reached by mail.
_RUNGS_BY_MAIL = ("lead", "owner")

# The facts that `react` looks at; all others have no effect outside.
WITH_EFFECTS = frozenset((e.Escalated, e.CustomerTold, e.PersonWrote, e.BotWrote, e.Undone, e.CustomerLeft))


def react(state: Conversation, event: e.ConversationEvent) -> tuple[Effect, ...]:
    """Return the effects of a fact, given the state after its command."""
    if isinstance(event, e.CustomerTold):
        return _send(state, event.message_id) if event.deliver else ()
    if isinstance(event, e.PersonWrote | e.BotWrote):
        return _send(state, event.message.id)
    if isinstance(event, e.CustomerLeft):
        return tuple(effect for message in event.unseen for effect in _send(state, message))
    if isinstance(event, e.Undone):
        return tuple(CancelSend(message_id=message) for message in event.withdrawn)
    if isinstance(event, e.Escalated) and event.rung in _RUNGS_BY_MAIL:
        return (Alert(alert_id=f"{event.promise_id}:{event.step}", people=event.people, rung=event.rung),)
    return ()


def react_brand(event: e.BrandEvent, seed: str) -> tuple[Effect, ...]:
    """Return the effects of a fact about a brand."""
    if isinstance(event, e.DutySet | e.PersonRemoved):
        return (ReviewPeople(review_id=seed),)
    return ()


def _send(state: Conversation, message: MessageId) -> tuple[Effect, ...]:
    """Mail goes out for mail channels, for a chat that was left behind, and for whoever would rather be mailed.

    A customer in the chat window gets it through the feed. What a person may still undo is held back until then.
    """
    by_mail = state.channel_kind == "mail" or state.contact == "mail" or (state.channel_kind == "chat" and state.left)
    if not by_mail or not state.customer.email:
        return ()
    undo = state.undo
    hold = undo.until if undo is not None and message in undo.messages else None
    return (Send(message_id=message, via="mail", hold_until=hold),)
