internal import BankMessages
internal import Domain
internal import Foundation
internal import HTTP2
internal import NIOCore
internal import Store
internal import SwiftProtobuf

extension Services {
    /// An ISO 20022 message over gRPC.
    func submitMessage(
        _ request: ProtoBankMessage, _ caller: Caller
    ) async throws -> ProtoBankMessage {
        var answer = ProtoBankMessage()
        answer.xml = try await submitMessage(xml: Array(request.xml.utf8), caller)
        return answer
    }

    /// The bound of a received message, in bytes.
    static let largestDocument = 2 << 20

    /// `POST /v1/messages`: the body is an ISO 20022 document.
    func serveMessage(_ http: HTTPCall, _ caller: Caller) async throws {
        guard MediaType.isAny(of: ["application/xml", "text/xml"], http.request.head.headers) else {
            throw MediaType.unsupported(
                http.request.head.headers, "this path takes application/xml")
        }
        let body = try await http.body(upTo: Services.largestDocument)
        let answer = try await submitMessage(xml: Array(body.readableBytesView), caller)
        await http.reply(answer, type: "application/xml; charset=utf-8")
    }

    /// Takes a message of a bank and gives the one that answers it: a pacs.002, a camt.029, a
    /// camt.052, or the admi.007 that acknowledges a notice, a status or a resolution when they are
    /// on record.
    ///
    /// A message that cannot be read or is for somebody else, and each transaction that cannot be
    /// taken, is answered with a rejection in the pacs.002; only failures of the gateway itself are
    /// thrown.
    func submitMessage(xml: [UInt8], _ caller: Caller) async throws -> String {
        let submitter = try participant(caller)
        let (ownBIC, setting) = (ownBIC, directory.usageRules(of: submitter))
        let banks = KnownBanks(directory, gateway: ownBIC, gatewayLEI: ownLEI)
        let reading = try await compute(.long) {
            Result { () throws(MessageRejection) in
                try ReceivedMessage(xml: xml, for: ownBIC, banks, setting)
            }
        }
        switch reading {
        case .success(let message): return try await answer(message, submitter, caller)
        case .failure(let rejection): return try refusal(rejection)
        }
    }

    private func refusal(_ rejection: MessageRejection) throws(GatewayError) -> String {
        try written(
            PaymentStatusReport(
                rejecting: rejection, messageIdentification: messageIdentification(),
                creationDateTime: now(), sender: ownBIC
            ).xml)
    }

    private func answer(
        _ received: ReceivedMessage, _ submitter: BIC, _ caller: Caller
    ) async throws -> String {
        let message = received.message
        if let notice = message.notice {
            return try written(try await note(message, notice, submitter), to: received)
        }
        switch message {
        case .creditTransfers(let transfers):
            let transactions = try await transactions(transfers, submitter)
            return try written(.statusReport(transactions), to: received)
        case .paymentReturns(let returns):
            return try written(try await answer(returns, caller), to: received)
        case .statusReport(let report):
            return try written(try await answer(report, caller), to: received)
        case .statusRequest(let request):
            return try written(try await answer(request, caller), to: received)
        case .cancellationRequests(let requests):
            return try written(try await answer(requests, caller), to: received)
        case .investigationResolution(let resolution):
            return try written(try await answer(resolution, caller), to: received)
        case .reportRequest(let request):
            return try await report(request, caller) ?? refusal(request.unanswerable)
        }
    }

    private func written(
        _ answer: MessageAnswer, to received: ReceivedMessage
    ) throws(GatewayError) -> String {
        let (message, identification) = (received.message, messageIdentification())
        switch answer {
        case .acknowledgement(let description, let transactions) where received.hasFindings:
            return try written(
                received.report(
                    transactions, description, identification: identification, at: now(),
                    from: ownBIC
                ).xml)
        case .acknowledgement(let description, _):
            return try written(
                ReceiptAcknowledgement(
                    messageIdentification: identification, creationDateTime: now(),
                    sender: ownBIC, original: message.original, description: description
                ).xml)
        case .statusReport(let transactions):
            guard !transactions.isEmpty else { return try refusal(message.namesNothing) }
            return try written(
                received.report(
                    transactions, identification: identification, at: now(), from: ownBIC
                ).xml)
        case .resolution(let answers, of: let assignment):
            let definition = MessageDefinition(.investigationResolution)
            let reply = InvestigationResolution(
                frame: MessageFrame(
                    definition: definition, envelope: message.original.envelope,
                    header: message.original.answeringHeader(
                        from: ownBIC, identifier: identification, definition: definition.name,
                        creationDate: now())),
                assignment: CaseAssignment(
                    identification: identification, assigner: .agent(Party(bic: ownBIC)),
                    assignee: assignment.assigner, creationDateTime: now()),
                outcome: answers.outcome, answers: answers)
            return try written { () throws(MessageWritingError) in try reply.xml() }
        }
    }

    private func written(
        _ xml: () throws(MessageWritingError) -> String
    ) throws(GatewayError) -> String {
        do {
            return try xml()
        } catch {
            throw GatewayError(.internalError, "\(error.path): \(error.sentence)")
        }
    }

    /// Submits all transactions that became orders together and reports on every one.
    private func transactions(
        _ message: CreditTransferMessage, _ submitter: BIC
    ) async throws -> [TransactionStatusReport] {
        let mapping = InstructionMapping(
            corridors: directory.corridors, now: now(), rules: directory.rules,
            messageIdentification: message.groupHeader.messageIdentification,
            messageName: message.definition.name)
        let instructions = try await settling(message.paymentInstructions, mapping, submitter)
        let (commands, refusals) = orders(
            instructions, of: message, mapping, submitter, try directory.hashing)
        var reports = refusals
        let ordered = refusals.indices.filter { refusals[$0] == nil }
        let answers = try await submit(commands)
        let dates = try await datesOfRefusedEntries(answers)
        for (position, answer) in zip(ordered, answers) {
            reports[position] = report(answer, dates, of: message, at: position)
        }
        return reports.compactMap { $0 }
    }

    /// R22.7 Why payments that are repeated could not enter the book stands on record alone.
    private func datesOfRefusedEntries(
        _ answers: SubmissionAnswer
    ) async throws -> [PaymentID: DatedPaymentRow] {
        let refused = answers.filter { $0.outcome.endReason == .entryRefused }
            .map(\.outcome.payment)
        guard !refused.isEmpty else { return [:] }
        let dates = try await read(.lookup) { try $0.dates(of: refused) }
        return Dictionary(uniqueKeysWithValues: dates.map { ($0.payment, $0) })
    }

    private typealias Instruction = Result<PaymentInstruction, MessageRejection>

    /// Refuses the instructions that cannot settle now. One that is on record stays, whatever the
    /// clock says: whoever repeats a message after midnight is told how the payment stands.
    private func settling(
        _ instructions: [Instruction], _ mapping: InstructionMapping, _ submitter: BIC
    ) async throws -> [Instruction] {
        var late: [(place: Int, payment: PaymentInstruction, rejection: MessageRejection)] = []
        for (place, instruction) in instructions.enumerated() {
            guard case .success(let payment) = instruction else { continue }
            do throws(MessageRejection) {
                try mapping.checkSettlement(of: payment)
            } catch {
                late.append((place, payment, error))
            }
        }
        guard !late.isEmpty else { return instructions }
        let known = try await onRecord(late.map(\.payment), submitter)
        var settling = instructions
        for (place, payment, rejection) in late where !known.contains(payment.uetr) {
            settling[place] = .failure(rejection)
        }
        return settling
    }

    /// The UETRs of those that are payments of their payers already.
    private func onRecord(
        _ instructions: [PaymentInstruction], _ submitter: BIC
    ) async throws -> Set<UETR> {
        let payers = instructions.map { directory.payer(namedBy: $0.debtorAgent, submitter) }
        let uetrs = instructions.map(\.uetr)
        let records = try await read(.lookup) { try $0.payments(uetrs: uetrs) }
        let known = Set(records.map { PaymentKey(uetr: $0.row.uetr, payer: $0.row.payer) })
        return Set(
            zip(uetrs, payers).filter { uetr, payer in
                payer.map { known.contains(PaymentKey(uetr: uetr, payer: $0)) } ?? false
            }.map(\.0))
    }

    private struct PaymentKey: Hashable {
        var uetr: UETR
        var payer: ParticipantID
    }

    /// The transactions that are orders, as commands; and for each transaction why it is refused,
    /// or nil when it is an order.
    private func orders(
        _ instructions: [Instruction], of message: CreditTransferMessage,
        _ mapping: InstructionMapping, _ submitter: BIC, _ hashing: ContentHashing
    ) -> (EncodedCommands, [TransactionStatusReport?]) {
        var commands = EncodedCommands()
        var encoder = OrderEncoder(hashing)
        var reports: [TransactionStatusReport?] = []
        for (position, instruction) in instructions.enumerated() {
            switch instruction {
            case .failure(let rejection):
                reports.append(
                    TransactionStatusReport(
                        rejecting: rejection, of: message.originalTransaction(at: position)))
            case .success(let instruction):
                do throws(GatewayError) {
                    let order = try mapping.order(instruction)
                        .onRecord(for: submitter, in: directory)
                    _ = try order.append(to: &commands, &encoder, submitter: submitter)
                    reports.append(nil)
                } catch {
                    reports.append(refusal(error.code, error.detail, of: message, at: position))
                }
            }
        }
        return (commands, reports)
    }

    private func report(
        _ answer: CommandAnswer, _ dates: [PaymentID: DatedPaymentRow],
        of message: CreditTransferMessage, at position: Int
    ) -> TransactionStatusReport {
        // What became an order was read.
        guard case .success(let transfer) = message.transactions[position] else {
            return refusal(.internalError, "", of: message, at: position)
        }
        return ReportedStatus(
            answer.outcome, receiving: transfer.interbankSettlementAmount.currency,
            dates[answer.outcome.payment]
        ).report(on: message.originalTransaction(at: position), of: answer.payment)
    }

    private func refusal(
        _ code: ResultCode, _ detail: String, of message: CreditTransferMessage, at position: Int
    ) -> TransactionStatusReport {
        ReportedStatus(refusedWith: code, detail)
            .report(on: message.originalTransaction(at: position))
    }

    private func messageIdentification() -> String {
        "LQ" + UUID().uuidString.filter { $0 != "-" }
    }

    private func now() -> Timestamp {
        Timestamp(Date().timeIntervalSince1970 * 1_000) * 1_000_000
    }
}
