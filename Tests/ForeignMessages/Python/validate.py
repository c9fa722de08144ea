"""Validates NUL-separated documents on standard input against the schemas of pyiso20022.

Writes one line per document: "ok" and the schemas that held, or the first error of each part that
failed. `AppHdr` and `Document` are found wherever they stand and judged by their own namespaces.
"""

import sys

from lxml import etree

from schema import PREFIX, Schema

_compiled = {}


def schema_for(namespace):
    if namespace not in _compiled:
        _compiled[namespace] = Schema(namespace[len(PREFIX):]).compiled()
    return _compiled[namespace]


def judge(text):
    root = etree.fromstring(text, etree.XMLParser(no_network=True, resolve_entities=False))
    parts = [e for e in root.iter("{*}AppHdr", "{*}Document")]
    if not parts:
        return "no AppHdr and no Document"
    held = []
    for part in parts:
        namespace = etree.QName(part).namespace or ""
        if not namespace.startswith(PREFIX):
            return f"no ISO 20022 namespace: {namespace}"
        schema = schema_for(namespace)
        if not schema.validate(part):
            return str(schema.error_log[0])
        held.append(namespace[len(PREFIX):])
    return "ok " + " ".join(held)


def main():
    for document in sys.stdin.buffer.read().split(b"\0"):
        if document.strip():
            print(judge(document).replace("\n", " "))


if __name__ == "__main__":
    main()
