"""The desk's own pages: one small HTML shell for sign-in, desk and invitation, and the local outbox to read in."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from waada.mailbag import PostedMail
from waada.web.access import Actor
from waada.web.access_headers import DESK_HEADERS
from waada.web.access_limits import address_of
from waada.web.api_mail import text_of
from waada.web.letting_in import let_in
from waada.web.parts import Parts
from waada.web.problems import Problem
from waada.web.static_files import asset

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="icon" href="data:,">
"""
_SHELL = (
    _HEAD
    + """<link rel="stylesheet" href="{style}">
<script type="module" src="{script}"></script>
</head>
<body>
<div id="desk"></div>
<noscript>The desk needs JavaScript. Customers' pages work without it.</noscript>
</body>
</html>
"""
)
_PAGE = _HEAD + "</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
_HEADERS = {name.decode(): value.decode() for name, value in DESK_HEADERS}


def routes(parts: Parts) -> list[BaseRoute]:
    """Return the pages of the desk."""

    async def outbox(request: Request) -> Response:
        return await _outbox(parts, request)

    async def mail(request: Request) -> Response:
        return await _mail(parts, request)

    return [
        Route("/", _shell),
        Route("/invitation/{token}", _shell),
        Route("/outbox", outbox),
        Route("/outbox/{mail:path}", mail),
    ]


async def _shell(_request: Request) -> Response:
    page = _SHELL.format(title="Waada", style=asset("desk.css"), script=asset("desk.js"))
    return HTMLResponse(page, headers=_HEADERS)


async def _signed_in(parts: Parts, request: Request) -> Actor | None:
    scope = request.scope
    address = address_of(scope["client"], scope["headers"], trust_proxy=parts.settings.trust_proxy)
    try:
        return await let_in(parts, scope["headers"], address)
    except Problem as problem:
        raise HTTPException(problem.status, problem.detail) from problem


async def _outbox(parts: Parts, request: Request) -> Response:
    """Every mail that would have left, newest first."""
    actor = await _signed_in(parts, request)
    if actor is None:
        return RedirectResponse("/", 303)
    found = await parts.mail.posted(actor.brand_id) if parts.mail is not None else ()
    words = "These mails would have left if a mail server were set up." if found else "No mail has been written yet."
    lines = "\n".join(map(_line, found))
    body = f"<h1>Local outbox</h1>\n<p>{words}</p>\n<ol reversed>\n{lines}\n</ol>"
    return HTMLResponse(_PAGE.format(title="Local outbox", body=body), headers=_HEADERS)


def _line(mail: PostedMail) -> str:
    to, at = escape(", ".join(mail.recipients)), mail.at.isoformat(timespec="seconds")
    link = f'<a href="/outbox/{quote(mail.id, safe="")}" dir="auto">{escape(mail.subject) or "(no subject)"}</a>'
    return f'<li>{link}<br><small>to {to}, <time datetime="{at}">{at}</time></small></li>'


async def _mail(parts: Parts, request: Request) -> Response:
    """One of them, with its own links to follow."""
    actor = await _signed_in(parts, request)
    if actor is None:
        return RedirectResponse("/", 303)
    found = (
        await parts.mail.posted_mail(actor.brand_id, request.path_params["mail"]) if parts.mail is not None else None
    )
    if found is None:
        raise HTTPException(404, "There is no such mail here.")
    subject, to, sender = escape(found.subject), escape(", ".join(found.recipients)), escape(found.sender)
    ours = re.escape(escape(parts.settings.public_url))
    text = re.sub(rf"{ours}/[\w./~-]*", r'<a href="\g<0>">\g<0></a>', escape(text_of(found.raw)))
    paragraphs = "<br>\n".join(text.splitlines())
    body = (
        f'<p><a href="/outbox">Local outbox</a></p>\n<h1 dir="auto">{subject}</h1>\n'
        f'<p>from {sender}<br>to {to}</p>\n<div dir="auto">{paragraphs}</div>'
    )
    return HTMLResponse(_PAGE.format(title=subject, body=body), headers=_HEADERS)
