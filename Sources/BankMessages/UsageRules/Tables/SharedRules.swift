/// Rules that several messages have under different numbers.
extension UsageRule {
    /// Values that no guideline has to list: they are wrong wherever they stand.
    static let everywhere: [UsageRule] = [
        UsageRule(
            number: "VAL-IBAN", severity: .value,
            sentence: "An IBAN must have the form and the check digits of ISO 13616.",
            check: .anywhere("IBAN", .iban)),
        UsageRule(
            number: "VAL-LEI", severity: .value,
            sentence: "An LEI must have 20 characters with the check digits of ISO 17442.",
            check: .anywhere("LEI", .lei)),
        UsageRule(
            number: "VAL-CTRY", severity: .value,
            sentence: "A country must be a code of ISO 3166-1.",
            check: .anywhere("Ctry", .country)),
        UsageRule(
            number: "VAL-CCY", severity: .value,
            sentence: "A currency must be a code of ISO 4217.", check: .anyCurrency(.currency)),
    ]

    /// Numbers of the rules that hold header and message together.
    struct HeaderNumbers {
        var identifier: String
        var contained: String
        var definition: String
        var to: (copies: String, original: String)?
        var from: String?
        var priority: String?
    }

    /// - Parameter transactions: the element that names the agents and the priority.
    static func header(_ numbers: HeaderNumbers, transactions: String) -> [UsageRule] {
        [
            UsageRule(
                number: numbers.identifier,
                sentence: "BizMsgIdr of the header must be MsgId of the group header.",
                check: .same("AppHdr/BizMsgIdr", "GrpHdr/MsgId")),
            UsageRule(
                number: numbers.contained, severity: .textual,
                sentence: "BizMsgIdr of the header must have MsgId of the group header in it.",
                check: .contains("AppHdr/BizMsgIdr", "GrpHdr/MsgId")),
            UsageRule(
                number: numbers.definition, severity: .textual,
                sentence: "MsgDefIdr of the header must name the message as its namespace does.",
                check: .isDefinition("AppHdr/MsgDefIdr")),
        ] + agentsOfHeader(numbers, transactions) + priority(numbers, transactions)
    }

    private static func agentsOfHeader(
        _ numbers: HeaderNumbers, _ transactions: String
    ) -> [UsageRule] {
        guard let to = numbers.to, let from = numbers.from else { return [] }
        let receiver: UsagePath = "AppHdr/To/FIId/FinInstnId/BICFI"
        let sender: UsagePath = "AppHdr/Fr/FIId/FinInstnId/BICFI"
        let instructed = UsagePath("\(transactions)/InstdAgt/FinInstnId/BICFI")
        let instructing = UsagePath("\(transactions)/InstgAgt/FinInstnId/BICFI")
        let copy: UsagePath = "AppHdr/CpyDplct"
        return [
            UsageRule(
                number: to.copies,
                sentence: "To of the header must be InstdAgt, unless CpyDplct is COPY or CODU.",
                check: .same(receiver, instructed, when: [.none(copy, ["COPY", "CODU"])])),
            UsageRule(
                number: to.original,
                sentence: "To of the header must be InstdAgt when there is no CpyDplct.",
                check: .same(receiver, instructed, when: [.lacks(copy)])),
            UsageRule(
                number: from, sentence: "Fr of the header must be InstgAgt.",
                check: .same(sender, instructing)),
        ]
    }

    private static func priority(
        _ numbers: HeaderNumbers, _ transactions: String
    ) -> [UsageRule] {
        guard let number = numbers.priority else { return [] }
        return [
            UsageRule(
                number: number,
                sentence: "Prty of the header must be InstrPrty of the payment, if both are there.",
                check: .same("AppHdr/Prty", UsagePath("\(transactions)/PmtTpInf/InstrPrty")))
        ]
    }

    /// An agent has name and address, or neither.
    static func agents(_ places: [(number: String, path: String)]) -> [UsageRule] {
        places.map { number, path in
            UsageRule(
                number: number, sentence: "An agent has Nm and PstlAdr both, or neither.",
                check: .each(
                    UsagePath("\(path)/FinInstnId"), when: [.hasAny(["Nm", "PstlAdr"])],
                    then: [.has("Nm"), .has("PstlAdr")]))
        }
    }

    /// A party with an address has a name.
    static func addressedParties(_ places: [(number: String, path: String)]) -> [UsageRule] {
        places.map { number, path in
            UsageRule(
                number: number, sentence: "A party with PstlAdr must have Nm.",
                check: .each(UsagePath(path), when: [.has("PstlAdr")], then: [.has("Nm")]))
        }
    }

    /// A party without a BIC has a name.
    static func namedParties(_ places: [(number: String, path: String)]) -> [UsageRule] {
        places.map { number, path in
            UsageRule(
                number: number, sentence: "A party without AnyBIC must have Nm.",
                check: .each(
                    UsagePath(path), when: [.lacks("Id/OrgId/AnyBIC")], then: [.has("Nm")]))
        }
    }

    /// A party with a BIC has neither name nor address.
    static func partiesByBIC(_ places: [(number: String, path: String)]) -> [UsageRule] {
        places.map { number, path in
            UsageRule(
                number: number, severity: .textual,
                sentence: "A party with AnyBIC must have neither Nm nor PstlAdr.",
                check: .each(
                    UsagePath(path), when: [.has("Id/OrgId/AnyBIC")],
                    then: [.lacks("Nm"), .lacks("PstlAdr")]))
        }
    }

    static func addressLines(_ number: String) -> UsageRule {
        UsageRule(
            number: number, severity: .textual,
            sentence: "AdrLine must not repeat what an element of the address says.",
            check: .addressesWithoutRepetition)
    }

    static func instructionIdentification(_ number: String, _ path: UsagePath) -> UsageRule {
        UsageRule(
            number: number,
            sentence: "An instruction's identification must not begin or end with / or have // in "
                + "it.",
            check: .values([path], .slashes))
    }

    static func endToEndIdentification(_ number: String, _ path: UsagePath) -> UsageRule {
        UsageRule(
            number: number,
            sentence: "The first 16 characters of EndToEndId must not begin or end with / or have "
                + "// in them.",
            check: .values([path], .slashesOfSixteen))
    }

    static func noCommodity(_ number: String, _ path: UsagePath) -> UsageRule {
        UsageRule(
            number: number, sentence: "XAU, XAG, XPD and XPT are no currencies to settle in.",
            check: .currencies(path, .notOneOf(["XAU", "XAG", "XPD", "XPT"])))
    }

    /// The tracked service of the network that does not fit this message.
    static func trackedService(_ number: String, is code: String) -> UsageRule {
        let others = ["G001", "G002", "G003", "G004", "G005", "G006", "G007", "G009"]
        return UsageRule(
            number: number, sentence: "Of the codes G001 to G009 SvcLvl may only have \(code).",
            check: .values(
                ["CdtTrfTxInf/PmtTpInf/SvcLvl/Cd"], .notOneOf(others.filter { $0 != code })))
    }

    static func creditorInstructionsOnce(_ number: String, _ path: UsagePath) -> UsageRule {
        UsageRule(
            number: number, sentence: "InstrForCdtrAgt must have each code only once.",
            check: .each(path, then: [.distinct("InstrForCdtrAgt/Cd")]))
    }

    static func creditorInstruction(
        _ number: String, _ path: UsagePath, _ code: String, without other: String
    ) -> UsageRule {
        UsageRule(
            number: number, sentence: "InstrForCdtrAgt must not have \(other) beside \(code).",
            check: .each(
                path, when: [.some("InstrForCdtrAgt/Cd", [code])],
                then: [.none("InstrForCdtrAgt/Cd", [other])]))
    }

    static func oneChargeForDebtor(_ number: String, _ path: UsagePath) -> UsageRule {
        UsageRule(
            number: number, sentence: "With ChrgBr DEBT there must be at most one ChrgsInf.",
            check: .each(
                path, when: [.some("ChrgBr", ["DEBT"])], then: [.atMostOne("ChrgsInf")]))
    }

    static func chargesOfCreditor(_ number: String, _ path: UsagePath) -> UsageRule {
        UsageRule(
            number: number,
            sentence: "With ChrgBr CRED there must be ChrgsInf, with zero if nothing was taken.",
            check: .each(path, when: [.every("ChrgBr", "CRED")], then: [.has("ChrgsInf")]))
    }

    /// Amounts in one currency differ only by charges, which must be stated.
    static func chargesForDifference(
        _ number: String, _ path: UsagePath, _ amounts: (UsagePath, UsagePath)
    ) -> UsageRule {
        UsageRule(
            number: number, severity: .textual,
            sentence: "\(amounts.0.names.joined(separator: "/")) and "
                + "\(amounts.1.names.joined(separator: "/")) differ in one currency; say why in "
                + "ChrgsInf.",
            check: .each(
                path, when: [.differ(amounts.0, amounts.1)], then: [.has("ChrgsInf")]))
    }

    static func structuredRemittance(
        _ number: String, each path: UsagePath, of texts: UsagePath = "RmtInf/Strd"
    ) -> UsageRule {
        UsageRule(
            number: number, severity: .textual,
            sentence: "Strd must have at most 9,000 characters in all.",
            check: .characters(each: path, of: texts, atMost: 9_000))
    }

    static func exclusive(
        _ number: String, _ path: UsagePath, _ first: UsagePath, _ second: UsagePath
    ) -> UsageRule {
        let names = [first, second].map { $0.names.joined(separator: "/") }
        return UsageRule(
            number: number, sentence: "\(names[0]) and \(names[1]) exclude each other.",
            check: .each(path, when: [.has(first)], then: [.lacks(second)]))
    }

    static func filledEndToEnd(_ number: String) -> UsageRule {
        UsageRule(
            number: number, severity: .textual,
            sentence: "EndToEndId must say NOTPROVIDED when the debtor gave none.",
            check: .values(["CdtTrfTxInf/PmtId/EndToEndId"], .filled))
    }

    static func bics(_ paths: [UsagePath]) -> UsageRule {
        UsageRule(
            number: "VAL-BIC", severity: .value,
            sentence: "A BIC must have 8 or 11 characters by ISO 9362 and the code of a country.",
            check: .values(paths, .bic))
    }
}
