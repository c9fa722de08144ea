internal import Chance

/// How the network of a simulated cluster is.
struct NetworkScenario {
    var minDelay: VirtualTime = 300
    var delaySpread: VirtualTime = 2_000
    /// Of a thousand messages.
    var lossShare = 0
    var duplicateShare = 0
    var lateShare = 0

    init() {}

    init(drawing random: inout SplitMix64) {
        minDelay = [100, 1_000, 20_000][random.below(3)]
        delaySpread = [200, 5_000, 80_000][random.below(3)]
        lossShare = [0, 10, 100][random.below(3)]
        duplicateShare = [0, 10, 50][random.below(3)]
        lateShare = [0, 10, 50][random.below(3)]
    }
}

/// What simulations of clusters have in common: chances, and links between nodes with what goes
/// wrong on them.
protocol SimulatedCluster {
    /// What travels on its links.
    associatedtype Packet

    var random: SplitMix64 { get set }
    var network: SimulatedNetwork<Packet> { get set }
    var faults: [FaultKind: Int] { get set }
    var now: VirtualTime { get }
    var isCalm: Bool { get }

    /// The message in this place of the network's table arrives then.
    mutating func scheduleArrival(of place: Int, at time: VirtualTime)
}

extension SimulatedCluster {
    /// A time around a mean.
    mutating func span(_ mean: VirtualTime) -> VirtualTime {
        1 + VirtualTime(random.below(Int(mean) * 2))
    }

    mutating func count(_ fault: FaultKind) { faults[fault, default: 0] += 1 }

    /// Of a thousand; never in calm.
    mutating func chance(_ share: Int) -> Bool {
        share > 0 && !isCalm && random.below(1_000) < share
    }

    mutating func transmit(_ message: Packet, _ from: Int, _ to: Int) {
        let terms = network.scenario
        var delay = terms.minDelay + VirtualTime(random.below(Int(terms.delaySpread)))
        if chance(terms.lateShare) {
            count(.delay)
            delay += VirtualTime(random.below(3_000_000))
        }
        let leaves = max(now, network.clearTime(from: from, to: to))
        scheduleArrival(of: network.put(message), at: leaves + delay)
    }

    mutating func disturbLinks(_ kind: FaultKind) {
        if random.below(3) == 0 {
            network.healAll()
            return
        }
        // A link, or everything between a node and the others.
        let from = random.below(network.size)
        let all = random.below(2) == 0
        let one = random.below(network.size)
        if !all, one == from { return }
        count(kind)
        let until = now + span(Span.seconds(2))
        for to in 0..<network.size where to != from && (all || to == one) {
            switch kind {
            case .clog:
                network.clog(from: from, to: to, until: until)
            case .cutOneWay:
                network.setCut(true, from: from, to: to)
            default:
                network.setCut(true, from: from, to: to)
                network.setCut(true, from: to, to: from)
            }
        }
    }
}
