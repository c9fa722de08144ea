internal import ArgumentParser
internal import Clients
internal import Domain
internal import Foundation
internal import Gateway
internal import Pay
internal import SwiftProtobuf

struct PayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pay",
        abstract: "Submit a payment order, or a file of them.",
        discussion: """
            Exactly one of --pay and --receive fixes an amount. Repeating the command with the \
            same --uetr and content is safe: it answers with what is on record.

            With --file all payments of a CSV file are submitted (docs/records.md). Bad lines \
            are reported before anything is sent. Beside the file a journal is kept, \
            FILE.progress; after an interruption the same command goes on and pays nothing \
            twice.
            """)

    @OptionGroup var connection: ConnectionOptions

    @Option(help: ArgumentHelp("A CSV file of payments, with a heading.", valueName: "file"))
    var file: String?

    @Option(help: ArgumentHelp("BIC of the creditor's participant.", valueName: "bic"))
    var to: String?

    @Option(help: ArgumentHelp("BIC of the payer when it is not the caller.", valueName: "bic"))
    var payer: String?

    @Option(help: ArgumentHelp("The currency that is paid.", valueName: "code"))
    var payCurrency: String?

    @Option(help: ArgumentHelp("The currency that is received.", valueName: "code"))
    var receiveCurrency: String?

    @Option(help: ArgumentHelp("The amount to pay, such as 1250.00.", valueName: "amount"))
    var pay: String?

    @Option(help: ArgumentHelp("The amount to be received.", valueName: "amount"))
    var receive: String?

    @Option(help: ArgumentHelp("Worst rate, foreign units for one CNY.", valueName: "rate"))
    var limit: String?

    @Option(
        help: "immediate-or-cancel, fill-or-kill, day or, when left out, good-till-cancelled.")
    var timeInForce: String?

    @Option(help: "complete, or any when left out.")
    var fillPolicy: String?

    @Option(help: ArgumentHelp("UUID version 4; a new one when left out.", valueName: "uuid"))
    var uetr: String?

    @Option(help: ArgumentHelp("The debtor's reference for the creditor.", valueName: "text"))
    var endToEndId: String?

    func validate() throws {
        if file != nil {
            guard order.allSatisfy({ $0 == nil }) else {
                throw ValidationError(
                    "--file has the payments with all their terms; give none beside it")
            }
            return
        }
        guard to != nil, payCurrency != nil, receiveCurrency != nil else {
            throw ValidationError(
                "give --to, --pay-currency and --receive-currency, or a --file of payments")
        }
        guard (pay == nil) != (receive == nil) else {
            throw ValidationError("give exactly one of --pay and --receive")
        }
        _ = try timeInForceValue()
        _ = try fillPolicyValue()
    }

    /// Every option that says something about one order.
    private var order: [String?] {
        [
            to, payer, payCurrency, receiveCurrency, pay, receive, limit, timeInForce, fillPolicy,
            uetr, endToEndId,
        ]
    }

    private static let times: [String: ProtoTimeInForce] = [
        "immediate-or-cancel": .immediateOrCancel, "fill-or-kill": .fillOrKill, "day": .day,
        "good-till-cancelled": .goodTillCancelled,
    ]
    private static let policies: [String: ProtoFillPolicy] = ["any": .any, "complete": .complete]

    private func timeInForceValue() throws -> ProtoTimeInForce {
        try PayCommand.value(timeInForce, PayCommand.times, "--time-in-force")
            ?? .goodTillCancelled
    }

    private func fillPolicyValue() throws -> ProtoFillPolicy {
        try PayCommand.value(fillPolicy, PayCommand.policies, "--fill-policy") ?? .any
    }

    private static func value<Value>(
        _ text: String?, _ values: [String: Value], _ option: String
    ) throws -> Value? {
        guard let text else { return nil }
        guard let value = values[text] else {
            throw ValidationError(
                "\(option) is one of \(values.keys.sorted().joined(separator: ", "))")
        }
        return value
    }

    func run() async throws {
        if let file { return try await send(file) }
        var order = ProtoPaymentOrder()
        order.uetr = uetr ?? PayCommand.drawnUETR()
        order.payer = payer ?? ""
        order.creditorParticipant = to ?? ""
        order.payCurrency = payCurrency ?? ""
        order.receiveCurrency = receiveCurrency ?? ""
        order.fixed = pay.map { .payAmount($0) } ?? receive.map { .receiveAmount($0) }
        order.limitRate = limit ?? ""
        order.timeInForce = try timeInForceValue()
        order.fillPolicy = try fillPolicyValue()
        if let endToEndId, !endToEndId.isEmpty { order.details.endToEndID = endToEndId }
        let payment: ProtoPayment = try await connection.connected { [order] in
            try await $0.call("PaymentService/SubmitPayment", order)
        }
        if connection.json { try printJSON(payment) } else { print(payment.text) }
    }
}

extension PayCommand {
    private func send(_ file: String) async throws {
        let run = PayFile(file, to: connection.address, json: connection.json)
        switch try await run.run(as: BIC(connection.caller)) {
        case .accepted: break
        case .refused: throw ExitCode.failure
        case .unanswered: throw ExitCode(69)
        }
    }

    /// A new UETR, told before anything is sent: whoever gets no answer needs it to ask again.
    private static func drawnUETR() -> String {
        let uetr = UUID().uuidString.lowercased()
        FileHandle.standardError.write(
            Data("This order is --uetr \(uetr): repeat it with that if no answer comes.\n".utf8))
        return uetr
    }
}
