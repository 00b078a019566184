"""Letters: mail for a person's eyes. Read them raw, open a conversation from one, or put it away."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any, cast

from waada.core import commands as c
from waada.core import events as e
from waada.core.ids import CommandId, ConversationId, CustomerId, MessageId, customer_id
from waada.core.letters import Letter
from waada.web import shapes as s
from waada.web import views
from waada.web.access_headers import FILE_HEADERS
from waada.web.api_conversations import status_url
from waada.web.api_files import disposition
from waada.web.endpoints import Answer, Call, Endpoint
from waada.web.problems import Problem, not_found

PATH = "/api/v1/letters"


class LettersQuery(s.Struct):
    """Those that wait for somebody, or those that somebody has handled."""

    handled: bool = False


class LetterAnswer(s.Struct):
    """A letter."""

    letter: Letter


class OpenRequest(s.Struct):
    """What the customer said, where the preview doesn't tell."""

    text: s.Text | None = None


async def letters(call: Call[LettersQuery]) -> s.LettersAnswer:
    """Letters, newest first."""
    return s.LettersAnswer(items=await call.parts.store.letters(call.brand_id, handled=call.asked.handled))


async def _letter(call: Call[Any]) -> Letter:
    found = await call.parts.store.load("letter", call.brand_id, call.path["letter"])
    if found is None:
        raise not_found("letter")
    return cast("Letter", found)


async def letter(call: Call[None]) -> LetterAnswer:
    """One letter."""
    return LetterAnswer(letter=await _letter(call))


async def raw(call: Call[None]) -> Answer:
    """The mail as it arrived, byte for byte, as a download that nothing runs."""
    found = await _letter(call)
    content = await _raw(call, found)
    if content is None:
        raise not_found("mail")
    headers = ((b"content-disposition", disposition("attachment", f"{found.id}.eml.txt")),)
    return Answer(body=content, media_type=b"text/plain", headers=headers, policy=FILE_HEADERS)


async def _raw(call: Call[Any], letter: Letter) -> bytes | None:
    """Return the bytes of a letter: from the mail room, else from the files."""
    content = await call.parts.mail.raw(call.brand_id, letter.raw) if call.parts.mail is not None else None
    if content is None:
        blob = await call.parts.store.blob(call.brand_id, letter.raw)
        content = blob.content if blob is not None else None
    return content


async def open_letter(call: Call[OpenRequest]) -> s.StartAnswer:
    """Make a conversation of it: with a promise as for everybody, but no automatic mail, which might loop."""
    found = await _letter(call)
    brand = await call.brand()
    stream = call.parts.ids.fresh()
    name, address = parseaddr(found.sender or "")
    email = address if "@" in address and len(address) <= 254 else None
    command = c.StartConversation(
        channel=found.channel,
        customer=e.Customer(
            id=customer_id(brand.id, "email", email) if email else CustomerId(found.id),
            name=name or None,
            email=email,
            language=brand.languages[0],
        ),
        message=e.Message(
            id=MessageId(call.parts.ids.fresh()),
            text=call.asked.text or found.preview or found.subject or "",
            raw=found.raw,
            sender=found.sender,
        ),
        subject=found.subject,
        may_tell=False,
    )
    if found.outcome is not None and call.idempotency_key is None:
        raise Problem(409, "Somebody has handled this letter already.")
    # Whoever opens a letter, and however often: there is one conversation of it.
    done = await call.handle(stream, command, command_id=CommandId(f"letter:{found.id}"), asked=found.id)
    state = done.conversation
    handled = c.HandleLetter(outcome="opened", conversation_id=state.id)
    await call.handle(found.id, handled, command_id=call.command_id())
    return views.started(state, status_url(call.parts, brand.id, ConversationId(state.id)))


async def dismiss(call: Call[s.EmptyRequest]) -> LetterAnswer:
    """Put it away: nobody is owed an answer."""
    done = await call.handle(call.path["letter"], c.HandleLetter(outcome="dismissed"))
    return LetterAnswer(letter=cast("Letter", done.state))


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    one = f"{PATH}/{{letter}}"
    return (
        Endpoint(
            method="GET",
            path=PATH,
            summary="Read letters",
            handler=letters,
            who="agent",
            query=LettersQuery,
            answer=s.LettersAnswer,
        ),
        Endpoint(method="GET", path=one, summary="Read a letter", handler=letter, who="agent", answer=LetterAnswer),
        Endpoint(
            method="GET",
            path=f"{one}/raw",
            summary="Download the mail as it arrived",
            handler=raw,
            who="agent",
            answer_media="text/plain",
        ),
        Endpoint(
            method="POST",
            path=f"{one}/open",
            summary="Make a conversation of it",
            handler=open_letter,
            who="agent",
            status=201,
            statuses=(409,),
            body=OpenRequest,
            answer=s.StartAnswer,
        ),
        Endpoint(
            method="POST",
            path=f"{one}/dismiss",
            summary="Put it away",
            handler=dismiss,
            who="agent",
            statuses=(409,),
            body=s.EmptyRequest,
            answer=LetterAnswer,
        ),
    )
