import Benchmark
import Domain
import Testing

/// An engine that reads the stream of the book alone as docs/performance.md describes it, and knows
/// nothing else of ours: sorted lists and the hash as it is written down there.
private struct OtherEngine {
    private struct Resting {
        var number: UInt64
        var quantity: UInt64
    }

    private var sells: [UInt64: [Resting]] = [:]
    private var buys: [UInt64: [Resting]] = [:]
    private var places: [UInt64: (isSell: Bool, tick: UInt64)] = [:]
    private var sum: UInt64 = 0
    private var key: UInt64 = 8 &* 0x9E37_79B9_7F4A_7C15 &+ 0xD1B5_4A32_D192_ED03
    private(set) var fills = 0

    mutating func take(_ line: Substring) throws {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        try #require(fields.count == 7, "\(line)")
        let number = try #require(UInt64(fields[0]))
        if fields[2] == "cancel" { return cancel(try #require(UInt64(fields[6]))) }
        try #require(fields[3] == "sell" || fields[3] == "buy")
        let isSell = fields[3] == "sell"
        let tick = try #require(UInt64(fields[4]))
        var left = try #require(UInt64(fields[5]))
        match(number, isSell, tick, &left)
        guard left > 0, fields[2] == "limit" else { return }
        let resting = Resting(number: number, quantity: left)
        if isSell {
            sells[tick, default: []].append(resting)
        } else {
            buys[tick, default: []].append(resting)
        }
        places[number] = (isSell, tick)
    }

    private mutating func match(
        _ taker: UInt64, _ isSell: Bool, _ limit: UInt64, _ left: inout UInt64
    ) {
        while left > 0 {
            let best = isSell ? buys.keys.max() : sells.keys.min()
            guard let best, isSell ? best >= limit : best <= limit else { return }
            var queue = (isSell ? buys[best] : sells[best])!
            let quantity = min(left, queue[0].quantity)
            hash(queue[0].number | taker << 32, best ^ quantity << 20)
            left -= quantity
            queue[0].quantity -= quantity
            if queue[0].quantity == 0 { places[queue.removeFirst().number] = nil }
            if isSell {
                buys[best] = queue.isEmpty ? nil : queue
            } else {
                sells[best] = queue.isEmpty ? nil : queue
            }
        }
    }

    private mutating func cancel(_ number: UInt64) {
        guard let (isSell, tick) = places.removeValue(forKey: number) else { return }
        var queue = (isSell ? sells[tick] : buys[tick])!
        queue.removeAll { $0.number == number }
        if isSell {
            sells[tick] = queue.isEmpty ? nil : queue
        } else {
            buys[tick] = queue.isEmpty ? nil : queue
        }
    }

    private mutating func hash(_ a: UInt64, _ b: UInt64) {
        let product = (a ^ key).multipliedFullWidth(by: b ^ (key &+ 0xA076_1D64_78BD_642F))
        sum &+= product.high ^ product.low
        key &+= 0x9E37_79B9_7F4A_7C15
        fills += 1
    }

    var fillsHash: UInt64 {
        let product = (sum ^ key).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB ^ (sum >> 29))
        return product.high ^ product.low
    }
}

@Suite struct StreamTests {
    /// Another engine can be run on the written stream and finds the hash that ours reports.
    @Test func anotherEngineFindsTheSameFills() throws {
        let operations = 30_000
        var text = ""
        EngineBenchmark.bookStream(.w1, operations: operations) { text += $0 }
        let lines = text.split(separator: "\n")
        #expect(lines[0] == "number,phase,kind,side,tick,quantity,target")
        #expect(lines.count == operations + 1)
        var other = OtherEngine()
        for line in lines.dropFirst() { try other.take(line) }
        let result = EngineBenchmark.runBook(.w1, operations: operations, runs: 1) { _ in }
        #expect(other.fills > 10_000)
        #expect(other.fills == result.counts.fills)
        #expect(other.fillsHash == result.hash)
        #expect(result.counts.commands == operations)
    }

    /// W3 settles what the demonstration's customers order: in its corridors by their shares, at
    /// amounts and limits that suit each currency's digits, and its book stays bounded.
    @Test func theMixOfW3IsTheDemonstrations() throws {
        let workload = EngineWorkload(.w3, commands: 600_000)
        var orders: [PaymentOrder] = []
        for batch in workload.batches {
            batch.forEachCommand { _, item in
                if case .submitPayment(let order) = item.command { orders.append(order) }
            }
        }
        let markets = Dictionary(uniqueKeysWithValues: MarketCorridor.all.map { ($0.foreign, $0) })
        let strange = orders.first { !suits($0, markets[$0.foreign]) }
        #expect(strange == nil)
        let shares = Dictionary(grouping: orders, by: \.foreign).mapValues(\.count)
        for market in MarketCorridor.all {
            let share = Double(shares[market.foreign, default: 0]) / Double(orders.count)
            #expect(abs(share - Double(market.share) / 300) < 0.01, "\(market.foreign)")
        }
        let received = orders.count { $0.fixed == .receive }
        #expect((55...65).contains(received * 100 / orders.count))
        #expect(Set(orders.map(\.payer)).count == 64)
        #expect(Set(orders.map(\.timeInForce)).count == 4)
        #expect(workload.counts.refused == 0)
        #expect(workload.counts.standing < 10_000)
    }

    /// Whether amount and limit are as the demonstration draws them, whatever digits the currency
    /// has.
    private func suits(_ order: PaymentOrder, _ market: MarketCorridor?) -> Bool {
        guard let market else { return false }
        let isRenminbi = (order.side == .payRenminbi) == (order.fixed == .pay)
        let worth =
            isRenminbi
            ? order.amount
            : market.referenceRate.fen(forForeign: order.amount, in: order.foreign, .up)
        // The dearest minor unit, a yen, is worth five fen.
        guard let worth, (499_990...300_000_000).contains(worth) else { return false }
        let distance = abs(order.limit.scaled - market.referenceRate.scaled)
        return order.limit == .none || distance * 10_000 <= market.referenceRate.scaled * 150
    }
}
