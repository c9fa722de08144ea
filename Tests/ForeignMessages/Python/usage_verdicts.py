"""What cbpr-usage-rules finds in documents, for the standards release of 2026.

Standard input holds pairs of a rule set's name and a document, all separated by NUL. For each pair
one line goes to standard output: the findings as `rule path`, separated by tabs. Paths begin at
`/AppHdr` or `/Document`.
"""

import sys

import cbpr_rules

YEAR = 2026


def findings(document, rule_set):
    """Pairs of rule and path, sorted."""
    found = cbpr_rules.validate_string(document, YEAR, rule_set)["violations"]
    return sorted((v["rule_number"], anchored(v["xpath"])) for v in found)


def anchored(path):
    steps = path.split("/")
    start = next(n for n, step in enumerate(steps) if step in ("AppHdr", "Document"))
    return "/" + "/".join(steps[start:])


def line(found):
    return "\t".join(f"{rule} {path}" for rule, path in found)


def main():
    parts = sys.stdin.buffer.read().split(b"\0")
    for rule_set, document in zip(parts[::2], parts[1::2]):
        print(line(findings(document, rule_set.decode())))


if __name__ == "__main__":
    main()
