import Chance
import Evidence
import Testing

/// A small ledger's evidence, made of a seed: keys of three nodes and two witnesses, records of all
/// kinds, the tree, and certificates out of it.
struct MadeLedger {
    let suite: Suite
    let nodes: [NoteSigner]
    let witnesses: [NoteSigner]
    private(set) var leaves: [MadeLeaf] = []
    private(set) var tiles = StoredTiles()
    private(set) var root: Digest
    private var chance: SplitMix64

    static let origin = KeyName("langqiao.example/ledger")!
    static let cosignedAt: UInt64 = 1_768_564_608

    struct MadeLeaf {
        let record: Record
        let secret: PaymentSecret
        /// Of each side and field, beside the texts.
        let values: [Int: [UInt8]]
        let textsPlace: RecordPlace
    }

    init(_ suite: Suite, leaves count: Int, seed: UInt64 = 20) throws {
        self.suite = suite
        chance = SplitMix64(seed: seed)
        func signer(_ name: String, _ kind: SignatureKind, _ number: UInt8) throws -> NoteSigner {
            let key = try #require(PrivateKey(suite, [UInt8](repeating: number, count: 32)))
            return NoteSigner(name: try #require(KeyName(name)), kind: kind, key: key)
        }
        nodes = try (1...3).map { try signer("langqiao.example/ledger", .note, $0) }
        witnesses = try [4, 5].map { try signer("witness-\($0).example", .cosignature, $0) }
        root = SuiteHasher(suite).emptyRoot
        try grow(to: count)
    }

    /// Kinds in turn, so that all are there after leaf 9; leaf 0 is the start.
    private mutating func grow(to count: Int) throws {
        let kinds = RecordKind.allCases.filter { $0 != .start && $0 != .texts }
        let hasher = SuiteHasher(suite)
        var writer = RecordWriter(suite, ledger: MadeLedger.origin)
        var (frontier, rows) = (Frontier(), TileRows())
        for number in 0..<count {
            let kind = number == 0 ? .start : kinds[number % kinds.count]
            leaves.append(try leaf(kind, number, &writer))
            frontier.append(writer.leaf(), with: hasher) { rows.add($0) }
        }
        tiles.write(rows.takeChanged())
        root = frontier.root(with: hasher)
    }

    private mutating func leaf(
        _ kind: RecordKind, _ number: Int, _ writer: inout RecordWriter
    ) throws -> MadeLeaf {
        let secret = try #require(PaymentSecret((0..<32).map { _ in UInt8(chance.below(256)) }))
        let place = RecordPlace(
            kind: kind, logIndex: UInt64(number / 3 + 1), position: UInt32(number % 3))
        let textsPlace = RecordPlace(kind: .texts, logIndex: 1, position: UInt32(number))
        var values: [Int: [UInt8]] = [:]
        for side in kind.sides {
            for field in kind.hiddenFields + RecordKind.texts.hiddenFields {
                values[MadeLedger.key(side, field)] = value(field)
            }
        }
        let day = bytes(of: "2026-11-30")
        writer.begin(place, time: 1_764_500_000_000_000_000 + Int64(number)) { field, bytes in
            switch field {
            case .uetr: bytes += "5b9ff2d1-6c1f-4a54-8d34-1f1f6d2f9a01".utf8
            case .status: bytes += "ACSC".utf8
            case .foreignDate: bytes += number % 2 == 0 ? day : []
            case .renminbiDate, .day: bytes += day
            case .checksum, .suite, .keys, .change: bytes += "as it was said".utf8
            }
        }
        let texts = writer.textsRoot(textsPlace, under: secret) {
            values[MadeLedger.key(.whole, $0)] ?? []
        }
        for side in kind.sides {
            writer.hide(side, under: secret, texts: texts) { field, message in
                message += values[MadeLedger.key(side, field)] ?? []
            }
        }
        return MadeLeaf(
            record: try Record(writer.bytes), secret: secret, values: values,
            textsPlace: textsPlace)
    }

    private mutating func value(_ field: HiddenField) -> [UInt8] {
        switch field {
        case .uetr: bytes(of: "0e0c4c41-88f5-4f05-a8a4-6e2f5b0d3c11")
        case .payer: bytes(of: "YTZGCNB0")
        case .creditor: bytes(of: "CPLBTHB0")
        case .paid: bytes(of: "CNY \(1_000 + chance.below(9_000)).00")
        case .received: bytes(of: "THB \(5_000 + chance.below(40_000)).00")
        case .rate: bytes(of: "4.9\(chance.below(10))")
        case .fee: bytes(of: "CNY 0.\(20 + chance.below(80))")
        case .remittance: bytes(of: "合同 \(chance.below(100)) \u{202E}\tinvoice")
        case .purpose: bytes(of: "货物贸易")
        case .reference, .returned, .reason, .screening, .texts, .agent, .account, .balance, .lines,
            .debtor, .beneficiary, .invoice, .instruction:
            chance.percent(20) ? [] : bytes(of: "\(field.name) \(chance.below(10_000))")
        }
    }

    private static func key(_ side: RecordSide, _ field: HiddenField) -> Int {
        Int(side.rawValue) << 8 | Int(field.rawValue)
    }

    /// Signed by these nodes, cosigned by these witnesses.
    func checkpoint(
        nodes signing: [Int] = [0, 1, 2], witnesses cosigning: [Int] = [0, 1]
    ) -> SignedNote {
        let checkpoint = Checkpoint(
            origin: MadeLedger.origin, size: UInt64(leaves.count), root: root)
        var note = SignedNote(text: checkpoint.text)
        for place in signing { note.add(nodes[place].signature(of: note.text)) }
        for place in cosigning {
            note.add(
                witnesses[place].signature(
                    of: note.text, time: MadeLedger.cosignedAt + UInt64(place)))
        }
        return note
    }

    /// - Parameter shown: fields beside the payer, and the payment of a fill.
    func certificate(
        _ index: Int, sides: [RecordSide]? = nil, show shown: Set<HiddenField>, note: SignedNote
    ) throws -> Certificate {
        let leaf = leaves[index]
        let kind = leaf.record.place.kind
        var disclosures = Disclosures()
        for side in sides ?? Array(kind.sides.prefix(1)) {
            disclosures.add(
                side, of: leaf.record.place, under: leaf.secret, suite: suite,
                show: shown.union([.payer, .uetr])
            ) { leaf.values[MadeLedger.key(side, $0)] ?? [] }
        }
        let texts = shown.intersection(RecordKind.texts.hiddenFields)
        if kind.hiddenFields.contains(.texts), !texts.isEmpty {
            disclosures.add(
                textsOf: leaf.textsPlace, under: leaf.secret, suite: suite, show: texts
            ) { leaf.values[MadeLedger.key(.whole, $0)] ?? [] }
        }
        var reader = TreeReader(suite, treeSize: UInt64(leaves.count)) { tiles.read($0) }
        let path = reader.inclusionProof(of: UInt64(index), in: UInt64(leaves.count))
        return try Certificate(
            suite: suite, record: leaf.record, disclosures: disclosures, index: UInt64(index),
            path: path, note: note)
    }

    /// KEYS that name all of them.
    func keys(_ more: String = "", quorum: String = "both") -> [UInt8] {
        var text = "# Keys of a ledger\n\n"
        for node in nodes { text += "log \(node.verifier.text) https://ledger.example\n" }
        for (number, witness) in witnesses.enumerated() {
            text += "witness\tw\(number + 1)  \(witness.verifier.text)\n"
        }
        return bytes(of: text + "group both all w1 w2\n\(more)quorum \(quorum)\n")
    }

    func policy(_ more: String = "", quorum: String = "both") throws -> TrustPolicy {
        try TrustPolicy(keys(more, quorum: quorum))
    }
}
