"""Validates NUL-separated documents on standard input.

Judges by the schema that ISO 20022 publishes where a package carries it whole, else by the one that
is rebuilt from pyiso20022. Writes one line per document: "ok", the schemas that held and in
parentheses those of them that are the published ones, or the first error of the first part that
failed. `AppHdr` and `Document` are found wherever they stand and judged by their own namespaces.
"""

import sys

from lxml import etree

from published_schemas import published
from schema import PREFIX, Schema

_compiled = {}


def schema_for(definition):
    if definition not in _compiled:
        text = published(definition)
        schema = Schema(definition).compiled() if text is None else (
            etree.XMLSchema(etree.fromstring(text)))
        _compiled[definition] = (schema, text is not None)
    return _compiled[definition]


def judge(text):
    root = etree.fromstring(text, etree.XMLParser(no_network=True, resolve_entities=False))
    parts = [e for e in root.iter("{*}AppHdr", "{*}Document")]
    if not parts:
        return "no AppHdr and no Document"
    held, by_published = [], []
    for part in parts:
        namespace = etree.QName(part).namespace or ""
        if not namespace.startswith(PREFIX):
            return f"no ISO 20022 namespace: {namespace}"
        definition = namespace[len(PREFIX):]
        schema, is_published = schema_for(definition)
        if not schema.validate(part):
            return f"{definition}: {schema.error_log[0]}"
        held.append(definition)
        if is_published:
            by_published.append(definition)
    return "ok " + " ".join(held) + (f" ({' '.join(by_published)})" if by_published else "")


def main():
    for document in sys.stdin.buffer.read().split(b"\0"):
        if document.strip():
            print(judge(document).replace("\n", " "))


if __name__ == "__main__":
    main()
