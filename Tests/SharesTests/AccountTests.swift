import Chance
import Dispatch
import Shares
import Testing

/// Budgets and the accounts of their owners, from many threads.
@Suite struct AccountTests {
    /// Whatever threads take and give back at once: nobody has more than he may, all of them
    /// together have no more than there is, and at the end everything is back.
    @Test func manyThreadsShareABudget() {
        let budget = Budget(1_000, perOwner: 300)
        let owners = (0..<4).map { Owner("owner \($0)") }
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            var random = SplitMix64(seed: UInt64(thread))
            var held: [(account: Account, count: Int)] = []
            for _ in 0..<20_000 {
                if !held.isEmpty, random.percent(55) {
                    let (account, count) = held.remove(at: random.below(held.count))
                    account.giveBack(count)
                } else {
                    let account = budget.account(of: random.pick(owners))
                    let count = 1 + random.below(60)
                    if account.take(count) { held.append((account, count)) }
                }
            }
            for (account, count) in held { account.giveBack(count) }
        }
        #expect(budget.inUse == 0 && owners.allSatisfy { budget.account(of: $0).inUse == 0 })
        #expect(budget.refusals > 0)
    }

    /// What can be taken is what there is room for, and no more.
    @Test func roomIsWhatCanBeTaken() {
        var random = SplitMix64(seed: 3)
        let budget = Budget(100, perOwner: 40)
        let accounts = (0..<4).map { budget.account(of: Owner("owner \($0)")) }
        for _ in 0..<10_000 {
            let account = random.pick(accounts)
            if random.percent(50) {
                account.giveBack(random.below(account.inUse + 1))
            } else {
                let room = account.room
                #expect(!account.take(room + 1))
                #expect(account.take(room))
            }
            #expect(budget.inUse == accounts.reduce(0) { $0 + $1.inUse } && budget.inUse <= 100)
        }
    }

    /// An owner whose things somebody holds finds the same ones, however many come and go.
    @Test func whatIsHeldStays() {
        let budget = Budget(1_000_000, perOwner: 1_000)
        let held = (0..<100).map { budget.account(of: Owner("held \($0)")) }
        for account in held { _ = account.take(7) }
        for stranger in 0..<1_000 { _ = budget.account(of: Owner("stranger \(stranger)")) }
        for account in held { #expect(budget.account(of: account.owner) === account) }
        #expect(budget.inUse == 700)
        for account in held { account.giveBack(7) }
    }
}
