internal import Domain
internal import Simulation

/// The tables as a node would keep them, which a simulation starts nodes from.
typealias Tables = LedgerTables

extension LedgerTables {
    var participants: [ParticipantRow] { declared[ParticipantRow.self] }
    var corridors: [CorridorRow] { declared[CorridorRow.self] }
    var fundings: [FundingRow] { declared[FundingRow.self] }
    var nostros: [NostroRow] { declared[NostroRow.self] }
    var withdrawals: [WithdrawalRow] { declared[WithdrawalRow.self] }
    var openCases: [CaseRow] { declared[CaseRow.self].filter { $0.state.isOpen } }
    var entries: [AgentEntryRow] { declared[AgentEntryRow.self] }

    var balances: [Int64] { accounts.map(\.balance) }

    var image: LedgerImage { image() }

    /// R20.4 What an account had when a business day of its currency began.
    func opening(of account: AccountRow, on day: DayNumber) -> Int64 {
        declared[AccountDayRow.self]
            .filter { $0.account == account.id && $0.day >= day }
            .min { $0.day < $1.day }?.opening ?? account.balance
    }

    /// The state hash from all rows there are.
    var hash: UInt64 {
        var hash: UInt64 = 0
        for type in DeclaredRows.all { hash &+= self.hash(of: type) }
        for row in accounts { hash &+= row.stateHash }
        for row in payments { hash &+= row.stateHash }
        for row in fills { hash &+= row.stateHash }
        return hash
    }

    private func hash<Row: DeclaredRow>(of type: Row.Type) -> UInt64 {
        declared[type].reduce(0) { $0 &+ $1.stateHash }
    }

    func debitAccount(_ payment: PaymentRow) -> Int? {
        let owner = participants[Int(payment.payer) - 1].settlementParticipant
        return accounts.firstIndex {
            $0.kind == .settlement && $0.participant == owner
                && $0.currency == payment.payCurrency
        }
    }
}

/// A sentence of `docs/rulebook.md` that did not hold.
struct Violation: Error, CustomStringConvertible {
    var description: String
}

func check(_ rule: String, _ holds: Bool, _ detail: @autoclosure () -> String) throws {
    if !holds { throw Violation(description: "\(rule): \(detail())") }
}
