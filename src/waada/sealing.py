"""The one secret of an installation, and what is locked with it: passwords of mailboxes and the like, at rest.

The secret lies in a file of its own beside the data (mode 0600), never in the database, so that a copy of the database
alone opens nothing. Nodes that share a database share the file's text through `WAADA_SECRET`.
"""

from __future__ import annotations

import base64
import binascii
import os
from hashlib import blake2b
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from waada.trouble import NoRoom, WrongSetting

FILE_NAME = "secret"
SECRET_BYTES = 32
PREFIX = "sealed:"
_NONCE_BYTES = 12


class WrongSecret(Exception):
    """What was sealed was sealed with another secret: put the old `secret` file back, or type the password again."""


def load_secret(home: Path, given: str | None = None) -> bytes:
    """Return the secret: `given` (the text of another node's file), else the file's; made when it isn't there yet."""
    if given:
        return _read(given, "WAADA_SECRET")
    path = home / FILE_NAME
    try:
        home.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _read(path.read_text("ascii"), str(path))
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(base64.urlsafe_b64encode(os.urandom(SECRET_BYTES)).decode("ascii") + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise NoRoom(f"The secret of this installation can't be kept in {path}: {error.strerror}. Free it.") from error
    return _read(path.read_text("ascii"), str(path))


def seal(secret: bytes, text: str, purpose: str) -> str:
    """Return the text locked; it opens only with the same secret for the same purpose (say, one channel's setting)."""
    nonce = os.urandom(_NONCE_BYTES)
    locked = AESGCM(_key(secret)).encrypt(nonce, text.encode(), purpose.encode())
    return PREFIX + base64.urlsafe_b64encode(nonce + locked).decode("ascii")


def unseal(secret: bytes, sealed: str, purpose: str) -> str:
    """Return the text that was sealed. Raises `WrongSecret`."""
    try:
        whole = base64.urlsafe_b64decode(sealed.removeprefix(PREFIX).encode("ascii"))
        return AESGCM(_key(secret)).decrypt(whole[:_NONCE_BYTES], whole[_NONCE_BYTES:], purpose.encode()).decode()
    except (InvalidTag, ValueError, UnicodeError) as error:
        raise WrongSecret from error


def is_sealed(text: str) -> bool:
    """Return whether a setting is locked."""
    return text.startswith(PREFIX)


def channel_purpose(brand_id: str, channel: str, setting: str) -> str:
    """Return what a channel's secret setting is sealed for, so that it can't be moved to another channel."""
    return f"channel:{brand_id}:{channel}:{setting}"


def _key(secret: bytes) -> bytes:
    return blake2b(b"sealing", key=secret[:64], digest_size=32).digest()


def _read(text: str, where: str) -> bytes:
    try:
        secret = base64.urlsafe_b64decode(text.strip().encode("ascii"))
    except (binascii.Error, UnicodeError, ValueError):
        secret = b""
    if len(secret) < SECRET_BYTES:
        raise WrongSetting(f"{where} does not hold a secret of Waada. Put back the one this data was made with.")
    return secret
