"""What `shim.c` does to a process, changed while it runs."""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
from pathlib import Path

CONTROL = struct.Struct("<qq")
PAGE = 4096


def compiled(directory: Path) -> Path | None:
    """The library; None without a compiler."""
    library = directory / "shim.so"
    for compiler in ("cc", "gcc", "clang"):
        if shutil.which(compiler):
            done = subprocess.run(
                [compiler, "-shared", "-fPIC", "-O2", "-o", library,
                 Path(__file__).with_name("shim.c"), "-ldl"],
                capture_output=True, text=True, check=False)
            if done.returncode == 0:
                library.chmod(0o755)
                return library
    return None


class Shim:
    """The controls of one process and its children."""

    def __init__(self, library: Path, file: Path) -> None:
        file.write_bytes(bytes(PAGE))
        file.chmod(0o644)
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), PAGE)
        self.environment = {"LD_PRELOAD": str(library), "LANGQIAO_CHAOS_CONTROL": str(file)}
        self._offset = self._delay = 0

    def _write(self) -> None:
        self._map[:CONTROL.size] = CONTROL.pack(self._offset, self._delay)

    def move_clock(self, seconds: float) -> None:
        """The time of day is ahead by so much from now on."""
        self._offset = int(seconds * 1e9)
        self._write()

    def slow_disk(self, seconds: float) -> None:
        """Every sync of a file takes so much longer from now on."""
        self._delay = int(seconds * 1e6)
        self._write()
