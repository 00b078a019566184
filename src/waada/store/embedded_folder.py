"""The data folder of the embedded database: who owns it, how it is made, and what a crash left in it.

A folder that is half made never counts: it is made under another name and renamed when it is whole. Nothing here
starts the server; `embedded.py` does.
"""

import contextlib
import errno
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from waada.store.embedded_programs import Identity, Programs, can_enter
from waada.trouble import CannotStart, NoRoom, StillStarting

SUPERUSER = "waada"
SYSTEM_USER = "waada-db"
# A new folder takes about 40 MB and its log of changes 16-80 MB; with less the first busy hour would fill the disk.
FREE_BYTES_MIN = 200_000_000
# Linux allows 107 bytes for the path of a socket; `/.s.PGSQL.5432.lock` needs 19 of them.
SOCKET_FOLDER_BYTES_MAX = 86
# Programs reach a folder through this name without walking down to it: the kernel follows the open folder itself.
FOLDER_AS_SEEN_FROM_INSIDE = "/proc/self/cwd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What the server says about itself in ``postmaster.pid``."""

    pid: int
    socket_folder: Path
    ready: bool


def major_of(folder: Path) -> int | None:
    """The major version of PostgreSQL that made this folder, or None when there is no whole one yet."""
    try:
        return int((folder / "PG_VERSION").read_text("ascii").strip().split(".")[0])
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def identity_for(folder: Path) -> Identity | None:
    """The user that the database must run as: its folder's owner, else one of its own; None unless we are root."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(FileNotFoundError):
        status = (folder / "PG_VERSION").stat()
        if status.st_uid != 0:
            return Identity(uid=status.st_uid, gid=status.st_gid)
    entry = system_user()
    return Identity(uid=entry.pw_uid, gid=entry.pw_gid)


def system_user() -> pwd.struct_passwd:
    """A user without rights. PostgreSQL refuses to be made by root or by a user that has no name."""
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is not None:
        command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        subprocess.run([*command, "--shell", "/usr/sbin/nologin", SYSTEM_USER], capture_output=True, check=False)
    for name in (SYSTEM_USER, "postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise CannotStart(
        "Waada runs as root and PostgreSQL must not; there is no ordinary user to run it as. "
        f"Create one (`useradd --system {SYSTEM_USER}`), or run Waada as an ordinary user.",
    )


def make_home(home: Path) -> None:
    """Create the folders around the data; a root's home stays passable, so that the database can reach its own."""
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        home.mkdir(mode=mode, parents=True, exist_ok=True)
        (home / "postgres").mkdir(mode=mode, exist_ok=True)
    except OSError as error:
        raise no_room(home, error) from error


def no_room(folder: Path, error: OSError) -> NoRoom:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return NoRoom(f"The disk of {folder} is full. Free some space, or set WAADA_HOME to a folder on another disk.")
    reason = error.strerror or str(error)
    return NoRoom(f"Waada cannot write to {folder} ({reason}). Set WAADA_HOME to a folder that it may write to.")


def check_room(folder: Path, free_bytes_min: int = FREE_BYTES_MIN) -> None:
    free = shutil.disk_usage(folder).free
    if free < free_bytes_min:
        raise NoRoom(
            f"Only {free // 1_000_000} MB are free for {folder}; Waada needs {free_bytes_min // 1_000_000} MB. "
            "Free some space, or set WAADA_HOME to a folder on another disk.",
        )


def path_for_programs(folder: Path, programs: Programs, identity: Identity | None) -> str:
    """How the programs call the folder (they are started in it): by its path, unless a parent is closed to them."""
    if identity is None or can_enter(folder.parent, identity):
        return str(folder)
    if programs.major < 16:  # these leave the folder for a moment at their start, and do not find back
        raise CannotStart(
            f"Waada runs as root, PostgreSQL must not, and the user it runs as cannot enter {folder.parent}. "
            "Set WAADA_HOME to a folder that everybody may enter, such as /var/lib/waada, or use PostgreSQL 16.",
        )
    return FOLDER_AS_SEEN_FROM_INSIDE


def create_folder(
    folder: Path,
    programs: Programs,
    identity: Identity | None,
    *,
    durable: bool,
    free_bytes_min: int = FREE_BYTES_MIN,
) -> None:
    """Make a new data folder, whole or not at all (about a second)."""
    check_room(folder.parent, free_bytes_min)
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(mode=0o700)
        if identity is not None:
            os.chown(fresh, identity.uid, identity.gid)
    except OSError as error:
        raise no_room(folder, error) from error
    options = ["--encoding=UTF8", f"--username={SUPERUSER}", "--auth-local=trust", "--auth-host=reject"]
    if programs.major >= 17:
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    else:
        options += ["--locale=C.UTF-8"]
    if not durable:
        options += ["--no-sync"]
    done = subprocess.run(
        [programs.folder / "initdb", "-D", path_for_programs(fresh, programs, identity), "--no-instructions", *options],
        cwd=fresh,
        env=surroundings(programs),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        **as_user(identity),
    )
    if done.returncode != 0:
        last_words = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        shutil.rmtree(fresh, ignore_errors=True)
        check_room(folder.parent)
        raise CannotStart(f"PostgreSQL could not make its data folder {folder}: {' '.join(last_words)}")
    fresh.rename(folder)


class AsUser(TypedDict, total=False):
    """The arguments of subprocess that start a program as another user (none: as ourselves)."""

    user: int
    group: int
    extra_groups: list[int]


def as_user(identity: Identity | None) -> AsUser:
    if identity is None:
        return {}
    return {"user": identity.uid, "group": identity.gid, "extra_groups": []}


def surroundings(programs: Programs) -> dict[str, str]:
    """A small environment: what the shell of the person exports must not change how the database behaves."""
    return {"PATH": f"{programs.folder}:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def running_server(folder: Path) -> Running | None:
    """The server that works on this folder right now, whoever started it, or None."""
    try:
        lines = (folder / "postmaster.pid").read_text("utf-8", errors="replace").splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, NotADirectoryError, ValueError, IndexError):
        return None
    if not works_in(pid, folder):
        return None
    return Running(
        pid=pid,
        socket_folder=Path(lines[4]) if len(lines) > 4 else folder,
        ready=len(lines) > 7 and lines[7].strip() == "ready",
    )


def works_in(pid: int, folder: Path) -> bool:
    """Whether this process lives and stands in this folder: after a reboot the number may belong to anybody."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # alive, and another user's
    place = Path(f"/proc/{pid}/cwd")
    if not Path("/proc/self").exists():
        return True  # no way to look closer on this system
    try:
        return place.samefile(folder)
    except OSError:
        return False


def clear_leftovers(folder: Path, socket_folder: Path, seconds_max: float = 5.0) -> None:
    """Remove what a crash left behind. Only to be called with our lock held and no server at work.

    The children of a killed server end by themselves within moments; until then its mark must stay, because it is
    what keeps a new server off their shared memory. PostgreSQL removes a stale mark itself, unless the process number
    in it exists: it may belong to somebody else's program by now, or to a dead one that nobody has buried.
    """
    started = time.monotonic()
    while leftover := processes_in(folder):
        if time.monotonic() - started > seconds_max:
            for pid in leftover:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        pid = int((folder / "postmaster.pid").read_text("utf-8", errors="replace").splitlines()[0])
        if Path(f"/proc/{pid}").exists():
            (folder / "postmaster.pid").unlink()
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        (socket_folder / name).unlink(missing_ok=True)


def processes_in(folder: Path) -> list[int]:
    """The programs that stand in this folder (where the system can tell): only a database's own do."""
    place = str(folder.resolve())
    found = []
    for entry in sorted(Path("/proc").glob("[0-9]*")):
        with contextlib.suppress(OSError):
            if str((entry / "cwd").readlink()) == place and is_postgres(entry):
                found.append(int(entry.name))
    return found


def is_postgres(entry: Path) -> bool:
    return (entry / "comm").read_text("utf-8", errors="replace").startswith("postgres")


def stop_orphan(folder: Path, seconds_max: float = 20.0) -> bool:
    """Stop a server whose Waada was killed; it usually stops by itself at that moment. True if there was one."""
    running = running_server(folder)
    if running is None:
        return False
    started = time.monotonic()
    sign: signal.Signals | None = signal.SIGINT
    while running_server(folder) is not None:
        waited = time.monotonic() - started
        if waited > seconds_max:
            raise StillStarting(
                f"A database left over from an earlier run (process {running.pid}) does not stop. "
                "End it and start again.",
            )
        if sign is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(running.pid, sign)
            sign = None
        elif waited > seconds_max / 2:
            sign = signal.SIGQUIT
        time.sleep(0.01)
    return True


def socket_folder_for(home: Path, identity: Identity | None) -> Path:
    """A private folder for the socket: in the home if its path is short and open enough, else in the temporary one."""
    owner = os.geteuid() if identity is None else identity.uid
    inside = home / "postgres" / "socket"
    reachable = identity is None or can_enter(inside.parent, identity)
    mark = hashlib.sha256(f"{home.resolve()}:{owner}".encode()).hexdigest()[:12]
    outside = Path(tempfile.gettempdir()) / f"waada-{mark}"
    folder = inside if reachable and len(os.fsencode(inside)) <= SOCKET_FOLDER_BYTES_MAX else outside
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {os.geteuid(), owner}:
        folder = Path(tempfile.mkdtemp(prefix="waada-"))  # somebody else sits on the name
    folder.chmod(0o700)
    if identity is not None:
        os.chown(folder, identity.uid, identity.gid)
    return folder
