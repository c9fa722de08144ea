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
            throw GatewayError(.mediaTypeUnsupported, "this path takes application/xml")
        }
        let body = try await http.body(upTo: Services.largestDocument)
        let answer = try await submitMessage(xml: Array(body.readableBytesView), caller)
        await http.reply(answer, type: "application/xml; charset=utf-8")
    }

    /// Takes a pacs.008 or pacs.009 and gives the pacs.002 that answers it, or the admi.007 that
    /// acknowledges a notice.
    ///
    /// A message that cannot be read or is for somebody else, and each transaction that cannot be
    /// taken, is answered with a rejection in the pacs.002; only failures of the gateway itself are
    /// thrown.
    func submitMessage(xml: [UInt8], _ caller: Caller) async throws -> String {
        let submitter = try participant(caller)
        let ownBIC = ownBIC
        let reading = try await compute(.long) {
            Result { () throws(MessageRejection) in
                let message = try BankMessage(xml: xml)
                try message.checkAddressee(gateway: ownBIC)
                return message
            }
        }
        switch reading {
        case .success(let message): return try await answer(message, submitter)
        case .failure(let rejection):
            return try written(
                PaymentStatusReport(
                    rejecting: rejection, messageIdentification: messageIdentification(),
                    creationDateTime: now(), sender: ownBIC
                ).xml)
        }
    }

    private func answer(_ message: BankMessage, _ submitter: BIC) async throws -> String {
        if let notice = message.notice {
            return try written(
                ReceiptAcknowledgement(
                    messageIdentification: messageIdentification(), creationDateTime: now(),
                    sender: ownBIC, original: message.original, description: notice.reason
                ).xml)
        }
        switch message {
        case .creditTransfers(let transfers):
            let named = transfers.namingBanks { directory.participant($0)?.registration.bic }
            let transactions = try await transactions(named, submitter)
            return try written(
                PaymentStatusReport(
                    messageIdentification: messageIdentification(), creationDateTime: now(),
                    sender: ownBIC, original: message.original, transactions: transactions
                ).xml)
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
        let (commands, refusals) = orders(message, submitter, try directory.hashing)
        var reports = refusals
        let ordered = refusals.indices.filter { refusals[$0] == nil }
        for (position, answer) in zip(ordered, try await submit(commands)) {
            reports[position] = report(answer, of: message, at: position)
        }
        return reports.compactMap { $0 }
    }

    /// The transactions that are orders, as commands; and for each transaction why it is refused,
    /// or nil when it is an order.
    private func orders(
        _ message: CreditTransferMessage, _ submitter: BIC, _ hashing: ContentHashing
    ) -> (EncodedCommands, [TransactionStatusReport?]) {
        var commands = EncodedCommands()
        var encoder = OrderEncoder(hashing)
        let mapping = InstructionMapping(
            corridors: directory.corridors, now: now(),
            messageIdentification: message.groupHeader.messageIdentification)
        var reports: [TransactionStatusReport?] = []
        for (position, instruction) in message.paymentInstructions.enumerated() {
            do throws(MessageRejection) {
                let instruction = try instruction.get()
                let end = try mapping.end(of: instruction)
                do throws(GatewayError) {
                    let order = try mapping.order(instruction, endingAt: end)
                        .onRecord(for: submitter, in: directory)
                    _ = try order.append(to: &commands, &encoder, submitter: submitter)
                    reports.append(nil)
                } catch {
                    reports.append(refusal(error.code, error.detail, of: message, at: position))
                }
            } catch {
                reports.append(
                    TransactionStatusReport(
                        rejecting: error, of: message.originalTransaction(at: position)))
            }
        }
        return (commands, reports)
    }

    private func report(
        _ answer: CommandAnswer, of message: CreditTransferMessage, at position: Int
    ) -> TransactionStatusReport {
        let outcome = answer.outcome
        guard outcome.code == .accepted, let status = outcome.status else {
            return refusal(outcome.code, "", of: message, at: position)
        }
        return TransactionStatusReport(
            original: message.originalTransaction(at: position),
            status: TransactionStatus(rawValue: status.code) ?? .pending,
            reason: nil, acceptanceDateTime: answer.payment?.acceptedAt)
    }

    private func refusal(
        _ code: ResultCode, _ detail: String, of message: CreditTransferMessage, at position: Int
    ) -> TransactionStatusReport {
        let reason = StatusReason(
            code: StatusReasonCode(rawValue: code.isoReason) ?? .narrative,
            texts: ["\(code.name): \(code.sentence)"] + (detail.isEmpty ? [] : [detail]))
        return TransactionStatusReport(
            original: message.originalTransaction(at: position), status: .rejected,
            reason: reason)
    }

    private func messageIdentification() -> String {
        "LQ" + UUID().uuidString.filter { $0 != "-" }
    }

    private func now() -> Timestamp {
        Timestamp(Date().timeIntervalSince1970 * 1_000) * 1_000_000
    }
}
