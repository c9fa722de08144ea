internal import Domain

/// What a declared command does: one file each beside this one.
///
/// A rule is a ladder of refusals in the order of the rulebook, and behind it the change, which
/// must succeed.
protocol Rule: DeclaredCommand {
    /// - Parameter attachment: where what came with the command lies in its batch.
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable

    /// What a policy has to know of it, where only the ledger can tell.
    func governance<Book>(
        in ledger: borrowing LedgerEngine<Book>
    ) -> Governance where Book: OrderBook & ~Copyable
}

extension Rule {
    func governance<Book>(
        in ledger: borrowing LedgerEngine<Book>
    ) -> Governance where Book: OrderBook & ~Copyable { governance }
}

/// What became of a declared command.
struct Verdict {
    let code: ResultCode
    /// It repeated an earlier one.
    var isRepetition = false
    /// The case about a settled payment that it opened or changed, the proposal that it became or
    /// waits behind, or the agent's statement that it began; 0 when none.
    var caseID: CaseID = 0
    /// The order that it placed, or repeats; 0 when none.
    var order: OrderSlot = 0
    /// An operator's command that is refused for who gives it goes not on record.
    var leavesTrace = true

    static var accepted: Verdict { Verdict(code: .accepted) }
    static var repetition: Verdict { Verdict(code: .accepted, isRepetition: true) }
    static func accepted(_ caseID: CaseID) -> Verdict {
        Verdict(code: .accepted, caseID: caseID)
    }
    static func accepted(order: OrderSlot) -> Verdict { Verdict(code: .accepted, order: order) }
    static func repetition(_ caseID: CaseID) -> Verdict {
        Verdict(code: .accepted, isRepetition: true, caseID: caseID)
    }
    static func refused(_ code: ResultCode) -> Verdict { Verdict(code: code) }
    static func refusedWithoutTrace(_ code: ResultCode) -> Verdict {
        Verdict(code: code, leavesTrace: false)
    }
}

extension LedgerEngine where Book: ~Copyable {
    /// Carries out a command that is no payment's.
    @inline(never)
    mutating func carryOutDeclared(_ view: CommandView) -> Outcome {
        guard case .declared(let command, by: let actor) = view.command,
            let rule = command as? any Rule
        else { preconditionFailure("every declared command has a rule") }
        let verdict =
            rules >= .v3 && type(of: rule).isOperators
            ? carryOut(rule, by: actor, view) : rule.carryOut(on: &self, view.attachment)
        if verdict.order != 0 {
            var answer = outcome(view.kind, of: verdict.order)
            answer.isRepetition = verdict.isRepetition
            return answer
        }
        return Outcome(
            code: verdict.code, kind: view.kind, isRepetition: verdict.isRepetition,
            caseID: verdict.caseID)
    }
}

/// The declared commands without a rule; there must be none.
package var commandsWithoutRule: [String] {
    DeclaredCommands.all.filter { !($0 is any Rule.Type) }.map { $0.name }
}
