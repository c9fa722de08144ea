internal import Benchmark
internal import Clients
internal import Domain
internal import Foundation
internal import Gateway
internal import HTTP2
internal import SwiftProtobuf
internal import Synchronization

/// What became known of the morning while it ran.
struct DemoDiary: Sendable {
    /// A submitted order, the way it took and its first answer.
    struct Entry: Sendable {
        var order: DemoOrder
        let channel: DemoChannel
        let answer: DemoAnswer
    }

    /// In the order of submission.
    var entries: [Entry] = []
    /// Attempts that were refused for a passing reason; they are no payments.
    var refusals: [Entry] = []
    /// The refused attempt that succeeded later, and its first form sent once more after that.
    var lateDuplicate: (uetr: String, answer: DemoAnswer)?
    /// Orders that were sent a second time, with the second answer.
    var repetitions: [(uetr: String, answer: DemoAnswer)] = []
    var before = DemoLedger()
    var after = DemoLedger()
    /// Every payment as it ended, with its fills, in the order of submission.
    var payments: [ProtoPayment] = []
    /// Every change of every payment, in the order in which they were committed, by ``key(_:)``.
    var changes: [String: [ProtoPayment]] = [:]
    /// The withdrawal of this run, as it ended.
    var withdrawal = ProtoWithdrawal()
    /// What became of a limit that was set, changed, and set once more by the first command.
    var limit = DemoLateCommand()
    /// The fundings of this run, and what was withdrawn.
    var fundings: [(bank: BIC, amount: Money)] = []
    var seconds = 0.0
    /// How the leader was lost; nil where nothing is lost on purpose.
    var incident: DemoIncident?

    /// What tells payments apart: several banks may pay under one UETR.
    static func key(_ payment: ProtoPayment) -> String { payment.uetr + " " + payment.payer }

    func changes(of payment: ProtoPayment) -> [ProtoPayment] {
        changes[DemoDiary.key(payment), default: []]
    }
}

/// The ledger at one moment.
struct DemoLedger: Sendable {
    var summary = ProtoSummary()
    var accounts: [ProtoAccount] = []

    /// Payments that are not final.
    var openPayments: UInt64 {
        let final: Set = ["ACSC", "CANC", "RJCT"]
        return summary.statuses.filter { !final.contains($0.status) }.reduce(0) { $0 + $1.payments }
    }
}

/// Lets a morning happen at a gateway: everything goes through its API.
struct DemoRun {
    private let stage: DemoStage
    private var plan: DemoPlan
    private var diary = DemoDiary()

    init(_ stage: DemoStage, seed: UInt64) {
        self.stage = stage
        plan = DemoPlan(seed: seed)
    }

    /// Runs the whole morning until every payment is final.
    ///
    /// - Throws: `DemoError` when the ledger has open orders of somebody else or payments do not
    ///   become final; whatever the calls throw.
    mutating func morning() async throws -> DemoDiary {
        let changes = DemoChanges()
        let watcher = Task { [stage] in try await changes.follow(stage) }
        defer { watcher.cancel() }
        diary.before = try await ledger()
        guard diary.before.openPayments == 0 else {
            throw DemoError(
                "\(stage.directory) holds open payments; the demonstration needs a ledger to itself"
            )
        }
        try await openBusiness()
        let start = ContinuousClock.now
        try await flow()
        try await bringBack()
        try await tryAgain()
        try await chain()
        for corridor in DemoWorld.corridors { try await square(corridor) }
        for step in plan.lateOrders() { try await submit(step) }
        try await waitForExpiry()
        try await cancelRests()
        diary.seconds = (ContinuousClock.now - start) / .seconds(1)
        try await withdraw()
        diary.limit = try await DemoLateCommand.happen(at: stage)
        try await stage.waitUntil("all payments are final") {
            try await ledger().openPayments == 0
        }
        diary.after = try await ledger()
        for entry in diary.entries {
            diary.payments.append(try await payment(entry))
        }
        diary.changes = changes.all
        return diary
    }

    /// Registers banks, opens corridors and brings every bank to the funds of the plan.
    private mutating func openBusiness() async throws {
        for bank in DemoWorld.banks {
            try await stage.register(bank.bic, name: bank.name)
        }
        for corridor in DemoWorld.corridors {
            let _: ProtoCorridor = try await stage.operation.call(
                "OperatorService/ConfigureCorridor", corridor.definition)
        }
        for bank in DemoWorld.banks {
            for funds in bank.funds {
                let amount = try missing(funds, bank.bic)
                guard amount.minorUnits != 0 else { continue }
                try await fund(bank.bic, amount, "before the morning")
            }
        }
    }

    private mutating func fund(_ bank: BIC, _ amount: Money, _ note: String) async throws {
        try await stage.fund(bank, amount, note)
        diary.fundings.append((bank, amount))
    }

    /// What brings a bank's account to `funds`; negative after a morning on which it earned.
    private func missing(_ funds: Money, _ bank: BIC) throws -> Money {
        let account = diary.before.accounts.first {
            $0.participant == bank.description && $0.currency == funds.currency.code
        }
        let balance = try account.map { try Money(decimal: $0.balance, code: $0.currency) }
        return Money(
            minorUnits: funds.minorUnits - (balance?.minorUnits ?? 0), currency: funds.currency)
    }

    /// Sends a step and notes its answers; one after the other, so that a seed gives one history.
    private mutating func submit(_ step: DemoStep) async throws {
        let connection = stage.bank(step.bank)
        let protos = step.orders.map(\.proto)
        let answers = try await connection.send(step, protos)
        guard answers.count == step.orders.count else {
            throw DemoError("\(step.orders.count) orders, but \(answers.count) answers")
        }
        diary.incident?.note(answers)
        for (order, answer) in zip(step.orders, answers) {
            let entry = DemoDiary.Entry(order: order, channel: step.channel, answer: answer)
            if case .refused = order.expectation {
                diary.refusals.append(entry)
            } else {
                diary.entries.append(entry)
            }
        }
        guard step.isRepeated else { return }
        for (order, answer) in zip(step.orders, try await connection.send(step, protos)) {
            diary.repetitions.append((order.uetr, answer))
        }
    }

    private mutating func submit(_ order: DemoOrder, _ channel: DemoChannel) async throws {
        try await submit(DemoStep(bank: order.payer, channel: channel, orders: [order]))
    }
}

// MARK: - The leader

extension DemoRun {
    /// The customers' payments; in the middle of them a cluster loses its leader.
    private mutating func flow() async throws {
        let steps = plan.flow()
        for (place, step) in steps.enumerated() {
            guard place == steps.count / 2, let incidents = stage.gateway.incidents else {
                try await submit(step)
                continue
            }
            diary.incident = try await stage.loseLeader(incidents, after: diary.entries.count) {
                try await submit(step)
            }
        }
    }

    /// The lost leader comes back after the customers' payments.
    private mutating func bringBack() async throws {
        guard var incident = diary.incident, let incidents = stage.gateway.incidents else { return }
        try await stage.bringBack(incidents, &incident)
        diary.incident = incident
    }
}

// MARK: - Attempts and chains

extension DemoRun {
    /// A bank that lacked funds gets them, and tries again under the same UETR. Then its first
    /// attempt arrives once more, as after a long way.
    private mutating func tryAgain() async throws {
        guard let refused = diary.refusals.first(where: { $0.channel == .grpc }) else { return }
        var order = refused.order
        let funds = Money(
            minorUnits: order.amount.minorUnits * 2, currency: order.payCurrency)
        try await fund(order.payer, funds, "asked for by telephone")
        order.attempt = "2"
        order.expectation = .settled
        try await submit(order, .grpc)
        let step = DemoStep(bank: order.payer, channel: .grpc, orders: [refused.order])
        let late = try await stage.bank(order.payer).send(step, [refused.order.proto])
        diary.lateDuplicate = late.first.map { (order.uetr, $0) }
    }

    /// A customer's payment goes through two banks, and both legs are here under its UETR.
    private mutating func chain() async throws {
        let first = diary.entries.first {
            $0.order.side == .payRenminbi && $0.order.expectation == .settled
        }
        guard let first, let leg = plan.nextLeg(of: first.order) else { return }
        try await submit(leg, .json)
    }
}

// MARK: - Withdrawal

extension DemoRun {
    /// A bank takes money home: it asks and the money is held, the agent is told, and pays.
    private mutating func withdraw() async throws {
        let amount = Money(minorUnits: 25_000_000, currency: .cny)
        var request = ProtoRequestWithdrawalRequest()
        request.reference = UUID().uuidString.lowercased()
        request.currency = amount.currency.code
        request.amount = amount.decimal
        request.note = "after the morning"
        let _: ProtoRequestWithdrawalAnswer = try await stage.bank(DemoWorld.pearl).call(
            "LedgerService/RequestWithdrawal", request)
        var order = ProtoOrderWithdrawalRequest()
        order.reference = request.reference
        let _: ProtoCommandAnswer = try await stage.operation.call(
            "OperatorService/OrderWithdrawal", order)
        var confirmation = ProtoConfirmWithdrawalRequest()
        confirmation.reference = request.reference
        let _: ProtoCommandAnswer = try await stage.operation.call(
            "OperatorService/ConfirmWithdrawal", confirmation)
        diary.fundings.append(
            (DemoWorld.pearl, Money(minorUnits: -amount.minorUnits, currency: .cny)))
        var question = ProtoGetWithdrawalRequest()
        question.reference = request.reference
        diary.withdrawal = try await stage.bank(DemoWorld.pearl).call(
            "LedgerService/GetWithdrawal", question)
    }
}

// MARK: - Squaring, expiry and cancellation

extension DemoRun {
    /// Banks trade on their own account against what rests in the book, until it is empty.
    private mutating func square(_ corridor: DemoCorridor) async throws {
        for side in Side.allCases {
            let provider = side == .payRenminbi ? corridor.home : DemoWorld.pearl
            for run in try DemoRest.runs(
                try await openPayments(corridor), side, corridor)
            {
                guard run.fen >= DemoWorld.minimumSize else {
                    // Too little for an order of its own: its bank gives it up.
                    try await cancel(run.rests.map(\.payment))
                    continue
                }
                let order = plan.order(
                    corridor, side.opposite, from: provider, to: provider,
                    run.isRenminbi == (side == .payForeign) ? .pay : .receive, run.amount)
                try await submit(order, .grpc)
            }
        }
    }

    private func openPayments(_ corridor: DemoCorridor) async throws -> [ProtoPayment] {
        var open: [ProtoPayment] = []
        for status in ["PDNG", "ACSP"] {
            var request = ProtoListPaymentsRequest()
            request.status = status
            request.foreignCurrency = corridor.foreign.code
            request.pageSize = 1_000
            let list: ProtoListPaymentsResponse = try await stage.operation.call(
                "PaymentService/ListPayments", request)
            open += list.payments
        }
        return open
    }

    private func waitForExpiry() async throws {
        for entry in diary.entries where entry.order.lifetime != nil {
            try await stage.waitUntil("payment \(entry.order.uetr) expires") {
                try await payment(entry).status == "CANC"
            }
        }
    }

    /// The banks take back what still rests, some over gRPC, some over JSON.
    private mutating func cancelRests() async throws {
        for corridor in DemoWorld.corridors {
            try await cancel(try await openPayments(corridor))
        }
    }

    private mutating func cancel(_ payments: [ProtoPayment]) async throws {
        for payment in payments {
            guard
                let position = diary.entries.firstIndex(where: {
                    $0.order.uetr == payment.uetr && $0.order.payer == BIC(payment.payer)
                })
            else { throw DemoError("payment \(payment.uetr) is not of this run") }
            let entry = diary.entries[position]
            let connection = stage.bank(entry.order.payer)
            if entry.channel == .json || entry.channel == .batch {
                try await connection.cancelByJSON(payment.uetr)
            } else {
                var request = ProtoCancelPaymentRequest()
                request.uetr = payment.uetr
                let _: ProtoPayment = try await connection.call(
                    "PaymentService/CancelPayment", request)
            }
            if entry.order.expectation == .settled {
                diary.entries[position].order.expectation = .ended(
                    .cancelledByBank, partly: payment.status == "ACSP")
            }
        }
    }
}

// MARK: - Looking

extension DemoRun {
    private func ledger() async throws -> DemoLedger {
        let accounts: ProtoListAccountsResponse = try await stage.operation.call(
            "LedgerService/ListAccounts", ProtoListAccountsRequest())
        return DemoLedger(
            summary: try await stage.operation.call(
                "OperatorService/GetSummary", ProtoGetSummaryRequest()),
            accounts: accounts.accounts)
    }

    private func payment(_ entry: DemoDiary.Entry) async throws -> ProtoPayment {
        var request = ProtoGetPaymentRequest()
        request.uetr = entry.order.uetr
        request.payer = entry.order.payer.description
        do {
            return try await stage.operation.call("PaymentService/GetPayment", request)
        } catch let status as GRPCStatus where status.code == .notFound {
            throw DemoError(
                "payment \(entry.order.uetr) by \(entry.channel.rawValue) is not on record; its "
                    + "answer was \(entry.answer.code) \(entry.answer.status)")
        }
    }

}

/// Collects the changes of all payments as they arrive.
private final class DemoChanges: Sendable {
    private let changes = Mutex<[String: [ProtoPayment]]>([:])

    /// Watches at a node, at one that follows when there is one, and at another one when it is
    /// gone. What was missed in between stays missing.
    func follow(_ stage: DemoStage) async throws {
        for round in 0... {
            let leader = stage.gateway.nodes.count > 1 ? try await stage.leader().id : 0
            let others = stage.gateway.nodes.map(\.number).filter { $0 != leader }
            do {
                try await stage.operation.watch(at: others[round % others.count]) {
                    add($0, isRetold: round > 0)
                }
            } catch is DemoUncertainty {}
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// - Parameter isRetold: another node may tell what one has told before.
    private func add(_ payment: ProtoPayment, isRetold: Bool) {
        changes.withLock { changes in
            let last = changes[DemoDiary.key(payment)]?.last
            if isRetold, let last, payment.updatedAt.date <= last.updatedAt.date { return }
            changes[DemoDiary.key(payment), default: []].append(payment)
        }
    }

    var all: [String: [ProtoPayment]] { changes.withLock { $0 } }
}
