"""Small mails of our own making, and where the shared ones are if they are there."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("WAADA_SHARED") or Path(__file__).parents[2].parent / "shared") / "data" / "mail"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared mail examples are not on this machine")


def raw_mail(body: str | bytes = "Hello", *headers: str, sender: str = "Ann <ann@customer.test>") -> bytes:
    """A plain mail; extra headers as "Name: value"."""
    lines = [f"From: {sender}", "To: help@demo.test", "Subject: My parcel", *headers]
    content = body.encode() if isinstance(body, str) else body
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + content


def multipart(kind: str, *parts: str) -> bytes:
    inner = "".join(f"--edge\r\n{part}\r\n" for part in parts) + "--edge--\r\n"
    return raw_mail(inner, f'Content-Type: multipart/{kind}; boundary="edge"', "MIME-Version: 1.0")


def part(content: str, media_type: str = "text/plain; charset=utf-8", *headers: str) -> str:
    return "\r\n".join([f"Content-Type: {media_type}", *headers, "", content])


def shared_mails() -> list[Path]:
    return sorted((SHARED / "plain").glob("*")) if SHARED.is_dir() else []


def shared_bounces() -> list[Path]:
    return sorted((SHARED / "bounces").glob("*.eml")) if SHARED.is_dir() else []
