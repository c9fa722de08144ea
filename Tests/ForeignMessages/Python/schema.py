"""XML schemas rebuilt from the message classes of pyiso20022.

The package carries the ISO 20022 schemas as generated data classes: order, cardinality and facets
of every element are in the field metadata, and ISO names every xs:choice type "...Choice". That is
enough to write the schema down again and to let libxml2's schema validator judge a document by it.
"""

import dataclasses
import enum
import importlib
import sys
import types
import typing
from xml.sax.saxutils import quoteattr

from lxml import etree

PREFIX = "urn:iso:std:iso:20022:tech:xsd:"


def _stub_xsdata():
    """The classes name three types of xsdata; the package itself is not needed to read them."""
    datatype = types.ModuleType("xsdata.models.datatype")
    for name in ("XmlDate", "XmlDateTime", "XmlTime", "XmlPeriod"):
        setattr(datatype, name, type(name, (), {}))
    sys.modules["xsdata"] = types.ModuleType("xsdata")
    sys.modules["xsdata.models"] = types.ModuleType("xsdata.models")
    sys.modules["xsdata.models.datatype"] = datatype


_BASES = {
    "str": "xs:string",
    "Decimal": "xs:decimal",
    "bool": "xs:boolean",
    "XmlDate": "xs:date",
    "XmlDateTime": "xs:dateTime",
    "XmlTime": "xs:time",
    "XmlPeriod": "xs:gYear",
    "bytes": "xs:base64Binary",
}

_FACETS = {
    "pattern": "pattern",
    "min_length": "minLength",
    "max_length": "maxLength",
    "min_inclusive": "minInclusive",
    "total_digits": "totalDigits",
    "fraction_digits": "fractionDigits",
}


class Schema:
    """One message definition, for example `pacs.002.001.10`."""

    def __init__(self, definition):
        family = definition.split(".")[0]
        name = definition.replace(".", "_")
        if "xsdata" not in sys.modules:
            try:
                importlib.import_module("xsdata.models.datatype")
            except ImportError:
                _stub_xsdata()
        self.module = importlib.import_module(f"pyiso20022.{family}.{name}.{name}")
        self.namespace = PREFIX + definition
        self.types = {}

    def text(self):
        root = "AppHdr" if "head.001" in self.namespace else "Document"
        cls = getattr(self.module, root, None)
        version = self.namespace[-2:]
        cls = cls or getattr(self.module, f"BusinessApplicationHeaderV{version}")
        self._declare(cls)
        body = "\n".join(self.types.values())
        return (
            '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" '
            f'xmlns="{self.namespace}" targetNamespace="{self.namespace}" '
            'elementFormDefault="qualified">\n'
            f'<xs:element name="{root}" type="{cls.__name__}"/>\n{body}\n</xs:schema>\n'
        )

    def compiled(self):
        return etree.XMLSchema(etree.fromstring(self.text()))

    def _declare(self, cls):
        if cls.__name__ in self.types:
            return
        self.types[cls.__name__] = ""
        if issubclass(cls, enum.Enum):
            values = "".join(f"<xs:enumeration value={quoteattr(m.value)}/>" for m in cls)
            content = f'<xs:restriction base="xs:string">{values}</xs:restriction>'
            self.types[cls.__name__] = (
                f'<xs:simpleType name="{cls.__name__}">{content}</xs:simpleType>'
            )
            return
        hints = typing.get_type_hints(cls, vars(self.module))
        elements, attributes, value = [], [], None
        for field in dataclasses.fields(cls):
            kind = field.metadata.get("type")
            inner, many = _unwrap(hints[field.name])
            if kind == "Attribute":
                attributes.append(self._attribute(field, inner))
            elif kind == "Element":
                elements.append(self._element(cls, field, inner, many))
            elif kind == "Wildcard":
                elements.append('<xs:any processContents="lax" namespace="##any"/>')
            else:
                value = self._simple(field.metadata, inner)
        self.types[cls.__name__] = _complex(cls, elements, attributes, value)

    def _element(self, cls, field, inner, many):
        low = 1 if field.metadata.get("required") else field.metadata.get("min_occurs", 0)
        if cls.__name__.endswith("Choice"):
            low = max(low, 1)
        high = field.metadata.get("max_occurs", "unbounded") if many else 1
        occurs = f'minOccurs="{low}" maxOccurs="{high}"'
        name = field.metadata["name"]
        return f'<xs:element name="{name}" {occurs}>' + self._type(field, inner) + "</xs:element>"

    def _type(self, field, inner):
        if inner.__name__ in _BASES:
            return self._simple(field.metadata, inner)
        if inner is object:
            return ""
        self._declare(inner)
        name = inner.__name__
        if issubclass(inner, enum.Enum):
            return f'<xs:simpleType><xs:restriction base="{name}"/></xs:simpleType>'
        first = dataclasses.fields(inner)[0].metadata.get("type")
        content = "complexContent" if first in ("Element", "Wildcard") else "simpleContent"
        extension = f'<xs:extension base="{name}"/>'
        return f"<xs:complexType><xs:{content}>{extension}</xs:{content}></xs:complexType>"

    def _attribute(self, field, inner):
        use = "required" if field.metadata.get("required") else "optional"
        name = field.metadata["name"]
        return f'<xs:attribute name="{name}" use="{use}">{self._type(field, inner)}</xs:attribute>'

    def _simple(self, metadata, inner):
        facets = "".join(
            f"<xs:{_FACETS[key]} value={quoteattr(str(value))}/>"
            for key, value in metadata.items()
            if key in _FACETS
        )
        restriction = f'<xs:restriction base="{_BASES[inner.__name__]}">{facets}</xs:restriction>'
        return f"<xs:simpleType>{restriction}</xs:simpleType>"


def _unwrap(hint):
    """The element type inside `None | T` or `list[T]`, and whether it repeats."""
    origin = typing.get_origin(hint)
    if origin is list:
        return typing.get_args(hint)[0], True
    if origin in (typing.Union, types.UnionType):
        return next(a for a in typing.get_args(hint) if a is not type(None)), False
    return hint, False


def _complex(cls, elements, attributes, value):
    name = cls.__name__
    if value is not None:
        content = "".join(attributes)
        # A named simple type lets the restriction and the attribute stand together.
        return (
            value.replace("<xs:simpleType>", f'<xs:simpleType name="{name}.value">', 1)
            + f'<xs:complexType name="{name}"><xs:simpleContent>'
            + f'<xs:extension base="{name}.value">{content}</xs:extension>'
            + "</xs:simpleContent></xs:complexType>"
        )
    group = "choice" if name.endswith("Choice") else "sequence"
    body = "".join(elements)
    return (
        f'<xs:complexType name="{name}"><xs:{group}>{body}</xs:{group}>'
        + "".join(attributes)
        + "</xs:complexType>"
    )
