/// Links between nodes, by their places. Messages are lost where a link is cut when they are sent.
struct SimulatedNetwork<Packet> {
    let size: Int
    let scenario: NetworkScenario
    private var cuts: [Bool]
    private var clogs: [VirtualTime]
    /// Messages under way, and the free places.
    private var messages: [Packet?] = []
    private var free: [Int] = []

    init(size: Int, _ scenario: NetworkScenario) {
        self.size = size
        self.scenario = scenario
        cuts = Array(repeating: false, count: size * size)
        clogs = Array(repeating: 0, count: size * size)
    }

    func isCut(from: Int, to: Int) -> Bool { cuts[from * size + to] }

    mutating func setCut(_ isCut: Bool, from: Int, to: Int) {
        cuts[from * size + to] = isCut
    }

    /// Nothing leaves the link before this time.
    mutating func clog(from: Int, to: Int, until time: VirtualTime) {
        clogs[from * size + to] = time
    }

    func clearTime(from: Int, to: Int) -> VirtualTime { clogs[from * size + to] }

    mutating func healAll() {
        cuts = Array(repeating: false, count: size * size)
        clogs = Array(repeating: 0, count: size * size)
    }

    /// Where the message waits until it arrives.
    mutating func put(_ message: Packet) -> Int {
        if let place = free.popLast() {
            messages[place] = message
            return place
        }
        messages.append(message)
        return messages.count - 1
    }

    mutating func take(_ place: Int) -> Packet? {
        defer {
            messages[place] = nil
            free.append(place)
        }
        return messages[place]
    }
}
