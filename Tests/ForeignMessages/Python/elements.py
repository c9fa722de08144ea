"""Lists what the schemas of pyiso20022 let a CdtTrfTxInf hold.

Names of definitions come on standard input, one a line. For each element below CdtTrfTxInf one line
is written: the definition, the path, how often it may stand, and what its text may be.
"""

import dataclasses
import enum
import sys
import typing

from schema import Schema, _unwrap

_FORMS = {"XmlDate": "date", "XmlDateTime": "dateTime", "XmlTime": "time", "XmlPeriod": "year",
          "bool": "indicator"}


def form(metadata, inner):
    if issubclass(inner, enum.Enum):
        return "list " + " ".join(sorted(member.value for member in inner))
    if inner.__name__ in _FORMS:
        return _FORMS[inner.__name__]
    if inner.__name__ == "Decimal":
        return f"decimal {metadata['total_digits']} {metadata['fraction_digits']}"
    if inner.__name__ == "bytes":
        return f"base64 {metadata['max_length']}"
    return "pattern" if "pattern" in metadata else f"text {metadata['max_length']}"


def elements(schema, cls, path):
    hints = typing.get_type_hints(cls, vars(schema.module))
    for field in dataclasses.fields(cls):
        inner, many = _unwrap(hints[field.name])
        if field.metadata.get("type") != "Element":
            continue
        low = 1 if field.metadata.get("required") else field.metadata.get("min_occurs", 0)
        high = field.metadata.get("max_occurs", "any") if many else 1
        here = f"{path}/{field.metadata['name']}"
        head = f"{here} {low} {high}"
        if not dataclasses.is_dataclass(inner):
            yield f"{head} {form(field.metadata, inner)}"
            continue
        first = dataclasses.fields(inner)[0]
        if first.metadata.get("type") in ("Element", "Wildcard"):
            kind = "choice" if inner.__name__.endswith("Choice") else "elements"
            yield f"{head} {kind}"
            yield from elements(schema, inner, here)
        else:
            yield f"{head} amount"


def main():
    for definition in sys.stdin.read().split():
        schema = Schema(definition)
        schema.text()
        document = schema.module.Document
        hints = typing.get_type_hints(document, vars(schema.module))
        body = _unwrap(hints[dataclasses.fields(document)[0].name])[0]
        hints = typing.get_type_hints(body, vars(schema.module))
        for field in dataclasses.fields(body):
            if field.metadata["name"] == "CdtTrfTxInf":
                for line in elements(schema, _unwrap(hints[field.name])[0], ""):
                    print(definition, line)


if __name__ == "__main__":
    main()
