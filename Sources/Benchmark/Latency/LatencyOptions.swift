internal import LoadClient

/// How single calls are measured.
package struct LatencyOptions: Sendable {
    /// Payments under way where there are many.
    package var inFlight: Int
    /// Reads under way where there are many.
    package var readsInFlight: Int
    /// Payments a second of the open loop.
    package var rate: Int
    /// How long each kind of call is made in one run.
    package var seconds: Double
    /// How often each is; those of a run follow each other, a peer's behind the gateway's.
    package var runs: Int
    /// Payments that are on record before anything is measured.
    package var old: Int
    package var nodes: Int
    /// Threads of the gateway that serve connections.
    package var threads: Int
    package var peers: [LatencyPeer]

    package init(
        inFlight: Int = 64, readsInFlight: Int = 128, rate: Int = 1_000, seconds: Double,
        runs: Int, old: Int, nodes: Int = 1, threads: Int = 1, peers: [LatencyPeer] = []
    ) {
        self.inFlight = inFlight
        self.readsInFlight = readsInFlight
        self.rate = rate
        self.seconds = seconds
        self.runs = runs
        self.old = old
        self.nodes = nodes
        self.threads = threads
        self.peers = peers
    }

    /// Calls in this time at the beginning are made and not measured.
    var warmingSeconds: Double { min(0.3, seconds / 5) }

    /// How calls of this work follow each other.
    func pace(_ work: LatencyWork) -> LoadPace {
        func nanoseconds(_ seconds: Double) -> UInt64 { UInt64(seconds * 1e9) }
        let kind: LoadPace.Kind =
            work == .pacedPayments
            ? .open(interval: 1_000_000_000 / UInt64(rate)) : .closed(inFlight: callsUnderWay(work))
        return LoadPace(
            kind, warmingNanoseconds: nanoseconds(warmingSeconds),
            nanoseconds: nanoseconds(seconds))
    }

    /// Calls at a time of a closed loop; connections share them.
    func callsUnderWay(_ work: LatencyWork) -> Int {
        switch work {
        case .payment, .recentRead, .oldRead: 1
        case .payments, .grpcPayments, .pacedPayments: inFlight
        case .recentReads, .oldReads, .pages: readsInFlight
        }
    }
}

/// Somebody else's program that is measured beside the gateway.
package enum LatencyPeer: String, CaseIterable, Sendable {
    case etcd
    case postgres
    case nghttpd
}

/// A kind of calls.
package enum LatencyWork: String, CaseIterable, Sendable {
    case payment
    case payments
    case grpcPayments
    case pacedPayments
    case recentRead
    case recentReads
    case oldRead
    case oldReads
    case pages

    /// With one call at a time, payments go over a connection each of a Chinese and a foreign bank
    /// by turns, for they are to meet; reads over one.
    func connections(of banks: Int) -> Int {
        switch self {
        case .payment: 2
        case .recentRead, .oldRead: 1
        case .payments, .grpcPayments, .pacedPayments, .recentReads, .oldReads, .pages: banks
        }
    }

    /// What does comparable work.
    var peers: [LatencyPeer] {
        switch self {
        case .payment: [.etcd, .postgres]
        case .payments, .pacedPayments: [.etcd]
        case .recentRead, .recentReads, .oldRead: [.nghttpd]
        case .grpcPayments, .oldReads, .pages: []
        }
    }
}
