internal import Clients
internal import Domain
internal import Foundation
internal import Gateway

/// An operator's command that arrives once more after a colleague's newer one: it gets its first
/// answer and changes nothing.
struct DemoLateCommand: Sendable {
    /// What the colleague set, and what stands on record in the end.
    private(set) var newer = ""
    private(set) var inTheEnd = ""
    /// Whether the late one was known again.
    private(set) var isRepetition = false

    /// One operator sets a bank's credit limit, the other one takes it back, and the first command
    /// arrives again as after a long way.
    static func happen(at stage: DemoStage) async throws -> DemoLateCommand {
        var late = DemoLateCommand()
        var first = ProtoSetCreditLimitRequest()
        first.bic = DemoWorld.pearl.description
        first.currency = "CNY"
        first.limit = "1000.00"
        first.commandID = UUID().uuidString.lowercased()
        var second = first
        second.limit = "0.00"
        second.commandID = ""
        let method = "OperatorService/SetCreditLimit"
        let _: ProtoCommandAnswer = try await stage.operation.call(method, first)
        let _: ProtoCommandAnswer = try await stage.colleague.call(method, second)
        let again: ProtoCommandAnswer = try await stage.operation.call(method, first)
        late.newer = second.limit
        late.isRepetition = again.repetition && again.commandID == first.commandID
        var question = ProtoListAccountsRequest()
        question.participant = first.bic
        let list: ProtoListAccountsResponse = try await stage.operation.call(
            "LedgerService/ListAccounts", question)
        late.inTheEnd = list.accounts.first { $0.currency == first.currency }?.creditLimit ?? ""
        return late
    }

    /// What is wrong with it; empty when nothing is.
    var faults: [String] {
        var faults = isRepetition ? [] : ["the late command was not known again"]
        if inTheEnd != newer { faults.append("the limit is \(inTheEnd), not \(newer)") }
        return faults
    }
}
