"""The command line of `ops/attack`."""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import random
import resource
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

from shared.processes import Failure

from . import access, report, stop
from .attack import Attack
from .attacks import ALL, QUIET
from .gateway import Gateway
from .kills.run import run as run_kills
from .run import Result, run

HISTORY = 32_768  # payments of each bank: as many as a page of a list looks at
SHORT_HISTORY = 4_096
# What a run needs beside the pressing: starting, connecting, calming down.
OVERHEAD = 1.5
SHORT_KILLS = 6  # in a short run of everything
MOST_KILLS = 100_000


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence instead of the usage."""
        print(f"ops/attack: {message}; --help explains.", file=sys.stderr)
        sys.exit(2)


def whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, not '{text}'") from None


def minutes(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.1 <= number <= 600:  # neither is what is no number
        raise argparse.ArgumentTypeError(f"must be a number from 0.1 to 600, not '{text}'")
    return number


def arguments() -> argparse.Namespace:
    parser = Parser(
        prog="ops/attack", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Attacks a gateway of its own in every way we know, and measures what that "
        "costs it\nand an honest bank beside.",
        epilog="Exit status: 0 every aim was met; 1 an aim was missed, or the gateway could not "
        "be\nset up; 2 the arguments are wrong; 130 Ctrl-C, 143 SIGTERM.")
    parser.add_argument("--minutes", type=minutes, metavar="M",
                        help="about how long it may take, 0.1 to 600 (5)")
    parser.add_argument("--short", action="store_true",
                        help="a second or two each; latencies decide nothing")
    parser.add_argument("--kills", type=whole_number, metavar="N",
                        help="no attacks: SIGKILL so many times to gateway, PostgreSQL or both "
                        "while banks pay, and compare")
    parser.add_argument("--seed", type=whole_number, metavar="S",
                        help="with --kills: draw the same kills and payments again")
    parser.add_argument("--keep", action="store_true",
                        help="with --kills: leave database and logs where they are")
    parser.add_argument("--only", metavar="NAME", action="append", default=[],
                        help="attacks with this name (* stands for anything), 'access' or 'stop'; "
                        "repeatable")
    parser.add_argument("--program", type=Path, default=Path(".build/release/langqiao"),
                        metavar="PATH", help="the program to attack (.build/release/langqiao)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--list", action="store_true", help="print the attacks and end")
    parser.add_argument("--learn", action="store_true",
                        help="write what the access table should say, from what is answered now")
    chosen = parser.parse_args()
    if chosen.short and chosen.minutes is not None:
        parser.error("--short and --minutes do not go together")
    check_kills(parser, chosen)
    if not os.access(chosen.program, os.X_OK):
        parser.error(f"there is no program {chosen.program}")
    names = [attack.name for attack in ALL] + ["access", stop.NAME]
    for pattern in chosen.only:
        if not fnmatch.filter(names, pattern):
            parser.error(f"no attack is called {pattern}")
    return chosen


def check_kills(parser: Parser, chosen: argparse.Namespace) -> None:
    """--kills stands by itself."""
    if chosen.kills is None:
        for name, value in (("seed", chosen.seed is not None), ("keep", chosen.keep)):
            if value:
                parser.error(f"--{name} goes with --kills only")
        return
    if not 1 <= chosen.kills <= MOST_KILLS:
        parser.error(f"--kills must be a whole number from 1 to {MOST_KILLS}")
    if chosen.seed is not None and not 0 <= chosen.seed < 1 << 64:
        parser.error("--seed must be a whole number from 0 to 2^64 - 1")
    for name in ("minutes", "short", "only", "list", "learn"):
        if getattr(chosen, name):
            parser.error(f"--kills and --{name} do not go together")


class Suite:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.results: list[Result] = []
        self.attacks = [attack for attack in ALL if self._is_wanted(attack.name) and (
            attack.is_short or not options.short or options.only)]
        self.quiet_share = 0.0  # processors that the honest bank costs the gateway

    def _is_wanted(self, name: str) -> bool:
        only = self.options.only
        return not only or any(fnmatch.fnmatch(name, pattern) for pattern in only)

    def seconds(self, attack: Attack) -> float:
        if self.options.short:
            return attack.short_seconds
        total = (self.options.minutes or 5) * 60 / len(self.attacks)
        return max(attack.short_seconds, total - OVERHEAD)

    def run(self) -> int:
        history = SHORT_HISTORY if self.options.short else HISTORY
        gateway = Gateway(self.options.program.resolve(), history)
        try:
            gateway.start()
            gateway.open_market()
            differences = self._check_access(gateway)
            self._run_attacks(gateway)
            if self._is_wanted(stop.NAME):
                self._note(stop.run(gateway))
        finally:
            gateway.remove()
        missed = report.explained(self.results) + differences + self._kill_briefly()
        print("", *missed or ["every aim was met"], sep="\n")
        if self.options.json:
            self.options.json.write_text(json.dumps(
                {"results": [result.document() for result in self.results],
                 "access": differences}, indent=1))
        return 1 if missed else 0

    def _kill_briefly(self) -> list[str]:
        if not self.options.short or self.options.only:
            return []
        print()
        faults = run_kills(self.options.program.resolve(), SHORT_KILLS, draw_seed())
        return [f"MISSED kills: {fault}" for fault in faults]

    def _check_access(self, gateway: Gateway) -> list[str]:
        if not self._is_wanted("access"):
            return []
        begun = time.monotonic()
        table = access.observe(gateway)
        if self.options.learn:
            access.write(table)
        differences = access.differences(table)
        print(f"access: {len(table)} methods, {len(access.CALLERS)} callers, "
              f"{len(differences)} rows differ, {time.monotonic() - begun:.1f} s", flush=True)
        return [f"MISSED access: {line}" for line in differences]

    def _run_attacks(self, gateway: Gateway) -> None:
        if self.attacks:
            print(report.HEAD, report.UNITS, sep="\n", flush=True)
        for attack in self.attacks:
            self._freshen(gateway)
            result = run(attack, gateway, self.seconds(attack), self.quiet_share,
                         not self.options.short)
            if attack is QUIET and result.seconds:
                self.quiet_share = result.gateway_cpu / result.seconds
            self._note(result)

    def _note(self, result: Result) -> None:
        self.results.append(result)
        print(report.line(result), flush=True)
        for miss in result.misses:
            print(f"    {miss}", flush=True)

    def _freshen(self, gateway: Gateway) -> None:
        """Another gateway when the last attack left this one ill, so that figures compare."""
        last = self.results[-1] if self.results else None
        if last is None or not last.misses and last.after_mib - last.before_mib < 64:
            return
        if gateway.is_alive:
            gateway.stop(40)
        gateway.start()
        time.sleep(0.5)


def draw_seed() -> int:
    return random.SystemRandom().getrandbits(32)


def main() -> int:
    options = arguments()
    if options.list:
        for attack in ALL:
            print(f"{attack.name:<25} {attack.summary}")
        return 0
    # Thousands of connections need descriptors, here and in the gateway.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # Whoever ends us wants everything tidied up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if options.kills is not None:
            seed = draw_seed() if options.seed is None else options.seed
            return 1 if run_kills(
                options.program.resolve(), options.kills, seed, options.json, options.keep) else 0
        return Suite(options).run()
    except Failure as failure:
        print(f"ops/attack: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


sys.exit(main())
