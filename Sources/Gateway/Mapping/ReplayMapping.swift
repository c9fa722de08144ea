package import Domain
internal import Foundation
package import SwiftProtobuf

/// Reads and writes the lines of `langqiao replay` (docs/replay.md).
package enum ReplayMapping {
    /// A command of a replay, ready for a batch.
    package struct Mapped: Sendable {
        package let time: Timestamp
        /// Nil on a line that only lets time pass.
        package fileprivate(set) var command: EncodedCommand?
        /// The oldest rules under which it can be given.
        package fileprivate(set) var since = RuleVersion.oldest
        /// The key of the content hashes of the lines behind, where it gives one.
        package fileprivate(set) var key: ContentKey?
        /// The payment that the command is about, if it is about one.
        fileprivate(set) var uetr: String
        /// The order, when the command submits one.
        fileprivate(set) var order: PaymentOrder?
    }

    /// Numbers of 64 bits are written as numbers; fields that are zero or empty are left out.
    package static var jsonOptions: JSONEncodingOptions {
        var options = JSONEncodingOptions()
        options.alwaysPrintInt64sAsNumbers = true
        return options
    }

    /// A line that is read, but for what it means under the rules that it meets.
    package struct Line: Sendable {
        package let number: UInt32
        package let time: Timestamp
        /// The rules of the ledger before this line, where it states them.
        package let rules: RuleVersion?
        fileprivate let proto: ProtoReplayCommand
    }

    /// Reads a line.
    ///
    /// - Throws: `MALFORMED_REQUEST` naming the field.
    package static func read(_ text: String, number: UInt32) throws(GatewayError) -> Line {
        let proto: ProtoReplayCommand
        do {
            proto = try ProtoReplayCommand(jsonString: text)
        } catch {
            throw GatewayError.unreadable(ProtoReplayCommand.self, error)
        }
        guard proto.hasTime else { throw Field.malformed("time", "must be given") }
        let time = try proto.time.timestamp("time")
        guard time > 0 else { throw Field.malformed("time", "must be later than 1970") }
        return Line(
            number: number, time: time, rules: try rules(proto.ruleVersion), proto: proto)
    }

    /// The command on a line, as a ledger of these rules takes it.
    ///
    /// - Parameter key: of the content hashes.
    /// - Throws: `MALFORMED_REQUEST` naming the field; `RULES_TOO_OLD`.
    package static func command(
        on line: Line, under rules: RuleVersion, key: ContentKey = .none
    ) throws(GatewayError) -> Mapped {
        try mapped(line.proto, line.time, try ReplaySender(line.proto, line.number, rules, key))
    }

    private static func rules(_ version: UInt32) throws(GatewayError) -> RuleVersion? {
        guard version != 0 else { return nil }
        guard let rules = UInt16(exactly: version).flatMap(RuleVersion.init(rawValue:)) else {
            throw Field.malformed("rule_version", "must be a version that is known", "\(version)")
        }
        return rules
    }

    private static func forgotten(_ attempts: UInt32) throws(GatewayError) -> UInt8 {
        guard attempts <= Limits.attempts else {
            throw Field.malformed(
                "forgotten_attempts", "must be at most \(Limits.attempts)", "\(attempts)")
        }
        return UInt8(attempts)
    }

    private static func mapped(
        _ proto: ProtoReplayCommand, _ time: Timestamp, _ sender: ReplaySender
    ) throws(GatewayError) -> Mapped {
        var mapped = Mapped(time: time, command: nil, uetr: "", order: nil)
        switch proto.command {
        case .submitPayment(let request):
            let submitter = try Field.bic(proto.submitter, "submitter")
            var order = try OrderMapping.order(from: request, submitter: submitter, sender.hashing)
            order = order.stating(forgottenAttempts: try forgotten(proto.forgottenAttempts))
            mapped.command = order.command
            mapped.uetr = order.order.uetr.description
            mapped.order = order.order
            mapped.since = Command.submitPayment(order.order).since
        case .cancelPayment(let request):
            let uetr = try Field.uetr(request.uetr, "uetr")
            let submitter = try Field.bic(proto.submitter, "submitter")
            let payer = request.payer.isEmpty ? .none : try Field.bic(request.payer, "payer")
            let wish = Command.cancelPayment(
                Cancellation(uetr: uetr, submitter: submitter, payer: payer))
            mapped.command = EncodedCommand(wish)
            mapped.since = wish.since
            mapped.uetr = uetr.description
        case .requestWithdrawal(let request):
            let participant = try Field.bic(proto.submitter, "submitter")
            let wish = try RequestWithdrawal(request, by: participant, sender.hashing)
            mapped.command = EncodedCommand(.declared(wish))
            mapped.since = RequestWithdrawal.since
        case .acknowledgeMessages(let request):
            let participant = try Field.bic(proto.submitter, "submitter")
            mapped.command = EncodedCommand(
                .declared(AcknowledgeMessages(request, by: participant)))
            mapped.since = AcknowledgeMessages.since
        case .recordNotice(let request):
            let submitter = try Field.bic(proto.submitter, "submitter")
            mapped.command = try notice(request, by: submitter, proto, sender.hashing)
            mapped.uetr = request.uetr
            mapped.since = RecordNotice.since
        case .confirmCredit, .returnPayment, .requestCancellation, .answerCancellation:
            (mapped.command, mapped.uetr) = try followUp(proto, sender)
            mapped.since = ConfirmCredit.since
        case .setContentKey(let request):
            mapped.key = ContentKey(hexadecimal: request.key)
            guard mapped.key != nil || request.key.isEmpty else {
                throw Field.malformed("set_content_key.key", "must be 64 hexadecimal digits")
            }
            mapped.command = EncodedCommand(.declared(SetContentKey(number: 1)))
            mapped.since = SetContentKey.since
        case .some:
            let line = MessageFields(proto)
            for type in OperatorCommands.all where mapped.command == nil {
                mapped.command = try type.replayed(line, sender)
                mapped.since = type.since
            }
            guard mapped.command != nil else { throw GatewayError(.internalError) }
        case nil: break
        }
        return mapped
    }

    private static func notice(
        _ request: ProtoNotice, by submitter: BIC, _ line: ProtoReplayCommand,
        _ hashing: ContentHashing
    ) throws(GatewayError) -> EncodedCommand {
        let details = try NoticeDetails(request).bounded()
        var notice = try RecordNotice(request, by: submitter).hashed(hashing, details: details)
        notice.asOf = line.record.asOf
        return EncodedCommand(.declared(notice), attachment: details)
    }

    /// The line that reports an outcome.
    ///
    /// - Parameter uetr: names the payments of its fills.
    package static func outcome(
        _ answer: CommandAnswer, of mapped: Mapped, line: UInt32, uetr: (PaymentID) -> String
    ) -> ProtoReplayOutcome {
        let outcome = answer.outcome
        var proto = ProtoReplayOutcome()
        proto.line = line
        proto.code = outcome.code.name
        proto.status = outcome.status?.code ?? ""
        proto.endReason = outcome.endReason == .none ? "" : outcome.endReason.name
        proto.uetr = mapped.uetr
        proto.repetition = outcome.isRepetition
        if let order = mapped.order, outcome.payment != 0 {
            proto.paid = ProtoMoney(outcome.paid, order.payCurrency)
            proto.received = ProtoMoney(outcome.received, order.receiveCurrency)
        }
        proto.fills = answer.fills.map { fill in
            var entry = ProtoReplayFill()
            entry.fillID = fill.id
            entry.renminbiUetr = uetr(fill.renminbiPayment)
            entry.foreignUetr = uetr(fill.foreignPayment)
            entry.renminbi = ProtoMoney(fill.renminbiAmount, .cny)
            entry.foreign = ProtoMoney(fill.foreignAmount, fill.foreign)
            entry.rate = fill.rate.decimal
            entry.renminbiFee = ProtoMoney(fill.renminbiFee, .cny)
            entry.foreignFee = ProtoMoney(fill.foreignFee, fill.foreign)
            return entry
        }
        return proto
    }
}
