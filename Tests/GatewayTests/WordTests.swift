internal import Domain
internal import Gateway
internal import SwiftProtobuf
internal import Testing

/// The names of the protocol buffers are the words of Domain's enumerations.
@Suite struct WordTests {
    private static func name(_ word: String) -> String {
        word.uppercased().replacing("-", with: "_")
    }

    private static func corridor(_ mode: SelfMatch, _ state: CorridorState) throws -> String {
        let corridor = Corridor(
            foreign: .thb, tick: Rate(scaled: 100), referenceRate: Rate(scaled: 500_000_000),
            collarBasisPoints: 100, minimumSize: 1, maximumSize: 2, selfMatch: mode)
        return try ProtoCorridor(CorridorRow(corridor: corridor, state: state)).jsonString()
    }

    @Test func corridorsSayTheirWords() throws {
        for mode in SelfMatch.allCases {
            #expect(try Self.corridor(mode, .open).contains("\"\(Self.name(mode.word))\""))
        }
        for state in CorridorState.allCases {
            #expect(try Self.corridor(.allow, state).contains("\"\(Self.name(state.word))\""))
        }
    }

    @Test(arguments: ParticipantState.allCases)
    func participantsSayTheirWords(state: ParticipantState) throws {
        let command = Command.declared(SetParticipantState(bic: BIC(packed: 1), state: state))
        let batch = Batch([EncodedCommand(command)], timestamp: 1)
        let line = try ReplayMapping.lines(of: batch)[0]
        #expect(line.contains("\"\(Self.name(state.word))\""))
    }

    @Test func nostrosSayTheirWords() throws {
        func line(_ command: some DeclaredCommand) throws -> String {
            try ReplayMapping.lines(
                of: Batch([EncodedCommand(.declared(command))], timestamp: 1))[0]
        }
        for state in OperatorState.allCases {
            let text = try line(SetOperator(name: .none, roles: .all, state: state))
            let words = (OperatorRoles.all.text ?? "").split(separator: "+").map(String.init)
            for word in words + [state.word] {
                #expect(text.contains("\"\(Self.name(word))\""))
            }
        }
        for state in NostroState.allCases {
            let text = try line(SetNostroState(nostro: 1, state: state))
            #expect(text.contains("\"\(Self.name(state.word))\""))
        }
        for reason in ReversalReason.allCases where reason != .none {
            let text = try line(ReverseWithdrawal(reference: UETR(bits: 1), reason: reason))
            #expect(text.contains("\"\(Self.name(reason.word))\""))
        }
        for kind in AgentEntryKind.allCases {
            let text = try line(
                BookAgentEntry(reference: UETR(bits: 1), entry: kind, currency: .cny, amount: 1))
            #expect(text.contains("\"\(Self.name(kind.word))\""))
        }
    }

    /// Times in force have short words; the long ones are the cases' names.
    @Test func ordersSayTheirWords() throws {
        for time in TimeInForce.allCases {
            for policy in FillPolicy.allCases {
                let order = PaymentOrder(
                    uetr: UETR(bits: 1), contentHash: 0, submitter: BIC(packed: 1),
                    payer: BIC(packed: 1), creditor: BIC(packed: 2), foreign: .thb,
                    side: .payRenminbi, fixed: .pay, amount: 1, limit: .none, timeInForce: time,
                    fillPolicy: policy, minimumFill: 0, expiresAt: 0)
                let batch = Batch([EncodedCommand(.submitPayment(order))], timestamp: 1)
                let line = try ReplayMapping.lines(of: batch)[0]
                let long = "\(time)".reduce(into: "") {
                    $0 += $1.isUppercase ? "_\($1)" : $1.uppercased()
                }
                #expect(
                    line.contains("\"\(long)\"") && line.contains("\"\(Self.name(policy.word))\""))
            }
        }
    }
}
