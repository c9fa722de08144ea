import BankMessages
import Foundation
import Testing

/// Seconds of processor time that this thread has used; what else runs on the machine is not in it,
/// though it makes each instruction slower.
func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// What it costs to read a document whole or to refuse it, its instructions included.
private func seconds(_ document: [UInt8]) -> (seconds: Double, verdict: String) {
    let start = threadSeconds()
    var verdict = "read"
    do {
        let message = try creditTransfers(document)
        if message.paymentInstructions.isEmpty { verdict = "read, but empty" }
    } catch {
        verdict = error.sentence
    }
    return (threadSeconds() - start, verdict)
}

@Suite("What the nastiest documents cost", .serialized)
struct CostTests {
    /// Quiet, the worst kind takes a quarter of it on the machine this was made on.
    private static let most = 0.3
    /// What takes less is cheap enough, and too short to be compared.
    private static let cheap = 0.03

    private static let size = 2 * 1_024 * 1_024

    /// On a thread of its own: half a minute of work would keep other tests from their turns.
    @Test("No kind of document costs more than its bytes, nor a mixture of kinds")
    func everyKind() async {
        await withCheckedContinuation { done in
            Thread.detachNewThread {
                judgeEveryKind()
                done.resume()
            }
        }
    }

    private func judgeEveryKind() {
        var worst = (seconds: 0.0, line: "")
        let kinds = NastyDocuments.kinds + NastyDocuments.mixtures(40, seed: 2_097_152)
        #expect(kinds.count >= 160)
        for kind in kinds {
            let document = kind.make(Self.size)
            #expect(document.count <= Self.size, "\(kind.name): \(document.count)")
            var (cost, verdict) = seconds(document)
            for _ in 0..<2 where cost > Self.cheap { cost = min(cost, seconds(document).seconds) }
            #expect(cost < Self.most, "\(kind.name): \(cost) s, \(verdict)")
            expectLinear(kind, cost)
            if cost > worst.seconds { worst = (cost, "\(kind.name): \(verdict)") }
        }
        print("\(kinds.count) kinds of 2 MiB; the worst costs \(worst.seconds) s: \(worst.line)")
    }

    /// Twice the bytes may cost three times as much, not four. A neighbour that empties the caches
    /// can make one look wrong; what is quadratic is so every time.
    private func expectLinear(_ kind: NastyKind, _ first: Double) {
        guard first > Self.cheap else { return }
        let (whole, half) = (kind.make(Self.size), kind.make(Self.size / 2))
        var (cost, least) = (first, Double.infinity)
        for _ in 0..<5 {
            least = min(least, (0..<3).map { _ in seconds(half).seconds }.min() ?? least)
            if cost < max(3 * least, 2 * Self.cheap) { return }
            cost = min(cost, seconds(whole).seconds)
        }
        Issue.record("\(kind.name): \(least) s, twice: \(cost) s")
    }

    @Test("Nothing is ever written to standard error, on no thread")
    func silence() async {
        let result = await #expect(
            processExitsWith: .success, observing: [\.standardErrorContent]
        ) {
            let documents = NastyDocuments.kinds.map { $0.make(20_000) }
            for document in documents { _ = seconds(document) }
            await withTaskGroup(of: Void.self) { group in
                for document in documents { group.addTask { _ = seconds(document) } }
            }
            let thread = Thread { for document in documents { _ = seconds(document) } }
            thread.start()
            while !thread.isFinished { await Task.yield() }
        }
        let written = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
        #expect(written == "")
    }
}
