"""The contact page: every way to reach a brand with the promise it makes now, before anybody writes, and a form.

Works without a script. What the form makes is the same conversation, with the same promise, as any other channel's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from waada.core import commands as c
from waada.core.events import Attachment, Customer, Message
from waada.core.ids import CUSTOMER, CommandId, MessageId, customer_id, mint
from waada.core.people import Brand, Channel
from waada.core.refusals import Refused
from waada.tokens import fingerprint, status_token
from waada.web import customer_files as files
from waada.web import customer_forms as forms
from waada.web import customer_pages as pages
from waada.web import customer_promise as promise
from waada.web.customer_acts import TEXT_LENGTH_MAX, check_text, is_email
from waada.web.customer_pages import Reader
from waada.web.customer_record import record_words
from waada.web.parts import Parts
from waada.words.promises import place_words

_SHOWN_KINDS = ("chat", "mail")
_KEPT_FIELDS = ("name", "email", "subject", "text")
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A channel as the page shows it; `quickest` is the one that answers before all others."""

    channel: Channel
    quote: promise.Quote | None
    record: str
    quieter: str | None
    quickest: bool
    opening: str
    days: tuple[promise.OpenDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Why a form comes back: the words, the field they are about, and everything that had been typed."""

    words: str
    about: str | None = None
    kept: dict[str, str] = field(default_factory=dict)
    trapped: bool = False
    status: int = 422


def routes(parts: Parts) -> list[BaseRoute]:
    """Return the contact page, its form, and the brand's colours."""

    async def show(request: Request) -> Response:
        return await _show(parts, request)

    async def send(request: Request) -> Response:
        return await _send(parts, request)

    async def colours(request: Request) -> Response:
        return await _colours(parts, request)

    return [
        Route("/contact/{brand}/brand.css", colours, methods=["GET"]),
        Route("/contact/{brand}", show, methods=["GET"]),
        Route("/contact/{brand}", send, methods=["POST"]),
    ]


async def _show(parts: Parts, request: Request) -> Response:
    brand = await parts.store.brand_named(request.path_params["brand"])
    if brand is None:
        return nothing_here(parts, request)
    reader = reader_of(parts, request, brand, request.query_params)
    if pages.too_often(parts, request, "page"):
        return pages.page("gone.html", reader, brand, {"words": reader.say("error.too_fast")}, status=429)
    return await _page(parts, brand, reader)


async def _send(parts: Parts, request: Request) -> Response:
    brand = await parts.store.brand_named(request.path_params["brand"])
    if brand is None:
        return nothing_here(parts, request)
    reader = reader_of(parts, request, brand, request.query_params)
    try:
        form = await forms.read_form(request)
    except forms.FormRefused as refused:
        return await _page(
            parts, brand, reader, Wrong(words=reader.say(refused.key, **refused.values), status=refused.status)
        )
    reader = reader_of(parts, request, brand, form.fields)
    wrong = _check(parts, request, form, reader)
    if wrong is not None:
        return await _page(parts, brand, reader, wrong)
    nonce = forms.read_form_token(parts.secret, _purpose(brand), form.text("form"), reader.now)
    channel = _channel_for(brand, form.text("email"))
    if nonce is None or channel is None:
        key = "error.page_expired" if channel else "contact.no_channel"
        return await _page(parts, brand, reader, Wrong(words=reader.say(key), kept=_kept(form), status=409))
    try:
        await _start(parts, brand, channel, form, reader, nonce)
    except Refused as refused:
        # The same form with other words in it: a new form keeps them, and sends them as a message of its own.
        words = reader.say("error.page_expired" if refused.refusal.status == 422 else "error.try_again")
        return await _page(parts, brand, reader, Wrong(words=words, kept=_kept(form), status=refused.refusal.status))
    token = status_token(parts.secret, brand.id, nonce)  # type: ignore[arg-type]  # the nonce became the conversation's id
    return pages.redirect(f"/p/{token}?said=thanks_message&lang={reader.language}")


async def _start(parts: Parts, brand: Brand, channel: Channel, form: forms.Form, reader: Reader, nonce: str) -> None:
    """Begin the conversation; the form's nonce is its id, so that sending twice can't make two."""
    command_id = CommandId(f"form:{nonce}")
    known = await parts.store.recall(brand.id, command_id)
    # Files of a form that was sent before are not stored a second time.
    attachments: tuple[Attachment, ...] = ()
    if known is None:
        attachments = await files.keep_all(parts, brand.id, form.files)
    email = form.text("email") or None
    text = form.text("text", TEXT_LENGTH_MAX)
    subject = form.text("subject", 200) or None
    customer = Customer(
        id=customer_id(brand.id, "email", email) if email else customer_id(brand.id, "visitor", nonce),
        name=form.text("name", 120) or None,
        email=email,
        language=reader.language,
        zone=pages.zone_or(form.text("zone"), "") or None,
        visitor=None if email else nonce,
    )
    command = c.StartConversation(
        channel=channel.key,
        customer=customer,
        message=Message(id=MessageId(mint(nonce, 1)), text=text, attachments=attachments),
        subject=subject,
    )
    asked = fingerprint("\x00".join((channel.key, email or "", subject or "", text)))
    await parts.engine.handle(
        c.Order(command_id=command_id, brand_id=brand.id, stream=nonce, by=CUSTOMER, command=command, asked=asked)
    )


def _check(parts: Parts, request: Request, form: forms.Form, reader: Reader) -> Wrong | None:
    """Return what is wrong with a form. Nothing that was typed is ever lost, not even to the trap for programs."""
    kept = _kept(form)
    if pages.too_often(parts, request, "write"):
        return Wrong(words=reader.say("error.too_fast"), kept=kept, status=429)
    if form.text(forms.TRAP):
        return Wrong(words=reader.say("contact.leave_empty"), about=forms.TRAP, kept=kept, trapped=True)
    text = form.fields.get("text", "")
    found = check_text(text, len(form.files))
    if found is not None:
        return Wrong(words=reader.say(found[0], **found[1]), about="text", kept=kept)
    if form.text("email") and not is_email(form.text("email")):
        return Wrong(words=reader.say("error.email_invalid"), about="email", kept=kept)
    return None


async def _cards(parts: Parts, brand: Brand, reader: Reader) -> tuple[Card, ...]:
    """Return the ways to reach the brand, the quickest first; one that can promise nothing comes last."""
    records = await parts.records.of(parts.store, brand.id, reader.now)
    shown = [each for each in brand.channels if each.live and each.kind in _SHOWN_KINDS]
    quotes = [(each, promise.quote(brand, each, reader, parts.engine)) for each in shown]
    quotes.sort(key=lambda each: each[1].due_at if each[1] is not None else _NEVER)
    dues = [quote.due_at for _, quote in quotes if quote is not None]
    return tuple(
        Card(
            channel=channel,
            quote=quote,
            record=record_words(records.get(channel.key), reader),
            quieter=promise.quieter_words(brand, channel, quote, reader, parts.engine),
            quickest=number == 0 and len(dues) > 1 and dues[0] < dues[1],
            opening=promise.opening_words(brand, channel, reader),
            days=promise.open_days(brand, channel, reader),
        )
        for number, (channel, quote) in enumerate(quotes)
    )


async def _page(parts: Parts, brand: Brand, reader: Reader, wrong: Wrong | None = None) -> Response:
    cards = await _cards(parts, brand, reader)
    return pages.page(
        "contact.html",
        reader,
        brand,
        {
            "cards": cards,
            "wrong": wrong,
            "kept": wrong.kept if wrong else {},
            "form_token": forms.form_token(parts.secret, _purpose(brand), parts.ids),
            "trap": forms.TRAP,
            "languages": [(code, pages.NAMES[code]) for code in pages.offered(brand)],
            "place": place_words(reader.zone, reader.language),
        },
        status=wrong.status if wrong else 200,
    )


def _channel_for(brand: Brand, email: str) -> Channel | None:
    """Return where a form goes: to the mail channel when there is an address to answer to, else to the chat."""
    order = ("mail", "chat") if email else ("chat", "mail")
    live = [each for each in brand.channels if each.live and each.policy is not None]
    return next((each for kind in order for each in live if each.kind == kind), None)


def _kept(form: forms.Form) -> dict[str, str]:
    return {name: form.text(name, TEXT_LENGTH_MAX) for name in _KEPT_FIELDS}


def _purpose(brand: Brand) -> str:
    return f"contact:{brand.id}"


async def _colours(parts: Parts, request: Request) -> Response:
    brand = await parts.store.brand_named(request.path_params["brand"])
    if brand is None:
        return Response(status_code=404)
    response = Response(pages.brand_css(brand), media_type="text/css")
    response.headers["cache-control"] = "public, max-age=86400"
    response.headers["x-content-type-options"] = "nosniff"
    return response


def reader_of(parts: Parts, request: Request, brand: Brand, asked: Mapping[str, str]) -> Reader:
    """Return who reads: the language and zone that were chosen, else the browser's language and the brand's zone."""
    language = pages.choose_language(brand, asked.get("lang"), request.headers.get("accept-language"))
    return Reader(language=language, zone=pages.zone_or(asked.get("zone"), brand.zone), now=parts.clock.now())


def nothing_here(parts: Parts, request: Request, key: str = "error.not_found", status: int = 404) -> Response:
    """Say in the browser's language that there is nothing."""
    wanted = pages.wishes(request.headers.get("accept-language", ""))
    language = next((each[:2] for each in wanted if each[:2] in pages.NAMES), "en")
    reader = Reader(language=language, zone="UTC", now=parts.clock.now())
    return pages.page("gone.html", reader, None, {"words": reader.say(key)}, status=status)
