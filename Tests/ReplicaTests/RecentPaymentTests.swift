import Chance
import Domain
import PostgresForTests
import Replica
import Scenarios
import Store
import Testing

/// What memory says of recent payments is what the tables say, sooner.
@Suite(.serialized) struct RecentPaymentTests {
    /// Random lives, asked while the tables cannot be written and again when they show everything.
    @Test(.timeLimit(.minutes(3)), arguments: [1, 2, 3] as [UInt64])
    func memoryAndTablesTellTheSame(seed: UInt64) async throws {
        let address = try TestCluster.makeSchema()
        let run = try Running(address)
        let history = RandomHistory(seed: seed, commands: 1_500, rules: .first).batches
        let lock = try PostgresConnection(to: address, applicationName: "test")
        var random = SplitMix64(seed: seed)
        var uetrs: Set<UETR> = []
        for (number, batch) in history.enumerated() {
            let isHeld = number == history.count / 2
            if isHeld { try lock.execute("BEGIN; LOCK TABLE applied IN EXCLUSIVE MODE") }
            // A wish for erasure would empty the memory.
            let commands = batch.commands.filter { $0.kind != EraseContent.kind }
            for part in commands.namesApart {
                let part = part.map { command($0, &random, &uetrs) }
                _ = try await run.submit(part).get()
            }
            if number % 4 == 0 { probe(run, uetrs) }
        }
        let early = answers(run, uetrs)
        #expect(run.replica.progress.inTables < run.replica.progress.applied)
        try lock.execute("ROLLBACK")
        #expect(try await run.replica.waitForTables())
        let late = answers(run, uetrs)
        let tables = try LedgerReader(address)
        let recorded = try tables.snapshot {
            try Dictionary(
                uniqueKeysWithValues: uetrs.map { ($0, try Told.recorded($0, in: tables)) })
        }
        for (uetr, told) in early { #expect(told == recorded[uetr], "\(uetr)") }
        #expect(early == late)
        try lookedUp(Array(uetrs), tables, recorded)
        try listed(run, tables)
        // What memory does not tell has a return, a case, or nothing on record.
        let silent = uetrs.filter { early[$0] == nil && recorded[$0]?.isEmpty == false }
        for uetr in silent {
            let followed = try recorded[uetr]?.contains {
                try tables.followUp(of: $0.row.id) != nil
            }
            #expect(followed == true, "\(uetr)")
        }
        #expect(early.values.filter { $0.contains { !$0.fills.isEmpty } }.count > 100)
        #expect(early.values.contains { $0.count > 1 }, "two banks pay under one UETR")
        #expect(await run.stop() == nil)
    }

    /// One statement for many tells the same as one for each.
    private func lookedUp(
        _ uetrs: [UETR], _ tables: LedgerReader, _ recorded: [UETR: [Told]]
    ) throws {
        for start in stride(from: 0, to: uetrs.count, by: 30) {
            let asked = Array(uetrs[start...].prefix(30))
            let found = try tables.lookUp(asked)
            for uetr in asked {
                let payments = found[uetr]?.payments ?? []
                #expect(payments.map(\.record.row) == recorded[uetr]?.map(\.row))
                #expect(payments.map(\.record.details) == recorded[uetr]?.map(\.details))
                #expect(
                    payments.map(\.hasFollowUp)
                        == (try payments.map {
                            try tables.followUp(of: $0.record.row.id) != nil
                        }))
                for (payment, told) in zip(payments, recorded[uetr] ?? []) {
                    #expect(payment.hasAllFills == (told.fills.count <= 200))
                    #expect(payment.fills == Array(told.fills.prefix(201)))
                }
            }
        }
    }

    /// Pages of memory are those of the tables, as far as it has them.
    private func listed(_ run: Running, _ tables: LedgerReader) throws {
        let lists: [PaymentList] = [.all] + (1...4).flatMap { [.paid(by: $0), .received(by: $0)] }
        for list in lists {
            for status in [nil, PaymentStatus.settled] {
                var (below, pages) = (PaymentID.max, 0)
                while let page = run.replica.recent.page(
                    list, below: below, limit: 7, where: { status == nil || $0.status == status })
                {
                    let expected = try tables.payments(
                        list, PaymentFilter(status: status), before: min(below, 1 << 62), limit: 7)
                    #expect(page.payments.map(\.row) == expected.payments.map(\.row))
                    #expect(page.next == expected.next)
                    #expect(
                        page.payments.map { Told($0).details }
                            == expected.payments.map(\.details))
                    (below, pages) = (page.next, pages + 1)
                }
                if list == .all { #expect(pages > 0) }
            }
        }
    }

    /// A wish for erasure empties the memory, also of what the tables do not show yet.
    @Test func nothingIsToldOfWhatIsToBeErased() async throws {
        let address = try TestCluster.makeSchema()
        let run = try Running(address)
        _ = try await run.submitInTurn(
            RandomHistory(seed: 5, commands: 60, rules: .first).batches[0].commands
                + [.declared(SetContentKey(number: 1))])
        var random = SplitMix64(seed: 5)
        let order = PaymentOrder(
            uetr: random.uetr(), submitter: Banks.beijing, payer: Banks.beijing,
            creditor: Banks.bangkok, foreign: .idr, side: .payRenminbi, fixed: .pay,
            amount: 1_000_000, limit: Rate(scaled: 1)
        ).sealed
        let name = #"{"creditor":{"name":"Somchai"}}"#
        _ = try await run.submit([EncodedCommand(.submitPayment(order), attachment: name.utf8)])
            .get()
        let known = try #require(run.replica.recent.payments(order.uetr)?.first)
        #expect(known.details == .text(Array(name.utf8)[...]))

        let wish = EraseContent(uetr: order.uetr, payer: Banks.beijing)
        _ = try await run.submit([EncodedCommand(.given(wish))]).get()
        #expect(run.replica.recent.payments(order.uetr) == nil)
        #expect(run.replica.recent.counts.bytes == 0)
        // Whoever asks the tables waits until they show the wish.
        #expect(try await run.replica.waitForTables(showing: order.uetr))
        #expect(run.replica.progress.inTables == run.replica.progress.applied)
        #expect(await run.stop() == nil)
    }

    /// An order comes with details, sometimes with none, or with bytes that are no text.
    private func command(
        _ command: Command, _ random: inout SplitMix64, _ uetrs: inout Set<UETR>
    ) -> EncodedCommand {
        guard case .submitPayment(let order) = command else { return EncodedCommand(command) }
        uetrs.insert(order.uetr)
        let details: [UInt8] =
            switch random.below(4) {
            case 0: []
            case 1: [0x7B, 0, 0xFF, 0x7D]
            default: Array(#"{"endToEndId":"\#(random.next())"}"#.utf8)
            }
        return EncodedCommand(command, attachment: details)
    }

    private func answers(_ run: Running, _ uetrs: Set<UETR>) -> [UETR: [Told]] {
        var answers: [UETR: [Told]] = [:]
        for uetr in uetrs {
            answers[uetr] = run.replica.recent.payments(uetr).map { $0.map { Told($0) } }
        }
        return answers
    }

    /// Shelves find rows in the middle of what comes.
    private func probe(_ run: Running, _ uetrs: Set<UETR>) {
        for uetr in uetrs.prefix(20) { _ = run.replica.recent.payments(uetr) }
    }
}

/// All that is told of a payment.
private struct Told: Equatable {
    let row: PaymentRow
    let details: String?
    let fills: [PaymentFill]
    /// The second to the fourth.
    let page: [PaymentFill]

    init(_ payment: RecentPayment) {
        row = payment.row
        details =
            switch payment.details {
            case .absent: nil
            case .erased: ""
            case .text(let text): String(decoding: text, as: UTF8.self)
            }
        fills = payment.fills(limit: 1_000).map { PaymentFill($0, seenBy: payment.row.side) }
        let first = payment.fills(limit: 1).first?.id ?? 0
        page = payment.fills(after: first, limit: 3).map {
            PaymentFill($0, seenBy: payment.row.side)
        }
    }

    private init(_ record: PaymentRecord, in reader: LedgerReader) throws {
        row = record.row
        details = record.details
        fills = try reader.fills(of: record.row, limit: 1_000)
        page = try reader.fills(of: record.row, after: fills.first?.id ?? 0, limit: 3)
    }

    static func recorded(_ uetr: UETR, in reader: LedgerReader) throws -> [Told] {
        try reader.payments(uetr).map { try Told($0, in: reader) }
    }
}
