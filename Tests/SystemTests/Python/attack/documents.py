"""Inputs of the largest size that cost their reader as much as we could think of."""

from __future__ import annotations

from collections.abc import Callable

from shared.protobuf import message_field

XML_BYTES = 2 << 20
MESSAGE_BYTES = 4 << 20
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"
ROOT = f'<Document xmlns="{NAMESPACE}">'
END = "</Document>"


def _filled(start: str, unit: Callable[[int], str], end: str, limit: int = XML_BYTES) -> bytes:
    """As many units as fit."""
    parts, size, number = [start], len(start) + len(end), 0
    while True:
        more = unit(number)
        size += len(more)
        if size > limit:
            return "".join([*parts, end]).encode()
        parts.append(more)
        number += 1


def hidden_attributes() -> bytes:
    """A comment that looks like an open tag, so that a simple scanner is in the wrong half."""
    start = f'<!-- <x " --><Document xmlns="{NAMESPACE}" a=">"'
    return _filled(start, lambda n: f' a{n:x}=""', ">" + END)


def hidden_in_instruction() -> bytes:
    start = f"<?x <x ' ?><Document xmlns='{NAMESPACE}' a='>'"
    return _filled(start, lambda n: f" a{n:x}=''", ">" + END)


def hidden_in_section() -> bytes:
    return _filled(ROOT + "<![CDATA[<x \"]]><y a=\">\"", lambda n: f' a{n:x}=""', "/>" + END)


def attributes() -> bytes:
    return _filled(f'<Document xmlns="{NAMESPACE}"', lambda n: f' a{n:x}=""', ">" + END)


def namespaces() -> bytes:
    return _filled('<!-- <x " --><Document a=">"', lambda n: f' xmlns:a{n:x}="u"', ">" + END)


def nested_namespaces() -> bytes:
    """Each element declares some; all are in scope in the innermost ones."""
    start = "".join(
        "<a" + "".join(f' xmlns:n{depth}x{n}="u{n}"' for n in range(24)) + ">"
        for depth in range(40))
    return _filled(start, lambda n: f"<n0x{n % 24}:b/>", "</a>" * 40)


def undeclared_prefixes() -> bytes:
    return _filled(ROOT, lambda n: f"<p{n:x}:a/>", END)


def elements() -> bytes:
    return _filled(ROOT, lambda n: "<a/>", END)


def named_elements() -> bytes:
    return _filled(ROOT, lambda n: f"<a{n:x}/>", END)


def attribute_elements() -> bytes:
    """Every element has as many attributes as an honest one might."""
    unit = "<a " + " ".join(f'a{n}=""' for n in range(30)) + "/>"
    return _filled(ROOT, lambda n: unit, END)


def transactions() -> bytes:
    head = "<FIToFICstmrCdtTrf><GrpHdr><MsgId>M</MsgId></GrpHdr>"
    unit = "<CdtTrfTxInf><PmtId><EndToEndId>E</EndToEndId></PmtId></CdtTrfTxInf>"
    return _filled(ROOT + head, lambda n: unit, "</FIToFICstmrCdtTrf>" + END)


def references() -> bytes:
    return _filled(ROOT + "<a>", lambda n: "&amp;", "</a>" + END)


def sections() -> bytes:
    return _filled(ROOT + "<a>", lambda n: "<![CDATA[]]>", "</a>" + END)


def comments() -> bytes:
    return _filled(ROOT, lambda n: "<!---->", END)


def instructions() -> bytes:
    return _filled(ROOT, lambda n: "<?a?>", END)


def opening_brackets() -> bytes:
    return b"<" * XML_BYTES


def entities() -> bytes:
    return _filled('<!DOCTYPE a [<!ENTITY a "b">', lambda n: f'<!ENTITY e{n:x} "&a;&a;">', "]><a/>")


def open_elements() -> bytes:
    return b"<a>" * (XML_BYTES // 3)


XML: list[Callable[[], bytes]] = [
    hidden_attributes, hidden_in_instruction, hidden_in_section, attributes, namespaces,
    nested_namespaces, undeclared_prefixes, elements, named_elements, attribute_elements,
    transactions, references, sections, comments, instructions, opening_brackets, entities,
    open_elements]


# JSON, for POST /v1/payments:batch

def json_objects() -> bytes:
    return b'{"orders":[' + b"{}," * (MESSAGE_BYTES // 3 - 8) + b"{}]}"


def json_party_objects() -> bytes:
    unit = b'{"details":{"debtor":{},"creditor":{}}},'
    return b'{"orders":[' + unit * (MESSAGE_BYTES // len(unit) - 2) + b"{}]}"


def json_strings() -> bytes:
    unit = b'"",'
    return (b'{"orders":[{"details":{"remittance":[' + unit * (MESSAGE_BYTES // 3 - 20)
            + b'""]}}]}')


def json_deep_arrays() -> bytes:
    return b'{"orders":' + b"[" * (MESSAGE_BYTES - 16)


def json_deep_objects() -> bytes:
    return b'{"a":' * (MESSAGE_BYTES // 5 - 1)


def json_unknown_fields() -> bytes:
    return _filled("{", lambda n: f'"f{n}":0,', '"g":0}', MESSAGE_BYTES)


def json_long_number() -> bytes:
    return b'{"orders":[{"fillPolicy":' + b"1" * (MESSAGE_BYTES - 64) + b"}]}"


def json_escapes() -> bytes:
    return b'{"orders":[{"uetr":"' + b"\\u0041" * (MESSAGE_BYTES // 6 - 8) + b'"}]}'


def json_spaces() -> bytes:
    return b"{" + b" " * (MESSAGE_BYTES - 2) + b"}"


JSON: list[Callable[[], bytes]] = [
    json_objects, json_party_objects, json_strings, json_deep_arrays, json_deep_objects,
    json_unknown_fields, json_long_number, json_escapes, json_spaces]


# Protobuf, for SubmitPayments

def protobuf_orders() -> bytes:
    return b"\x0a\x00" * (MESSAGE_BYTES // 2 - 8)


def protobuf_parties() -> bytes:
    unit = message_field(1, message_field(13, b"\x22\x00\x2a\x00"))
    return unit * (MESSAGE_BYTES // len(unit) - 2)


def protobuf_remittance() -> bytes:
    lines = b"\x3a\x00" * (MESSAGE_BYTES // 2 - 32)
    return message_field(1, message_field(13, lines))


def protobuf_unknown_fields() -> bytes:
    return b"\xf8\x07\x00" * (MESSAGE_BYTES // 3 - 8)


def protobuf_groups() -> bytes:
    return b"\xfb\x07" * (MESSAGE_BYTES // 2 - 8)


def protobuf_merged() -> bytes:
    """One order whose details come again and again: each is merged with the one before."""
    unit = message_field(13, b"\x22\x00")
    return message_field(1, unit * (MESSAGE_BYTES // len(unit) - 16))


PROTOBUF: list[Callable[[], bytes]] = [
    protobuf_orders, protobuf_parties, protobuf_remittance, protobuf_unknown_fields,
    protobuf_groups, protobuf_merged]
