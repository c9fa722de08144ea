"""Writes example messages of other people's packages to standard output.

For each: its name, a NUL, its bytes, a NUL. Standard input says which: `payments` for the pacs.008
and pacs.009 of cbpr-usage-rules, `all` for every message that any of the packages carries.
"""

import pathlib
import sys

from importlib.util import find_spec


def folder(package):
    return pathlib.Path(find_spec(package).origin).parent


def usage_rules(pattern):
    root = folder("cbpr_rules") / "examples"
    for path in sorted(root.glob(pattern)):
        yield f"{path.parent.name}/{path.name}", path.read_bytes()


def pacs008():
    """Its other XML files are templates without values."""
    for path in sorted((folder("pacs008") / "templates").glob("*/pacs*.xml")):
        yield path.name, path.read_bytes()


def tollgate():
    """Made by the package when asked for: sound ones, and one with each of its faults."""
    from tollgate.generator.synthetic_fixtures import build_valid_baseline, inject_error
    from tollgate.validation.models import RuleId

    for seed, currency in ((1, "USD"), (2, "EUR"), (3, "GBP"), (4, "JPY")):
        yield f"baseline-seed-{seed}-{currency}", build_valid_baseline(seed).encode()
    whole = build_valid_baseline(1, include_ultimate_parties=True)
    for rule in sorted(RuleId, key=lambda rule: rule.value):
        yield rule.value, inject_error(whole, rule)[0].encode()


def every_message():
    for package, messages in (("cbpr_rules", usage_rules("*/*.xml")), ("pacs008", pacs008()),
                              ("tollgate", tollgate())):
        for name, message in messages:
            yield f"{package} {name}", message


def main():
    wanted = sys.stdin.read()
    messages = every_message() if wanted == "all" else usage_rules("*/pacs.00[89]*.xml")
    for name, message in messages:
        sys.stdout.buffer.write(name.encode() + b"\0" + message + b"\0")


if __name__ == "__main__":
    main()
