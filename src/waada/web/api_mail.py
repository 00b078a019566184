"""The mail room as the desk sees it: where mailboxes stand, and the local outbox while no mail server is set up."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes
from email.policy import default
from typing import Annotated, Any

from msgspec import Meta

from waada.mailbag import MailboxStatus, MailDesk, PostedMail, Reconciliation
from waada.web import shapes as s
from waada.web.access_headers import FILE_HEADERS
from waada.web.api_files import disposition
from waada.web.endpoints import Answer, Call, Endpoint
from waada.web.problems import not_found


class OutboxQuery(s.Struct):
    """Which stretch; `before` is the id of the last mail seen."""

    before: Annotated[str, Meta(max_length=998)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 100


class PostedView(s.Struct):
    """A mail that lies in the local outbox."""

    id: str
    at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str


class PostedDetail(s.Struct):
    """A mail of the local outbox, to read."""

    id: str
    at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str


class OutboxAnswer(s.Struct):
    """Mails that would have left, newest first; `cursor` goes into `before`."""

    items: tuple[PostedView, ...]
    cursor: str | None


class MailboxesAnswer(s.Struct):
    """Every mail channel, with its figures."""

    items: tuple[MailboxStatus, ...]


async def mailboxes(call: Call[None]) -> MailboxesAnswer:
    """Where the mailboxes stand."""
    return MailboxesAnswer(items=await _room(call).status(call.brand_id))


async def reconcile(call: Call[s.EmptyRequest]) -> Reconciliation:
    """Count a mailbox against the store, and fetch what is missing."""
    return await _room(call).reconcile(call.brand_id, call.path["channel"])


async def outbox(call: Call[OutboxQuery]) -> OutboxAnswer:
    """Mails that would have left if a mail server were set up."""
    asked = call.asked
    found = await _room(call).posted(call.brand_id, asked.before, asked.limit)
    more = found[-1].id if len(found) == asked.limit else None
    return OutboxAnswer(items=tuple(map(_posted, found)), cursor=more)


async def posted(call: Call[None]) -> PostedDetail:
    """One of them."""
    mail = await _mail(call)
    shown = _posted(mail)
    return PostedDetail(
        id=shown.id,
        at=shown.at,
        sender=shown.sender,
        recipients=shown.recipients,
        subject=shown.subject,
        text=text_of(mail.raw),
    )


async def posted_raw(call: Call[None]) -> Answer:
    """One of them as it would have left, byte for byte."""
    mail = await _mail(call)
    headers = ((b"content-disposition", disposition("attachment", "mail.eml.txt")),)
    return Answer(body=mail.raw, media_type=b"text/plain", headers=headers, policy=FILE_HEADERS)


async def _mail(call: Call[Any]) -> PostedMail:
    mail = await _room(call).posted_mail(call.brand_id, call.path["mail"])
    if mail is None:
        raise not_found("mail")
    return mail


def text_of(raw: bytes) -> str:
    """Return the words of one of our own mails."""
    message = message_from_bytes(raw, policy=default)
    body = message.get_body(("plain", "html"))
    return str(body.get_content()) if body is not None else ""


def _posted(mail: PostedMail) -> PostedView:
    return PostedView(id=mail.id, at=mail.at, sender=mail.sender, recipients=mail.recipients, subject=mail.subject)


def _room(call: Call[Any]) -> MailDesk:
    if call.parts.mail is None:
        raise not_found("mail room in this process")
    return call.parts.mail


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    one = "/api/v1/outbox/{mail}"
    return (
        Endpoint(
            method="GET",
            path="/api/v1/mailboxes",
            summary="See where the mailboxes stand",
            handler=mailboxes,
            who="lead",
            statuses=(404,),
            answer=MailboxesAnswer,
        ),
        Endpoint(
            method="POST",
            path="/api/v1/mailboxes/{channel}/reconcile",
            summary="Count a mailbox against the store",
            handler=reconcile,
            who="lead",
            body=s.EmptyRequest,
            answer=Reconciliation,
        ),
        Endpoint(
            method="GET",
            path="/api/v1/outbox",
            summary="Read the local outbox",
            handler=outbox,
            who="agent",
            statuses=(404,),
            query=OutboxQuery,
            answer=OutboxAnswer,
        ),
        Endpoint(method="GET", path=one, summary="Read a mail of it", handler=posted, who="agent", answer=PostedDetail),
        Endpoint(
            method="GET",
            path=f"{one}/raw",
            summary="Download a mail of it",
            handler=posted_raw,
            who="agent",
            answer_media="text/plain",
        ),
    )
