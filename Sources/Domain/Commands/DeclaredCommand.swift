/// A command that comes seldom: everything but payments. Each is one file beside this one, with its
/// kind and its fields, and one line in ``DeclaredCommands``; its rule stands in the Engine.
public protocol DeclaredCommand: Declared, BitwiseCopyable {
    static var kind: CommandKind { get }
    /// The oldest rules under which it can be given.
    static var since: RuleVersion { get }
    /// Whether it may change whom a BIC means (R3.14, R3.16).
    static var changesNames: Bool { get }
    /// Whether operators give it, or else a participant.
    static var isOperators: Bool { get }
    /// Whether a policy says who may give it (R17); else its rule does.
    static var isGoverned: Bool { get }
    /// What a policy has to know of it. Every command that is governed says so itself.
    var governance: Governance { get }
}

extension DeclaredCommand {
    public static var since: RuleVersion { .oldest }
    public static var isOperators: Bool { true }
    public static var isGoverned: Bool { isOperators }
    public var governance: Governance { .none }

    public static var changesNames: Bool { false }

    /// Its name in lines of a replay and for people: `setCreditLimit`.
    public static var name: String {
        let type = String(describing: Self.self)
        return type.prefix(1).lowercased() + type.dropFirst()
    }

    /// Bytes of its encoded body.
    public static var bodySize: Int { DeclaredCommands.bodySize(of: kind) }

    func isEqual(to other: any DeclaredCommand) -> Bool { other as? Self == self }
}

/// All commands that are declared.
public enum DeclaredCommands {
    public static let all: [any DeclaredCommand.Type] = [
        RegisterParticipant.self,
        SetParticipantState.self,
        ConfigureCorridor.self,
        SetCorridorState.self,
        SetReferenceRate.self,
        Fund.self,
        SetCreditLimit.self,
        RaiseRules.self,
        OpenNostro.self,
        SetNostroState.self,
        FundNostro.self,
        RequestWithdrawal.self,
        OrderWithdrawal.self,
        ConfirmWithdrawal.self,
        ReverseWithdrawal.self,
        BookAgentEntry.self,
        SetIdentifier.self,
        SetCorrespondent.self,
        SetOperator.self,
        SetContentKey.self,
        EraseContent.self,
        SetMessaging.self,
        AcknowledgeMessages.self,
        ConfirmCredit.self,
        ReturnPayment.self,
        RequestCancellation.self,
        AnswerCancellation.self,
        RecordNotice.self,
        ReturnByOrder.self,
        SetPolicy.self,
        ApproveProposal.self,
        RefuseProposal.self,
        RegisterKey.self,
        RotateKey.self,
        RevokeKey.self,
        StageCalendarDay.self,
        AdoptCalendar.self,
        SetCorridorCalendars.self,
        SetDebitCap.self,
        SetDatedFunding.self,
        BeginAgentStatement.self,
        AddAgentStatementLine.self,
        TakeAgentStatement.self,
        AbandonAgentStatement.self,
    ]

    /// By the kind's number.
    private static let byKind: [(any DeclaredCommand.Type)?] = {
        var types = [(any DeclaredCommand.Type)?](repeating: nil, count: 256)
        for type in all {
            let number = type.kind.rawValue
            require(
                number > CommandKind.cancelPayment.rawValue && types[Int(number)] == nil,
                "a kind's number is used once")
            types[Int(number)] = type
        }
        return types
    }()

    private static let bodySizes: [Int] = byKind.map { $0?.byteCount ?? 0 }

    private static let naming: [Bool] = byKind.map { $0?.changesNames ?? false }

    /// - Complexity: O(1).
    static func changesNames(_ kind: CommandKind) -> Bool { naming[Int(kind.rawValue)] }

    static func isOperators(_ kind: CommandKind) -> Bool {
        byKind[Int(kind.rawValue)]?.isOperators ?? false
    }

    /// Whether a line of a policy can be about commands of this kind.
    public static func isGoverned(_ kind: CommandKind) -> Bool {
        byKind[Int(kind.rawValue)]?.isGoverned ?? false
    }

    public static func type(of kind: CommandKind) -> (any DeclaredCommand.Type)? {
        byKind[Int(kind.rawValue)]
    }

    /// - Complexity: O(1).
    static func bodySize(of kind: CommandKind) -> Int { bodySizes[Int(kind.rawValue)] }
}
