"""All attacks, in the order in which they run."""

from ..attack import Attack, Job
from . import answers, bodies, connections, frames, parsing, queries

QUIET = Attack(
    "quiet", "nobody attacks: what the honest bank costs and waits", lambda job: job.hold([]),
    short_seconds=2)


def burn(job: Job) -> None:
    while job.goes_on:
        for _ in range(10_000):
            pass


# Beside this one the latencies of an attack say something: the same processors are busy.
FLOOR = Attack(
    "floor", "nobody attacks, but two loops of nice 19 take all processor time that is left", burn,
    callers=(None, None), is_short=False)
ALL: list[Attack] = [
    QUIET, FLOOR, *parsing.ATTACKS, *bodies.ATTACKS, *answers.ATTACKS, *queries.ATTACKS,
    *connections.ATTACKS, *frames.ATTACKS]
