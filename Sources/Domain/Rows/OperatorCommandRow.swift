/// That an operator gave a command, and what it led to. The same command again gets the same answer
/// and changes nothing (R13.4).
public struct OperatorCommandRow: NumberedInBatch {
    /// The log index of its batch × 2¹⁴ and its place among the operators' commands of the batch
    /// that went on record.
    public var id: UInt64
    public var timestamp: Timestamp
    public var operatorID: OperatorID
    public var kind: CommandKind
    public var code: ResultCode
    /// Its identification, a UUID like that of a payment.
    public var commandID: UETR
    public var contentHash: UInt128

    public static let table = "operator_commands"
    public static let hashSeed: UInt64 = 41
    public static let isFinal = true
    public static let isForgotten = true
    public static let capacity = Int.max

    public init(
        id: UInt64, timestamp: Timestamp, operatorID: OperatorID, kind: CommandKind,
        code: ResultCode, commandID: UETR, contentHash: UInt128
    ) {
        self.id = id
        self.timestamp = timestamp
        self.operatorID = operatorID
        self.kind = kind
        self.code = code
        self.commandID = commandID
        self.contentHash = contentHash
    }

    public init() {
        self.init(
            id: 0, timestamp: 0, operatorID: 0, kind: SetOperator.kind, code: .accepted,
            commandID: UETR(bits: 0), contentHash: 0)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("operator_command_id", &id, hash: .word(0))
        fields.instant("timestamp_ns", shownAs: "given_at", &timestamp, hash: .word(1))
        fields.field("operator_id", &operatorID, hash: .word(2))
        fields.field("kind", &kind, hash: .word(2, bit: 32))
        fields.field("code", &code, hash: .word(2, bit: 40))
        fields.field("command_id", &commandID, hash: .word(3))
        fields.field("content_hash", &contentHash, hash: .word(5))
    }
}
