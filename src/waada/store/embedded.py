"""The embedded database: PostgreSQL as a supervised child, so that one command brings a whole installation up.

It listens on a private unix socket only, comes back when it dies, ends when Waada ends (even by ``kill -9``), and one
folder is worked on by one Waada at a time. A ``DATABASE_URL`` switches all of it off. Linux first; elsewhere the
child outlives a killed parent and is stopped at the next start.
"""

import asyncio
import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import asyncpg
import structlog

from waada.store.embedded_folder import (
    FREE_BYTES_MIN,
    SUPERUSER,
    Running,
    as_user,
    check_room,
    clear_leftovers,
    create_folder,
    identity_for,
    major_of,
    make_home,
    no_room,
    path_for_programs,
    running_server,
    socket_folder_for,
    stop_orphan,
    surroundings,
)
from waada.store.embedded_programs import Identity, Programs, choose_programs, reachable_programs
from waada.trouble import AlreadyRunning, CannotStart, StillStarting

DATABASE = "waada"
PORT = 5432  # only part of the socket's name: nothing listens on it
POLL_SECONDS = 0.005
WATCH_SECONDS = 0.05
RESTART_SECONDS = (0.0, 0.05, 0.2, 0.5, 1.0, 2.0, 5.0)  # the last one repeats
LOG_BYTES_MAX = 4_000_000
PR_SET_PDEATHSIG = 1

# Each setting with its reason; they are given on the command line, so an upgrade of Waada also upgrades them.
SETTINGS = {
    "shared_buffers": "64MB",  # the hot rows of a busy desk; the system caches the rest
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_connections": "60",  # every node has a pool of about 10
    "synchronous_commit": "on",  # a promise that was told must survive a power cut
    "wal_buffers": "8MB",  # many small commits share one write
    "max_wal_size": "1GB",  # fewer checkpoints, so fewer full pages written again
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "jit": "off",  # every statement is short; compiling one costs more than running it
    "max_parallel_workers_per_gather": "0",  # as jit
    "max_worker_processes": "4",
    "random_page_cost": "1.1",  # solid-state disks
    "autovacuum_naptime": "10s",  # timers and outbox change their rows all day
    "autovacuum_vacuum_scale_factor": "0.05",
    "autovacuum_vacuum_insert_scale_factor": "0.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
}
# Only for tests: a crash of the machine loses such a database; a kill of its processes does not.
FORGETFUL_SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "100"}

log = structlog.get_logger(__name__)


class EmbeddedPostgres:
    """One database below ``home / "postgres"``; use it as ``async with`` or by ``start`` and ``stop``.

    ``start`` belongs into the main thread: the kernel ties the child's life to the thread that started it.

    :param home: the folder of this installation
    :param database_url: a database that somebody else runs: nothing is started
    :param programs_folder: where ``postgres`` and ``initdb`` are (default: found, see ``embedded_programs``)
    :param durable: False switches every disk guarantee off, for tests
    :param join: True uses the database of a Waada that already runs on this folder instead of raising
        AlreadyRunning (for commands such as ``waada key`` beside ``waada up``)
    """

    def __init__(
        self,
        home: Path,
        *,
        database_url: str | None = None,
        programs_folder: Path | None = None,
        durable: bool = True,
        join: bool = False,
        free_bytes_min: int = FREE_BYTES_MIN,
        ready_seconds_max: float = 60.0,
    ) -> None:
        self.home = home.absolute()
        self.folder = self.home / "postgres" / "cluster"
        self.log_path = self.home / "postgres" / "log"
        self.started_in_seconds = 0.0
        self.restarts = 0
        self._database_url = database_url
        self._programs_folder = programs_folder
        self._durable = durable
        self._join = join
        self._free_bytes_min = free_bytes_min
        self._ready_seconds_max = ready_seconds_max
        self._lock_fd: int | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._programs: Programs | None = None
        self._identity: Identity | None = None
        self._socket_folder: Path | None = None

    @property
    def pid(self) -> int | None:
        """The process of the database while we supervise one."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    async def __aenter__(self) -> str:
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> str:
        """Bring the database up and return the address for asyncpg.

        :raises waada.trouble.Trouble: a plain sentence that says what to do
        """
        if self._database_url:
            return self._database_url
        started = time.monotonic()
        make_home(self.home)
        if not self._take_lock():
            return await self._join_other()
        try:
            await asyncio.to_thread(self._prepare)
            self._spawn()
            await self._until_ready()
            await self._create_database()
        except BaseException:
            await self.stop()
            raise
        self._watch = asyncio.create_task(self._supervise(), name="embedded postgres")
        self.started_in_seconds = time.monotonic() - started
        log.debug("database ready", seconds=round(self.started_in_seconds, 3), pid=self.pid)
        return self.dsn

    @property
    def dsn(self) -> str:
        assert self._socket_folder is not None, "the database is not started"
        return dsn_for(self._socket_folder)

    async def stop(self) -> None:
        """Stop the child: politely, then firmly. Safe to call twice."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
        child = self._child
        if child is not None:
            for sign, seconds in ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
                if child.poll() is not None:
                    break
                child.send_signal(sign)
                await wait_for_end(child, seconds)
            self._child = None
        if self._socket_folder is not None:
            with contextlib.suppress(OSError):
                self._socket_folder.rmdir()
        self._release_lock()

    def _take_lock(self) -> bool:
        """Claim the folder for this process; the kernel gives it back however we end."""
        try:
            fd = os.open(self.home / "postgres" / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise no_room(self.home, error) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        os.ftruncate(fd, 0)
        os.write(fd, str(os.getpid()).encode())
        self._lock_fd = fd
        return True

    def _release_lock(self) -> None:
        if self._lock_fd is not None:
            os.close(self._lock_fd)
            self._lock_fd = None

    async def _join_other(self) -> str:
        holder = (self.home / "postgres" / "lock").read_text("ascii", errors="replace").strip()
        if not self._join:
            raise AlreadyRunning(
                f"Another Waada (process {holder}) already works on {self.home}. "
                "Stop it, or set WAADA_HOME to another folder.",
            )
        until = time.monotonic() + self._ready_seconds_max
        while time.monotonic() < until:
            running = running_server(self.folder)
            if running is not None and running.ready:
                return dsn_for(running.socket_folder)
            await asyncio.sleep(WATCH_SECONDS)
        raise StillStarting(
            f"The Waada on {self.home} (process {holder}) has no database ready. Try again in a moment."
        )

    def _prepare(self) -> None:
        """Everything before the server itself: programs, user, folder, leftovers of a crash (runs in a thread)."""
        stop_orphan(self.folder)
        programs = choose_programs(major_of(self.folder), self._programs_folder)
        identity = identity_for(self.folder)
        if identity is not None:
            homes = (self.home, Path("/var/lib/waada"), Path("/var/tmp"))  # noqa: S108 - checked to be ours alone
            programs = reachable_programs(programs, identity, homes)
        if major_of(self.folder) is None:
            create_folder(self.folder, programs, identity, durable=self._durable, free_bytes_min=self._free_bytes_min)
        check_room(self.folder, self._free_bytes_min // 4)
        socket_folder = socket_folder_for(self.home, identity)
        clear_leftovers(self.folder, socket_folder)
        if self.log_path.exists() and self.log_path.stat().st_size > LOG_BYTES_MAX:
            self.log_path.replace(self.log_path.with_name("log.old"))
        self._programs, self._identity, self._socket_folder = programs, identity, socket_folder

    def _spawn(self) -> None:
        assert self._programs is not None
        assert self._socket_folder is not None
        settings = SETTINGS | {"unix_socket_directories": str(self._socket_folder)}
        if self._programs.major >= 18:
            settings["io_method"] = "sync"  # reads are few and small; saves three processes
        if not self._durable:
            settings |= FORGETFUL_SETTINGS
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self.log_path.open("ab") as log_file:
            self._child = subprocess.Popen(
                [
                    self._programs.folder / "postgres",
                    "-D",
                    path_for_programs(self.folder, self._programs, self._identity),
                    *options,
                ],
                cwd=self.folder,
                env=surroundings(self._programs),
                stdin=subprocess.DEVNULL,
                stdout=log_file,
                stderr=log_file,
                start_new_session=True,  # Ctrl-C in a terminal is for Waada, which then stops the database in order
                preexec_fn=EndWithParent() if sys.platform == "linux" else None,  # noqa: PLW1509 - only system calls
                **as_user(self._identity),
            )

    async def _until_ready(self) -> None:
        assert self._child is not None
        until = time.monotonic() + self._ready_seconds_max
        while True:
            running = self._running()
            if running is not None and running.ready:
                return
            if self._child.poll() is not None:
                raise CannotStart(f"PostgreSQL cannot start: {self._last_words()} The whole log is in {self.log_path}.")
            if time.monotonic() > until:
                raise StillStarting(
                    f"PostgreSQL was not ready within {self._ready_seconds_max:.0f} seconds; after a crash it may need "
                    f"longer. See {self.log_path}, and start again.",
                )
            await asyncio.sleep(POLL_SECONDS)

    def _running(self) -> Running | None:
        running = running_server(self.folder)
        return running if running is not None and self._child is not None and running.pid == self._child.pid else None

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            lines = self.log_path.read_text("utf-8", errors="replace")[-4000:].splitlines()
            telling = [line for line in lines if "FATAL" in line or "PANIC" in line] or lines[-1:]
            if telling:
                return telling[-1].split("] ", 1)[-1].strip().rstrip(".") + "."
        return "it said nothing."

    async def _create_database(self) -> None:
        try:
            connection = await asyncpg.connect(self.dsn)
        except asyncpg.InvalidCatalogNameError:
            connection = await asyncpg.connect(self.dsn.replace(f"/{DATABASE}?", "/postgres?", 1))
            try:
                await connection.execute(f"CREATE DATABASE {DATABASE}")
            finally:
                await connection.close()
        else:
            await connection.close()

    async def _supervise(self) -> None:
        """Wait for the child to die, and bring it back, with growing pauses while it will not stay."""
        failures = 0
        while True:
            assert self._child is not None
            await wait_for_end(self._child, None)
            log.warning("the database died; starting it again", code=self._child.returncode, failures=failures)
            await asyncio.sleep(RESTART_SECONDS[min(failures, len(RESTART_SECONDS) - 1)])
            failures += 1
            try:
                assert self._socket_folder is not None
                await asyncio.to_thread(clear_leftovers, self.folder, self._socket_folder)
                self._spawn()
                await self._until_ready()
            except (CannotStart, StillStarting, OSError) as trouble:
                log.error("the database does not come back yet", reason=str(trouble))  # noqa: TRY400 - no bug of ours
                continue
            failures = 0
            self.restarts += 1
            log.info("the database is back", pid=self.pid)


def dsn_for(socket_folder: Path) -> str:
    return f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(str(socket_folder), safe='')}&port={PORT}"


async def wait_for_end(child: subprocess.Popen[bytes], seconds_max: float | None) -> bool:
    """Wait without a thread or a signal handler of our own, so that it works under every event loop."""
    until = None if seconds_max is None else time.monotonic() + seconds_max
    pause = WATCH_SECONDS if seconds_max is None else POLL_SECONDS
    while child.poll() is None:
        if until is not None and time.monotonic() > until:
            return False
        await asyncio.sleep(pause)
    return True


class EndWithParent:
    """Ask the kernel to stop the child in order (fast shutdown) when its parent is gone, be it by ``kill -9``.

    Everything that may need a lock happens before the fork: the child only makes system calls.
    """

    def __init__(self) -> None:
        self._prctl = ctypes.CDLL(None, use_errno=True).prctl
        self._parent = os.getpid()

    def __call__(self) -> None:
        self._prctl(PR_SET_PDEATHSIG, int(signal.SIGINT))
        if os.getppid() != self._parent:
            os._exit(1)  # the parent was gone before we asked
