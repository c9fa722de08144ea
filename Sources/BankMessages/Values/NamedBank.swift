package import Domain

/// Who knows banks by their names.
package protocol BankRegister: Sendable {
    /// The BIC of the participant that a BIC means; nil when it means none.
    func participant(_ bic: BIC) -> BIC?
    /// That of the participant with a code of a clearing system.
    func participant(_ code: ClearingCode) -> BIC?
    /// Those of the participants with a LEI, in a fixed order.
    func participants(_ lei: LEI) -> [BIC]
}

extension MessageElement {
    /// A `BranchAndFinancialInstitutionIdentification6`, with the BIC of the participant that its
    /// clearing code or its LEI means where it states none.
    ///
    /// - Throws: ``MessageRejection`` also when two of its names are different participants', or
    ///   its only name is that of several.
    func institution() throws(MessageRejection) -> Party {
        let institution = try required("FinInstnId")
        let others = institution.element.hasChildren(besides: ["Nm", "BICFI"])
        var party = Party(
            name: try institution.child("Nm")?.foldedText(max: 140),
            bic: try institution.child("BICFI")?.bic(), clearingCode: institution.clearingCode,
            lei: try institution.child("LEI")?.lei(), hasOtherIdentification: others)
        try institution.find(&party)
        return party
    }

    /// The BIC of an `OrganisationIdentification29`, or of the participant with its LEI.
    func organisation() throws(MessageRejection) -> BIC? {
        var party = Party(
            bic: try child("AnyBIC")?.bic(), lei: try child("LEI")?.lei())
        try find(&party, bicElement: "AnyBIC")
        return party.bic
    }

    /// `ClrSysMmbId` with the code of a system; nil without, and for what has another form, which
    /// then identifies nobody.
    private var clearingCode: ClearingCode? {
        guard let membership = try? child("ClrSysMmbId"),
            let code = try? membership.child("ClrSysId")?.child("Cd")?.text(max: 5),
            let member = try? membership.child("MmbId")?.text(max: 35)
        else { return nil }
        return ClearingCode(system: code, member: member)
    }

    private func lei() throws(MessageRejection) -> LEI {
        guard let lei = try trimmedBytes().withUnsafeBufferPointer({ LEI(utf8: $0) }) else {
            throw .malformed(path, "LEI has a wrong form or wrong check digits; correct it.")
        }
        return lei
    }

    /// Holds the names against each other, and finds the BIC where there is none: by the code,
    /// else by the LEI. A BIC that is nobody's contradicts nothing: the entity may have an office
    /// that takes no part.
    private func find(
        _ party: inout Party, bicElement: String = "BICFI"
    ) throws(MessageRejection) {
        guard let banks, party.clearingCode != nil || party.lei != nil else { return }
        let byCode = party.clearingCode.flatMap(banks.participant)
        let byLEI = party.lei.map(banks.participants) ?? []
        if let bic = party.bic {
            guard let named = banks.participant(bic) else { return }
            if let byCode, byCode != named { throw conflict("ClrSysMmbId", bicElement) }
            if !byLEI.isEmpty, !byLEI.contains(named) { throw conflict("LEI", bicElement) }
        } else if let byCode {
            if !byLEI.isEmpty, !byLEI.contains(byCode) { throw conflict("LEI", "ClrSysMmbId") }
            party.bic = byCode
            party.isNamedByCode = true
        } else if byLEI.count > 1 {
            throw MessageRejection(
                cause: .unidentifiedAgent, code: .bankIdentifierIncorrect, path: "\(path)/LEI",
                sentence: "Several participants have this LEI; add \(bicElement) of one.")
        } else {
            party.bic = byLEI.first
        }
    }

    private func conflict(_ name: String, _ other: String) -> MessageRejection {
        MessageRejection(
            cause: .contradiction, code: .bankIdentifierIncorrect, path: "\(path)/\(name)",
            sentence: "\(name) is that of another participant than \(other); correct one of them.")
    }
}
