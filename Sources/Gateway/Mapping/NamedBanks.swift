internal import BankMessages
package import Domain

// Banks that an order names in another way than the ledger knows them.

extension Directory {
    /// R3.15 The order with BICs where it names banks by codes of clearing systems; the codes stand
    /// in its details then, whatever they said of that.
    ///
    /// - Throws: `NOT_FOUND` naming a code that no participant has.
    package func withBICs(_ request: ProtoPaymentOrder) throws(GatewayError) -> ProtoPaymentOrder {
        let (payer, creditor) = (Self.code(request.payer), Self.code(request.creditorParticipant))
        let saysCodes =
            request.hasDetails
            && !(request.details.payerCode.isEmpty && request.details.creditorCode.isEmpty)
        guard saysCodes || !payer.isEmpty || !creditor.isEmpty else { return request }
        var order = request
        order.payer = try bic(named: request.payer, "payer")
        order.creditorParticipant = try bic(
            named: request.creditorParticipant, "creditor_participant")
        order.details.payerCode = payer
        order.details.creditorCode = creditor
        return order
    }

    /// The text where it is a code, else nothing.
    private static func code(_ text: String) -> String {
        text.utf8.contains(UInt8(ascii: ":")) ? text : ""
    }

    private func bic(named text: String, _ field: String) throws(GatewayError) -> String {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return text }
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
            guard let lei = LEI(value) else {
                throw Field.malformed(
                    "identifier", "must be LEI: and a LEI with right check digits", text)
            }
            return participants(lei)
        case "BIC":
            return participant(try Field.bic(String(value), "identifier")).map { [$0.id] } ?? []
        default:
            return participant(try Field.clearingCode(text, "identifier")).map { [$0.id] } ?? []
        }
    }
}

extension ReadOrder {
    /// R3.16 The order as it goes on record for a submitter: with the bank that it names, where
    /// that is no participant. It is the gateway's to say, and not of the order's content.
    package func onRecord(for submitter: BIC, in directory: Directory) -> ReadOrder {
        let bank = directory.originator(draft.payer, of: submitter)?.description ?? ""
        guard bank != details?.originatingBank ?? "" else { return self }
        var details = details ?? ProtoPaymentDetails()
        details.originatingBank = bank
        return ReadOrder(draft, details: details)
    }
}
