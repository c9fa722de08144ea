"""A gateway of our own, with banks of every kind and a history that makes lists expensive."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import records
from shared.calls import OPERATOR, bank, call
from shared.processes import Failure, end_with_parent
from shared.wire import Peer, Target, request_head

HOSTILE = ["HOSACNB1", "HOSBCNB1", "HOSCCNB1", "HOSDCNB1"]
HONEST, CREDITOR, THIRD = "HONECNBJ", "CREDTHBK", "THIRSGSG"
DIRECT, INDIRECT, SUSPENDED = "DIRECNBJ", "INDICNBJ", "SUSPCNBJ"
STRANGER = "STRACNBJ"  # has a certificate, is not registered
REGISTERED = HOSTILE + [HONEST, CREDITOR, THIRD, DIRECT, SUSPENDED]
RECORDS = 16_384  # in one message


def order(creditor: str = CREDITOR, amount: str = "100.00", **more: object) -> dict[str, object]:
    """A plain order of CNY for THB that finds nobody and rests."""
    return {
        "creditorParticipant": creditor, "payCurrency": "CNY", "receiveCurrency": "THB",
        "payAmount": amount, "limitRate": "4.95", **more}


class Gateway:
    """`langqiao serve` with a private PostgreSQL in a temporary directory."""

    def __init__(self, program: Path, history: int) -> None:
        self.program, self.history = program, history
        self.directory = Path(tempfile.mkdtemp(prefix="langqiao-attack."))
        self.directory.chmod(0o711)  # PostgreSQL runs under another account when we are root
        self.port = 0
        self.known: list[str] = []  # UETRs of the honest bank
        self._runs = 0
        self._serving: subprocess.Popen[bytes] | None = None
        arguments = ["init", "--certificates", str(self._certificates)]
        for bic in REGISTERED + [INDIRECT, STRANGER]:
            arguments += ["--bank", bic]
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failure(f"init failed: {done.stderr.strip()}")

    @property
    def _certificates(self) -> Path:
        return self.directory / "certificates"

    @property
    def target(self) -> Target:
        return Target(self.port, self._certificates)

    @property
    def process(self) -> int:
        if self._serving is None:
            raise Failure("the gateway does not run")
        return self._serving.pid

    @property
    def postgres(self) -> int:
        file = self.directory / "data" / "data" / "postmaster.pid"
        return int(file.read_text().splitlines()[0])

    @property
    def is_alive(self) -> bool:
        return self._serving is not None and self._serving.poll() is None

    @property
    def log(self) -> list[str]:
        """Lines that the present run has written to standard error."""
        return self._errors.read_text(errors="replace").splitlines()

    @property
    def _errors(self) -> Path:
        return self.directory / f"serve-{self._runs}.err"

    def start(self, grace: int = 10) -> None:
        self._runs += 1
        output = self.directory / f"serve-{self._runs}.out"
        with output.open("wb") as out, self._errors.open("wb") as errors:
            self._serving = subprocess.Popen(
                [self.program, "serve", "--data", self.directory / "data", "--certificates",
                 self._certificates, "--port", "0", "--json", "--grace", str(grace)],
                stdout=out, stderr=errors, stdin=subprocess.DEVNULL, preexec_fn=end_with_parent)
        limit = time.monotonic() + 60
        while time.monotonic() < limit and self.is_alive:
            line = output.read_text().partition("\n")
            if line[1]:
                self.port = json.loads(line[0])["port"]
                return
            time.sleep(0.02)
        raise Failure("serve does not start: " + "\n".join(self.log[-10:]))

    def stop(self, within: float) -> tuple[float, int | None]:
        """SIGTERM; the seconds it took and the exit status, None when it had to be killed."""
        if self._serving is None:
            raise Failure("the gateway does not run")
        begun = time.monotonic()
        self._serving.send_signal(signal.SIGTERM)
        try:
            status: int | None = self._serving.wait(within)
        except subprocess.TimeoutExpired:
            self._serving.kill()
            self._serving.wait()
            status = None
        self._serving = None
        return time.monotonic() - begun, status

    def remove(self) -> None:
        """Ends the gateway and its PostgreSQL and deletes the directory."""
        try:
            server = self.postgres
        except (OSError, IndexError, ValueError):
            server = 0
        if self._serving is not None:
            self.stop(40)
        # A server whose gateway was killed goes on; it is ours if it works in our directory.
        data = self.directory / "data" / "data"
        limit = time.monotonic() + 20
        try:
            while server and os.readlink(f"/proc/{server}/cwd") == str(data):
                if time.monotonic() > limit:
                    break
                os.kill(server, signal.SIGQUIT)
                time.sleep(0.2)
        except OSError:
            pass
        shutil.rmtree(self.directory, ignore_errors=True)

    # The market

    def call(self, identity: str, verb: str, path: str, content: object = None) -> dict:
        return call(self.target, identity, verb, path, content)

    def open_market(self) -> None:
        for bic in REGISTERED:
            self.call(OPERATOR, "PUT", f"/v1/participants/{bic}",
                      {"name": f"Bank {bic}", "roles": ["PAYER"]})
        self.call(OPERATOR, "PUT", f"/v1/participants/{INDIRECT}",
                  {"name": "An indirect bank", "roles": ["PAYER"], "settlesThrough": DIRECT})
        self.call(OPERATOR, "PUT", "/v1/corridors/THB", {
            "tick": "0.0001", "referenceRate": "4.90", "collarBasisPoints": 1_000,
            "minimumSize": "1.00", "maximumSize": "1000000.00", "feePartsPerMillion": 100})
        for bic in [*HOSTILE, HONEST, DIRECT, SUSPENDED]:
            self.fund(bic, "CNY", "1000000000.00")
        self.fund(CREDITOR, "THB", "1000000000.00")
        self.call(OPERATOR, "POST", f"/v1/participants/{SUSPENDED}:setState",
                  {"state": "SUSPENDED"})
        self._make_history()

    def fund(self, bic: str, currency: str, amount: str) -> None:
        self.call(OPERATOR, "PUT", f"/v1/fundings/{uuid.uuid4()}",
                  {"participant": bic, "currency": currency, "amount": amount})

    def _make_history(self) -> None:
        """Payments that found nobody, so that a list with a filter looks at all of them."""
        for bic in [*HOSTILE, HONEST]:
            for begin in range(0, self.history, RECORDS):
                uetrs = [str(uuid.uuid4()) for _ in range(min(RECORDS, self.history - begin))]
                self._submit(bic, uetrs)
                if bic == HONEST:
                    self.known += uetrs

    def _submit(self, bic: str, uetrs: list[str]) -> None:
        message = records.message([
            records.payment(uetr, CREDITOR, "CNY", "THB", pay_amount=10_000, limit=495_000_000,
                            time="IMMEDIATE_OR_CANCEL", end_to_end_id=f"HISTORY-{number}")
            for number, uetr in enumerate(uetrs)])
        peer = Peer(self.target, bank(bic))
        try:
            reply = peer.call(request_head(
                "POST", "/v1/payments:records",
                [("content-type", "application/octet-stream")]), message, 60)
        finally:
            peer.close()
        if reply.status != 200:
            raise Failure(f"the history of {bic}: {reply.status}")

    def metrics(self) -> dict[str, float]:
        """Every line of /metrics by name and labels."""
        peer = Peer(self.target, OPERATOR, keeps_bodies=True)
        try:
            reply = peer.call(request_head("GET", "/metrics"), None, 10)
        finally:
            peer.close()
        lines = [line.rpartition(" ") for line in reply.body.decode().splitlines()]
        return {name: float(value) for name, _, value in lines if name and name[0] != "#"}
