import Gateway
import Shares
import Synchronization
import Testing

@Suite struct OrderedAnswersTests {
    private static func account(_ units: Int = 1) -> Account {
        Budget(2 * units, perOwner: units).account(of: .nobody)
    }

    /// Streams of one owner whose answers nobody takes share his account; each of them may have a
    /// few orders under way besides, and goes on as soon as its own answers are taken.
    @Test func manyStreamsShareAnAccount() async {
        let account = Self.account(10)
        let streams = (0..<4).map { _ in
            OrderedAnswers<Int>(limit: 8, always: 2, account: account)
        }
        func fill(_ stream: OrderedAnswers<Int>) -> Int {
            var taken = 0
            while stream.takeNow() != nil { taken += 1 }
            return taken
        }
        #expect(streams.map(fill) == [8, 6, 2, 2])
        #expect(account.inUse == 10)

        // What one has back another may take, once it moves itself.
        for number in 0..<8 {
            streams[0].set(UInt64(number), number)
            #expect(await streams[0].next() == number)
        }
        #expect(account.inUse == 4)
        #expect(fill(streams[3]) == 6)
        withExtendedLifetime(streams) { #expect(account.inUse == 10) }
    }

    /// An account has back what a stream that ends in the midst of things had.
    @Test func whatEndsGivesBack() async {
        let account = Self.account(10)
        for _ in 0..<3 {
            let answers = OrderedAnswers<Int>(limit: 8, always: 2, account: account)
            for _ in 0..<8 { _ = await answers.take() }
            withExtendedLifetime(answers) { #expect(account.inUse == 6) }
        }
        #expect(account.inUse == 0)
    }

    /// Answers that come in any order leave in the order of the questions, and never more are under
    /// way than the limit says.
    @Test(arguments: [1, 2, 7, 64] as [UInt64])
    func answersLeaveInOrder(_ limit: UInt64) async {
        let count: UInt64 = 2_000
        let answers = OrderedAnswers<UInt64>(
            limit: limit, always: limit, account: Self.account())
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
        let answers = OrderedAnswers<Int>(limit: 1, always: 1, account: Self.account())
        #expect(await answers.take() == 0)
        async let second = answers.take()
        await Task.yield()
        answers.cancel()
        #expect(await second == nil)
        #expect(await answers.take() == nil)
    }

    @Test func closingWithoutQuestionsEnds() async {
        let answers = OrderedAnswers<Int>(limit: 1, always: 1, account: Self.account())
        answers.close()
        #expect(await answers.next() == nil)
    }
}
