internal import Chance
internal import Domain
internal import Engine
internal import Scenarios
internal import Testing

/// The heap of due times against a sorted list, in random lives.
@Suite struct DueHeapTests {
    private static let capacity = 200

    @Test(arguments: 1...20)
    func isASortedList(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var heap = DueHeap(capacity: Self.capacity)
        var sorted: [Due] = []
        var positions: [UInt32: UInt32] = [:]
        var mostEver = 0
        for step in 0..<5_000 {
            let growth = step / 500 % 2 == 0 ? 80 : 20
            if sorted.isEmpty || sorted.count < Self.capacity && random.percent(growth) {
                let due = Self.draw(&random, besides: sorted)
                sorted.insert(due, at: sorted.firstIndex { $0 > due } ?? sorted.count)
                heap.insert(due) { positions[$0.place] = $1 }
            } else {
                // What is first is taken as often as all others.
                let index = random.percent(50) ? 0 : random.below(sorted.count)
                let due = sorted.remove(at: index)
                let removed = heap.remove(at: positions[due.place]!) { positions[$0.place] = $1 }
                let position = positions.removeValue(forKey: due.place)
                #expect(removed == due && position == 0)
            }
            mostEver = max(mostEver, sorted.count)
            #expect(heap.first == sorted.first && heap.count == sorted.count)
            #expect(positions.count == sorted.count && Set(positions.values).count == sorted.count)
            #expect(sorted.allSatisfy { heap.time(at: positions[$0.place]!) == $0.time })
        }
        #expect(mostEver == Self.capacity, "it was full")
        #expect(heap.byteCount == (Self.capacity + 1) * 16)
    }

    /// Times, kinds and numbers that are often equal, but never all of them.
    private static func draw(_ random: inout SplitMix64, besides others: [Due]) -> Due {
        while true {
            let kind = DueKind.allCases[random.below(DueKind.allCases.count)]
            let time: Timestamp = random.percent(5) ? -1 : Timestamp(random.below(20))
            // The highest number and place stand on their own bits.
            let number = UInt32.max - UInt32(random.below(1_000))
            let place = (1 << 24 - 1) - (UInt32.max - number)
            let due = Due(kind, number, at: time, place: place)
            if !others.contains(where: { $0.place == place }) { return due }
        }
    }

    @Test func timeDecidesThenTheNumber() {
        let last: UInt32 = 1 << 24 - 1
        let dues = [
            Due(.orderExpiry, 7, at: -1, place: 3), Due(.orderExpiry, 2, at: 5, place: 9),
            Due(.orderExpiry, .max, at: 5, place: 0), Due(.orderExpiry, 1, at: 6, place: last),
        ]
        #expect(dues.shuffled().sorted() == dues)
        #expect(dues.map(\.number) == [7, 2, .max, 1])
        #expect(dues.map(\.place) == [3, 9, 0, last])
        #expect(dues.allSatisfy { $0.kind == .orderExpiry })
    }
}
