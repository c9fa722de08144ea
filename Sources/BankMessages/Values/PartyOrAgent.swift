package import Domain

/// A side that is either a person or firm, or a bank (ISO 20022 `Party40Choice`).
package enum PartyOrAgent: Hashable, Sendable {
    /// `Pty`
    case party(Party)
    /// `Agt`
    case agent(Party)

    /// The bank's BIC; nil for persons and firms.
    package var bic: BIC? {
        switch self {
        case .party: nil
        case .agent(let bank): bank.bic
        }
    }
}

extension MessageElement {
    /// `Pty` or `Agt`, exactly one.
    func partyOrAgent() throws(MessageRejection) -> PartyOrAgent {
        switch (try child("Pty"), try child("Agt")) {
        case (let party?, nil): return .party(try party.party())
        case (nil, let agent?): return .agent(try agent.institution())
        case (nil, nil): throw missing("Agt")
        case (_?, _?): throw .malformed(path, "\(element.name) has Pty and Agt; send one.")
        }
    }
}

extension XMLWriter {
    /// The element with its choice inside, or nothing.
    mutating func side(_ name: String, _ side: PartyOrAgent?) throws(MessageWritingError) {
        guard let side else { return }
        try element(name) { writer throws(MessageWritingError) in
            switch side {
            case .party(let party): try writer.party("Pty", party)
            case .agent(let bank): try writer.institution("Agt", bank)
            }
        }
    }

    /// The institution, or nothing.
    mutating func agent(_ name: String, _ bank: Party?) throws(MessageWritingError) {
        if let bank {
            try institution(name, bank)
        }
    }
}
