"""Protobuf without its descriptions: just enough to make requests and to read answers."""

from __future__ import annotations


def fields(data: bytes) -> list[tuple[int, bytes]]:
    """Fields of length; integers as their bytes."""
    found, position = [], 0

    def number() -> int:
        nonlocal position
        value = shift = 0
        while True:
            byte = data[position]
            position += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while position < len(data):
        key = number()
        if key & 7 == 2:
            size = number()
            found.append((key >> 3, data[position:position + size]))
            position += size
        elif key & 7 == 0:
            found.append((key >> 3, str(number()).encode()))
        else:
            raise ValueError(f"wire type {key & 7}")
    return found


def at(data: bytes, *path: int) -> bytes:
    for step in path:
        data = next((value for key, value in fields(data) if key == step), b"")
    return data


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def message_field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def text_field(number: int, text: str) -> bytes:
    return message_field(number, text.encode())


def proto_order(uetr: str, creditor: str, amount: str = "10.00") -> bytes:
    """`PaymentOrder` of CNY for THB."""
    return (text_field(1, uetr) + text_field(3, creditor) + text_field(4, "CNY")
            + text_field(5, "THB") + text_field(6, amount) + text_field(8, "4.95"))
