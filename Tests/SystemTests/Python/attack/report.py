"""The table of an `ops/attack`."""

from __future__ import annotations

from .run import Result

HEAD = (
    f"{'attack':<25} {'before':>7} {'peak':>7} {'after':>7} {'CPU':>6} {'pg CPU':>6} {'busy':>5} "
    f"{'refused':>8} {'PUT p50':>7} {'p99':>7} {'max':>7} {'GET p50':>7} {'p99':>7} {'max':>7} "
    f"{'connect':>7}  verdict")
UNITS = (
    f"{'':<25} {'MiB':>7} {'+MiB':>7} {'+MiB':>7} {'s':>6} {'s':>6} {'CPUs':>5} {'':>8} "
    f"{'ms':>7} {'ms':>7} {'ms':>7} {'ms':>7} {'ms':>7} {'ms':>7} {'ms':>7}")


def line(result: Result) -> str:
    refusals = sum(result.counts.get(name, 0) for name in (
        "refused", "reset", "connections refused", "closed by the gateway",
        "ended by the gateway"))
    honest = " ".join(
        f"{value:7.1f}" for value in (*result.put_ms, *result.get_ms, result.connect_ms))
    return (
        f"{result.name:<25} {result.before_mib:7.0f} "
        f"{max(0, result.peak_mib - result.before_mib):7.0f} "
        f"{max(0, result.after_mib - result.before_mib):7.0f} {result.gateway_cpu:6.2f} "
        f"{result.postgres_cpu:6.2f} {result.busy_afterwards:5.2f} {refusals:8d} {honest}  "
        f"{'ok' if not result.misses else 'MISSED'}")


def explained(results: list[Result]) -> list[str]:
    """Every aim that was missed, by its attack."""
    return [f"MISSED {result.name}: {miss}" for result in results for miss in result.misses]
