"""Conversations: beginning one, writing in it, and everything an agent does with it. Thin: the engine decides."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal, cast

from waada.core import at_work, decide, quoting
from waada.core import commands as c
from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.desk import Desk
from waada.core.ids import BrandId, ConversationId, CustomerId, MessageId, PersonId, PromiseId, customer_id
from waada.core.moment import Moment
from waada.core.people import Brand
from waada.core.promising import language_of
from waada.core.summary import summarise
from waada.tokens import status_token
from waada.web import shapes as s
from waada.web import views
from waada.web.api_files import attached
from waada.web.endpoints import Call, Endpoint, Handler
from waada.web.parts import Parts
from waada.web.problems import Problem, not_found
from waada.web.zones import check_zone
from waada.words import direction

BASE = "/api/v1/conversations"


def status_url(parts: Parts, brand_id: BrandId, conversation: str) -> str:
    """Return the address of a conversation's status page."""
    token = status_token(parts.secret, brand_id, ConversationId(conversation))
    return f"{parts.settings.public_url}/p/{token}"


async def start(call: Call[s.StartRequest]) -> s.StartAnswer:
    """A customer writes for the first time."""
    asked = call.asked
    brand = await call.brand()
    stream = call.parts.ids.fresh()
    message = e.Message(
        id=MessageId(call.parts.ids.fresh()), text=asked.text, attachments=await attached(call, asked.attachments)
    )
    command = c.StartConversation(
        channel=asked.channel,
        customer=customer_of(brand, asked.customer, stream),
        message=message,
        subject=asked.subject or None,
    )
    done = await call.handle(stream, command)
    state = done.conversation
    return views.started(state, status_url(call.parts, brand.id, state.id))


def customer_of(brand: Brand, given: s.CustomerGiven, stream: str) -> e.Customer:
    """Return the customer behind what was given: known by reference, address or number, else only by this thread."""
    check_zone(given.zone, "customer.zone")
    for kind, known in (("reference", given.reference), ("email", given.email), ("phone", given.phone)):
        if known:
            identity = customer_id(brand.id, kind, known)
            break
    else:
        identity = CustomerId(stream)
    language = given.language.replace("_", "-").split("-")[0].lower() if given.language else brand.languages[0]
    return e.Customer(
        id=identity,
        name=given.name or None,
        email=given.email,
        phone=given.phone or None,
        language=language,
        zone=given.zone,
        reference=given.reference or None,
    )


async def queue(call: Call[s.QueueQuery]) -> s.RowsAnswer:
    """A stretch of a view, least slack first."""
    asked = call.asked
    person = call.someone.person_id
    try:
        found = await call.parts.store.rows(
            call.brand_id, asked.view, person=person, cursor=asked.cursor, limit=asked.limit
        )
    except ValueError as error:
        raise Problem(422, "This is not a cursor that was handed out here.", field="cursor") from error
    return s.RowsAnswer(items=found.rows, cursor=found.cursor)


async def state_of(call: Call[Any], conversation: str) -> Conversation:
    """Return a conversation of the caller's brand, or raise 404."""
    state = await call.parts.store.load("conversation", call.brand_id, conversation)
    if state is None:
        raise not_found("conversation")
    return cast("Conversation", state)


def chance_now(call: Call[None], brand: Brand, state: Conversation) -> float | None:
    """Return the chance that the open promise is kept, as things stand."""
    enquiry, promise = state.enquiry, state.promise
    if enquiry is None or promise is None:
        return None
    engine = call.parts.engine
    desk = Desk(brand, engine.phrase, engine.outlook)
    sight = quoting.sight_of(state, enquiry, desk, Moment(call.now, ""))
    return round(sight.chance_at(promise.due_at), 4) if sight is not None else None


async def detail(call: Call[None]) -> s.ConversationDetail:
    """Everything about a conversation."""
    state = await state_of(call, call.path["conversation"])
    brand, store, actor = await call.brand(), call.parts.store, call.someone
    hours = views.hours_of(brand, state)
    facts = await store.facts(brand.id, state.id)
    others = await store.conversations_of(brand.id, state.customer.id)
    kept = await store.draft(brand.id, state.id, actor.person_id) if actor.person_id else None
    return s.ConversationDetail(
        conversation=summarise(state),
        customer=state.customer,
        enquiries=tuple(views.enquiry_view(each, hours, call.now) for each in state.enquiries),
        promise=views.open_promise(state),
        chance_now=chance_now(call, brand, state),
        clocks=views.clocks(state, hours, call.now),
        events=views.event_views(facts),
        earlier=tuple(each for each in others if each.id != state.id),
        draft=s.DraftView(text=kept.text, updated_at=kept.updated_at) if kept else None,
        undo=views.undo_view(state, actor, call.now),
        status_url=status_url(call.parts, brand.id, state.id),
    )


async def write(call: Call[s.MessageRequest]) -> s.MessageAnswer:
    """Write in a thread, as the customer, a person or a bot."""
    asked, actor = call.asked, call.someone
    message = e.Message(
        id=MessageId(call.parts.ids.fresh()), text=asked.text, attachments=await attached(call, asked.attachments)
    )
    if asked.author != "person" and actor.person_id is not None:
        raise Problem(403, "People answer as themselves. Use an API key to pass on what others wrote.", field="author")
    command: c.Write | c.Reply | c.SayAsBot
    if asked.author == "customer":
        command = c.Write(message=message)
    elif asked.author == "bot":
        command = c.SayAsBot(message=message)
    else:
        command = c.Reply(
            author=actor.name,
            message=message,
            person_id=actor.person_id,
            seen_message=MessageId(asked.seen_message) if asked.seen_message else None,
            close=asked.close,
            anyway=asked.anyway,
        )
    done = await call.handle(call.path["conversation"], command)
    state = done.conversation
    if asked.author == "person" and actor.person_id is not None:
        await call.parts.store.drop_draft(actor.brand_id, state.id, actor.person_id)
    written = await _written_before(call, state) if done.repeated else message.id
    return s.MessageAnswer(
        message=s.MessageMade(id=written),
        conversation=summarise(state),
        promise=views.open_promise(state),
        undo=views.undo_view(state, actor, call.now),
    )


async def _written_before(call: Call[s.MessageRequest], state: Conversation) -> str:
    """Return the id of the message that the same request wrote the first time."""
    command_id = call.command_id()
    for fact in await call.parts.store.facts(call.brand_id, state.id):
        if fact.command_id == command_id and isinstance(fact.event, e.CustomerWrote | e.PersonWrote | e.BotWrote):
            return fact.event.message.id
    raise AssertionError("a repeated message was written once")


async def change(call: Call[Any], command: c.ConversationCommand) -> s.ConversationAnswer:
    """Carry out a command on the conversation in the path."""
    done = await call.handle(call.path["conversation"], command)
    return views.changed(done.conversation, call.someone, call.now)


async def note(call: Call[s.NoteRequest]) -> s.ConversationAnswer:
    """Write a note among colleagues."""
    mentions = tuple(PersonId(each) for each in call.asked.mentions)
    return await change(call, c.WriteNote(text=call.asked.text, person_id=call.someone.person_id, mentions=mentions))


async def assign(call: Call[s.AssignRequest]) -> s.ConversationAnswer:
    """Give it to somebody, or let it go."""
    person = call.asked.person_id
    return await change(call, c.Assign(person_id=PersonId(person) if person else None))


async def transfer(call: Call[s.TransferRequest]) -> s.ConversationAnswer:
    """Hand it to a colleague."""
    return await change(call, c.Transfer(person_id=PersonId(call.asked.person_id), reason=call.asked.reason))


async def renegotiate(call: Call[s.RenegotiateRequest]) -> s.ConversationAnswer:
    """Tell the customer a new time before the old one passes."""
    return await change(call, _renegotiation(call.asked))


async def snooze(call: Call[s.SnoozeRequest]) -> s.ConversationAnswer:
    """Put aside, promising a follow-up."""
    return await change(call, _snoozing(call.asked))


def _renegotiation(asked: s.RenegotiateRequest) -> c.Renegotiate:
    return c.Renegotiate(due_at=in_utc(asked.due_at, "due_at"), reason=asked.reason, words=asked.words or None)


def _snoozing(asked: s.SnoozeRequest) -> c.Snooze:
    return c.Snooze(until=in_utc(asked.until, "until"), reason=asked.reason)


def in_utc(at: datetime, field: str) -> datetime:
    """Return the instant in UTC; one beyond the calendar is refused."""
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise Problem(422, "This instant is beyond the calendar.", field=field) from error


async def preview_renegotiation(call: Call[s.RenegotiateRequest]) -> s.PreviewAnswer:
    """What a customer would read about a new time. Nothing is changed."""
    return await _preview(call, _renegotiation(call.asked))


async def preview_snooze(call: Call[s.SnoozeRequest]) -> s.PreviewAnswer:
    """What a customer would read about a follow-up. Nothing is changed."""
    return await _preview(call, _snoozing(call.asked))


async def _preview(call: Call[Any], command: c.ConversationCommand) -> s.PreviewAnswer:
    """Decide as the engine would, and show the words instead of writing them down."""
    state = await state_of(call, call.path["conversation"])
    brand = await call.brand()
    order = c.Order(
        command_id=call.command_id(), brand_id=brand.id, stream=state.id, by=call.someone.by, command=command
    )
    moment = Moment(call.now, call.parts.ids.fresh())
    desk = Desk(brand, call.parts.engine.phrase, call.parts.engine.outlook)
    facts = decide.decide(state, order, desk, moment)
    told = next((each for each in facts if isinstance(each, e.CustomerTold)), None)
    made = next((each.promise for each in facts if isinstance(each, e.PromiseMade)), state.promise)
    assert made is not None, "what can be previewed makes a promise, or leaves the open one as it is"
    language = language_of(state.customer, brand)
    nobody = at_work.nobody_there(state, made.kind, made.due_at, desk, moment)
    return s.PreviewAnswer(
        words=made.words,
        text=told.text if told is not None else "",
        language=language,
        direction=direction(language),
        due_at=made.due_at,
        chance=made.chance,
        nobody=views.nobody_view(nobody) if nobody is not None else None,
    )


async def close(call: Call[s.CloseRequest]) -> s.ConversationAnswer:
    """End it with an outcome."""
    return await change(call, c.Close(outcome=call.asked.outcome))


async def undo(call: Call[s.EmptyRequest]) -> s.ConversationAnswer:
    """Take back the caller's last action, within ten seconds."""
    return await change(call, c.Undo())


async def customer_action(call: Call[s.CustomerActionRequest]) -> s.ConversationAnswer:
    """Pass on what a customer tapped on a page of the brand's own."""
    asked = call.asked
    command: c.ConversationCommand
    match asked.action:
        case "ignored":
            command = c.FeelIgnored()
        case "release":
            command = c.Release()
        case "person":
            command = c.AskForPerson()
        case "contact":
            if asked.how is None:
                raise Problem(422, "Say how: chat, mail or phone.", field="how")
            command = c.PreferContact(how=asked.how, address=asked.address)
    return await change(call, command)


async def promise(call: Call[None]) -> s.PromiseAnswer:
    """A promise, and where it was made."""
    found = await call.parts.store.promise(call.brand_id, PromiseId(call.path["promise"]))
    if found is None:
        raise not_found("promise")
    return s.PromiseAnswer(promise=views.promise_view(found.promise), conversation_id=found.conversation_id)


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    one = f"{BASE}/{{conversation}}"
    detail_of, rows = s.ConversationDetail, s.RowsAnswer
    return (
        _post(BASE, "Begin a conversation", start, s.StartRequest, s.StartAnswer, status=201),
        Endpoint(
            method="GET", path=BASE, summary="Read a queue", handler=queue, who="agent", query=s.QueueQuery, answer=rows
        ),
        Endpoint(method="GET", path=one, summary="Read it all", handler=detail, who="agent", answer=detail_of),
        _post(f"{one}/messages", "Write in it", write, s.MessageRequest, s.MessageAnswer, status=201),
        _post(f"{one}/notes", "Write a note", note, s.NoteRequest),
        _post(f"{one}/assign", "Assign it", assign, s.AssignRequest),
        _post(f"{one}/transfer", "Hand it over", transfer, s.TransferRequest),
        _post(f"{one}/renegotiate", "Promise a new time", renegotiate, s.RenegotiateRequest),
        _post(
            f"{one}/renegotiate/preview",
            "See what the customer would read",
            preview_renegotiation,
            s.RenegotiateRequest,
            s.PreviewAnswer,
        ),
        _post(f"{one}/snooze", "Put it aside", snooze, s.SnoozeRequest),
        _post(
            f"{one}/snooze/preview",
            "See what the customer would read",
            preview_snooze,
            s.SnoozeRequest,
            s.PreviewAnswer,
        ),
        _post(f"{one}/close", "End it", close, s.CloseRequest),
        _post(f"{one}/undo", "Take the last action back", undo, s.EmptyRequest, kind="person"),
        _post(
            f"{one}/customer-actions", "Pass on a customer's tap", customer_action, s.CustomerActionRequest, kind="key"
        ),
        Endpoint(
            method="GET",
            path="/api/v1/promises/{promise}",
            summary="Read a promise",
            handler=promise,
            who="agent",
            answer=s.PromiseAnswer,
        ),
    )


def _post(
    path: str,
    summary: str,
    handler: Handler,
    body: type,
    answer: type = s.ConversationAnswer,
    *,
    status: int = 200,
    kind: Literal["person", "key"] | None = None,
) -> Endpoint:
    return Endpoint(
        method="POST",
        path=path,
        summary=summary,
        handler=handler,
        who="agent",
        kind=kind,
        status=status,
        statuses=(409,),
        body=body,
        answer=answer,
    )
