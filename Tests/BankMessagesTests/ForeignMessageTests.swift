import BankMessages
import Domain
import ForeignMessages
import Foundation
import Testing

@Suite("Messages that somebody else wrote", .needsForeignMessages)
struct ForeignMessageTests {
    @Test("Every example is read whole and, having no corridor, refused for that reason")
    func asTheyStand() throws {
        let messages = try ForeignMessage.all()
        #expect(messages.count == 20)
        for message in messages {
            let read = try creditTransfers(Array(message.text.utf8))
            #expect(read.transactions.count == 1)
            #expect(read.header?.messageDefinitionIdentifier == read.definition.name)
            #expect(read.envelope == .standard)
            let transfer = try read.transactions[0].get()
            #expect(message.text.contains("<UETR>\(transfer.uetr)</UETR>"))
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
