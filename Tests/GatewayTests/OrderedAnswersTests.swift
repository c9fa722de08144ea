import Gateway
import Synchronization
import Testing

@Suite struct OrderedAnswersTests {
    /// Answers that come in any order leave in the order of the questions, and never more are under
    /// way than the limit says.
    @Test(arguments: [1, 2, 7, 64] as [UInt64])
    func answersLeaveInOrder(_ limit: UInt64) async {
        let count: UInt64 = 2_000
        let answers = OrderedAnswers<UInt64>(limit: limit)
        let underWay = Mutex((now: UInt64(0), most: UInt64(0)))
        async let received: [UInt64] = {
            var received: [UInt64] = []
            while let answer = await answers.next() {
                underWay.withLock { $0.now -= 1 }
                received.append(answer)
            }
            return received
        }()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                guard let number = await answers.take() else { break }
                underWay.withLock {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                }
                group.addTask {
                    if number % 3 == 0 { await Task.yield() }
                    answers.set(number, number)
                }
            }
            await group.waitForAll()
        }
        answers.close()
        #expect(await received == Array(0..<count))
        // One more is taken than is counted as given between an answer's leaving and its count.
        #expect(underWay.withLock { $0.most } <= limit + 1)
    }

    /// When nobody takes answers any more, who waits for room is told so.
    @Test func cancellingWakesTheSubmitter() async {
        let answers = OrderedAnswers<Int>(limit: 1)
        #expect(await answers.take() == 0)
        async let second = answers.take()
        await Task.yield()
        answers.cancel()
        #expect(await second == nil)
        #expect(await answers.take() == nil)
    }

    @Test func closingWithoutQuestionsEnds() async {
        let answers = OrderedAnswers<Int>(limit: 1)
        answers.close()
        #expect(await answers.next() == nil)
    }
}
