import BankMessages
internal import Chance
import Domain
import Testing

@Suite("What is written is read back")
struct RoundTripTests {
    @Test("A random pacs.008 comes back equal and becomes instructions")
    func roundTrip() throws {
        var random = RandomMessages(seed: 20_022)
        for _ in 0..<500 {
            let message = random.message()
            let text = try message.xml()
            let read = try creditTransfers(Array(text.utf8))
            try #require(read == message)
            for (result, transfer) in zip(read.paymentInstructions, message.transactions) {
                let (instruction, transfer) = (try result.get(), try transfer.get())
                #expect(instruction.details == transfer)
                #expect(instruction.payAmount == transfer.instructedAmount)
                #expect(instruction.receiveAmount == transfer.interbankSettlementAmount)
            }
        }
    }

    @Test(
        "So does every message in every version",
        arguments: RandomMessages.creditTransferDefinitions)
    func everyVersion(definition: MessageDefinition) throws {
        var random = RandomMessages(seed: UInt64(definition.version))
        for _ in 0..<60 {
            let message = random.message(definition)
            try #require(try creditTransfers(Array(try message.xml().utf8)) == message)
        }
    }

    @Test("The answer goes back to the sender, in the envelope of the request")
    func answer() throws {
        for (name, hasHeader) in [("Envelope", true), ("RequestPayload", true), ("", false)] {
            let request =
                hasHeader
                ? samplePacs008.replacing("Envelope", with: "\(name)") : samplePacs009
            let message = try BankMessage(xml: Array(request.utf8))
            let report = PaymentStatusReport(
                messageIdentification: "STS-1", creationDateTime: 0, sender: BIC("LQIAHKHH")!,
                original: message.original, groupStatus: .acceptedTechnicalValidation)
            #expect(report.header?.to == (hasHeader ? BIC("BKCHCNBJ") : nil))
            let root = hasHeader ? "<\(name)>" : "<Document xmlns="
            #expect(try report.xml().split(separator: "\n")[1].hasPrefix(root))
            #expect(try report.xml().contains("<OrgnlNbOfTxs>1</OrgnlNbOfTxs>"))
        }
    }

    @Test("Writing is deterministic")
    func deterministic() throws {
        var (first, second) = (RandomMessages(seed: 7), RandomMessages(seed: 7))
        for _ in 0..<20 {
            let (a, b) = (first.message(), second.message())
            #expect(try a.xml() == b.xml())
        }
    }

    @Test("A thousand transactions keep the bounds; one more does not")
    func largestMessage() throws {
        var random = RandomMessages(seed: 1_000)
        var message = random.message()
        let example = try creditTransfers(Array(samplePacs008.utf8)).transactions[0].get()
        message.transactions = (0..<1_000).map { _ in
            var transfer = example
            transfer.uetr = random.uetr()
            return .success(transfer)
        }
        let text = try message.xml()
        #expect(try instructions(text).count == 1_000)
        message.transactions.append(message.transactions[0])
        let refused = rejection(try message.xml())
        #expect(refused?.cause == .tooManyTransactions)
        #expect(refused?.code == .invalidNumberOfTransactions)
    }

    @Test(
        "Text that XML or ISO 20022 cannot hold is refused",
        arguments: ["", "a\nb", "\u{7}", "\u{FFFE}"])
    func unprintable(text: String) throws {
        var random = RandomMessages(seed: 3)
        var message = random.message()
        message.groupHeader.messageIdentification = text
        #expect(throws: MessageWritingError.self) { try message.xml() }
    }
}
