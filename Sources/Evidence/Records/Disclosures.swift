/// A hidden field that is shown: its salt and its value.
package struct Disclosure: Equatable, Sendable {
    package let side: RecordSide
    package let field: HiddenField
    package let salt: Salt
    /// UTF-8; empty where the field is absent.
    package let value: [UInt8]

    /// What the record has to have.
    func hash(with hasher: borrowing SuiteHasher) -> Digest {
        FieldHash.hash(field, salt, value, with: hasher)
    }
}

/// What somebody shows of a record. Salts only: the secret stays where it is.
///
/// Bytes, numbers with the most significant byte first: 1 byte of count and the fields shown, each
/// its side, number, 16 bytes of salt, 2 bytes of length and the value; then 1 byte of count, 0
/// when no text is shown, and number and hash of every text. Fields come in the record's order,
/// the texts that are shown behind them.
package struct Disclosures: Equatable, Sendable {
    package internal(set) var fields: [Disclosure] = []
    /// All of the payment's texts by their hashes, when one of them is shown.
    package internal(set) var texts: [HiddenValue] = []

    package init() {}

    /// Shows fields of a side; those of a fill's second one after those of its first.
    ///
    /// - Parameters:
    ///   - shown: which; those that the record's kind does not hide are passed over.
    ///   - value: what was hidden, empty where absent.
    package mutating func add(
        _ side: RecordSide, of place: RecordPlace, under secret: PaymentSecret, suite: Suite,
        show shown: Set<HiddenField>, value: (HiddenField) -> [UInt8]
    ) {
        let hasher = SuiteHasher(suite)
        var salts = Salts(secret, place)
        for field in place.kind.hiddenFields where shown.contains(field) && field != .texts {
            fields.append(
                Disclosure(
                    side: side, field: field, salt: salts.salt(of: field, with: hasher),
                    value: value(field)))
        }
    }

    /// Shows texts of the payment as well.
    ///
    /// - Parameter place: of kind ``RecordKind/texts``, where the payment came in.
    package mutating func add(
        textsOf place: RecordPlace, under secret: PaymentSecret, suite: Suite,
        show shown: Set<HiddenField>, value: (HiddenField) -> [UInt8]
    ) {
        let all = Disclosures.texts(place, secret, SuiteHasher(suite), value)
        texts = all.map(\.hidden)
        fields += all.map(\.disclosure).filter { shown.contains($0.field) }
    }

    static func texts(
        _ place: RecordPlace, _ secret: PaymentSecret, _ hasher: borrowing SuiteHasher,
        _ value: (HiddenField) -> [UInt8]
    ) -> [(disclosure: Disclosure, hidden: HiddenValue)] {
        precondition(place.kind == .texts, "texts have a kind of their own")
        var salts = Salts(secret, place)
        var all: [(disclosure: Disclosure, hidden: HiddenValue)] = []
        for field in place.kind.hiddenFields {
            let disclosure = Disclosure(
                side: .whole, field: field, salt: salts.salt(of: field, with: hasher),
                value: value(field))
            let hash = disclosure.hash(with: hasher)
            all.append((disclosure, HiddenValue(side: .whole, field: field, hash: hash)))
        }
        return all
    }
}

extension Disclosures {
    /// Reads all that is left.
    init(_ reader: inout ByteReader) throws(EvidenceFault) {
        guard let fields = Disclosures.fields(&reader), let texts = Disclosures.texts(&reader),
            reader.rest.isEmpty
        else { throw EvidenceFault("what is disclosed is not laid out as it should be") }
        self.fields = fields
        self.texts = texts
    }

    private static func fields(_ reader: inout ByteReader) -> [Disclosure]? {
        guard let count = reader.byte() else { return nil }
        var fields: [Disclosure] = []
        for _ in 0..<count {
            guard let side = reader.byte().flatMap(RecordSide.init(rawValue:)),
                let field = reader.byte().flatMap(HiddenField.init(rawValue:)),
                let salt = reader.bytes(Salt.size).flatMap({ Salt($0) }),
                let value = reader.bytes(sized: UInt16.self), value.count <= FieldHash.mostBytes
            else { return nil }
            fields.append(Disclosure(side: side, field: field, salt: salt, value: Array(value)))
        }
        return fields
    }

    private static func texts(_ reader: inout ByteReader) -> [HiddenValue]? {
        let all = RecordKind.texts.hiddenFields
        guard let count = reader.byte(), count == 0 || Int(count) == all.count else { return nil }
        var texts: [HiddenValue] = []
        for field in all.prefix(Int(count)) {
            guard reader.byte() == field.rawValue,
                let hash = reader.bytes(Digest.size).flatMap({ Digest($0) })
            else { return nil }
            texts.append(HiddenValue(side: .whole, field: field, hash: hash))
        }
        return texts
    }

    var bytes: [UInt8] {
        var bytes = [UInt8(fields.count)]
        for field in fields {
            bytes += [field.side.rawValue, field.field.rawValue] + field.salt.bytes
            bytes += [UInt8(field.value.count >> 8), UInt8(field.value.count & 0xFF)] + field.value
        }
        bytes.append(UInt8(texts.count))
        for text in texts { bytes += [text.field.rawValue] + text.hash.bytes }
        return bytes
    }

    /// Checks that each field shown is what the record hides.
    ///
    /// - Complexity: a hash for each field.
    func verify(against record: Record, suite: Suite) throws(EvidenceFault) {
        let hasher = SuiteHasher(suite)
        var expected = record.hidden.filter { $0.field != .texts }
        if !texts.isEmpty {
            guard record.hash(.whole, .texts) == FieldHash.root(of: texts, with: hasher) else {
                throw EvidenceFault("the texts are not those of the record")
            }
            expected += texts
        }
        var rest = expected[...]
        for shown in fields {
            // In the record's order, so that none is there twice.
            rest = rest.drop { $0.side != shown.side || $0.field != shown.field }
            guard let hidden = rest.popFirst() else {
                throw EvidenceFault("the record does not hide '\(shown.field.name)', or not there")
            }
            guard hidden.hash == shown.hash(with: hasher) else {
                throw EvidenceFault("'\(shown.field.name)' is not what the record says")
            }
            guard validText(shown.value) != nil else {
                throw EvidenceFault("'\(shown.field.name)' is not UTF-8")
            }
        }
    }
}
