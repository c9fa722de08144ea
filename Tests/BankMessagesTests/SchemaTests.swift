import BankMessages
internal import Chance
import Domain
import ForeignMessages
import ForeignPrograms
import Foundation
import Testing

@Suite("What the gateway writes is valid", .needsForeignMessages)
struct SchemaTests {
    private func expectValid(_ documents: [String]) throws {
        let verdicts = try PythonEnvironment.verdicts(on: documents)
        try #require(verdicts.count == documents.count)
        for (verdict, document) in zip(verdicts, documents) {
            #expect(verdict.hasPrefix("ok"), "\(verdict)\n\(document)")
        }
    }

    @Test("The schemas do refuse: an element too much, one too few, wrong order, wrong code")
    func schemasDiscriminate() throws {
        let changes = [
            ("<ChrgBr>SHAR</ChrgBr>", ""), ("<ChrgBr>SHAR</ChrgBr>", "<ChrgBr>OURS</ChrgBr>"),
            ("<XchgRate>4.9312</XchgRate>", "<Extra/>"), ("0a1b2c3d", "0A1B2C3D"),
            ("<XchgRate>4.9312</XchgRate>", "<XchgRate>4.93120000001</XchgRate>"),
            ("<IntrBkSttlmDt>2026-03-02</IntrBkSttlmDt>", "<ChrgBr>SHAR</ChrgBr>"),
            ("<IBAN>DE89370400440532013000</IBAN>", "<IBAN>X</IBAN><Othr><Id>1</Id></Othr>"),
        ]
        let documents = changes.map { samplePacs008.replacing($0.0, with: $0.1) }
        let verdicts = try PythonEnvironment.verdicts(on: [samplePacs008] + documents)
        #expect(verdicts[0].hasPrefix("ok head.001.001.02 pacs.008.001.08"))
        for (verdict, change) in zip(verdicts.dropFirst(), changes) {
            #expect(!verdict.hasPrefix("ok"), "\(change)")
        }
    }

    /// The schemas of pyiso20022 are classes, written down as XSD again by `schema.py`. One of them
    /// can be had as ISO 20022 publishes it: there the two must agree on everything.
    @Test(
        "The rebuilt pacs.008.001.08 judges as the published one", .needsPython("tollgate"))
    func rebuiltAgreesWithPublished() throws {
        var random = RandomMessages(seed: 20_022)
        let documents = try (0..<60).map { _ in try random.message().xml() }
        let input = Data((documents + [samplePacs008]).joined(separator: "\0").utf8)
        let output = String(
            decoding: try PythonEnvironment.run("published.py", input: input), as: UTF8.self)
        let counts = try #require(output.split(separator: "\n").last).split(separator: " ").map {
            Int($0)
        }
        try #require(counts.count == 3, "\(output)")
        #expect(counts[2] == 0, "\(output)")
        let (judged, refused) = (try #require(counts[0]), try #require(counts[1]))
        #expect(judged == 61 * 41 && refused > judged / 4 && refused < judged, "\(output)")
        print("schema of pacs.008: \(judged) documents judged twice, \(refused) refused by both")
    }

    @Test("pacs.008 and pacs.009 in every version, with head.001 in every version")
    func creditTransferMessages() throws {
        var random = RandomMessages(seed: 8)
        try expectValid(
            try RandomMessages.creditTransferDefinitions.flatMap { definition in
                try (0..<40).map { _ in try random.message(definition).xml() }
            })
    }

    @Test("What was read in the newest version is valid in the older ones")
    func otherVersions() throws {
        var random = RandomMessages(seed: 13)
        try expectValid(
            try MessageDefinition.Message.creditTransfers.flatMap { message in
                try message.versions.flatMap { version in
                    let newest = MessageDefinition(message, version: message.versions.upperBound)!
                    return try (0..<10).map { _ in try random.message(newest).xml(version: version)
                    }
                }
            })
    }

    @Test("admi.007.001.01 for every kind of notice, with and without header")
    func acknowledgements() throws {
        var random = RandomMessages(seed: 7)
        let kinds: [NoticeKind] = [.advice, .announcedCover, .copy]
        try expectValid(
            try (0..<30).map { round in
                try ReceiptAcknowledgement(
                    messageIdentification: random.text(35), creationDateTime: 1,
                    sender: random.bic(),
                    original: random.message().original, description: kinds[round % 3].reason
                ).xml()
            })
    }

    @Test("pacs.002.001.10 for every status and reason, with and without header")
    func statusReports() throws {
        var random = RandomMessages(seed: 2)
        var documents: [String] = []
        for status in TransactionStatus.allCases {
            for group in GroupStatus.allCases.map(Optional.some) + [nil] {
                let message = random.message()
                let read = BankMessage.creditTransfers(message)
                let code = StatusReasonCode.allCases.randomElement(using: &random.generator)!
                var report = PaymentStatusReport(
                    messageIdentification: random.text(35),
                    creationDateTime: message.groupHeader.creationDateTime, sender: random.bic(),
                    original: read.original, groupStatus: group)
                report.transactions = message.transactions.indices.map {
                    TransactionStatusReport(
                        original: message.originalTransaction(at: $0), status: status,
                        reason: StatusReason(code: code, texts: [random.text(400)]),
                        acceptanceDateTime: message.groupHeader.creationDateTime)
                }
                documents.append(try report.xml())
            }
        }
        try expectValid(documents)
    }

    @Test("The answer to every kind of rejection")
    func rejections() throws {
        let refused = RejectionTranscriptTests.changes.compactMap { change in
            rejection(samplePacs008.replacing(change.old, with: change.new))
        }
        #expect(refused.count == RejectionTranscriptTests.changes.count)
        try expectValid(
            try refused.map { rejection in
                try PaymentStatusReport(
                    rejecting: rejection, messageIdentification: "STS-1", creationDateTime: 0,
                    sender: BIC("LQIAHKHH")!
                ).xml()
            })
    }
}
