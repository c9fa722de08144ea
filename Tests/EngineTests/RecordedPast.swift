internal import Chance
internal import Domain
internal import Scenarios
import Simulation

/// The tables as they stood after each of the last batches: what a gateway reads while others are
/// on their way.
struct RecordedPast {
    private var states: [Tables] = []
    private let span: Int

    /// - Parameter span: batches during which the engine knows what has changed.
    init(span: Int) { self.span = span }

    mutating func keep(_ tables: Tables) {
        states.append(tables)
        if states.count > span { states.removeFirst() }
    }

    /// A command as a gateway forms it that read one of these states: with what was on record then.
    /// Nil of a return or notice that was on record already, which the gateway answers, or of a
    /// payment that was not.
    func formed(
        _ command: Command, _ rules: RuleVersion, _ random: inout SplitMix64
    ) -> Command? {
        guard case .declared(let declared, by: let actor) = command, !states.isEmpty else {
            return command
        }
        let tables = random.pick(states)
        switch declared {
        case var it as ConfirmCredit:
            it.about = tables.recorded(it.about, rules)
            return .declared(it, by: actor)
        case var it as ReturnPayment:
            it.about = tables.recorded(it.about, rules)
            return tables.mayReturn(it.about, it.returnKey) ? .declared(it, by: actor) : nil
        case var it as ReturnByOrder:
            it.about = tables.recorded(it.about, rules)
            let isTaken = tables.payments.contains {
                $0.payer == it.about.row.creditor && $0.uetr == it.orderUETR
            }
            return tables.mayReturn(it.about, it.returnKey) && !isTaken
                ? .declared(it, by: actor) : nil
        case var it as RequestCancellation:
            it.about = tables.recorded(it.about, rules)
            return .declared(it, by: actor)
        case var it as AnswerCancellation:
            it.about = tables.recorded(it.about, rules)
            return .declared(it, by: actor)
        case is ApproveProposal, is RefuseProposal:
            return Decisions.made(command, seeing: tables.declared[ProposalRow.self])
        case var it as RecordNotice:
            guard let bank = tables.meant(it.submitter, rules),
                let sender = tables.participants.first(where: { $0.registration.bic == bank })
            else { return command }
            it.asOf = tables.position.logIndex
            let isKnown = tables.declared[NoticeRow.self].contains {
                $0.sender == sender.id && $0.contentHash == it.contentHash
            }
            return isKnown ? nil : .declared(it, by: actor)
        default: return command
        }
    }
}

extension Tables {
    /// Whether these tables show the payment, and no return of its creditor with this key.
    fileprivate func mayReturn(_ about: RecordedFollowUp, _ key: UInt128) -> Bool {
        about.asOf > 0
            && !declared[ReturnRow.self].contains {
                $0.returner == about.row.creditor && $0.returnKey == key
            }
    }

    /// R15.2 What these tables say of the payment that is meant; nothing when they do not have it.
    fileprivate func recorded(
        _ about: RecordedFollowUp, _ rules: RuleVersion
    ) -> RecordedFollowUp {
        guard let bank = meant(about.payer, rules),
            let payer = participants.first(where: { $0.registration.bic == bank })?.id,
            let payment = payments.first(where: {
                $0.payer == payer && $0.uetr == about.row.uetr
            })
        else { return about }
        var about = about
        about.asOf = position.logIndex
        about.row =
            declared[FollowUpRow.self].first { $0.payment == payment.id } ?? FollowUpRow(payment)
        return about
    }
}
