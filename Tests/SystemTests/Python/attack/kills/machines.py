"""A PostgreSQL and a gateway that can be killed, and whoever starts them again."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ..gateway import Failure, end_with_parent
from ..wire import Target

SCHEMA = "langqiao"  # of log and tables; PostgreSQL's superuser is called so as well
LONGEST_SOCKET = 107 - len("/.s.PGSQL.5432")
PATIENCE = 60.0  # a start takes no longer
RETRY = 0.2  # seconds between two starts of a gateway that has no database yet
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


class Machine:
    """A process that is killed and started again."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.launched = 0.0  # the last start, by the monotonic clock
        self.starts = 0

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def launch(self, arguments: list[object], **more: object) -> None:
        # A session of its own: an interruption of ours is not theirs.
        self.process = subprocess.Popen(
            [str(argument) for argument in arguments], stdin=subprocess.DEVNULL,
            start_new_session=True, **more)
        self.launched = time.monotonic()
        self.starts += 1

    def victims(self) -> list[int]:
        """Who dies when this machine is killed."""
        return [self.process.pid] if self.process and self.is_running else []

    def stop(self, with_signal: int, within: float) -> int | None:
        """The exit status of a process that was asked to stop; None when it had to be killed."""
        if self.process is None:
            return 0
        if self.is_running:
            self.process.send_signal(with_signal)
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            kill(self.victims())
            self.process.wait()
            return None


class Database(Machine):
    """A private PostgreSQL on a socket in our directory, durable as in production."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self.data, self._sockets = directory / "database", directory / "socket"
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
                stdout=log, stderr=log, cwd="/", **self._account,
                preexec_fn=lambda: end_with_parent(signal.SIGQUIT))

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
        return [self.process.pid, *_children(self.process.pid)]

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


class Server(Machine):
    """`langqiao serve` on our database, with a file beside it that remembers the log."""

    def __init__(self, program: Path, directory: Path, database: Database) -> None:
        super().__init__()
        self.program, self.database = program, database
        self.port = 0  # while it serves
        self.start_time = 0.3  # seconds that the last start took
        self.certificates, self._memory = directory / "certificates", directory / "memory"
        self._memory.mkdir()
        self.log, self._output = directory / "serve.err", directory / "serve.out"
        self._database_starts = -1  # that the database had when it was ready for our start

    @property
    def target(self) -> Target | None:
        return Target(self.port, self.certificates) if self.port else None

    def start(self) -> None:
        self.port = 0
        self._database_starts = self.database.starts if self.database.is_ready else -1
        with self._output.open("wb") as output, self.log.open("ab") as errors:
            self.launch(
                [self.program, "serve", "--database", self.database.connection, "--schema", SCHEMA,
                 "--memory", self._memory, "--certificates", self.certificates, "--port", "0",
                 "--json", "--grace", "5"], stdout=output, stderr=errors,
                preexec_fn=lambda: end_with_parent(signal.SIGTERM))

    def look(self) -> None:
        """Learns the port as soon as it is announced."""
        if self.port or not self.is_running:
            return
        line, end, _ = self._output.read_text().partition("\n")
        if end:
            self.port = json.loads(line)["port"]
            self.start_time = time.monotonic() - self.launched

    @property
    def had_its_database(self) -> bool:
        """The database was there through the whole of the last start."""
        return self.database.is_ready and self.database.starts == self._database_starts

    @property
    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])


class Site:
    """Both machines in a temporary directory, and their supervisor."""

    def __init__(self, program: Path, banks: tuple[str, ...]) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="langqiao-kills."))
        try:
            self.directory.chmod(0o711)  # PostgreSQL runs under another account when we are root
            self.database = Database(self.directory)
            self.server = Server(program, self.directory, self.database)
            arguments = ["init", "--certificates", str(self.server.certificates)]
            for bic in banks:
                arguments += ["--bank", bic]
            done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
            if done.returncode:
                raise Failure(f"init failed: {done.stderr.strip()}")
        except BaseException:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise

    def tend(self, fault: Callable[[str], None]) -> None:
        """Starts what does not run. A gateway may end without a database, else it is a fault."""
        if not self.database.is_running:
            if self.database.process and self.database.process.returncode != -signal.SIGKILL:
                fault(f"PostgreSQL ended by itself, status {self.database.process.returncode}")
            self.database.start()
        elif self.database.is_ready and self.server.is_running:
            self.server.look()
        if not self.server.is_running:
            self._start_server(fault)

    def _start_server(self, fault: Callable[[str], None]) -> None:
        ended = self.server.process.returncode if self.server.process else -signal.SIGKILL
        if ended != -signal.SIGKILL and self.server.launched + RETRY > time.monotonic():
            return
        if ended not in (-signal.SIGKILL, 1) or ended == 1 and (
                self.server.port or self.server.had_its_database):
            fault(f"the gateway ended by itself, status {ended}: {self.server.last_words}")
        self.server.start()

    def wait_until_serving(self) -> None:
        """The first start, which must succeed."""
        def fail(what: str) -> None:
            raise Failure(what)

        limit = time.monotonic() + PATIENCE
        while not self.server.port:
            if time.monotonic() > limit:
                raise Failure(f"the gateway does not start: {self.server.last_words}")
            self.tend(fail)
            time.sleep(0.01)

    def _owns(self, pid: int) -> bool:
        """One of our two programs that names our directory, or works there."""
        place = Path(f"/proc/{pid}")
        try:
            if os.readlink(place / "exe") not in (
                    str(self.database.program), str(self.server.program)):
                return False
            return (str(self.directory) in (place / "cmdline").read_text()
                    or os.readlink(place / "cwd").startswith(str(self.directory)))
        except OSError:
            return False

    def remove(self, keeps_directory: bool = False) -> list[str]:
        """Ends what runs and deletes the directory; gives what could not be ended."""
        self.server.stop(signal.SIGKILL, 10)
        self.database.stop(signal.SIGINT, 20)
        left = [pid for pid in _processes() if self._owns(pid)]
        kill(left)
        if not keeps_directory:
            shutil.rmtree(self.directory, ignore_errors=True)
        return [f"process {pid} was left running" for pid in left]


def kill(victims: list[int]) -> None:
    """SIGKILL to all of them, one right after the other, and waits until they are gone."""
    for victim in victims:
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            pass
    limit = time.monotonic() + 10
    while any(_is_alive(victim) for victim in victims):
        if time.monotonic() > limit:
            raise Failure("killed processes do not end")
        time.sleep(0.001)


def _processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _stat(pid: int) -> tuple[str, int]:
    """State and parent of a process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "X", 0
    state, parent = text.rpartition(") ")[2].split()[:2]
    return state, int(parent)


def _is_alive(pid: int) -> bool:
    # Nobody may have collected it yet; it holds nothing any more.
    return _stat(pid)[0] not in "ZX"


def _children(pid: int) -> list[int]:
    return [other for other in _processes() if _stat(other)[1] == pid]
