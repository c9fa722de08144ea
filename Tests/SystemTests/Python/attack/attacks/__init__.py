"""All attacks, in the order in which they run."""

from ..attack import Attack
from . import answers, bodies, connections, frames, parsing, queries

QUIET = Attack(
    "quiet", "nobody attacks: what the honest bank costs and waits", lambda job: job.hold([]),
    short_seconds=2)
ALL: list[Attack] = [
    QUIET, *parsing.ATTACKS, *bodies.ATTACKS, *answers.ATTACKS, *queries.ATTACKS,
    *connections.ATTACKS, *frames.ATTACKS]
