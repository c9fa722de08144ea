import BankMessages
import Domain
import ForeignMessages
import Foundation
import Testing

@Suite("Nothing of a payment is dropped")
struct PartsTests {
    private func read(_ text: String) throws -> CreditTransferMessage {
        try creditTransfers(Array(text.utf8))
    }

    @Test(
        "Random transactions with all elements come out as they went in",
        arguments: RandomMessages.creditTransferDefinitions)
    func roundTrip(definition: MessageDefinition) throws {
        var parts = RandomParts(definition, seed: 27_182)
        for _ in 0..<60 {
            let (text, transaction) = parts.message()
            let message = try read(text)
            let transfer = try message.transactions[0].get()
            let fault = TransferDetails.fault(in: transfer.details)
            try #require(fault == nil, "\(fault!.path) \(fault!.rule)\n\(text)")
            let frame = TransferFrame(
                uetr: transfer.uetr,
                interbankSettlementAmount: transfer.interbankSettlementAmount)
            let written = try TransferDetails.elements(
                of: transfer.details, definition, frame, depth: 3)
            #expect(written.omissions == 0)
            let lines = String(decoding: written.xml, as: UTF8.self).split(separator: "\n")
            let change = zip(lines, transaction).first { $0 != $1 }
            let isSame = change == nil && lines.count == transaction.count
            try #require(isSame, "\(String(describing: change))\n\(text)")
            #expect(try read(try message.xml()) == message)
        }
    }

    @Test("The order of elements does not matter: equal payments have equal details")
    func order() throws {
        let swapped = samplePacs008.replacing(
            "<PmtId>", with: "<RmtInf><Ustrd>Invoice 17 &amp; 18</Ustrd></RmtInf><PmtId>"
        ).replacing("<RmtInf><Ustrd>Invoice 17 &amp; 18</Ustrd></RmtInf>\n", with: "\n")
        let details = try [samplePacs008, swapped].map {
            try read($0).transactions[0].get().details
        }
        #expect(swapped != samplePacs008 && details[0] == details[1])
    }

    @Test("What the group header says for all is said of each")
    func groupDefaults() throws {
        let agent = "<InstgAgt><FinInstnId><BICFI>BKCHCNBJXXX</BICFI></FinInstnId></InstgAgt>"
        let inGroup = samplePacs008.replacing("</SttlmInf>", with: "</SttlmInf>" + agent)
        let inTransaction = samplePacs008.replacing(
            "<ChrgBr>SHAR</ChrgBr>", with: "<ChrgBr>SHAR</ChrgBr>" + agent)
        #expect(
            try read(inGroup).transactions[0].get().details
                == read(inTransaction).transactions[0].get().details)
    }

    /// Old, new, path and sentence.
    static let faults = [
        (
            "<Dbtr><Nm>", "<Dbtr><Colour>red</Colour><Nm>", "Dbtr/*",
            "Dbtr has an element that its version does not; leave it out."
        ),
        (
            "</Nm></Dbtr>",
            "</Nm><PstlAdr><TwnNm>\(String(repeating: "x", count: 36))</TwnNm>"
                + "</PstlAdr></Dbtr>", "Dbtr/PstlAdr/TwnNm",
            "TwnNm has 36 characters; at most 35 are allowed."
        ),
        (
            "</Nm></Dbtr>", "</Nm><PstlAdr><CareOf>x</CareOf></PstlAdr></Dbtr>",
            "Dbtr/PstlAdr/*", "PstlAdr has an element that its version does not; leave it out."
        ),
        (
            "</Nm></Dbtr>",
            "</Nm><PstlAdr>\(String(repeating: "<AdrLine>x</AdrLine>", count: 8))</PstlAdr></Dbtr>",
            "Dbtr/PstlAdr/AdrLine[8]", "Element AdrLine stands more than 7 times."
        ),
        (
            "<RmtInf>", "<RmtInf><Strd/><Strd><RfrdDocInf><LineDtls/></RfrdDocInf></Strd>",
            "RmtInf/Strd[2]/RfrdDocInf[1]/LineDtls[1]/Id",
            "Mandatory element Id is missing; add it."
        ),
        (
            "</Nm></Dbtr>", "</Nm><Id><OrgId/><PrvtId/></Id></Dbtr>", "Dbtr/Id",
            "Id must have one of OrgId, PrvtId."
        ),
        (
            "</Nm></Dbtr>", "</Nm><CtctDtls><PhneNb>12345</PhneNb></CtctDtls></Dbtr>",
            "Dbtr/CtctDtls/PhneNb", "PhneNb is no telephone number such as +86-2012345678."
        ),
    ]

    @Test("What a component cannot hold is refused with its path", arguments: faults)
    func refusals(old: String, new: String, path: String, sentence: String) throws {
        let text = samplePacs008.replacing(old, with: new)
        #expect(text != samplePacs008)
        let refused = try #require(rejection(text))
        #expect(refused.path == "/Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]/" + path)
        #expect(refused.sentence == sentence)
    }
}

@Suite("The tables are those of the schemas", .needsForeignMessages)
struct PartsSchemaTests {
    @Test("Every element, how often it stands, its form and its length, in every version")
    func elements() throws {
        let names = RandomMessages.creditTransferDefinitions.map(\.name).joined(separator: "\n")
        let output = String(
            decoding: try PythonEnvironment.run("elements.py", input: Data(names.utf8)),
            as: UTF8.self)
        let published = output.split(separator: "\n").map(String.init)
        let ours = RandomMessages.creditTransferDefinitions.flatMap { definition in
            lines(definition.table, in: definition.edition, "").map { "\(definition.name) \($0)" }
        }
        let (missing, surplus) = (
            Set(published).subtracting(ours), Set(ours).subtracting(published)
        )
        #expect(missing.isEmpty, "\(missing.sorted().prefix(20))")
        #expect(surplus.isEmpty, "\(surplus.sorted().prefix(20))")
        #expect(published.count > 20_000)
        print("\(Set(published).count) elements of the schemas compared")
    }

    private func lines(_ component: Component, in edition: Edition, _ path: String) -> [String] {
        component.fields.filter { $0.editions.contains(edition) && $0.isRead }.flatMap { field in
            let here = "\(path)/\(field.element)"
            let most = field.occurrences.upperBound
            let head = "\(here) \(field.occurrences.lowerBound) \(most == .max ? "any" : "\(most)")"
            switch field.form {
            case .message(let inner), .inline(let inner):
                return ["\(head) \(inner.isChoice ? "choice" : "elements")"]
                    + lines(inner, in: edition, here)
            default: return ["\(head) \(words(field))"]
            }
        }
    }

    private func words(_ field: Field) -> String {
        switch field.form {
        case .text(let length): "text \(length)"
        case .list(let codes):
            "list "
                + codes.map { String(decoding: $0, as: UTF8.self) }.sorted().joined(separator: " ")
        case .date: "date"
        case .dateTime: "dateTime"
        case .time: "time"
        case .year: "year"
        case .indicator: "indicator"
        case .decimal(let digits, let fraction): "decimal \(digits) \(fraction)"
        case .amount: "amount"
        case .foreign: "elements"
        case .base64(let bytes): "base64 \(bytes)"
        case .elsewhere: field.element == "UETR" ? "pattern" : "amount"
        default: "pattern"
        }
    }

    @Test("Random transactions are valid as drawn, and as written for every version")
    func validity() throws {
        var documents: [String] = []
        for definition in RandomMessages.creditTransferDefinitions {
            var parts = RandomParts(definition, seed: 31_415)
            for _ in 0..<6 {
                let (text, _) = parts.message()
                documents.append(text)
                let message = try creditTransfers(Array(text.utf8))
                for version in definition.message.versions {
                    documents.append(try message.xml(version: version))
                }
            }
        }
        let verdicts = try PythonEnvironment.verdicts(on: documents)
        try #require(verdicts.count == documents.count)
        for (verdict, document) in zip(verdicts, documents) where !verdict.hasPrefix("ok") {
            Issue.record("\(verdict)\n\(document)")
        }
        print("\(documents.count) random messages judged, across versions too")
    }

    @Test("Every element of others' messages travels")
    func foreignMessages() throws {
        for message in try ForeignMessage.all() {
            let read = try creditTransfers(Array(message.payingRenminbi.utf8))
            let written = try read.xml()
            #expect(elementCounts(written) == elementCounts(message.payingRenminbi))
            #expect(try creditTransfers(Array(written.utf8)) == read)
        }
    }

    /// How often each element of the transactions stands.
    private func elementCounts(_ text: String) -> [Substring: Int] {
        let start = text.range(of: "<CdtTrfTxInf>")!.upperBound
        let end = text.range(of: "</CdtTrfTxInf>", options: .backwards)!.lowerBound
        var counts: [Substring: Int] = [:]
        for part in text[start..<end].split(separator: "<") where !part.hasPrefix("/") {
            let name = part.prefix { $0.isLetter || $0.isNumber }
            if !name.isEmpty { counts[name, default: 0] += 1 }
        }
        return counts
    }
}
