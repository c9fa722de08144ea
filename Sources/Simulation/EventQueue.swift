/// Virtual microseconds since the start of a run.
typealias VirtualTime = UInt64

enum Span {
    static func milliseconds(_ count: Int) -> VirtualTime { VirtualTime(count) * 1_000 }
    static func seconds(_ count: Int) -> VirtualTime { VirtualTime(count) * 1_000_000 }
}

/// What can happen. Nodes are named by their place; `life` tells the incarnation that was meant.
enum ClusterEvent {
    case tick(node: Int, life: Int)
    /// The message in this place of the network's table arrives.
    case arrival(place: Int)
    /// The oldest write of the node's disk is done.
    case stored(node: Int, life: Int)
    case applied(node: Int, life: Int)
    case restart(node: Int, life: Int)
    case resume(node: Int, life: Int)
    case client(Int)
    case giveUp(client: Int, operation: UInt64)
    case fault, churn, transfer
    case phase

    /// Goes into the hash over the run.
    var tag: UInt64 {
        switch self {
        case .tick(let node, _): 1 << 32 | UInt64(node)
        case .arrival(let place): 2 << 32 | UInt64(place)
        case .stored(let node, _): 3 << 32 | UInt64(node)
        case .applied(let node, _): 4 << 32 | UInt64(node)
        case .restart(let node, _): 5 << 32 | UInt64(node)
        case .resume(let node, _): 6 << 32 | UInt64(node)
        case .client(let client): 7 << 32 | UInt64(client)
        case .giveUp(let client, _): 8 << 32 | UInt64(client)
        case .fault: 9 << 32
        case .churn: 10 << 32
        case .transfer: 11 << 32
        case .phase: 12 << 32
        }
    }
}

/// What happens next: a binary heap by time, and by order of scheduling within one time.
struct EventQueue<Event> {
    struct Scheduled {
        var time: VirtualTime
        var order: UInt64
        var event: Event

        func isBefore(_ other: Scheduled) -> Bool {
            time < other.time || time == other.time && order < other.order
        }
    }

    private var heap: [Scheduled] = []
    private var order: UInt64 = 0

    mutating func schedule(_ event: Event, at time: VirtualTime) {
        heap.append(Scheduled(time: time, order: order, event: event))
        order += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if !heap[child].isBefore(heap[parent]) { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func next() -> Scheduled? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if heap.isEmpty { return first }
        heap[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            if child >= heap.count { break }
            if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
            if !heap[child].isBefore(heap[parent]) { break }
            heap.swapAt(child, parent)
            parent = child
        }
        return first
    }
}
