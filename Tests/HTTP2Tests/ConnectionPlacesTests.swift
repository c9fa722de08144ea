import HTTP2
import Testing

@Suite struct ConnectionPlacesTests {
    /// 512 handshakes, 128 unknown callers, 3,456 places of owners, 256 of one.
    private var places = ConnectionPlaces(ConnectionBounds(total: 4_096))

    /// A connection of this owner, placed or refused.
    private mutating func connect(_ owner: String?) -> ConnectionPlaces.Decision {
        places.identify(places.arrive().number, owner: owner)
    }

    private mutating func countPlaced(_ owner: String, of tries: Int) -> Int {
        var placed = 0
        for _ in 0..<tries where connect(owner) == .placed(dropping: nil) { placed += 1 }
        return placed
    }

    @Test mutating func silentHandshakesMakeRoomForNewOnes() {
        let honest = places.arrive().number
        for _ in 0..<511 { _ = places.arrive() }
        // The honest one finishes before as many others came; then the flood drops its own.
        let finished = places.identify(honest, owner: "bank")
        #expect(finished == .placed(dropping: nil))
        _ = places.arrive()
        for _ in 0..<10_000 {
            guard case .placed(.some(let dropped)) = places.arrive().decision else {
                Issue.record("the oldest handshake makes room")
                return
            }
            #expect(dropped.reason == .handshaking && dropped.number != honest)
        }
        #expect(places.handshaking.count == 512)
        let later = connect("bank")
        #expect(later == .placed(dropping: nil))
    }

    @Test mutating func unknownCallersTakeNobodysPlace() {
        for _ in 0..<1_000 { _ = connect(nil) }
        #expect(places.anonymous.count == 128)
        let placed = countPlaced("operator", of: 300)
        #expect(placed == 256)
    }

    @Test mutating func roomIsMadeOfWhatCanBestBeSpared() {
        for _ in 0..<9 { _ = connect(nil) }
        for _ in 0..<5 { _ = places.arrive() }
        let older = places.spare().map(\.number)
        #expect(older == [10, 11, 12])
        let half = places.spare().map(\.number)
        #expect(half == [13])
        let rest = places.spare().map(\.number)
        #expect(rest == [14])
        let unknown = places.spare()
        #expect(unknown.count == 5 && unknown.allSatisfy { $0.reason == .anonymous })
        #expect(places.anonymous.count == 4)
    }

    /// However many owners take what they can, one with fewer gets a place of one with more.
    @Test mutating func greedyOwnersLeaveRoomForOthers() {
        for attacker in 0..<60 { _ = countPlaced("attacker \(attacker)", of: 300) }
        for _ in 0..<40 {
            switch connect("honest") {
            case .placed(let dropped?): #expect(dropped.reason == .displaced)
            case .placed(nil): break
            case .refused(let reason): Issue.record("refused: \(reason)")
            case .gone: Issue.record("nobody dropped it")
            }
        }
        // A place that is given back is there again.
        let number = places.arrive().number
        let newcomer = places.identify(number, owner: "new")
        #expect(newcomer != .refused(.share))
        let left = places.leave(number)
        #expect(left)
        let leftTwice = places.leave(number)
        #expect(!leftTwice)
    }

    @Test mutating func oneOwnerHasAShare() {
        let placed = countPlaced("bank", of: 400)
        #expect(placed == 256)
        let oneMore = connect("bank")
        #expect(oneMore == .refused(.share))
        let other = connect("other")
        #expect(other == .placed(dropping: nil))
        let stranger = places.identify(4_000_000, owner: "bank")
        #expect(stranger == .gone)
    }
}
