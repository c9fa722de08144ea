"""A private PostgreSQL that can be killed."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

from .processes import Failure, Machine, children, end_with_parent

SCHEMA = "langqiao"  # of log and tables; PostgreSQL's superuser is called so as well
LONGEST_SOCKET = 107 - len("/.s.PGSQL.5432")
SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 40
shared_buffers = '32MB'
wal_buffers = '4MB'
min_wal_size = '64MB'
max_wal_size = '128MB'
checkpoint_timeout = '30s'
autovacuum_naptime = '5s'
fsync = on
full_page_writes = on
lc_messages = 'C'
timezone = 'UTC'
log_timezone = 'UTC'
"""
# Else a recovery spends seconds with the files of an empty database, one after the other.
QUICK_RECOVERY = "recovery_init_sync_method = syncfs\n"
FIRST_WITH_QUICK_RECOVERY = 14


def _binaries() -> Path:
    """Where PostgreSQL's programs are; Debian keeps each version in a directory of its own."""
    found = [Path(folder) for folder in os.environ.get("PATH", "").split(":") if folder]
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    for folder in [*found, *reversed(debian)]:
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres", "psql")):
            return folder
    raise Failure("no PostgreSQL server is installed; ops/setup installs it")


def _account() -> dict[str, object]:
    """Under whom a server runs when we are root, whom it refuses."""
    if os.geteuid():
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Failure("PostgreSQL does not run as root, and there is no user postgres or nobody")


class Database(Machine):
    """A private PostgreSQL on a socket in our directory, durable as in production."""

    def __init__(
        self, directory: Path, data: Path | None = None, preloads: dict[str, str] | None = None
    ) -> None:
        """`preloads` stands in the environment of the server, not of the programs that ask it."""
        super().__init__()
        self.data, self._sockets = data or directory / "database", directory / "socket"
        self._preloads = preloads or {}
        self.log = directory / "postgresql.log"
        self.ready_at = 0.0
        self.recovery = 0.3  # seconds that the last start took
        self._binaries, self._account = _binaries(), _account()
        if len(str(self._sockets)) > LONGEST_SOCKET:
            raise Failure(f"the path of {directory} is too long for a socket; set TMPDIR")
        for folder in (self.data, self._sockets):
            folder.mkdir(mode=0o700)
            if self._account:
                shutil.chown(folder, self._account["user"], self._account["group"])
        self._initialise()

    def _initialise(self) -> None:
        done = subprocess.run(
            [self._binaries / "initdb", "-D", self.data, "-U", SCHEMA, "-A", "trust", "-E", "UTF8",
             "--no-locale", "--wal-segsize=16", "--no-instructions"],
            capture_output=True, text=True, check=False, cwd="/", **self._account)
        if done.returncode:
            raise Failure(f"initdb failed: {done.stderr.strip()}")
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
            if int((self.data / "PG_VERSION").read_text()) >= FIRST_WITH_QUICK_RECOVERY:
                settings.write(QUICK_RECOVERY)

    @property
    def program(self) -> Path:
        return (self._binaries / "postgres").resolve()

    @property
    def connection(self) -> str:
        return f"host={self._sockets} user={SCHEMA} dbname=postgres"

    def start(self) -> None:
        self.ready_at = 0.0
        with self.log.open("ab") as log:
            self.launch(
                [self._binaries / "postgres", "-D", self.data, "-k", self._sockets],
                stdout=log, stderr=log, cwd="/", env={**os.environ, **self._preloads},
                **self._account, preexec_fn=lambda: end_with_parent(signal.SIGQUIT))

    @property
    def is_ready(self) -> bool:
        """It accepts sessions: recovery is over."""
        if not self.is_running or self.process is None:
            return False
        if not self.ready_at:
            try:
                lines = (self.data / "postmaster.pid").read_text().splitlines()
            except OSError:
                return False
            # The last server's file stays until the new one has looked at it.
            if len(lines) < 8 or lines[0] != str(self.process.pid) or "ready" not in lines[7]:
                return False
            self.ready_at = time.monotonic()
            self.recovery = self.ready_at - self.launched
        return True

    def victims(self) -> list[int]:
        """The server and all its children. It is halted first, so that it starts no more."""
        if not self.is_running or self.process is None:
            return []
        self.process.send_signal(signal.SIGSTOP)
        return [self.process.pid, *children(self.process.pid)]

    def query(self, statement: str) -> list[list[str]]:
        """The rows of a statement, as text."""
        done = subprocess.run(
            [self._binaries / "psql", "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d",
             self.connection, "-c", statement],
            capture_output=True, text=True, check=False,
            env={**os.environ, "PGOPTIONS": f"-c search_path={SCHEMA}"})
        if done.returncode:
            raise Failure(f"psql: {done.stderr.strip()}")
        return [line.split("\t") for line in done.stdout.splitlines()]
