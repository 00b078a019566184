"""What the environment says: ports, folders, database. Everything else is set at the desk, not in a file.

Read once at the start; a value that cannot be meant is refused with a sentence that names the variable.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from waada.trouble import WrongSetting


class Demo(Enum):
    """Whether a demo brand is shown: not at all, with a simulated past week, or with customers who write now."""

    OFF = "off"
    ON = "on"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one process."""

    host: str = "127.0.0.1"
    port: int = 8080
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 2525
    public_url: str = "http://127.0.0.1:8080"
    home: Path
    database_url: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    pg_bin: Path | None = None
    outgoing_smtp_url: str | None = field(default=None, repr=False)
    demo: Demo = Demo.OFF
    log_level: str = "warning"
    trust_proxy: bool = False
    limits: bool = True


def from_environment(environment: Mapping[str, str] | None = None, *, root: bool | None = None) -> Settings:
    """Settings from the environment (``os.environ`` unless another one is given).

    :raises waada.trouble.WrongSetting: says which variable is wrong and what it may be
    """
    env = {name: value.strip() for name, value in (os.environ if environment is None else environment).items()}
    host = env.get("HOST") or "127.0.0.1"
    port = number(env, "PORT", 8080)
    return Settings(
        host=host,
        port=port,
        smtp_host=env.get("SMTP_HOST") or host,
        smtp_port=number(env, "SMTP_PORT", 2525),
        public_url=public_url(env, host, port),
        home=home_folder(env, root=os.geteuid() == 0 if root is None else root),
        database_url=database_url(env),
        secret=env.get("WAADA_SECRET") or None,
        pg_bin=Path(env["WAADA_PG_BIN"]).expanduser() if env.get("WAADA_PG_BIN") else None,
        outgoing_smtp_url=outgoing_smtp_url(env),
        demo=demo(env),
        limits=limits(env),
        log_level=log_level(env),
        trust_proxy=trust_proxy(env),
    )


def number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise WrongSetting(f"{name}={text} is not a port. Give a number between 1 and 65535, such as {name}={default}.")
    return int(text)


def home_folder(env: Mapping[str, str], *, root: bool) -> Path:
    named = env.get("WAADA_HOME")
    if named:
        return Path(named).expanduser().absolute()
    if root:
        return Path("/var/lib/waada")
    return Path(env.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "waada"


def public_url(env: Mapping[str, str], host: str, port: int) -> str:
    """The address that customers see in their mails, without a slash at its end."""
    text = env.get("PUBLIC_URL")
    if not text:
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared, not bound to
        return f"http://{shown}:{port}"
    parts = _split(text, "PUBLIC_URL", "https://desk.example.org")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise WrongSetting(f"PUBLIC_URL={text} is not an address. Give one such as https://desk.example.org.")
    return text.rstrip("/")


def database_url(env: Mapping[str, str]) -> str | None:
    text = env.get("DATABASE_URL")
    if not text:
        return None
    if _split(text, "DATABASE_URL", "postgresql://name@host/waada").scheme not in {"postgres", "postgresql"}:
        raise WrongSetting(
            "DATABASE_URL does not begin with postgresql://. Give a PostgreSQL address, or leave it out to use the "
            "built-in database.",
        )
    return text


def outgoing_smtp_url(env: Mapping[str, str]) -> str | None:
    text = env.get("SMTP_URL")
    if not text:
        return None
    parts = _split(text, "SMTP_URL", "smtps://mail.example.org:465")
    if parts.scheme not in {"smtp", "smtps", "smtp+starttls"} or not parts.hostname:
        raise WrongSetting("SMTP_URL does not look like smtps://name:password@mail.example.org:465. Correct it.")
    return text


def demo(env: Mapping[str, str]) -> Demo:
    text = (env.get("DEMO") or "off").lower()
    text = {"0": "off", "no": "off", "false": "off", "1": "on", "yes": "on", "true": "on"}.get(text, text)
    try:
        return Demo(text)
    except ValueError:
        raise WrongSetting(f"DEMO={text} is not known. Use DEMO=on, DEMO=live or DEMO=off.") from None


def log_level(env: Mapping[str, str]) -> str:
    text = (env.get("LOG_LEVEL") or "warning").lower()
    if text not in {"debug", "info", "warning", "error"}:
        raise WrongSetting(f"LOG_LEVEL={text} is not known. Use debug, info, warning or error.")
    return text


def trust_proxy(env: Mapping[str, str]) -> bool:
    """Whether X-Forwarded-For is written by a proxy of ours, and so may be believed."""
    text = (env.get("TRUST_PROXY") or "no").lower()
    if text not in {"1", "yes", "true", "on", "0", "no", "false", "off"}:
        raise WrongSetting(f"TRUST_PROXY={text} is not known. Use TRUST_PROXY=yes behind a proxy of yours, else no.")
    return text in {"1", "yes", "true", "on"}


def limits(env: Mapping[str, str]) -> bool:
    """Whether strangers may knock only so often. Off is for load tests from one address, never for the open net."""
    text = (env.get("WAADA_LIMITS") or "on").lower()
    if text not in {"on", "off"}:
        raise WrongSetting(f"WAADA_LIMITS={text} is not known. Use on or off.")
    return text == "on"


def _split(text: str, name: str, example: str) -> SplitResult:
    """Return the parts of an address. It is not repeated in what is said: it may hold a password."""
    try:
        parts = urlsplit(text)
        _ = parts.port  # read only now, and no number where it should be one
    except ValueError as error:
        raise WrongSetting(f"{name} is not an address ({error}). Give one such as {example}.") from None
    return parts
