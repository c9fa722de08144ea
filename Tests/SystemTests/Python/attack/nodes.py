"""Who may look at nodes and hand over leadership in a cluster of three: the table in nodes.tsv.

Both methods, in both their forms, are called by every kind of caller at the leader and at a
follower. Whoever may not is refused wherever it asks, and nothing changes hands by that.

    python3 -m attack.nodes --program .build/release/langqiao [--write]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from chaos.machines import Cluster
from shared.calls import OPERATOR, bank
from shared.orders import BANKS
from shared.processes import Failure
from shared.protobuf import varint
from shared.wire import Gone, Peer, Reply, Target, grpc_head, grpc_message, request_head

from .access import code_of
from .gateway import STRANGER

FILE = Path(__file__).with_name("nodes.tsv")
NODES = (1, 2, 3)
NONE = 200  # no node has this number
CALLERS: dict[str, str | None] = {
    "anonymous": None, "unregistered": bank(STRANGER), "bank": bank(BANKS[0]),
    "second operator": "second-operator", "operator": OPERATOR}
Table = dict[str, list[str]]


class Nodes:
    """The cluster, and one answer of it at a time."""

    def __init__(self, program: Path, directory: Path) -> None:
        self.cluster = Cluster(program, len(NODES), directory, ())
        done = subprocess.run(
            [program, "init", "--certificates", self.cluster.certificates, "--bank", STRANGER],
            capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failure(f"init failed: {done.stderr.strip()}")

    def ask(self, number: int, caller: str, head: bytes, body: bytes | None) -> Reply | str:
        target = Target(self.cluster.nodes[number].port, self.cluster.certificates)
        peer = Peer(target, CALLERS[caller], keeps_bodies=True)
        try:
            return peer.call(head, body, 10)
        except (Gone, TimeoutError) as error:
            return f"no answer: {error}"
        finally:
            peer.close()


def standing(cluster: Cluster) -> tuple[int, int]:
    """Who leads and in which term, when all say the same."""
    told: set[tuple[int, int]] = set()

    def agree() -> bool:
        told.clear()
        for number in NODES:
            status, body = cluster.call(number, "GET", "/v1/node")
            node = json.loads(body) if status == 200 else {}
            told.add((int(node.get("leader", 0)), int(node.get("term", 0))))
        return len(told) == 1 and next(iter(told))[0] != 0

    cluster.wait(agree, "a leader that all know")
    return next(iter(told))


def json_request(
    verb: str, path: str, content: object = None, more: list[tuple[str, str]] = []
) -> tuple[bytes, bytes | None]:
    if content is None:
        return request_head(verb, path, more), None
    head = request_head(verb, path, [("content-type", "application/json"), *more])
    return head, json.dumps(content).encode()


def looks() -> dict[str, tuple[bytes, bytes | None]]:
    return {
        "GET /v1/node": json_request("GET", "/v1/node"),
        "GetNode": (grpc_head("/langqiao.v1.Nodes/GetNode"), grpc_message(b""))}


def transfers(to: int) -> dict[str, tuple[bytes, bytes | None]]:
    return {
        "POST /v1/node/transfer": json_request("POST", "/v1/node/transfer", {"to": to}),
        "TransferLeadership": (
            grpc_head("/langqiao.v1.Nodes/TransferLeadership"),
            grpc_message(b"\x08" + varint(to)))}


def cell(reply: Reply | str) -> str:
    """The code; what JSON says besides, in words that are the same in every run."""
    if isinstance(reply, str):
        return reply
    code = code_of(reply)
    if code != "ACCEPTED" or "json" not in reply.headers.get("content-type", ""):
        return code
    node = json.loads(reply.body)
    return f"{code} {node['role']} of {len(node['members'])}" if "role" in node else code


def observe(nodes: Nodes) -> Table:
    table: Table = {}

    def row(name: str, number: int, request: tuple[bytes, bytes | None], *callers: str) -> None:
        table.setdefault(name, []).extend(
            cell(nodes.ask(number, caller, *request)) for caller in callers)

    before = standing(nodes.cluster)
    places = {"the leader": before[0], "a follower": before[0] % len(NODES) + 1}
    for place, number in places.items():
        for name, request in looks().items():
            row(f"{name} at {place}", number, request, *CALLERS)
        for what, to in (("none", NONE), ("who leads", before[0])):
            for name, request in transfers(to).items():
                row(f"{name} at {place}, to {what}", number, request, *CALLERS)
    others = [name for name in CALLERS if "operator" not in name]
    to = places["a follower"]
    for place, number in places.items():
        for name, request in transfers(to).items():
            row(f"{name} at {place}, to a follower", number, request, *others)
    table["who leads, after that"] = [_same(before, standing(nodes.cluster))] * len(others)
    _hand_over(nodes, places, row)
    return table


def _hand_over(
    nodes: Nodes, places: dict[str, int], row: Callable[..., None]
) -> None:
    """Operators may: each form at each place, to whoever follows then."""
    for place in places:
        for name in transfers(0):
            for caller in CALLERS:
                if "operator" not in caller:
                    continue
                leader, term = standing(nodes.cluster)
                to = leader % len(NODES) + 1
                number = leader if place == "the leader" else to
                row(f"{name} at {place}, to a follower", number, transfers(to)[name], caller)
                leads, newer = standing(nodes.cluster)
                if leads != to or newer <= term:
                    row(f"{place}: {leads} leads in term {newer}", number, transfers(to)[name])


def _same(before: tuple[int, int], after: tuple[int, int]) -> str:
    return "the same" if before == after else f"{after} instead of {before}"


def text(table: Table) -> str:
    lines = [line for line in FILE.read_text().splitlines() if line.startswith("#")] \
        if FILE.exists() else []
    rows = [["method", *CALLERS], *([name, *cells] for name, cells in table.items())]
    return "\n".join([*lines, *("\t".join(row) for row in rows)]) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="attack.nodes", description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="make the table of what is seen")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="langqiao-nodes.") as made:
        directory = Path(made)
        directory.chmod(0o711)  # PostgreSQL runs under another account when we are root
        nodes = Nodes(chosen.program.resolve(), directory)
        try:
            nodes.cluster.open()
            table = observe(nodes)
            faults = list(nodes.cluster.faults)
        finally:
            faults_left = nodes.cluster.remove()
    seen = text(table)
    if chosen.write:
        FILE.write_text(seen)
    expected = FILE.read_text() if FILE.exists() else ""
    differences = sorted(set(seen.splitlines()) ^ set(expected.splitlines()))
    for line in [*faults, *faults_left, *differences]:
        print(line)
    print(f"{len(table)} rows, {len(differences)} lines differ")
    return 1 if faults or faults_left or differences else 0


if __name__ == "__main__":
    sys.exit(main())
