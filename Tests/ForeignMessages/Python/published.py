"""Compares the schema rebuilt from pyiso20022 with the published one, verdict by verdict.

The package iso-tollgate carries pacs.008.001.08 as ISO 20022 publishes it, which is the one message
of ours whose schema can be had. Documents come NUL-separated on standard input. Each is judged as it
is, and with one change after another: an element left out, doubled, renamed, moved, emptied or with
another text, an attribute gone or changed. The last line of output counts: documents judged, of
these refused, and verdicts that differ. Lines before it show the first differences.
"""

import copy
import pathlib
import random
import sys

from importlib.util import find_spec
from lxml import etree

from schema import Schema

DEFINITION = "pacs.008.001.08"
CHANGES_PER_DOCUMENT = 40
TEXTS = ["", " ", "x" * 36, "-1", "1.234567", "999999999999999.99", "EUR", "true", "2026-02-30",
         "2026-02-28T24:00:00Z", "\u00e9", "0A1B2C3D", "CHAR", "DEUTDEFF", "deutdeff"]


def published():
    package = pathlib.Path(find_spec("tollgate").origin).parent
    return etree.XMLSchema(etree.parse(package / "schemas" / f"{DEFINITION}.xsd"))


def change(document, chance):
    """Changes one place of a document; gives the words for it."""
    element = chance.choice([e for e in document.iter() if e.getparent() is not None])
    parent = element.getparent()
    kind = chance.choice(["drop", "double", "rename", "move", "text", "text", "attribute", "wrap"])
    if kind == "drop":
        parent.remove(element)
    elif kind == "double":
        element.addnext(copy.deepcopy(element))
    elif kind == "rename":
        other = chance.choice([e for e in document.iter()])
        element.tag = other.tag
    elif kind == "move":
        siblings = list(parent)
        parent.remove(element)
        parent.insert(chance.randrange(len(siblings)), element)
    elif kind == "text":
        element.text = chance.choice(TEXTS)
    elif kind == "attribute":
        name = chance.choice(["Ccy", "Extra"])
        if element.attrib.pop(name, None) is None or chance.random() < 0.5:
            element.set(name, chance.choice(["CNY", "thb", "THBX", ""]))
    else:
        element.append(copy.deepcopy(parent[0]))
    return f"{kind} {etree.QName(element).localname}"


def main():
    chance = random.Random(20022)
    ours, theirs = Schema(DEFINITION).compiled(), published()
    judged = refused = 0
    differences = []
    for text in sys.stdin.buffer.read().split(b"\0"):
        root = etree.fromstring(text, etree.XMLParser(no_network=True, resolve_entities=False))
        original = next(root.iter("{*}Document"))
        for number in range(CHANGES_PER_DOCUMENT + 1):
            document = etree.ElementTree(copy.deepcopy(original)).getroot()
            words = "unchanged" if number == 0 else change(document, chance)
            expected, found = theirs.validate(document), ours.validate(document)
            judged += 1
            refused += not expected
            if expected != found:
                error = (ours if expected else theirs).error_log[0]
                differences.append(f"{words}: published {expected}, rebuilt {found}: {error}")
    for line in differences[:5]:
        print(line.replace("\n", " "))
    print(judged, refused, len(differences))


if __name__ == "__main__":
    main()
