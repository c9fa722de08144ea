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

    /// Takes a pacs.008 or pacs.009 and gives the pacs.002 that answers it.
    ///
    /// A message that cannot be read, or whose transactions cannot be taken, is answered with
    /// rejections in the pacs.002; only failures of the gateway itself are thrown.
    func submitMessage(xml: [UInt8], _ caller: Caller) async throws -> String {
        let submitter = try participant(caller)
        let message: BankMessage
        let reading = try await compute(.long) {
            Result { () throws(MessageRejection) in try BankMessage(xml: xml) }
        }
        switch reading {
        case .success(let read):
            message = read
        case .failure(let rejection):
            return try report(
                PaymentStatusReport(
                    rejecting: rejection, messageIdentification: messageIdentification(),
                    creationDateTime: now(), sender: ownBIC))
        }
        let transactions = try await self.transactions(message, submitter)
        return try report(
            PaymentStatusReport(
                messageIdentification: messageIdentification(), creationDateTime: now(),
                sender: ownBIC, original: message.original, transactions: transactions))
    }

    private func report(_ report: PaymentStatusReport) throws(GatewayError) -> String {
        do {
            return try report.xml()
        } catch {
            throw GatewayError(.internalError, "\(error.path): \(error.sentence)")
        }
    }

    /// Submits all transactions that became orders together and reports on every one.
    private func transactions(
        _ message: BankMessage, _ submitter: BIC
    ) async throws -> [TransactionStatusReport] {
        var reports: [TransactionStatusReport?] = []
        var positions: [Int] = []
        var commands = EncodedCommands()
        let corridors = directory.corridors
        for (position, instruction) in message.paymentInstructions.enumerated() {
            do {
                var instruction = try instruction.get()
                instruction.limit = instruction.limitOnTick(corridors)
                if let error = refuseLaterDate(instruction, corridors) { throw error }
                let proto = ProtoPaymentOrder(
                    instruction, message.content.groupHeader.messageIdentification)
                commands.append(try OrderMapping.order(from: proto, submitter: submitter).command)
                positions.append(position)
                reports.append(nil)
            } catch let rejection as MessageRejection {
                reports.append(TransactionStatusReport(rejecting: rejection))
            } catch let error as GatewayError {
                reports.append(refusal(error.code, error.detail, of: message, at: position))
            }
        }
        for (position, answer) in zip(positions, try await submit(commands)) {
            reports[position] = report(answer, of: message, at: position)
        }
        return reports.compactMap { $0 }
    }

    private func report(
        _ answer: CommandAnswer, of message: BankMessage, at position: Int
    ) -> TransactionStatusReport {
        let outcome = answer.outcome
        guard outcome.code == .accepted, let status = outcome.status else {
            return refusal(outcome.code, "", of: message, at: position)
        }
        return TransactionStatusReport(
            original: message.content.transactions[position].original,
            status: TransactionStatus(rawValue: status.code) ?? .pending,
            reason: nil, acceptanceDateTime: answer.payment?.acceptedAt)
    }

    private func refusal(
        _ code: ResultCode, _ detail: String, of message: BankMessage, at position: Int
    ) -> TransactionStatusReport {
        let reason = StatusReason(
            code: StatusReasonCode(rawValue: code.isoReason) ?? .narrative,
            texts: ["\(code.name): \(code.sentence)"] + (detail.isEmpty ? [] : [detail]))
        return TransactionStatusReport(
            original: message.content.transactions[position].original, status: .rejected,
            reason: reason)
    }

    /// A payment settles when it is matched; one for a later day would settle too early.
    private func refuseLaterDate(
        _ instruction: PaymentInstruction, _ corridors: [CorridorRow]
    ) -> GatewayError? {
        guard let date = instruction.details.interbankSettlementDate else { return nil }
        let foreign = instruction.foreign
        let offset = corridors.first { $0.corridor.foreign == foreign }?.corridor.utcOffsetMinutes
        let local = now() / 1_000_000_000 + Int64(offset ?? 0) * 60
        guard Int64(date.daysSince1970) > local / 86_400 else { return nil }
        return GatewayError(
            .expiryInvalid, "IntrBkSttlmDt \(date) is to come; payments settle on the same day")
    }

    private func messageIdentification() -> String {
        "LQ" + UUID().uuidString.filter { $0 != "-" }
    }

    private func now() -> Timestamp {
        Timestamp(Date().timeIntervalSince1970 * 1_000) * 1_000_000
    }
}

extension PaymentInstruction {
    /// The corridor's currency beside renminbi.
    fileprivate var foreign: Currency {
        payCurrency == .cny ? receiveAmount.currency : payCurrency
    }

    /// The limit on the corridor's tick: the next one that is better for the payer, for an exchange
    /// rate in a message knows nothing of ticks.
    fileprivate func limitOnTick(_ corridors: [CorridorRow]) -> Rate? {
        guard let limit,
            let tick = corridors.first(where: { $0.corridor.foreign == foreign })?
                .corridor.tick.scaled
        else { return limit }
        let below = limit.scaled / tick * tick
        let above = below == limit.scaled ? below : below + tick
        return Rate(scaled: payCurrency == .cny ? above : below)
    }
}

extension ProtoPaymentOrder {
    /// The order that a credit transfer asks for: the interbank settlement amount is received, the
    /// instructed currency paid, and the exchange rate is the limit.
    init(_ instruction: PaymentInstruction, _ messageIdentification: String) {
        self.init()
        let transfer = instruction.details
        uetr = instruction.uetr.description
        payer = instruction.debtorAgent.description
        creditorParticipant = instruction.creditorAgent.description
        payCurrency = instruction.payCurrency.code
        receiveCurrency = instruction.receiveAmount.currency.code
        fixed = .receiveAmount(instruction.receiveAmount.decimal)
        if let limit = instruction.limit { limitRate = limit.decimal }
        var details = ProtoPaymentDetails()
        details.endToEndID = instruction.endToEndIdentification
        details.instructionID = transfer.instructionIdentification ?? ""
        details.transactionID = transfer.transactionIdentification ?? ""
        details.messageID = messageIdentification
        details.debtor = ProtoParty(transfer.debtor, transfer.debtorAccount)
        details.creditor = ProtoParty(transfer.creditor, transfer.creditorAccount)
        switch transfer.purpose {
        case .code(let text), .proprietary(let text): details.purpose = text
        case nil: break
        }
        details.remittance =
            transfer.remittanceInformation.unstructured
            + transfer.remittanceInformation.creditorReferences
        self.details = details
    }
}

extension ProtoParty {
    init(_ party: Party, _ account: CashAccount?) {
        self.init()
        name = party.name ?? ""
        switch account?.identification {
        case .iban(let text), .other(let text): self.account = text
        case nil: break
        }
    }
}
