/// A leaf's record as it is read; see ``RecordWriter`` for its bytes.
package struct Record: Equatable, Sendable {
    /// Of which ledger it says to be; a verifier compares it with the checkpoint's origin.
    package let ledger: KeyName
    package let place: RecordPlace
    /// Nanoseconds since 1970.
    package let time: Int64
    /// In the order of the kind.
    package let open: [OpenValue]
    package let hidden: [HiddenValue]
    package let bytes: [UInt8]

    package struct OpenValue: Equatable, Sendable {
        package let field: OpenField
        package let text: String
    }

    package static let mostBytes = 65_535

    /// Reads a record.
    ///
    /// - Throws: for other versions and kinds, and for anything that ``RecordWriter`` would not
    ///   write.
    package init(_ bytes: [UInt8]) throws(EvidenceFault) {
        var reader = ByteReader(bytes[...])
        guard bytes.count <= Record.mostBytes, reader.byte() == RecordWriter.version else {
            throw EvidenceFault("the record is of a version that is not known here")
        }
        guard let kind = reader.byte().flatMap(RecordKind.init(rawValue:)), kind != .texts else {
            throw EvidenceFault("the record is of a kind that is not known here")
        }
        guard let ledger = reader.bytes(sized: UInt8.self).flatMap({ KeyName(utf8: $0) }),
            let logIndex = reader.number(UInt64.self), let position = reader.number(UInt32.self),
            let time = reader.number(Int64.self),
            let open = Record.openValues(kind, &reader),
            let hidden = Record.hiddenValues(kind, &reader), reader.rest.isEmpty
        else { throw EvidenceFault("the record is not laid out as its kind says") }
        self.ledger = ledger
        self.time = time
        self.open = open
        self.hidden = hidden
        self.bytes = bytes
        place = RecordPlace(kind: kind, logIndex: logIndex, position: position)
    }

    private static func openValues(_ kind: RecordKind, _ reader: inout ByteReader) -> [OpenValue]? {
        guard let count = reader.byte(), Int(count) == kind.openFields.count else { return nil }
        var values: [OpenValue] = []
        for field in kind.openFields {
            guard reader.byte() == field.rawValue, let bytes = reader.bytes(sized: UInt16.self),
                let text = validText(bytes)
            else { return nil }
            values.append(OpenValue(field: field, text: text))
        }
        return values
    }

    private static func hiddenValues(
        _ kind: RecordKind, _ reader: inout ByteReader
    ) -> [HiddenValue]? {
        let count = kind.sides.count * kind.hiddenFields.count
        guard let stated = reader.byte(), Int(stated) == count else { return nil }
        var values: [HiddenValue] = []
        for side in kind.sides {
            for field in kind.hiddenFields {
                guard reader.byte() == side.rawValue, reader.byte() == field.rawValue,
                    let hash = reader.bytes(Digest.size).flatMap({ Digest($0) })
                else { return nil }
                values.append(HiddenValue(side: side, field: field, hash: hash))
            }
        }
        return values
    }

    /// What it says openly of this field; nil for a kind without it, and where it is absent.
    package func text(_ field: OpenField) -> String? {
        open.first { $0.field == field && !$0.text.isEmpty }?.text
    }

    package func hash(_ side: RecordSide, _ field: HiddenField) -> Digest? {
        hidden.first { $0.side == side && $0.field == field }?.hash
    }
}

/// Takes bytes apart from the front.
struct ByteReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func byte() -> UInt8? { rest.popFirst() }

    /// The most significant byte first.
    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        bytes(Number.bitWidth / 8)?.reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// As many bytes as a number before them says.
    mutating func bytes<Number: FixedWidthInteger>(
        sized type: Number.Type
    ) -> ArraySlice<UInt8>? {
        number(type).flatMap { bytes(Int($0)) }
    }
}
