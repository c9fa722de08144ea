"""Writes the pacs.008 and pacs.009 example messages of cbpr-usage-rules to standard output.

For each: its name, a NUL, its bytes, a NUL.
"""

import pathlib
import sys

import cbpr_rules


def main():
    root = pathlib.Path(cbpr_rules.__file__).parent / "examples"
    for path in sorted(root.glob("*/pacs.00[89]*.xml")):
        name = f"{path.parent.name}/{path.name}"
        sys.stdout.buffer.write(name.encode() + b"\0" + path.read_bytes() + b"\0")


if __name__ == "__main__":
    main()
