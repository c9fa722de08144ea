/// Writes records one after the other into the same memory, and hashes them to leaves.
///
/// A record's bytes, numbers with the most significant byte first:
///
///     01                            version
///     kind                          1 byte
///     ledger                        1 byte of length, the origin
///     log index, position           8 and 4 bytes
///     time                          8 bytes, nanoseconds since 1970
///     open fields                   1 byte of count; each its number, 2 bytes of length, UTF-8
///     hidden fields                 1 byte of count; each side, number, 32 bytes of hash
///
/// Which fields there are is the kind's, and so is their order.
package struct RecordWriter: ~Copyable {
    private let hasher: SuiteHasher
    private let ledger: KeyName
    /// The record that was written last, or as far as it is written.
    package private(set) var bytes: [UInt8] = []
    private var place = RecordPlace(kind: .start, logIndex: 0, position: 0)
    /// Reused for values.
    private var message: [UInt8] = []
    private var hiddenCount = 0

    package static let version: UInt8 = 1

    /// - Parameter ledger: the origin of the log that the leaves go to.
    package init(_ suite: Suite, ledger: KeyName) {
        hasher = SuiteHasher(suite)
        self.ledger = ledger
        bytes.reserveCapacity(1_024)
        message.reserveCapacity(256)
    }

    /// Begins a record with what it says openly.
    ///
    /// - Parameters:
    ///   - time: nanoseconds since 1970.
    ///   - open: appends the value of each field of ``RecordKind/openFields``; nothing where it is
    ///     absent.
    package mutating func begin(
        _ place: RecordPlace, time: Int64, open: (OpenField, inout [UInt8]) -> Void = { _, _ in }
    ) {
        self.place = place
        bytes.removeAll(keepingCapacity: true)
        bytes.append(RecordWriter.version)
        bytes.append(place.kind.rawValue)
        bytes.append(UInt8(ledger.bytes.count))
        bytes += ledger.bytes
        append(place.logIndex)
        append(place.position)
        append(time)
        bytes.append(UInt8(place.kind.openFields.count))
        for field in place.kind.openFields {
            message.removeAll(keepingCapacity: true)
            open(field, &message)
            precondition(message.count <= Int(UInt16.max), "an open field has a length")
            bytes.append(field.rawValue)
            append(UInt16(message.count))
            bytes += message
        }
        hiddenCount = 0
        bytes.append(UInt8(place.kind.sides.count * place.kind.hiddenFields.count))
    }

    /// Adds the hidden fields of a side.
    ///
    /// - Parameters:
    ///   - texts: the root of the payment's texts, where the kind has such a field.
    ///   - value: appends the value of each field of ``RecordKind/hiddenFields`` but the texts;
    ///     nothing where it is absent. At most 4,096 bytes.
    /// - Complexity: three messages to hash for each field.
    package mutating func hide(
        _ side: RecordSide, under secret: PaymentSecret, texts: Digest? = nil,
        value: (HiddenField, inout [UInt8]) -> Void
    ) {
        expect(side)
        var salts = Salts(secret, place)
        for field in place.kind.hiddenFields {
            guard field != .texts else {
                guard let texts else { preconditionFailure("a payment has texts, if empty ones") }
                add(side, field, texts)
                continue
            }
            FieldHash.begin(&message, field, salts.salt(of: field, with: hasher))
            value(field, &message)
            precondition(
                message.count <= FieldHash.head + FieldHash.mostBytes, "a value is no document")
            add(side, field, hasher.hash(message))
        }
    }

    /// Adds the hidden fields of a side whose values are erased: what the record said of them.
    package mutating func keep(_ side: RecordSide, _ hashes: [Digest]) {
        expect(side)
        precondition(hashes.count == place.kind.hiddenFields.count, "each field has its hash")
        for (field, hash) in zip(place.kind.hiddenFields, hashes) { add(side, field, hash) }
    }

    /// The hash of the leaf, once all is written.
    package func leaf() -> Digest {
        precondition(
            hiddenCount == place.kind.sides.count * place.kind.hiddenFields.count,
            "a record has all fields of its kind")
        return hasher.leaf(bytes)
    }

    /// The root of a payment's texts, which the records of the payment carry.
    ///
    /// - Parameter place: of kind ``RecordKind/texts``, where the payment came in.
    package func textsRoot(
        _ place: RecordPlace, under secret: PaymentSecret, value: (HiddenField) -> [UInt8]
    ) -> Digest {
        FieldHash.root(
            of: Disclosures.texts(place, secret, hasher, value).map(\.hidden), with: hasher)
    }

    private func expect(_ side: RecordSide) {
        let written = hiddenCount / max(1, place.kind.hiddenFields.count)
        precondition(
            written < place.kind.sides.count && place.kind.sides[written] == side,
            "sides come in the kind's order")
    }

    private mutating func add(_ side: RecordSide, _ field: HiddenField, _ hash: Digest) {
        bytes.append(side.rawValue)
        bytes.append(field.rawValue)
        hash.withBytes { bytes.append(contentsOf: $0) }
        hiddenCount += 1
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
