#!/usr/bin/env python3
"""Verifies a certificate of a Langqiao ledger, as docs/evidence.md describes it: verify.py FILE
--keys KEYS prints what is proven and exits 0, or says what is wrong and exits 1 (64: KEYS is).
Needs the package cryptography, and for suite sm a hashlib that has SM3; no network."""
import base64, functools, hashlib, io, re, sys
from datetime import datetime, timedelta
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

# Suites: hash function, bytes of a key, first line, types of a log's keys and of a witness'.
SUITES = {
    "intl": ("sha256", 32, b"c2sp.org/tlog-proof@v1", b"\1", b"\4"),
    "sm": ("sm3", 65, b"langqiao-tlog-proof-sm@v1", b"\xfflangqiao-sm2-log@v1",
           b"\xfflangqiao-sm2-cosignature@v1")}
# Kinds of records: what is proven, open fields, sides, hidden fields, what is not excluded.
KINDS = {
    1: ("the start of the ledger's tree", (6, 7, 5), (), (), ""),
    2: ("a change of keys", (8,), (), (), ""),
    3: ("a change of the cluster's members", (8,), (), (), ""),
    4: ("a fill of payment {uetr}", (3, 4), (1, 2), (1, 2, 3, 4, 5, 6, 7),
        "later fills of the payment, its end, and returns"),
    5: ("payment {uetr} ended as {status}", (1, 2, 3, 4), (0,), (2, 3, 4, 5, 6, 7, 8, 11, 12),
        "later returns"),
    6: ("a return of payment {uetr}", (1, 2, 3, 4), (0,), (2, 3, 8, 9, 10, 12), "further returns"),
    7: ("a business day began", (9,), (), (), ""),
    8: ("a business day was closed", (9,), (), (), ""),
    9: ("an agent's statement was taken", (9,), (0,), (13, 14, 8, 15, 16), "")}
OPEN = ["", "payment", "status", "date of the renminbi leg", "date of the foreign leg",
        "checksum of the log", "suite", "first keys", "change", "business day"]
HIDDEN = dict(enumerate(
    "- payment payer creditor paid received rate fee reference returned reason screening texts "
    "agent account balance lines".split()))
HIDDEN |= dict(enumerate("debtor beneficiary purpose invoice remittance instruction".split(), 32))
UETR, ROOT, TEXTS, SIDES = 1, 12, (*range(32, 38),), ("", "gave renminbi", "gave foreign currency")
# SM2 (GB/T 32918.5): y^2 = x^3 - 3x + B modulo P, the base point G of order N.
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
     0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)

def need(condition, words):  # all that is wrong with a certificate is a ValueError
    if not condition:
        raise ValueError(words)
    return condition
def digest(suite, *parts):
    return hashlib.new(SUITES[suite][0], b"".join(parts)).digest()

def add(a, b):  # points of the curve; None is the one at infinity
    if a is None or b is None:
        return b if a is None else a
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    rise, run = (3 * a[0] ** 2 - 3, 2 * a[1]) if a == b else (b[1] - a[1], b[0] - a[0])
    slope = rise * pow(run, -1, P) % P
    x = (slope ** 2 - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P

@functools.lru_cache(4096)
def check(suite, key, signature, message):
    if suite == "intl":
        return Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    x, y, r, s = (int.from_bytes(n) for n in (key[1:33], key[33:], signature[:32], signature[32:]))
    need(key[0] == 4 and x < P and (y * y - x ** 3 + 3 * x - B) % P == 0, "a key is no point")
    t = (r + s) % N
    need(0 < r < N and 0 < s < N and t, "a signature is none")
    curve = b"".join(n.to_bytes(32) for n in (P - 3, B, *G))
    head = digest("sm", b"\0\x80" + b"1234567812345678", curve, key[1:])
    table, total = {(1, 0): G, (0, 1): (x, y), (1, 1): add(G, (x, y))}, None
    for bit in range(255, -1, -1):
        total = add(add(total, total), table.get((s >> bit & 1, t >> bit & 1)))
    hashed = int.from_bytes(digest("sm", head, message))
    need(total and (hashed + total[0]) % N == r, "a signature is wrong")

def number(text):
    need(re.fullmatch(rb"0|[1-9][0-9]{0,19}", text) and int(text) < 1 << 64, "a number is none")
    return int(text)
def unbase64(text, sizes=range(1, 1 << 20)):
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data) == text and len(data) in sizes, "base64 is none, or too long")
    return data
def name(data):
    need(0 < len(data) < 256 and not re.search(r"[\x00-\x1f\x7f+]|\s", data.decode()), "no name")
    return data.decode()

class Key:  # name+identifier+base64(type and key), and what KEYS says of it
    def __init__(self, text, kind):
        label, identifier, data = text.split(b"+", 2)
        self.name, self.kind, data = name(label), kind, unbase64(data)
        self.suite, size = {(suite, size) for suite, (_, size, _, *types) in SUITES.items()
                            if data[:-size] == types[kind]}.pop()
        self.bytes, self.id = data[-size:], digest(self.suite, label, b"\n", data)[:4].hex()
        need(self.id.encode() == identifier, "an identifier is not that of its key")
        self.sizes, self.revoked = (0, (1 << 64) - 1), None

class Keys:  # whom somebody believes: a C2SP tlog-policy, with lines of our own in its remarks
    def __init__(self, data):
        self.logs, self.witnesses, self.nodes, names = [], [], None, {b"none": None}
        for what, *words in filter(None, (line.split() for line in data.split(b"\n"))):
            if what in (b"log", b"witness"):
                kind = int(what == b"witness")
                names[words[0]] = Key(words[kind], kind)
                (self.witnesses if kind else self.logs).append(names[words[0]])
            elif what == b"group":
                least = {b"any": 1, b"all": len(words) - 2}.get(words[1]) or number(words[1])
                names[words[0]] = least, [names[word] for word in words[2:]]
            elif what == b"quorum":
                self.quorum = names[words[0]]
            elif what == b"#langqiao:nodes":
                self.nodes = number(words[0])
            elif what in (b"#langqiao:valid", b"#langqiao:revoked"):
                key = {k.id.encode(): k for k in self.logs + self.witnesses}[words[0]]
                *sizes, last = map(number, words[1:])
                key.sizes = (*sizes, last) if sizes else key.sizes
                key.revoked = key.revoked if sizes else last
            else:
                need(what.startswith(b"#") and not what.startswith(b"#langqiao:"), "unknown line")
        (self.suite,) = {key.suite for key in self.logs + self.witnesses}

    def reach(self, member, signed):
        if isinstance(member, tuple):
            return sum(self.reach(m, signed) for m in member[1]) >= member[0]
        return member is None or member in signed

    def judge(self, note):  # origin, size and root of a checkpoint, nodes and witnesses that count
        need(len(note) <= 65536 and not re.search(r"[\x00-\x09\x0b-\x1f]", note.decode()), "no")
        text, empty, below = note.rpartition(b"\n\n")
        lines, text, times = text.split(b"\n"), text + b"\n", {}
        need(empty and all(lines) and below[-1:] == b"\n" and below.count(b"\n") <= 128, "no note")
        origin, size, root = (read(line) for read, line in zip((name, number, unbase64), lines))
        for line in below[:-1].split(b"\n"):
            dash, who, data = line.split(b" ")
            data = need(dash == "—".encode(), "no signature") and unbase64(data, range(5, 8193))
            for key in self.logs + self.witnesses:
                if (key.name, key.id) == (name(who), data[:4].hex()):
                    end = 4 + 8 * key.kind
                    time = int.from_bytes(data[4:end], "big")
                    head = b"cosignature/v1\ntime %d\n" % time if key.kind else b""
                    need(key not in times and time < 1 << 63 and len(data) == end + 64, "signature")
                    check(self.suite, key.bytes, data[end:], head + text)
                    times[key] = time
        valid = [k for k in self.logs + self.witnesses if k.sizes[0] <= size < k.sizes[1]]
        nodes = [k for k in valid if not k.kind and k.name == origin]
        cosigners = {k: times[k] for k in valid if k.kind and k in times and k.revoked is None}
        before = lambda end: [k for k in cosigners if cosigners[k] < end]
        counting = [k for k in nodes if k in times and (
            k.revoked is None or self.quorum and self.reach(self.quorum, before(k.revoked)))]
        least = self.nodes or len(nodes) // 2 + 1
        need(nodes and len(counting) >= least, "too few nodes signed")
        need(self.reach(self.quorum, cosigners), "too few witnesses cosigned")
        signed = f"{len(counting)} of {len(nodes)} nodes ({least} needed): "
        return origin, size, root, signed + " ".join(k.id for k in counting), cosigners

def climb(suite, leaf, index, size, path):  # to the root (RFC 6962, 2.1.1)
    if size < 2 or not path:
        return need((size, index, path) == (1, 0, []), "the proof is of another tree") and leaf
    left = 1 << (size - 1).bit_length() - 1
    if index < left:
        return digest(suite, b"\1", climb(suite, leaf, index, left, path[:-1]), path[-1])
    return digest(suite, b"\1", path[-1], climb(suite, leaf, index - left, size - left, path[:-1]))

def reader(data):
    stream = io.BytesIO(data)
    take = lambda count: need(len(part := stream.read(count)) == count, "too few bytes") and part
    return take, lambda count: int.from_bytes(take(count)), lambda: need(not stream.read(1), "more")

def read_record(data):
    take, number, end = reader(data)
    need(number(1) == 1 and (kind := number(1)) in KINDS, "a kind of record is not known here")
    _, open_fields, sides, hidden, _ = KINDS[kind]
    ledger, log_index, position = name(take(number(1))), number(8), number(4)
    time = (number(8) ^ 1 << 63) - (1 << 63)
    need(number(1) == len(open_fields), "a record is not as its kind says")
    said = {field: take(number(2)).decode()
            for field in open_fields if need(number(1) == field, "fields are not in their order")}
    need(number(1) == len(sides) * len(hidden), "a record is not as its kind says")
    hashes = {(side, field): take(32) for side in sides for field in hidden
              if need((number(1), number(1)) == (side, field), "fields are not in their order")}
    end()
    place = f"{instant(time)}, log index {log_index}, position {position}"
    return kind, ledger, place, said, hashes

def read_disclosures(suite, take, number, hashes):
    fields = [((number(1), number(1)), take(16), take(number(2))) for _ in range(number(1))]
    texts = [(number(1), take(32)) for _ in range(number(1))]
    if texts:
        root = digest(suite, b"\3", *(bytes([field]) + hash for field, hash in texts))
        need(tuple(field for field, _ in texts) == TEXTS, "texts are not in their order")
        need(hashes.pop((0, ROOT), None) == root, "the texts are not those of the record")
        hashes |= {(0, field): hash for field, hash in texts}
    rest = iter(hashes)
    for key, salt, value in fields:
        need(key[1] != ROOT and key in rest, "a field is not hidden here, or not in its order")
        held = len(value) <= 4096 and digest(suite, b"\2", bytes([key[1]]), salt, value)
        need(held == hashes[key], f"'{HIDDEN[key[1]]}' is not what the record says")
    return {key: value.decode() for key, _, value in fields}

def instant(nanoseconds):
    seconds, rest = divmod(nanoseconds, 10 ** 9)
    if not 0 <= seconds < 65536 * 86400:
        return f"{nanoseconds} ns since 1970"
    tail = f".{rest:09}Z" if rest else "Z"
    return (datetime(1970, 1, 1) + timedelta(seconds=seconds)).isoformat() + tail
def clean(text):
    pattern = r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
    return re.sub(pattern, "\ufffd", text) or "none"

def verify(file, keys):  # what a certificate proves, in sentences
    head, empty, note = file.partition(b"\n\n")
    lines, suite = head.split(b"\n"), keys.suite
    need(len(file) <= 1 << 20 and empty and 3 <= len(lines) <= 67, "a proof is none")
    first, extra, index, *path = lines
    need((first, extra[:6], index[:6]) == (SUITES[suite][2], b"extra ", b"index "), "no proof")
    index, path = number(index[6:]), [unbase64(line, (32,)) for line in path]
    take, integer, end = reader(unbase64(extra[6:]))
    need(integer(1) == 1, "a record is of a version that is not known here")
    kind, ledger, place, said, hashes = read_record(record := take(integer(2)))
    origin, size, root, signed, cosigners = keys.judge(note)
    need(ledger == origin and (kind == 1) == (index == 0), "a record is of another log or place")
    reached = climb(suite, digest(suite, b"\0", record), index, size, path)
    need(reached == root, "the record is not in the signed tree")
    shown = read_disclosures(suite, take, integer, hashes)
    end()
    proven, _, sides, _, excluded = KINDS[kind]
    uetr = said.get(UETR) or next((text for key, text in shown.items() if key[1] == UETR), "")
    yield "proven", proven.format(uetr=clean(uetr), status=clean(said.get(2, "")))
    yield from (("ledger", origin), ("time of the ledger", place), ("leaf", f"{index} of {size}"))
    yield from ((OPEN[field], clean(text)) for field, text in said.items() if field > 2)
    first = {0: 0} | {side: field for side, field in reversed(shown) if side}
    yield from (pair for (side, field), text in shown.items() for pair in [
        ("side", SIDES[side])] * (first.get(side) == field) + [(HIDDEN[field], clean(text))])
    yield "signed by", signed
    names = [f"{k.name} at {instant(t * 10 ** 9)}" for k, t in cosigners.items()]
    yield "cosigned by", f"{len(names)} witnesses: {', '.join(names)}" if names else "no witness"
    missing = [HIDDEN[field] if side in first else f"the side that {SIDES[side]}" for side, field
               in hashes if (side, field) not in shown and (side in first or field == UETR)]
    yield "not shown", ", ".join(missing) or "nothing"
    yield from [("not excluded", excluded)] if excluded else []

if __name__ == "__main__":
    try:
        need(len(sys.argv) == 4 and sys.argv[2] == "--keys", __doc__)
        content, keys = open(sys.argv[1], "rb").read(), Keys(open(sys.argv[3], "rb").read())
    except (OSError, LookupError, ValueError, AttributeError) as error:
        sys.exit(print(f"Error: {error}", file=sys.stderr) or 64)
    try:
        print(*[f"{about}: {text}" for about, text in verify(content, keys)], sep="\n")
    except (ValueError, InvalidSignature) as wrong:
        sys.exit(print(f"Error: not proven: {wrong or 'a signature'}", file=sys.stderr) or 1)
