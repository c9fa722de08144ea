internal import Chance
internal import Domain
internal import Scenarios
internal import Testing

@Suite struct IdentifierTests {
    @Test func uetrIsAUUIDOfVersionFour() {
        let text = "eb6305c9-1f7f-49de-aed0-16487c27b42d"
        #expect(UETR(text).map { "\($0)" } == text)
        #expect(UETR(text.uppercased()) == UETR(text))
        for wrong in [
            "eb6305c9-1f7f-39de-aed0-16487c27b42d", "eb6305c9-1f7f-49de-ced0-16487c27b42d",
            "eb6305c91-f7f-49de-aed0-16487c27b42d", "eb6305c9-1f7f-49de-aed0-16487c27b42",
            "gb6305c9-1f7f-49de-aed0-16487c27b42d", "",
        ] { #expect(UETR(wrong) == nil) }
        var random = SplitMix64(seed: 3)
        for _ in 0..<2_000 {
            let uetr = random.uetr()
            #expect(UETR("\(uetr)") == uetr)
        }
    }

    @Test func bicHasEightOrElevenCharacters() {
        #expect(BIC("BKCHCNBJ").map { "\($0)" } == "BKCHCNBJ")
        #expect(BIC("BKCHCNBJXXX") == BIC("BKCHCNBJ"))
        #expect(BIC("BKCHCNBJ92A").map { "\($0)" } == "BKCHCNBJ92A")
        #expect(BIC("BKKBTHBK")?.country == CountryCode("TH"))
        #expect(BIC("1234TH00")?.country == CountryCode("TH"))
        for wrong in ["BKCHCNB", "BKCHCNBJX", "bkchcnbj", "BKCH1NBJ", "BKCHC2BJ", "BKCH-NBJ", ""] {
            #expect(BIC(wrong) == nil)
        }
    }

    @Test func nodesAreNamedInOneWay() throws {
        let cluster = try #require(ClusterName("demo-2"))
        let uri = "urn:langqiao:node:demo-2/255"
        #expect(NodeName(uri: uri) == NodeName(cluster: cluster, number: 255))
        #expect(NodeName(uri: uri)?.uri == uri)
        for number: UInt64 in [0, 256] {
            #expect(NodeName(cluster: cluster, number: number) == nil)
        }
        for wrong in [
            "urn:langqiao:node:demo-2/0", "urn:langqiao:node:demo-2/256",
            "urn:langqiao:node:demo-2/",
            "urn:langqiao:node:demo-2/01", "urn:langqiao:node:demo-2/+1", "urn:langqiao:node:/1",
            "urn:langqiao:node:demo-2", "urn:langqiao:node:demo/2/1", "urn:langqiao:node:Demo/1",
            "urn:langqiao:operator:demo/1", "",
        ] { #expect(NodeName(uri: wrong) == nil) }
        for wrong in ["", "Demo", "de mo", "dé", "a/b", String(repeating: "a", count: 33)] {
            #expect(ClusterName(wrong) == nil)
        }
        #expect(ClusterName(String(repeating: "a", count: 32)) != nil)
    }

    @Test func leiProvesItsCheckDigits() {
        let text = "5493001KJTIIGC8Y1R12"
        #expect(LEI(text).map { "\($0)" } == text)
        #expect(LEI("5493001KJTIIGC8Y1R13") == nil)
        #expect(LEI("5493001KJTIIGC8Y1R1") == nil)
        #expect("\(LEI.none)" == "")
    }

    @Test func statusesAndCodesHaveOneName() {
        for status in PaymentStatus.allCases { #expect(PaymentStatus(code: status.code) == status) }
        #expect(Set(EndReason.allCases.map(\.name)).count == EndReason.allCases.count)
    }
}

@Suite struct LayoutTests {
    /// Hot values keep their size; one that grows costs a cache line on every access.
    @Test func sizesOfHotValues() {
        #expect(MemoryLayout<PaymentOrder>.size == 112)
        #expect(MemoryLayout<Outcome>.size <= 56)
        #expect(MemoryLayout<PaymentRow>.size <= 208)
        #expect(MemoryLayout<FillRow>.size <= 96)
        #expect(MemoryLayout<AccountRow>.size <= 40)
        #expect(MemoryLayout<Corridor>.size <= 48)
    }
}

@Suite struct SessionTests {
    /// The session of each minute of two weeks, counted out on a calendar.
    @Test(arguments: [-720, -330, 0, 330, 420, 480, 840])
    func cutOffFollowsTheCalendar(offset: Int) {
        let corridor = Corridor(
            foreign: .thb, tick: Rate(scaled: 1), referenceRate: Rate(scaled: 1_000),
            collarBasisPoints: 1, minimumSize: 1, maximumSize: 1, weekdays: 0b001_0110,
            utcOffsetMinutes: Int16(offset), opensAtMinute: 510, cutOffMinute: 990)
        let minute: Int64 = 60_000_000_000
        // Monday, 5 January 2026, 00:00 local time.
        let monday = 1_767_571_200_000_000_000 - Int64(offset) * minute
        for day in 0..<14 {
            let isSessionDay = [1, 2, 4].contains(day % 7)
            for minuteOfDay in 0..<1_440 {
                let midnight = monday + Int64(day) * 1_440 * minute
                let now = midnight + Int64(minuteOfDay) * minute + 59_999_999_999
                let isOpen = isSessionDay && minuteOfDay >= 510 && minuteOfDay < 990
                let expected = isOpen ? midnight + 990 * minute : nil
                #expect(corridor.cutOff(at: now) == expected)
            }
        }
    }

    @Test func collarIsRoundedInwards() {
        let corridor = Corridor(
            foreign: .thb, tick: Rate(scaled: 10_000), referenceRate: Rate(scaled: 493_001_234),
            collarBasisPoints: 100, minimumSize: 1, maximumSize: 1)
        #expect(corridor.lowestRate == Rate(scaled: 488_080_000))
        #expect(corridor.highestRate == Rate(scaled: 497_930_000))
    }
}
