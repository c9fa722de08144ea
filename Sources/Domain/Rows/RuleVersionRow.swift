/// Rules that the ledger has had or has: by the greatest version the next batch is applied.
///
/// A ledger of version 2 that was never raised has none of them.
public struct RuleVersionRow: DeclaredRow {
    /// The number of a ``RuleVersion``.
    public var version: UInt16
    /// Time of the batch that raised the ledger to it, or of the ledger's first batch.
    public var timestamp: Timestamp

    public static let table = "rule_versions"
    public static let hashSeed: UInt64 = 7
    public static let isFinal = true
    public static let capacity = Int(UInt8.max)

    public init(version: UInt16, timestamp: Timestamp) {
        self.version = version
        self.timestamp = timestamp
    }

    public init() {
        self.init(version: 0, timestamp: 0)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("version", &version, hash: .word(0))
        fields.instant("timestamp_ns", shownAs: "valid_from", &timestamp, hash: .word(1))
    }
}
