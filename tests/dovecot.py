"""A real IMAP server (Debian's dovecot) with one mailbox, started by a test on a port of its own and ended with it."""

from __future__ import annotations

import getpass
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import pytest

USER, PASSWORD = "help@shop.test", 'pass "word" %s'
CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{home}/mail/%u
first_valid_uid = 1
mail_max_userip_connections = 50
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/passwd
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


def program() -> str:
    """Where dovecot is; without it the test is skipped, unless this is the CI, which has it."""
    found = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("dovecot is not installed; .ci/packages names it")
        pytest.skip("dovecot is not installed here")
    return found


class Dovecot:
    """Use it with `with`."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="waada-imap-"))
        self.port = _free_port()
        self.child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._configure()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _configure(self) -> None:
        root = os.geteuid() == 0
        mail = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
        self.home.chmod(0o711)
        (self.home / "mail").mkdir()
        if root:
            os.chown(self.home / "mail", mail.pw_uid, mail.pw_gid)
        (self.home / "passwd").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        (self.home / "passwd").chmod(0o644)
        own = getpass.getuser()
        text = CONFIGURATION.format(
            home=self.home,
            port=self.port,
            uid=mail.pw_uid,
            gid=mail.pw_gid,
            internal="dovecot" if root else own,
            group="dovecot" if root else own,
            login="dovenull" if root else own,
        )
        (self.home / "dovecot.conf").write_text(text)

    def start(self) -> None:
        self.child = subprocess.Popen(
            [program(), "-F", "-c", str(self.home / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 10
        while True:
            try:
                self.box().logout()
            except (OSError, imaplib.IMAP4.error):
                log = self.home / "log"
                told = log.read_text() if log.exists() else ""
                assert time.monotonic() < end, f"dovecot does not start: {told[-2000:]}"
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        if self.child is not None:
            self.child.terminate()
            self.child.wait(10)
            self.child = None

    def box(self) -> imaplib.IMAP4:
        """The mailbox, as any mail program would open it."""
        box = imaplib.IMAP4("127.0.0.1", self.port, timeout=5)
        box.login(USER, PASSWORD)
        box.select("INBOX")
        return box

    def deliver(self, raw: bytes, flags: str = "", when: float | None = None) -> None:
        """Put a mail into the mailbox, as the mail server of the domain does."""
        box = self.box()
        date = imaplib.Time2Internaldate(time.time() if when is None else when)
        status, told = box.append("INBOX", flags, date, raw)
        assert status == "OK", told
        box.logout()

    def seen(self) -> list[bytes]:
        """The numbers of messages that are marked as read."""
        box = self.box()
        found: list[bytes] = box.search(None, "SEEN")[1][0].split()
        box.logout()
        return found

    @property
    def settings(self) -> tuple[tuple[str, str], ...]:
        """What the channel says about this mailbox."""
        return (
            ("imap_host", "127.0.0.1"),
            ("imap_port", str(self.port)),
            ("imap_user", USER),
            ("imap_password", PASSWORD),
            ("imap_tls", "none"),
        )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
