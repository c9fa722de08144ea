"""`ops/etcd-puts/measure`: what a cluster of etcd on this machine takes for puts."""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from shared.processes import Failure

from .etcd import EtcdCluster, Identity

FIGURES = ("perSecond", "median", "p99", "longest")


def main() -> int:
    parser = argparse.ArgumentParser(prog="ops/etcd-puts/measure", description=(
        "Starts a cluster of etcd and puts values of 256 bytes by etcd's own client, each of "
        "which waits for its answer before it sends the next."))
    parser.add_argument("--client", required=True, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--nodes", type=int, default=3, choices=(1, 3, 5))
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 100], metavar="N",
                        help="how many at a time; several are measured in turn (1 100)")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--runs", type=int, default=5, help="of each; medians are printed")
    parser.add_argument("--tls", action="store_true",
                        help="with certificates of members and client, by the openssl program")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="langqiao-puts."))
    cluster = None
    try:
        identity = make_identity(directory) if chosen.tls else None
        cluster = EtcdCluster(chosen.nodes, directory, (), identity)
        cluster.open()
        runs = {clients: [measure(cluster, chosen.client, clients, chosen.seconds, identity)
                          for _ in range(chosen.runs)] for clients in chosen.clients}
    except Failure as failure:
        print(f"ops/etcd-puts/measure: {failure}", file=sys.stderr)
        return 1
    finally:
        if cluster:
            cluster.remove()
        shutil.rmtree(directory, ignore_errors=True)
    if chosen.json:
        print(json.dumps({"nodes": chosen.nodes, "tls": chosen.tls, "runs": runs}, indent=1))
        return 0
    print(f"{'clients':>8}{'puts/s':>24}{'median ms':>24}{'p99 ms':>24}{'longest ms':>24}")
    for clients, found in runs.items():
        print(f"{clients:8}" + "".join(
            f"{_spread([run[name] for run in found]):>24}" for name in FIGURES))
    return 0


def make_identity(directory: Path) -> Identity:
    identity = Identity(directory / "certificate.pem", directory / "key.pem")
    if not shutil.which("openssl"):
        raise Failure("openssl is not installed; Debian's package is openssl")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=etcd-puts",
         "-addext", "subjectAltName=IP:127.0.0.1",
         "-addext", "extendedKeyUsage=serverAuth,clientAuth",
         "-keyout", identity.key, "-out", identity.certificate],
        check=True, capture_output=True)
    return identity


def measure(
    cluster: EtcdCluster, client: Path, clients: int, seconds: float,
    identity: Identity | None = None
) -> dict:
    """A single client speaks to the leader; more are spread over all members."""
    leader = cluster.leader()
    nodes = [leader] if clients == 1 else list(cluster.nodes)
    connections = 1 if clients == 1 else max(len(nodes), min(clients, 10))
    done = subprocess.run(
        [client,
         *(["-ca", identity.certificate, "-certificate", identity.certificate,
            "-key", identity.key] if identity else []),
         str(seconds), str(clients), str(connections),
         *(f"{'https://' if identity else ''}127.0.0.1:{cluster.nodes[number].port}" for number in nodes)],
        capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(done.stderr.strip())
    return json.loads(done.stdout)


def _spread(values: list[float]) -> str:
    digits = 0 if max(values) > 100 else 2
    return (f"{statistics.median(values):,.{digits}f} "
            f"({min(values):,.{digits}f}–{max(values):,.{digits}f})")


if __name__ == "__main__":
    sys.exit(main())
