"""A `waada up` of one's own for a benchmark: in a folder that goes away, on free ports, watched from outside."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from waada.store.embedded import EmbeddedPostgres

WAADA = Path(sys.executable).parent / "waada"
READY_SECONDS_MAX = 60


@dataclass(frozen=True)
class Server:
    """A running server: where it answers, a key that may do everything, its process and its folder."""

    port: int
    smtp_port: int
    key: str
    pid: int
    home: Path
    started_in_seconds: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(home: Path | None = None, **more: str) -> Iterator[Server]:
    """Start `waada up`, wait until it is ready, stop it again. `home` None: a new folder, removed afterwards."""
    folder = home or Path(tempfile.mkdtemp(prefix="waada-bench-"))
    folder.chmod(0o711)
    port, smtp_port = free_port(), free_port()
    env = os.environ | {"WAADA_HOME": str(folder), "PORT": str(port), "SMTP_PORT": str(smtp_port), "DEMO": "on"} | more
    try:
        with started("up", env) as (pid, ready):
            asked = subprocess.run([WAADA, "key", "demo"], env=env, capture_output=True, text=True, check=True)
            yield Server(port, smtp_port, asked.stdout.strip(), pid, folder, ready)
    finally:
        if home is None:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def beside(server: Server) -> Iterator[Server]:
    """Start a second node that only serves, beside the same database, as `docs/how-to/run-several-nodes.md` says."""
    with tempfile.TemporaryDirectory(prefix="waada-bench-") as folder:
        home = Path(folder)
        shutil.copy(server.home / "secret", home / "secret")
        address = asyncio.run(EmbeddedPostgres(server.home, join=True).start())
        port = free_port()
        env = os.environ | {"WAADA_HOME": folder, "DATABASE_URL": address, "PORT": str(port), "DEMO": "on"}
        with started("serve", env) as (pid, ready):
            yield Server(port, 0, server.key, pid, home, ready)


@contextlib.contextmanager
def started(command: str, env: dict[str, str]) -> Iterator[tuple[int, float]]:
    """Start a node, yield its process and the seconds until it was ready; stop it as Ctrl-C does, and for certain."""
    began = time.perf_counter()
    child = subprocess.Popen([WAADA, command], env=env, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_ready(f"http://127.0.0.1:{env['PORT']}/readyz", child)
        yield child.pid, time.perf_counter() - began
    finally:
        child.send_signal(signal.SIGINT)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()


def wait_ready(url: str, child: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise SystemExit(f"the server ended with {child.returncode}")
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError),
            urllib.request.urlopen(url, timeout=1) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.01)
    raise SystemExit("the server did not get ready")


def memory_mb(pid: int) -> float:
    """Resident memory of one process, without its children."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu_seconds(pid: int) -> float:
    """Processor time that a process and its ended children took."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(each) for each in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def fsyncs_per_second(folder: Path, seconds: float = 1.0) -> float:
    """How often this disk can make 8 KiB durable: the calibration beside every durable figure."""
    path = folder / "fsync-calibration"
    count, began = 0, time.perf_counter()
    with path.open("wb", buffering=0) as file:
        while time.perf_counter() - began < seconds:
            file.write(b"x" * 8192)
            os.fdatasync(file.fileno())
            count += 1
    path.unlink()
    return count / (time.perf_counter() - began)


def quantile(values: list[float], share: float) -> float:
    """The value below which that share lies; nan of nothing."""
    if not values:
        return float("nan")
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
