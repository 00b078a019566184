"""What a command leads to, given the conversation, the brand and the instant: facts, or a refusal. Pure.

Everything that touches a promise goes through `promising.py`; here stands who may do what, when.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, assert_never, cast

from waada.core import commands as c
from waada.core import events as e
from waada.core import judging, promising, quoting
from waada.core.conversation import Conversation
from waada.core.desk import Desk
from waada.core.enquiry import OUTCOMES, OUTCOMES_UNANSWERED, Outcome
from waada.core.ids import CUSTOMER, MessageId, mint
from waada.core.moment import Moment
from waada.core.promises import told_at_latest
from waada.core.refusals import Conflict, Invalid, NotFound, Refused, require

UNDO_WINDOW = timedelta(seconds=10)
IGNORED_PAUSE = timedelta(hours=1)  # N7: at most one tap an hour counts
SETTLE_AFTER = timedelta(days=3)  # an answered enquiry without a further word ends by itself; a weekend fits in
TEXT_LENGTH_MAX = 1_000_000  # a mail body of 25 MB is mostly attachments; a megabyte of words is a book
REASON_LENGTH_MAX = 2_000
_NOTE = 20  # of the numbers of a seed; the first ones belong to `promising.py`

Facts = tuple[e.ConversationEvent, ...]


def decide(state: Conversation | None, order: c.Order, desk: Desk, now: Moment) -> Facts:
    """Return the facts that follow from an order, none if nothing is to do; raise `Refused` if it can't be done."""
    # The engine sends each kind of command to its own decision.
    command = cast("c.ConversationCommand", order.command)
    if isinstance(command, c.StartConversation):
        return _start(state, order, command, desk, now)
    if state is None:
        raise Refused(NotFound(what="conversation"))
    return _decide_on(state, order, command, desk, now)


def _decide_on(state: Conversation, order: c.Order, command: c.FurtherCommand, desk: Desk, now: Moment) -> Facts:
    match command:  # what comes most often stands first
        case c.TimerDue():
            return _timer_due(state, command, desk, now)
        case c.RecordDelivery():
            return (
                e.DeliveryChanged(
                    at=now.at, message_id=command.message_id, status=command.status, detail=command.detail
                ),
            )
        case c.Write():
            return _write(state, command, desk, now)
        case c.Reply():
            return _reply(state, order, command, desk, now)
        case c.Judge():
            return judging.judge(state, command.promise_id, desk, now)
        case c.ReviewResponsible():
            return promising.review(state, desk, now)
        case c.See():
            return (e.CustomerSaw(at=now.at, message_id=command.message_id),)
        case c.SayAsBot():
            _check_text(command.message.text, command.message)
            return (e.BotWrote(at=now.at, message=command.message),)
        case c.WriteNote():
            return _note(command, desk, now)
        case c.Assign() | c.Transfer():
            return _assign(state, order, command, desk, now)
        case c.Renegotiate():
            return _renegotiate(state, command, desk, now)
        case c.Snooze():
            return _snooze(state, order, command, desk, now)
        case c.Close():
            return _undoable(order, "close", now, _close(state, command.outcome, desk, now))
        case c.Undo():
            return _undo(state, order, now)
        case c.Release():
            return _release(state, desk, now)
        case c.FeelIgnored():
            return _ignored(state, now)
        case c.AskForPerson():
            return () if state.wants_person else (e.PersonAskedFor(at=now.at),)
        case c.PreferContact():
            return _prefer(state, command, now)
        case c.Leave():
            return _leave(state, now)
        case c.Return():
            return (e.CustomerReturned(at=now.at),) if state.left else ()
        case c.RecordAutoReply():
            return (e.AutoReplyReceived(at=now.at, message=command.message, reason=command.reason),)
        case _:
            assert_never(command)


def _start(state: Conversation | None, order: c.Order, command: c.StartConversation, desk: Desk, now: Moment) -> Facts:
    if state is not None:
        raise Refused(Conflict(problem="This conversation has begun already. Send the message to it instead."))
    channel = desk.brand.channel(command.channel)
    if channel is None or not channel.live:
        raise Refused(
            Invalid(
                field="channel",
                problem=f"{command.channel!r} is not a live channel of this brand. Use one of its live channels.",
            )
        )
    _check_text(command.message.text, command.message)
    opened = e.ConversationOpened(
        at=now.at,
        brand_id=order.brand_id,
        channel=channel.key,
        channel_kind=channel.kind,
        customer=command.customer,
        subject=command.subject,
    )
    wrote = e.CustomerWrote(at=now.at, message=command.message)
    begun = promising.begin(
        order.stream, channel, command.customer, command.message.id, desk, now, deliver=command.may_tell
    )
    return (opened, wrote, *begun)


def _write(state: Conversation, command: c.Write, desk: Desk, now: Moment) -> Facts:
    _check_text(command.message.text, command.message)
    wrote = e.CustomerWrote(at=now.at, message=command.message)
    reopened = (e.ConversationReopened(at=now.at),) if state.status == "closed" else ()
    enquiry = state.enquiry
    if enquiry is None or enquiry.status == "ended":
        channel = quoting.channel_of(state, desk)
        begun = promising.begin(
            state.id,
            channel,
            state.customer,
            command.message.id,
            desk,
            now,
            deliver=command.may_tell,
            assignee=state.assignee,
        )
        return (wrote, *reopened, *begun)
    if enquiry.status == "answered":
        again = promising.again(state, enquiry, desk, now, deliver=command.may_tell)
        return (wrote, *reopened, *again)
    return (wrote, *reopened, *promising.review(state, desk, now))


def _reply(state: Conversation, order: c.Order, command: c.Reply, desk: Desk, now: Moment) -> Facts:
    _check_text(command.message.text, command.message)
    crossed = command.seen_message is not None and command.seen_message != state.last_message
    if crossed and not command.anyway:
        who = "The customer has written" if state.last_by == CUSTOMER else "Somebody else has answered"
        raise Refused(Conflict(problem=f"{who} since you began. Read it, then send again; your draft is kept."))
    if command.close is not None:
        _check_outcome(command.close)
    facts: list[e.ConversationEvent] = [
        e.PersonWrote(at=now.at, person_id=command.person_id, author=command.author, message=command.message)
    ]
    if command.person_id is not None and state.assignee is None:
        facts.append(e.Assigned(at=now.at, person_id=command.person_id, from_id=None, reason="answered"))
    enquiry = state.enquiry
    if enquiry is not None and enquiry.status == "open":
        facts += promising.word_given(state, enquiry, desk, now, "kept")
        if command.close is None:
            facts.append(e.EnquiryAnswered(at=now.at, enquiry_id=enquiry.id, settles_at=now.at + SETTLE_AFTER))
    if command.close is not None and enquiry is not None and enquiry.status != "ended":
        facts.append(e.EnquiryEnded(at=now.at, enquiry_id=enquiry.id, outcome=command.close))
        facts.append(e.ConversationClosed(at=now.at))
    return _undoable(order, "reply", now, tuple(facts), (command.message.id,))


def _note(command: c.WriteNote, desk: Desk, now: Moment) -> Facts:
    _check_text(command.text, None)
    for person in command.mentions:
        require(desk.brand.person(person), NotFound(what="person to mention"))
    return (
        e.NoteWritten(
            at=now.at,
            note_id=MessageId(mint(now.seed, _NOTE)),
            person_id=command.person_id,
            text=command.text,
            mentions=command.mentions,
        ),
    )


def _assign(state: Conversation, order: c.Order, command: c.Assign | c.Transfer, desk: Desk, now: Moment) -> Facts:
    person = desk.brand.person(command.person_id)
    if command.person_id is not None:
        require(person is not None and not person.removed, NotFound(what="person"))
    if isinstance(command, c.Transfer):
        _check_reason(command.reason)
    if command.person_id == state.assignee:
        return ()
    assigned = e.Assigned(at=now.at, person_id=command.person_id, from_id=state.assignee, reason=command.reason)
    moved = promising.responsible_for(state, command.person_id, desk, now, "assigned") if state.promise else ()
    what = "transfer" if isinstance(command, c.Transfer) else "assign"
    return _undoable(order, what, now, (assigned, *moved))


def _renegotiate(state: Conversation, command: c.Renegotiate, desk: Desk, now: Moment) -> Facts:
    _check_reason(command.reason)
    enquiry = state.enquiry
    if enquiry is None or enquiry.promise is None:
        raise Refused(
            Conflict(problem="No promise is open here. Write to the customer, or snooze to promise a follow-up.")
        )
    _check_future("due_at", command.due_at, now)
    if command.due_at == enquiry.promise.due_at:
        raise Refused(Invalid(field="due_at", problem="this is the time already promised. Choose another one."))
    return promising.renegotiate(
        state, enquiry, desk, now, due_at=command.due_at, reason=command.reason, words=command.words
    )


def _snooze(state: Conversation, order: c.Order, command: c.Snooze, desk: Desk, now: Moment) -> Facts:
    _check_reason(command.reason)
    _check_future("until", command.until, now)
    enquiry = state.enquiry
    if enquiry is None or enquiry.status == "ended":
        raise Refused(
            Conflict(problem="Nothing is open here, so there is nothing to follow up. Write to the customer instead.")
        )
    if enquiry.promise is not None and command.until == enquiry.promise.due_at:
        return (e.Snoozed(at=now.at, until=command.until),)
    told = promising.follow_up(state, enquiry, desk, now, until=command.until, reason=command.reason)
    messages = tuple(each.message_id for each in told if isinstance(each, e.CustomerTold))
    return _undoable(order, "snooze", now, (*told, e.Snoozed(at=now.at, until=command.until)), messages)


def _close(state: Conversation, outcome: Outcome, desk: Desk, now: Moment) -> Facts:
    _check_outcome(outcome)
    enquiry = state.enquiry
    if state.status == "closed" or enquiry is None:
        raise Refused(Conflict(problem="This conversation is closed already."))
    facts: list[e.ConversationEvent] = []
    if enquiry.status == "open":
        if outcome not in OUTCOMES_UNANSWERED:
            choices = ", ".join(OUTCOMES_UNANSWERED)
            raise Refused(
                Conflict(problem=f"The customer is still owed a word. Answer first, or close with one of: {choices}.")
            )
        facts += promising.word_given(state, enquiry, desk, now, "released", reason=outcome)
        if outcome == "no_answer_needed":
            facts.append(promising.tell(state, "closed", desk, now, promise_id=None))
    if enquiry.status != "ended":
        facts.append(e.EnquiryEnded(at=now.at, enquiry_id=enquiry.id, outcome=outcome))
    facts.append(e.ConversationClosed(at=now.at))
    return tuple(facts)


def _undoable(order: c.Order, what: str, now: Moment, facts: Facts, messages: tuple[MessageId, ...] = ()) -> Facts:
    """Put the marker before facts that a person may take back. A machine's orders are final."""
    if not order.by.startswith("person:") or not facts:
        return facts
    withdrawn = messages or tuple(each.message_id for each in facts if isinstance(each, e.CustomerTold))
    marker = e.Undoable(
        at=now.at, what=what, by=order.by, until=now.at + UNDO_WINDOW, steps=len(facts), messages=withdrawn
    )
    return (marker, *facts)


def _undo(state: Conversation, order: c.Order, now: Moment) -> Facts:
    undo = state.undo
    if undo is None or undo.by != order.by or now.at >= undo.until:
        raise Refused(Conflict(problem="There is nothing of yours to take back here: ten seconds have passed."))
    if state.version != undo.version:
        raise Refused(Conflict(problem="Something else has happened here since. It can't be taken back any more."))
    earlier = undo.before.promise
    if earlier is not None and earlier is not state.promise and now.at >= told_at_latest(earlier):
        # The promise would come back in the moment it breaks, and nobody could be told in time.
        raise Refused(
            Conflict(problem="The promised time has come, so this stands. Write to the customer to put it right.")
        )
    return (e.Undone(at=now.at, what=undo.what, withdrawn=undo.messages),)


def _release(state: Conversation, desk: Desk, now: Moment) -> Facts:
    enquiry = state.enquiry
    if enquiry is None or enquiry.status == "ended":
        raise Refused(Conflict(problem="This is closed already. Write to us whenever you need us."))
    facts: list[e.ConversationEvent] = []
    if enquiry.status == "open":
        promise = enquiry.promise
        facts += promising.word_given(state, enquiry, desk, now, "released", reason="withdrawn")
        facts.append(promising.tell(state, "released", desk, now, promise_id=promise.id if promise else None))
    facts.append(e.EnquiryEnded(at=now.at, enquiry_id=enquiry.id, outcome="withdrawn"))
    facts.append(e.ConversationClosed(at=now.at))
    return tuple(facts)


def _ignored(state: Conversation, now: Moment) -> Facts:
    if state.ignored_at is not None and now.at - state.ignored_at < IGNORED_PAUSE:
        raise Refused(
            Conflict(problem="We have noted that you feel ignored, and moved you up. You can tell us again in an hour.")
        )
    if state.enquiry is None or state.enquiry.status == "ended":
        raise Refused(Conflict(problem="Nothing is open here. Write to us, and you get a new promise at once."))
    return (e.FeltIgnored(at=now.at),)


def _prefer(state: Conversation, command: c.PreferContact, now: Moment) -> Facts:
    address = (command.address or "").strip() or None
    known = state.customer.email if command.how == "mail" else state.customer.phone
    if command.how != "chat" and address is None and known is None:
        raise Refused(Invalid(field="address", problem="tell us where: an e-mail address or a phone number."))
    if command.how != "phone" and address is not None and ("@" not in address or len(address) > 254):
        raise Refused(
            Invalid(field="address", problem="this is not an e-mail address. It looks like name@example.com.")
        )
    if command.how == "phone" and address is not None and sum(ch.isdigit() for ch in address) < 5:
        raise Refused(
            Invalid(
                field="address",
                problem="this is not a phone number. Write it with its country code, like +44 20 7946 0000.",
            )
        )
    return (e.ContactPreferred(at=now.at, how=command.how, address=address),)


def _leave(state: Conversation, now: Moment) -> Facts:
    if state.left or state.channel_kind != "chat":
        return ()
    unanswered = state.promise is not None
    became: Literal["mail"] | None = "mail" if unanswered and state.customer.email else None
    return (e.CustomerLeft(at=now.at, unanswered=unanswered, became=became, unseen=state.unseen),)


def _timer_due(state: Conversation, command: c.TimerDue, desk: Desk, now: Moment) -> Facts:
    match command.slot:
        case "promise":
            return promising.look(state, command.guard, desk, now)
        case "settle":
            enquiry = state.enquiry
            if enquiry is None or enquiry.status != "answered" or command.guard != f"{enquiry.id}:{len(enquiry.waits)}":
                return ()
            ended = e.EnquiryEnded(at=now.at, enquiry_id=enquiry.id, outcome="answered")
            return (ended,) if state.status == "closed" else (ended, e.ConversationClosed(at=now.at))
        case _:
            return ()


def is_blank(text: str) -> bool:
    """Return whether nobody would see anything of a text: spaces, and signs without width or shape."""
    return not any(each.isprintable() and not each.isspace() for each in text)


def _check_text(text: str, message: e.Message | None) -> None:
    attachments = message.attachments if message is not None else ()
    require(attachments or not is_blank(text), Invalid(field="text", problem="write something, or attach a file."))
    require(
        len(text) <= TEXT_LENGTH_MAX,
        Invalid(field="text", problem=f"is longer than {TEXT_LENGTH_MAX:,} characters. Attach it as a file."),
    )


def _check_reason(reason: str) -> None:
    require(reason.strip(), Invalid(field="reason", problem="say why in a few words."))
    require(
        len(reason) <= REASON_LENGTH_MAX,
        Invalid(field="reason", problem=f"is longer than {REASON_LENGTH_MAX:,} characters."),
    )


def _check_outcome(outcome: Outcome) -> None:
    require(outcome in OUTCOMES, Invalid(field="outcome", problem=f"must be one of: {', '.join(OUTCOMES)}."))


def _check_future(field: str, at: datetime, now: Moment) -> None:
    require(at > now.at, Invalid(field=field, problem="must be in the future."))
    require(at < now.at + timedelta(days=366), Invalid(field=field, problem="must be within a year."))
