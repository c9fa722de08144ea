internal import Domain

/// Who gives the operators' command on a line of a replay, as far as the line does not say it.
struct ReplaySender: Sendable {
    /// Nil for nobody.
    let name: OperatorName?
    /// The number of the line, from which an identification is made where none is stated.
    let line: UInt32
    let rules: RuleVersion
    let hashing: ContentHashing
    /// The content hash of an operator's command, where the line states it.
    let signature: UInt128?

    /// - Throws: `MALFORMED_REQUEST` for a name that no operator has and for a hash that is none;
    ///   `RULES_TOO_OLD` for any under rules that know none.
    init(
        _ proto: ProtoReplayCommand, _ line: UInt32, _ rules: RuleVersion, _ key: ContentKey
    ) throws(GatewayError) {
        self.line = line
        self.rules = rules
        var hashing = ContentHashing(key: key)
        hashing.stated = try ReplaySender.hash(proto.contentHash, "content_hash")
        self.hashing = hashing
        signature = try ReplaySender.hash(proto.operatorContentHash, "operator_content_hash")
        guard proto.hasOperator else {
            name = OperatorName("replay")
            return
        }
        guard rules >= .v3 else {
            throw GatewayError(.rulesTooOld, "operator needs rules of version \(RuleVersion.v3)")
        }
        guard !proto.operator.isEmpty else {
            name = nil
            return
        }
        guard let stated = OperatorName(proto.operator) else {
            throw Field.malformed(
                "operator", "must be 1 to 34 printable characters without spaces", proto.operator)
        }
        name = stated
    }

    private static func hash(_ text: String, _ field: String) throws(GatewayError) -> UInt128? {
        text.isEmpty ? nil : try Field.hash(text, field)
    }
}
