import BankMessages
import Foundation
import Testing

/// Seconds of processor time that this thread has used; what else runs on the machine is not in it.
private func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Reads the document whole, or is refused; everything counts.
private func cost(_ document: [UInt8]) -> (seconds: Double, result: String) {
    let start = threadSeconds()
    var result = "read"
    do {
        let message = try BankMessage(xml: document)
        if message.content.transactions.isEmpty { result = "empty" }
    } catch {
        result = "\(error.cause): \(error.sentence.prefix(70))"
    }
    return (threadSeconds() - start, result)
}

@Suite("What the nastiest document costs", .serialized)
struct CostTests {
    @Test("list")
    func list() {
        var rows: [(Double, String)] = []
        for kind in NastyDocuments.kinds {
            let document = kind.make(2 * 1_024 * 1_024)
            let best = (0..<3).map { _ in cost(document) }.min { $0.seconds < $1.seconds }!
            rows.append((best.seconds, "\(kind.name) [\(document.count)]: \(best.result)"))
        }
        for row in rows.sorted(by: { $0.0 > $1.0 }) {
            print(String(format: "%8.2f ms  ", row.0 * 1000) + row.1)
        }
    }
}
