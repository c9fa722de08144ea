"""A PostgreSQL and a gateway that can be killed, and whoever starts them again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from shared.database import SCHEMA, Database
from shared.processes import Failure, Machine, end_with_parent, kill, processes
from shared.wire import Target

PATIENCE = 60.0  # a start takes no longer
RETRY = 0.2  # seconds between two starts of a gateway that has no database yet


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
        left = [pid for pid in processes() if self._owns(pid)]
        kill(left)
        if not keeps_directory:
            shutil.rmtree(self.directory, ignore_errors=True)
        return [f"process {pid} was left running" for pid in left]
