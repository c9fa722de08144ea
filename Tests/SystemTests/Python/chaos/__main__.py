"""The command line of `ops/chaos`."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
from pathlib import Path
from typing import NoReturn

from shared.processes import Failure

from .machines import knows
from .plan import ALL, KILL, LEADER, MEANINGS, ONE_WAY, PARTITION, STOP
from .report import side_by_side
from .run import ETCD, LANGQIAO, SYSTEMS, Options, run

SHARED = (KILL, LEADER, STOP, PARTITION, ONE_WAY)  # side by side with etcd
SHORT_SECONDS, SHORT_PACE = 45.0, 0.3


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence instead of the usage."""
        print(f"ops/chaos: {message}; --help explains.", file=sys.stderr)
        sys.exit(2)


def arguments() -> tuple[argparse.Namespace, tuple[str, ...]]:
    parser = Parser(
        prog="ops/chaos", formatter_class=argparse.RawDescriptionHelpFormatter, description=(
            "Runs a cluster of real processes under faults while banks pay and ask through all\n"
            "nodes, and checks what they were told. Exit status 1 when anything was not as\n"
            "promised. Faults:\n\n" + "\n".join(
                f"  {kind:<10} {meaning}" for kind, meaning in MEANINGS.items())))
    parser.add_argument("--nodes", type=int, choices=(1, 3, 5),
                        help="3 when left out, or 1 of a program that knows no peers")
    parser.add_argument("--minutes", type=float, metavar="M", help="of load and faults (5)")
    parser.add_argument("--short", action="store_true",
                        help="each kind of fault once, in less than a minute")
    parser.add_argument("--seed", type=int, metavar="N", help="draw the same faults again")
    parser.add_argument("--faults", metavar="LIST",
                        help="kinds with commas between; all when left out, 'none' for none")
    parser.add_argument("--rate", type=float, default=300, metavar="R",
                        help="payments a second that are offered (300)")
    parser.add_argument("--against", choices=(ETCD,),
                        help="also etcd, under the same script; kills, stops and partitions")
    parser.add_argument("--system", choices=SYSTEMS, default=LANGQIAO,
                        help="what runs when there is no --against (langqiao)")
    parser.add_argument("--program", type=Path, metavar="PATH",
                        help="the program ($LANGQIAO_BIN, else .build/release/langqiao)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.add_argument("--keep", action="store_true",
                        help="leave databases and logs where they are")
    chosen = parser.parse_args()
    if chosen.short and chosen.minutes is not None:
        parser.error("--short and --minutes do not go together")
    if chosen.minutes is not None and not 0.1 <= chosen.minutes <= 6000:
        parser.error("--minutes must be a number from 0.1 to 6000")
    if chosen.seed is not None and not 0 <= chosen.seed < 1 << 64:
        parser.error("--seed must be a whole number from 0 to 2^64 - 1")
    if not 10 <= chosen.rate <= 50_000:
        parser.error("--rate must be a number from 10 to 50000")
    chosen.program = chosen.program or Path(
        os.environ.get("LANGQIAO_BIN", ".build/release/langqiao"))
    if not (chosen.system == ETCD and not chosen.against) and (
            not os.access(chosen.program, os.X_OK)):
        parser.error(f"there is no program {chosen.program}")
    if chosen.nodes is None:
        runs_alone = chosen.system == LANGQIAO and not knows(chosen.program, "peers")
        chosen.nodes = 1 if runs_alone else 3
    kinds = SHARED if chosen.against else ALL
    if chosen.faults == "none":
        kinds = ()
    elif chosen.faults:
        kinds = tuple(chosen.faults.split(","))
        for kind in kinds:
            if kind not in ALL:
                parser.error(f"no fault is called '{kind}'")
    return chosen, kinds


def main() -> int:
    chosen, kinds = arguments()
    # Whoever ends us wants everything tidied up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    seed = random.SystemRandom().getrandbits(32) if chosen.seed is None else chosen.seed
    options = Options(
        chosen.program.resolve(), chosen.nodes,
        SHORT_SECONDS if chosen.short else (chosen.minutes or 5) * 60, seed, kinds, chosen.rate,
        batch=10 if chosen.rate <= 1_000 else int(chosen.rate / 100),
        pace=SHORT_PACE if chosen.short else 1.0, is_once=chosen.short,
        keeps=chosen.keep, is_quiet=chosen.json)
    systems = (LANGQIAO, chosen.against) if chosen.against else (chosen.system,)
    try:
        outcomes = [run(system, options) for system in systems]
    except Failure as failure:
        print(f"ops/chaos: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if chosen.json:
        documents = [outcome.document() for outcome in outcomes]
        print(json.dumps(documents if chosen.against else documents[0], indent=1))
    else:
        print(side_by_side(outcomes) if chosen.against else outcomes[0].text())
    return 1 if any(outcome.faults for outcome in outcomes) else 0


sys.exit(main())
