internal import Domain
internal import Store
internal import SwiftProtobuf

/// Nostros and withdrawals on the wire.
enum NostroMapping {
    /// The longest own name of a nostro, in characters.
    private static let longestName = 35

    static func account(_ text: String) throws(GatewayError) -> AgentAccount {
        guard let account = AgentAccount(text) else {
            throw Field.malformed(
                "account", "must be 1 to 34 printable characters without spaces", text)
        }
        return account
    }

    static func checkName(_ text: String) throws(GatewayError) {
        guard text.unicodeScalars.count <= longestName else {
            throw Field.malformed("name", "must be at most \(longestName) characters", text)
        }
    }

    static func state(_ proto: ProtoNostro.State) throws(GatewayError) -> NostroState {
        switch proto {
        case .open: .open
        case .closed: .closed
        case .unspecified: throw Field.malformed("state", "must be OPEN or CLOSED")
        case .UNRECOGNIZED(let value): throw Field.malformed("state", "has no value \(value)")
        }
    }

    static func reason(_ proto: ProtoReversalReason) throws(GatewayError) -> ReversalReason {
        switch proto {
        case .askedByBank: .askedByBank
        case .refusedByAgent: .refusedByAgent
        case .returnedByAgent: .returnedByAgent
        case .refusedByOperator: .refusedByOperator
        case .unspecified: throw Field.malformed("reason", "must say why")
        case .UNRECOGNIZED(let value): throw Field.malformed("reason", "has no value \(value)")
        }
    }

    static func entry(_ proto: ProtoAgentEntryKind) throws(GatewayError) -> AgentEntryKind {
        switch proto {
        case .fee: .fee
        case .interest: .interest
        case .transfer: .transfer
        case .unspecified: throw Field.malformed("kind", "must be FEE, INTEREST or TRANSFER")
        case .UNRECOGNIZED(let value): throw Field.malformed("kind", "has no value \(value)")
        }
    }
}

extension OperatorRecord {
    /// A person's name, and a note unless it is empty.
    init(operator name: String, note: String) {
        self.init(operator: name, note: note.isEmpty ? nil : note)
    }
}

extension ProtoReversalReason {
    init(_ reason: ReversalReason) {
        switch reason {
        case .none: self = .unspecified
        case .askedByBank: self = .askedByBank
        case .refusedByAgent: self = .refusedByAgent
        case .returnedByAgent: self = .returnedByAgent
        case .refusedByOperator: self = .refusedByOperator
        }
    }
}

extension ProtoAgentEntryKind {
    init(_ entry: AgentEntryKind) {
        switch entry {
        case .fee: self = .fee
        case .interest: self = .interest
        case .transfer: self = .transfer
        }
    }
}

extension ProtoNostro {
    init(_ record: DeclaredRecord<NostroRow>) {
        self.init()
        nostro = record.row.id
        agent = record.row.agent.description
        account = record.row.account.description
        currency = record.row.currency.code
        name = OperatorRecord(json: record.details)?.name ?? ""
        state = record.row.state == .open ? .open : .closed
    }
}

extension ProtoWithdrawal {
    init(_ record: DeclaredRecord<WithdrawalRow>, of participant: BIC, _ currency: Currency) {
        self.init()
        let row = record.row
        reference = row.reference.description
        self.participant = participant.description
        amount = ProtoMoney(row.amount, currency)
        nostro = row.nostro
        state = row.state.word
        reason = ProtoReversalReason(row.reason)
        requestedAt = Google_Protobuf_Timestamp(row.requestedAt)
        updatedAt = Google_Protobuf_Timestamp(row.updatedAt)
        note = OperatorRecord(json: record.details)?.note ?? ""
    }
}
