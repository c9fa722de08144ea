import BankMessages
import Foundation
import Testing

@Suite("What writing a message costs", .serialized)
struct WritingSpeedTests {
    /// As the outbox writes them: one transfer a message, in every version.
    @Test("Rich transfers, each a message of its own")
    func rich() throws {
        let message = try creditTransfers(BulkMessages.rich(1_000))
        let messages = message.transactions.map { transaction in
            var single = message
            single.transactions = [transaction]
            return single
        }
        for version in [8, 13] {
            var best = Double.infinity
            var bytes = 0
            for _ in 0..<15 {
                let start = threadSeconds()
                bytes = 0
                for message in messages { bytes += try message.xml(version: version).utf8.count }
                best = min(best, threadSeconds() - start)
            }
            #expect(bytes > 1_000 * 2_000)
            print("version \(version): \(bytes / 1_000) bytes, \(Int(1_000 / best)) messages/s")
        }
    }
}
