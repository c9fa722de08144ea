internal import Domain

extension Script {
    /// `statement CUR FIRST LAST opening closing [lines=] [at=nostro] [called=] [digest=]`, `line
    /// STATEMENT POSITION CUR amount [reversal] [of=U1]`, `take STATEMENT [opening|exception]`,
    /// `abandon STATEMENT`.
    mutating func agentStatementCommand(
        _ word: String, _ words: [String]
    ) throws -> any DeclaredCommand {
        let first = AgentStatementID(words[0]) ?? 0
        switch word {
        case "statement": return try announcement(words)
        case "line":
            return AddAgentStatementLine(
                UInt32(words[1]) ?? 0, of: first,
                try Money(decimal: words[3], currency: try currency(words[2])),
                booked: CivilDate(rawValue: 20_458), reversal: words.contains("reversal"),
                uetr: option("of", in: words).map { Script.uetr($0) } ?? UETR(bits: 0))
        case "take":
            let way = words.dropFirst().compactMap { StatementWay(text: $0) }.first
            return TakeAgentStatement(first, as: way ?? .regular)
        default: return AbandonAgentStatement(first)
        }
    }

    private mutating func announcement(_ words: [String]) throws -> BeginAgentStatement {
        let currency = try currency(words[0])
        announced += 1
        return BeginAgentStatement(
            nostro: number("at", words) ?? 0, currency, from: CivilDate(words[1]) ?? .none,
            through: CivilDate(words[2]) ?? .none,
            opening: try Money(decimal: words[3], currency: currency).minorUnits,
            closing: try Money(decimal: words[4], currency: currency).minorUnits,
            lines: number("lines", words) ?? 0, identity: digest("called", words) ?? .none,
            digest: digest("digest", words) ?? RowsDigest(bits: 1_000 + UInt128(announced)))
    }

    private func digest(_ name: String, _ words: [String]) -> RowsDigest? {
        option(name, in: words).flatMap { UInt128($0) }.map { RowsDigest(bits: $0) }
    }
}
