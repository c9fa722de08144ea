import BankMessages
import Domain
import Foundation
import Testing

/// A message that somebody else wrote.
struct ForeignMessage: CustomTestStringConvertible {
    var name: String
    var text: String
    var testDescription: String { name }

    static func all() throws -> [ForeignMessage] {
        let parts = try PythonEnvironment.run("examples.py")
            .split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        return stride(from: 0, to: parts.count - 1, by: 2).map {
            ForeignMessage(name: parts[$0], text: parts[$0 + 1])
        }
    }

    private func replacing(_ pairs: [(String, String)]) -> String {
        pairs.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }

    /// With CNY to be paid and THB to be received.
    ///
    /// The examples have 1000.00 EUR on both sides and, in the long ones, a rate of 1000.00. The
    /// arithmetic then demands other figures: 1000.00 × 4.9312 = 4931.20.
    var payingRenminbi: String {
        withPayCurrency(
            "CNY", "1000.00",
            in: replacing([
                ("<IntrBkSttlmAmt Ccy=\"EUR\">1000.00", "<IntrBkSttlmAmt Ccy=\"THB\">4931.20"),
                ("<InstdAmt Ccy=\"EUR\">", "<InstdAmt Ccy=\"CNY\">"),
                ("<XchgRate>1000.00", "<XchgRate>4.9312"), ("<Ccy>EUR</Ccy>", "<Ccy>CNY</Ccy>"),
            ]))
    }

    /// With THB to be paid and CNY to be received: 4931.20 × 0.2028 = 1000.05.
    var payingForeign: String {
        withPayCurrency(
            "THB", "4931.20",
            in: replacing([
                ("<IntrBkSttlmAmt Ccy=\"EUR\">1000.00", "<IntrBkSttlmAmt Ccy=\"CNY\">1000.05"),
                ("<InstdAmt Ccy=\"EUR\">1000.00", "<InstdAmt Ccy=\"THB\">4931.20"),
                ("<XchgRate>1000.00", "<XchgRate>0.2028"), ("<Ccy>EUR</Ccy>", "<Ccy>THB</Ccy>"),
            ]))
    }

    /// The short pacs.009 examples, and the short pacs.008 ones of 2025, state one currency only:
    /// the first get the debtor's account, the others the instructed amount.
    private func withPayCurrency(
        _ currency: String, _ amount: String, in text: String
    ) -> String {
        if name.contains("pacs.009"), !text.contains("InstdAmt"), !text.contains("DbtrAcct"),
            let place = text.range(of: "</Dbtr>")
        {
            let account =
                "<DbtrAcct><Id><Othr><Id>EX</Id></Othr></Id><Ccy>\(currency)</Ccy></DbtrAcct>"
            return text.replacingCharacters(in: place, with: "</Dbtr>" + account)
        }
        if name.contains("pacs.008"), !text.contains("InstdAmt") {
            let instructed = "<InstdAmt Ccy=\"\(currency)\">\(amount)</InstdAmt>"
            return text.replacingOccurrences(of: "<ChrgBr>", with: instructed + "<ChrgBr>")
        }
        return text
    }
}

@Suite(
    "Messages that somebody else wrote",
    .enabled(if: PythonEnvironment.isAvailable, PythonEnvironment.missing))
struct ForeignMessageTests {
    @Test("Every example is read whole and, having no corridor, refused for that reason")
    func asTheyStand() throws {
        let messages = try ForeignMessage.all()
        #expect(messages.count == 20)
        for message in messages {
            let read = try BankMessage(xml: Array(message.text.utf8))
            #expect(read.content.transactions.count == 1)
            #expect(read.content.header?.messageDefinitionIdentifier == read.definition.rawValue)
            #expect(read.content.envelope == .standard)
            #expect(message.text.contains("<UETR>\(read.content.transactions[0].uetr)</UETR>"))
            let refused = #expect(throws: MessageRejection.self, "\(message.name)") {
                try read.paymentInstruction(at: 0)
            }
            #expect(refused?.code == .notAllowedCurrency)
            #expect(refused?.cause == .noCorridor)
            print("\(message.name): \(refused?.code.rawValue ?? "?") \(refused?.path ?? "?")")
        }
    }

    @Test("With a corridor every example becomes an instruction, and stays valid")
    func withCorridor() throws {
        let messages = try ForeignMessage.all()
        for (message, verdict) in zip(
            messages, try PythonEnvironment.verdicts(on: messages.map(\.payingRenminbi)))
        {
            #expect(verdict.hasPrefix("ok head.001.001.02 pacs.00"), "\(message.name): \(verdict)")
        }
        print("\(messages.count) foreign messages became instructions to pay CNY")
        for message in messages {
            let instruction = try #require(try instructions(message.payingRenminbi).first)
            let isCustomer = message.name.contains("pacs.008")
            #expect(instruction.receiveAmount == Money(minorUnits: 493_120, currency: .thb))
            #expect(instruction.payCurrency == .cny)
            let isStated = isCustomer || message.text.contains("<InstdAmt")
            let most = Money(minorUnits: 100_000, currency: .cny)
            #expect(instruction.payAmount == (isStated ? most : nil), "\(message.name)")
            let hasRate = isCustomer && message.name.contains("max")
            #expect(
                instruction.limit
                    == (hasRate || instruction.payAmount != nil ? Rate(scaled: 493_120_000) : nil))
        }
    }

    @Test("The same the other way round")
    func otherDirection() throws {
        for message in try ForeignMessage.all() {
            let instruction = try #require(try instructions(message.payingForeign).first)
            #expect(instruction.receiveAmount == Money(minorUnits: 100_005, currency: .cny))
            #expect(instruction.payCurrency == .thb)
            let hasRate = message.name.contains("pacs.008") && message.name.contains("max")
            // 1 ÷ 0.2028 = 4.930966469…, cut off.
            #expect(
                instruction.limit
                    == (hasRate
                        ? Rate(scaled: 493_096_646)
                        : instruction.payAmount.map { _ in Rate(scaled: 493_095_345) }))
        }
    }

    @Test("The envelopes banks use", arguments: ["Envelope", "RequestPayload", "DataPDU/Body"])
    func envelopes(path: String) throws {
        for message in try ForeignMessage.all() {
            let names = path.split(separator: "/").map(String.init)
            let start = names.map { "<\($0) xmlns=\"urn:x\">" }.joined()
            let end = names.reversed().map { "</\($0)>" }.joined()
            let text =
                message.payingRenminbi
                .replacingOccurrences(of: "<Envelope>", with: start)
                .replacingOccurrences(of: "</Envelope>", with: end)
            #expect(try instructions(text).count == 1)
        }
    }
}
