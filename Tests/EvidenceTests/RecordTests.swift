import Evidence
import Testing

@Suite struct RecordTests {
    private let place = RecordPlace(kind: .end, logIndex: 0x0102_0304_0506_0708, position: 9)
    private let secret = PaymentSecret((0..<32).map { UInt8($0) })!

    /// HMAC as RFC 2104 has it, of a key that is shorter than a block.
    private func plainHMAC(_ suite: Suite, _ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        let padded = key + [UInt8](repeating: 0, count: 64 - key.count)
        let hasher = SuiteHasher(suite)
        let inner = hasher.hash(padded.map { $0 ^ 0x36 } + message)
        return hasher.hash(padded.map { $0 ^ 0x5C } + inner.bytes).bytes
    }

    /// RFC 4231, 4.2 shows that the plain one is right; what is fast agrees with it.
    @Test(arguments: Suite.allCases)
    func saltsAreCutHMACs(_ suite: Suite) {
        let known = plainHMAC(.intl, [UInt8](repeating: 0x0B, count: 20), bytes(of: "Hi There"))
        #expect(
            known == bytes("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"))
        var shown = Disclosures()
        shown.add(.whole, of: place, under: secret, suite: suite, show: [.payer, .fee]) { _ in [] }
        #expect(shown.fields.map(\.field) == [.payer, .fee])
        for disclosure in shown.fields {
            let message = [5, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 9, disclosure.field.rawValue]
            let hmac = plainHMAC(suite, (0..<32).map { UInt8($0) }, message)
            #expect(disclosure.salt.bytes == Array(hmac.prefix(16)))
        }
    }

    private func written(
        _ suite: Suite, _ values: [HiddenField: String], secret: PaymentSecret
    ) throws -> Record {
        var writer = RecordWriter(suite, ledger: MadeLedger.origin)
        writer.begin(place, time: -1) { field, bytes in bytes += "\(field)".utf8 }
        writer.hide(.whole, under: secret, texts: SuiteHasher(suite).emptyRoot) { field, bytes in
            bytes += (values[field] ?? "").utf8
        }
        return try Record(writer.bytes)
    }

    @Test(arguments: Suite.allCases)
    func recordsComeBack(_ suite: Suite) throws {
        let record = try written(suite, [.payer: "YTZGCNB0"], secret: secret)
        #expect(record.place == place && record.time == -1)
        #expect(record.ledger == MadeLedger.origin)
        #expect(record.text(.status) == "status")
        #expect(record.text(.checksum) == nil)
        #expect(record.hidden.map(\.field) == RecordKind.end.hiddenFields)
        let salt = plainHMAC(
            suite, (0..<32).map { UInt8($0) }, [5, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 9, 2])
        let expected = SuiteHasher(suite).hash([2, 2] + salt.prefix(16) + bytes(of: "YTZGCNB0"))
        #expect(record.hash(.whole, .payer) == expected)
        for count in record.bytes.indices {
            #expect(throws: EvidenceFault.self) { try Record(Array(record.bytes.prefix(count))) }
        }
        #expect(throws: EvidenceFault.self) { try Record(record.bytes + [0]) }
    }

    /// The two have the same size and order; nothing but hashes differs.
    @Test func absentFieldsLookLikePresentOnes() throws {
        let full = try written(.intl, [.payer: "YTZGCNB0", .fee: "CNY 1.00"], secret: secret)
        let bare = try written(.intl, [:], secret: secret)
        #expect(full.bytes.count == bare.bytes.count)
        #expect(full.hash(.whole, .rate) == bare.hash(.whole, .rate))
        #expect(full.hash(.whole, .fee) != bare.hash(.whole, .fee))
        #expect(Set(bare.hidden.map(\.hash)).count == bare.hidden.count)
    }

    /// Two secrets, two records: nobody sees that a bank's values are the same.
    @Test func valuesAreHiddenUnderTheirSecret() throws {
        let other = try #require(PaymentSecret([UInt8](repeating: 7, count: 32)))
        let values: [HiddenField: String] = [.payer: "YTZGCNB0"]
        let (first, second) = (
            try written(.sm, values, secret: secret), try written(.sm, values, secret: other)
        )
        for field in RecordKind.end.hiddenFields where field != .texts {
            #expect(first.hash(.whole, field) != second.hash(.whole, field))
        }
    }

    /// What an erased side said is kept as its hashes, and the leaf stays what it was.
    @Test(arguments: Suite.allCases)
    func anErasedSideLeavesItsLeaf(_ suite: Suite) throws {
        let place = RecordPlace(kind: .fill, logIndex: 3, position: 1)
        let other = try #require(PaymentSecret([UInt8](repeating: 7, count: 32)))
        var writer = RecordWriter(suite, ledger: MadeLedger.origin)
        writer.begin(place, time: 5)
        writer.hide(.renminbiPayer, under: secret) { field, bytes in bytes += field.name.utf8 }
        writer.hide(.foreignPayer, under: other) { field, bytes in bytes += field.name.utf8 }
        let leaf = writer.leaf()
        let kept = try Record(writer.bytes).hidden.filter { $0.side == .renminbiPayer }
        writer.begin(place, time: 5)
        writer.keep(.renminbiPayer, kept.map(\.hash))
        writer.hide(.foreignPayer, under: other) { field, bytes in bytes += field.name.utf8 }
        #expect(writer.leaf() == leaf)
    }

    @Test func numbersAreNotUsedTwice() {
        for kind in RecordKind.allCases {
            #expect(Set(kind.hiddenFields).count == kind.hiddenFields.count)
            #expect(Set(kind.openFields).count == kind.openFields.count)
        }
    }
}
