internal import BankMessages
package import Domain

// Banks that an order names in another way than the ledger knows them.

extension Directory {
    /// R3.15, R3.18 The order with BICs where it names banks by codes of clearing systems or by
    /// LEIs; the codes stand in its details then, whatever they said of that.
    ///
    /// - Throws: `NOT_FOUND` naming a code or LEI that no participant has; `MALFORMED_REQUEST` for
    ///   a LEI that several have.
    package func withBICs(_ request: ProtoPaymentOrder) throws(GatewayError) -> ProtoPaymentOrder {
        let (payer, creditor) = (request.payer, request.creditorParticipant)
        let saysCodes =
            request.hasDetails
            && !(request.details.payerCode.isEmpty && request.details.creditorCode.isEmpty)
        guard saysCodes || Self.isMark(payer) || Self.isMark(creditor) else { return request }
        var order = request
        order.payer = try bic(named: payer, "payer")
        order.creditorParticipant = try bic(named: creditor, "creditor_participant")
        let (payerCode, creditorCode) = (Self.code(payer), Self.code(creditor))
        if saysCodes || !payerCode.isEmpty || !creditorCode.isEmpty {
            order.details.payerCode = payerCode
            order.details.creditorCode = creditorCode
        }
        return order
    }

    /// Whether it is another name than a BIC.
    private static func isMark(_ text: String) -> Bool { text.utf8.contains(UInt8(ascii: ":")) }

    private static let leiMark = "LEI:"

    /// The text where it is a code, else nothing.
    private static func code(_ text: String) -> String {
        isMark(text) && !text.hasPrefix(leiMark) ? text : ""
    }

    private func bic(named text: String, _ field: String) throws(GatewayError) -> String {
        guard Self.isMark(text) else { return text }
        guard !text.hasPrefix(Self.leiMark) else {
            let found = participants(try Field.lei(text.dropFirst(Self.leiMark.count), field))
            guard let first = found.first else { throw GatewayError(.notFound, "\(field) \(text)") }
            guard found.count == 1 else {
                throw Field.malformed(
                    field, "must be the BIC of one of the participants with this LEI", text)
            }
            return bic(of: first).description
        }
        let code = try Field.clearingCode(text, field)
        guard let participant = participant(code) else {
            throw GatewayError(.notFound, "\(field) \(code)")
        }
        return participant.registration.bic.description
    }

    /// R3.15 The participants that an identifier means: a BIC, a LEI or the code of a clearing
    /// system, each behind its name and a colon. In order of their numbers; nil, for all of them,
    /// when it is empty.
    ///
    /// - Throws: `MALFORMED_REQUEST` for anything else.
    package func participants(
        identifiedBy text: String
    ) throws(GatewayError) -> [ParticipantID]? {
        guard !text.isEmpty else { return nil }
        let (name, value) = (text.prefix { $0 != ":" }, text.drop { $0 != ":" }.dropFirst())
        switch name {
        case "LEI":
            return participants(try Field.lei(value, "identifier"))
        case "BIC":
            return participant(try Field.bic(String(value), "identifier")).map { [$0.id] } ?? []
        default:
            return participant(try Field.clearingCode(text, "identifier")).map { [$0.id] } ?? []
        }
    }
}

/// R3.14, R3.15, R3.18 The banks that messages name: participants, and the gateway itself.
package struct KnownBanks: BankRegister {
    let directory: Directory
    let gateway: BIC
    /// ``LEI/none`` where nobody said it.
    let gatewayLEI: LEI

    package init(_ directory: Directory, gateway: BIC, gatewayLEI: LEI = .none) {
        self.directory = directory
        self.gateway = gateway
        self.gatewayLEI = gatewayLEI
    }

    package func participant(_ bic: BIC) -> BIC? {
        bic.primaryOfficeBIC == gateway.primaryOfficeBIC
            ? gateway : directory.participant(bic)?.registration.bic
    }

    package func participant(_ code: ClearingCode) -> BIC? {
        directory.participant(code)?.registration.bic
    }

    package func participants(_ lei: LEI) -> [BIC] {
        let own = lei == gatewayLEI && lei != .none ? [gateway] : []
        return own + directory.participants(lei).map { directory.bic(of: $0) }
    }
}

extension ReadOrder {
    /// R3.16 The order as it goes on record for a submitter: with the bank that it names, where
    /// that is no participant. It is the gateway's to say, and not of the order's content.
    package func onRecord(for submitter: BIC, in directory: Directory) -> ReadOrder {
        let bank = directory.originator(draft.payer, of: submitter)?.description ?? ""
        switch stated {
        case .transfer(var transfer):
            transfer.originatingBank = bank
            return ReadOrder(draft, .transfer(transfer))
        case .details(let details):
            guard bank != details?.originatingBank ?? "" else { return self }
            var details = details ?? ProtoPaymentDetails()
            details.originatingBank = bank
            return ReadOrder(draft, details: details)
        }
    }
}
