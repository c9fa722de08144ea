internal import BankMessages
package import Domain

// Banks that an order names in another way than the ledger knows them.

extension Directory {
    /// R3.15 The order with BICs where it names banks by codes of clearing systems.
    ///
    /// - Throws: `NOT_FOUND` naming a code that no participant has.
    package func withBICs(_ request: ProtoPaymentOrder) throws(GatewayError) -> ProtoPaymentOrder {
        guard
            request.payer.utf8.contains(UInt8(ascii: ":"))
                || request.creditorParticipant.utf8.contains(UInt8(ascii: ":"))
        else { return request }
        var order = request
        order.payer = try bic(named: request.payer, "payer")
        order.creditorParticipant = try bic(
            named: request.creditorParticipant, "creditor_participant")
        return order
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
    /// system, each behind its name and a colon; all of them when it is empty.
    ///
    /// - Throws: `MALFORMED_REQUEST` for anything else.
    package func participants(
        identifiedBy text: String
    ) throws(GatewayError) -> @Sendable (ParticipantRow) -> Bool {
        guard !text.isEmpty else { return { _ in true } }
        let (name, value) = (text.prefix { $0 != ":" }, text.drop { $0 != ":" }.dropFirst())
        switch name {
        case "LEI":
            guard let lei = LEI(value) else {
                throw Field.malformed(
                    "identifier", "must be LEI: and a LEI with right check digits", text)
            }
            return { $0.registration.lei == lei }
        case "BIC":
            let id = participant(try Field.bic(String(value), "identifier"))?.id
            return { $0.id == id }
        default:
            let id = participant(try Field.clearingCode(text, "identifier"))?.id
            return { $0.id == id }
        }
    }
}

extension ReadOrder {
    /// R3.16 The order as it goes on record for a submitter: with the bank for which it pays as a
    /// correspondent. That is the gateway's to say, and not of the order's content.
    package func onRecord(for submitter: BIC, in directory: Directory) -> ReadOrder {
        let bank = directory.originator(draft.payer, of: submitter)?.description ?? ""
        guard bank != details?.originatingBank ?? "" else { return self }
        var details = details ?? ProtoPaymentDetails()
        details.originatingBank = bank
        return ReadOrder(draft, details: details)
    }
}
