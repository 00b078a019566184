"""The status page (X8): a signed link, no login. The promise, what happens now, the thread, and what one may want.

The server's page is the truth and works without a script. A script counts down and, when a fact arrives, loads the live
part of the page anew: since that part is always whole, a cut line can leave no gap.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.ids import BrandId, CommandId, ConversationId, MessageId, mint
from waada.core.people import Brand
from waada.core.refusals import Refused
from waada.ports import Recorded
from waada.tokens import fingerprint, read_status_token
from waada.web import customer_acts as acts
from waada.web import customer_files as files
from waada.web import customer_forms as forms
from waada.web import customer_pages as pages
from waada.web import customer_thread as threads
from waada.web.access import visible_to_customer
from waada.web.access_headers import PAGE_HEADERS
from waada.web.contact import nothing_here
from waada.web.customer_pages import Reader
from waada.web.customer_promise import left_words, offer_words, promise_frame
from waada.web.parts import Parts

# A line that says nothing for a minute is cut by many proxies.
KEEP_ALIVE_SECONDS = 25.0

# What the page may say after a form, by key; anything else in the address is ignored.
_SAID = frozenset(
    {
        "status.thanks_message",
        "status.thanks_called",
        "status.thanks_mailed",
        "status.thanks_not_needed",
        "status.thanks_ignored",
        "status.thanks_ignored_before",
        "status.thanks_person",
        "status.now_closed",
        "error.email_invalid",
        "error.phone_invalid",
        "error.text_empty",
        "error.try_again",
        "error.page_expired",
        "error.too_fast",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A status page that was opened with a good link."""

    token: str
    brand: Brand
    state: Conversation
    reader: Reader


def routes(parts: Parts) -> list[BaseRoute]:
    """Return the status page, its forms, and what wakes it."""

    async def show(request: Request) -> Response:
        return await _show(parts, request)

    async def send(request: Request) -> Response:
        return await _send(parts, request)

    async def wake(request: Request) -> Response:
        return await _wake(parts, request)

    return [
        Route("/p/{token}", show, methods=["GET"]),
        Route("/p/{token}", send, methods=["POST"]),
        Route("/p/{token}/events", wake, methods=["GET"]),
    ]


async def _show(parts: Parts, request: Request) -> Response:
    if pages.too_often(parts, request, "page"):
        return nothing_here(parts, request, "error.too_fast", 429)
    opened = await _open(parts, request)
    if opened is None:
        return nothing_here(parts, request, "status.link_invalid")
    key = request.query_params.get("said", "")
    # The short form keeps addresses in links readable.
    key = key if key in _SAID else f"status.{key}"
    said = acts.thanks(key, opened.state, opened.reader) if key in _SAID else ""
    return await _page(parts, opened, request, said=said, bad=key.startswith("error."))


async def _page(
    parts: Parts, opened: Opened, request: Request, *, said: str, bad: bool, text: str = "", status: int = 200
) -> Response:
    token, brand, state, reader = opened.token, opened.brand, opened.state, opened.reader
    facts = await parts.store.facts(brand.id, state.id)
    entries = threads.thread(facts, token)
    live = {
        "state": state,
        "entries": entries,
        "promise": None if state.promise is None else promise_frame(state.promise, reader),
        "offer": _offer(state, reader),
        "left": "" if state.promise is None else left_words(state.promise.due_at, reader),
        "history": threads.history(state, reader),
        "now_words": threads.now_words(state, brand, entries, reader),
        "version": state.version,
        "token": token,
    }
    if request.query_params.get("part") == "live":
        return pages.page("status_live.html", reader, brand, live)
    return pages.page(
        "status.html",
        reader,
        brand,
        {
            **live,
            "said": said,
            "bad": bad,
            "text": text,
            "ask_release": request.query_params.get("ask") == "release" and state.promise is not None,
            "form_token": forms.form_token(parts.secret, _purpose(state), parts.ids),
            "languages": [(code, pages.NAMES[code]) for code in pages.offered(brand)],
        },
        status=status,
    )


def _offer(state: Conversation, reader: Reader) -> str | None:
    """Return what is offered in place of waiting; who has already chosen that way need not be told."""
    promise = state.promise
    if promise is None or state.contact == promise.instead:
        return None
    return offer_words(promise, state.customer, reader)


async def _send(parts: Parts, request: Request) -> Response:
    opened = await _open(parts, request)
    if opened is None:
        return nothing_here(parts, request, "status.link_invalid")
    try:
        form = await forms.read_form(request)
    except forms.FormRefused as refused:
        words = opened.reader.say(refused.key, **refused.values)
        return await _page(parts, opened, request, said=words, bad=True, status=refused.status)
    text = form.text("text", acts.TEXT_LENGTH_MAX + 1)
    nonce = forms.read_form_token(parts.secret, _purpose(opened.state), form.text("form"), opened.reader.now)
    if nonce is None or pages.too_often(parts, request, "write"):
        key, status = ("error.too_fast", 429) if nonce else ("error.page_expired", 409)
        return await _page(parts, opened, request, said=opened.reader.say(key), bad=True, text=text, status=status)
    act = form.text("act")
    if act == "message":
        return await _write(parts, opened, request, form, text, nonce)
    if act not in acts.ACTS:
        return _back(opened, "error.try_again")
    said = await acts.carry_out(parts, opened.state, act, f"form:{nonce}:{act}", form.text("address", 300))
    return _back(opened, said.key)


async def _write(parts: Parts, opened: Opened, request: Request, form: forms.Form, text: str, nonce: str) -> Response:
    reader, state = opened.reader, opened.state
    wrong = acts.check_text(text, len(form.files))
    if wrong is not None:
        words = reader.say(wrong[0], **wrong[1])
        return await _page(parts, opened, request, said=words, bad=True, text=text, status=422)
    command_id = CommandId(f"form:{nonce}:message")
    attachments: tuple[e.Attachment, ...] = ()
    if await parts.store.recall(state.brand_id, command_id) is None:
        attachments = await files.keep_all(parts, state.brand_id, form.files)
    try:
        await acts.write(
            parts, state, text, attachments, MessageId(mint(nonce, 1)), command_id, asked=fingerprint(text)
        )
    except Refused as refused:
        # The same form with other words: a fresh form keeps them.
        words = reader.say("error.page_expired")
        status = refused.refusal.status
        return await _page(parts, opened, request, said=words, bad=True, text=text, status=status)
    return _back(opened, "status.thanks_message")


def _back(opened: Opened, key: str) -> Response:
    short = key.removeprefix("status.")
    return pages.redirect(f"/p/{opened.token}?said={short}&lang={opened.reader.language}")


async def _open(parts: Parts, request: Request) -> Opened | None:
    token = request.path_params["token"]
    read = read_status_token(parts.secret, token)
    found = await _find(parts, *read) if read is not None else None
    if found is None:
        return None
    brand, state = found
    query, customer = request.query_params, state.customer
    language = pages.choose_language(brand, query.get("lang") or customer.language, None)
    zone = pages.zone_or(query.get("zone"), pages.zone_or(customer.zone, brand.zone))
    reader = Reader(language=language, zone=zone, now=parts.clock.now())
    return Opened(token=token, brand=brand, state=state, reader=reader)


async def _find(parts: Parts, brand_id: BrandId, conversation_id: ConversationId) -> tuple[Brand, Conversation] | None:
    brand = await parts.store.brand(brand_id)
    state = await parts.store.load("conversation", brand_id, conversation_id)
    return None if brand is None or not isinstance(state, Conversation) else (brand, state)


def _purpose(state: Conversation) -> str:
    return f"status:{state.id}"


# --- what wakes the page --------------------------------------------------------------------------------------------


async def _wake(parts: Parts, request: Request) -> Response:
    if pages.too_often(parts, request, "socket"):
        return Response(status_code=429, headers={"retry-after": "10"})
    opened = await _open(parts, request)
    if opened is None:
        return Response(status_code=404)
    response = StreamingResponse(_versions(parts, opened), media_type="text/event-stream")
    response.raw_headers.extend(PAGE_HEADERS)
    response.headers["cache-control"] = "no-store"
    # Some proxies would keep the lines until a buffer is full.
    response.headers["x-accel-buffering"] = "no"
    return response


async def _versions(parts: Parts, opened: Opened) -> AsyncIterator[bytes]:
    """Tell the version of the conversation now, and again whenever something happened that the page shows."""
    brand_id, stream = opened.brand.id, opened.state.id
    subscription = parts.hub.subscribe(brand_id, stream)
    try:
        found = await _find(parts, brand_id, stream)
        yield _line(found[1].version if found else 0)
        while True:
            try:
                # Not wait_for: in Python 3.11 it loses a cancellation that comes together with what happened.
                async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                    items = [await anext(subscription), *subscription.take()]
            except TimeoutError:
                yield b": still here\n\n"
                continue
            except StopAsyncIteration:
                return
            shown = [each.version for each in items if isinstance(each, Recorded) and _is_shown(each)]
            if shown:
                yield _line(max(shown))
    finally:
        subscription.close()


def _is_shown(item: Recorded) -> bool:
    also = e.PromiseEnded | e.Assigned | e.EnquiryEnded | e.EnquiryAnswered
    return visible_to_customer(item.event) or isinstance(item.event, also)


def _line(version: int) -> bytes:
    return f"data: {version}\n\n".encode()
