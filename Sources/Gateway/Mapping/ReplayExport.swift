package import Domain
internal import SwiftProtobuf

extension ReplayMapping {
    /// The lines that replay a batch of the log: the same time, the same commands, and so the same
    /// state hash. A batch without commands is a line with its time alone.
    ///
    /// Without the key of the content hashes, each line states those that are formed over it. The
    /// hash of what was erased is stated in any case.
    ///
    /// - Parameters:
    ///   - statesRules: the first line says by which rules the ledger begins.
    ///   - tellsKey: the line that gives the key has it.
    /// - Throws: `INTERNAL_ERROR` when a command cannot be written, which no command taken by the
    ///   gateway is.
    package static func lines(
        of batch: Batch, statesRules: Bool = false, tellsKey: Bool = false
    ) throws(GatewayError) -> [String] {
        var protos: [ProtoReplayCommand] = []
        batch.forEachCommand { _, item in
            let attachment = batch.attachment(item.attachment)
            var line = ProtoReplayCommand(item.command, attachment ?? [], under: batch.rules)
            if case .submitPayment(let order) = item.command {
                line.forgottenAttempts = UInt32(order.forgottenAttempts)
            }
            if attachment == nil || batch.rules.sealsAttachments && !tellsKey {
                line.state(hashesOf: item.command)
            }
            if !tellsKey, case .setContentKey = line.command { line.setContentKey.key = "" }
            protos.append(line)
        }
        guard protos.allSatisfy({ $0.command != nil }) else { throw GatewayError(.internalError) }
        if protos.isEmpty { protos.append(ProtoReplayCommand()) }
        if statesRules {
            protos[0].ruleVersion = UInt32(batch.rules.rawValue)
        }
        var lines: [String] = []
        for var proto in protos {
            proto.time = Google_Protobuf_Timestamp(batch.timestamp)
            let line: String? = try? proto.jsonString()
            guard let line else { throw GatewayError(.internalError) }
            lines.append(line)
        }
        return lines
    }
}

extension ProtoReplayCommand {
    fileprivate mutating func state(hashesOf command: Command) {
        switch command {
        case .submitPayment(let order): contentHash = hexadecimal(order.contentHash)
        case .cancelPayment: break
        case .declared(let declared, let actor):
            if let hash = declared.statedHash { contentHash = hexadecimal(hash) }
            if actor != .none { operatorContentHash = hexadecimal(actor.contentHash) }
        }
    }

    fileprivate init(
        _ command: Command, _ attachment: ArraySlice<UInt8>, under rules: RuleVersion
    ) {
        self.init()
        switch command {
        case .submitPayment(let order):
            submitter = order.submitter.description
            submitPayment = ProtoPaymentOrder(order, details: attachment)
        case .cancelPayment(let cancellation):
            submitter = cancellation.submitter.description
            cancelPayment.uetr = cancellation.uetr.description
            if cancellation.payer != .none {
                cancelPayment.payer = cancellation.payer.description
            }
        case .declared(let withdrawal as RequestWithdrawal, by: _):
            let record = OperatorRecord(json: String(decoding: attachment, as: UTF8.self))
            submitter = withdrawal.participant.description
            requestWithdrawal = ProtoRequestWithdrawalRequest(
                saying: withdrawal, note: record?.note)
        case .declared(let word as AcknowledgeMessages, by: _):
            submitter = word.participant.description
            acknowledgeMessages = ProtoAcknowledgeMessagesRequest(saying: word)
        case .declared(let notice as RecordNotice, by: _):
            let details = NoticeDetails(json: String(decoding: attachment, as: UTF8.self))
            submitter = notice.submitter.description
            recordNotice = notice.proto(details)
            if notice.asOf > 0 { record.asOf = notice.asOf }
        case .declared(is SetContentKey, by: _):
            setContentKey.key = String(decoding: attachment, as: UTF8.self)
        case .declared(let declared, by: _) where say(declared, attachment): break
        case .declared(let declared, by: let actor):
            if let line = (declared as? any OperatorCommand)?.line(attachment, actor) {
                take(line)
            }
            // Nobody is said too: a line without an operator means another one.
            if rules >= .v3 { self.operator = actor.name.description }
        }
    }
}

extension ProtoPaymentOrder {
    /// An order as it was submitted, with the details that came with it.
    fileprivate init(_ order: PaymentOrder, details json: ArraySlice<UInt8>) {
        self.init()
        let fixedCurrency = order.fixed == .pay ? order.payCurrency : order.receiveCurrency
        let amount = Money(minorUnits: order.amount, currency: fixedCurrency).decimal
        uetr = order.uetr.description
        payer = order.payer.description
        creditorParticipant = order.creditor.description
        payCurrency = order.payCurrency.code
        receiveCurrency = order.receiveCurrency.code
        fixed = order.fixed == .pay ? .payAmount(amount) : .receiveAmount(amount)
        attempt = Attempt.identification(order.attempt)
        settlementDate = order.settlementDate.text ?? ""
        if order.limit != .none { limitRate = order.limit.decimal }
        timeInForce = ProtoTimeInForce(order.timeInForce)
        if order.expiresAt != 0 { expiresAt = Google_Protobuf_Timestamp(order.expiresAt) }
        fillPolicy = ProtoFillPolicy(order.fillPolicy)
        if order.minimumFill != 0 {
            minimumFill = Money(minorUnits: order.minimumFill, currency: fixedCurrency).decimal
        }
        if !json.isEmpty,
            let read = try? ProtoPaymentDetails(jsonUTF8Bytes: Array(json))
        {
            details = read
        }
    }
}
