"""Every bound of the suite. A figure beyond one of these makes `ops/attack` fail."""

from __future__ import annotations

from dataclasses import dataclass

# Of the gateway's process, beyond what it had before the attack.
PEAK_MIB = 256
# Still there when the attackers have gone for SETTLE_SECONDS.
KEPT_MIB = 64
SETTLE_SECONDS = 10.0

# Processor time that gateway and PostgreSQL still use in one second when the attackers have gone
# for SETTLE_SECONDS at the latest: work whose caller is gone ends.
BUSY_AFTERWARDS = 0.3

# Of one document, JSON body or protobuf message of the largest size, gateway alone.
CPU_A_DOCUMENT = 0.15
# Of a watch of health that is begun and then sees no change, however long it is held.
CPU_A_WATCH = 0.0005

# An honest bank on connections of its own, in long runs only. Milliseconds.
PUT_P99_MS = 25.0
GET_P99_MS = 25.0
# A bank that connects anew: the longest wait until its first answer. In short runs too.
CONNECT_SECONDS = 3.0

# Beyond --grace, until a stopped gateway has ended.
STOP_SECONDS = 1.0


@dataclass(frozen=True)
class Aims:
    """What one attack may cost; None is no bound."""

    peak_mib: float = PEAK_MIB
    kept_mib: float = KEPT_MIB
    # Gateway's processor seconds for each unit of the attack, see `Attack.unit`.
    cpu_each: float | None = None
    busy_afterwards: float = BUSY_AFTERWARDS
