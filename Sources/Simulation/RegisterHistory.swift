/// What clients saw, checked for linearizability as it happens.
///
/// The log orders all writes, and a read names the write whose value it saw. The history is
/// linearizable in that order if every operation comes behind everything that had been answered
/// when it was called: O(1) an operation. `floor` is the last such place in its register.
struct RegisterHistory {
    struct Operation {
        var number: UInt64
        var client: Int
        var register: Int
        var isRead: Bool
        /// Where it was asked, and in which incarnation of that node.
        var node: Int
        var life: Int
        var floor: UInt64
    }

    /// Waiting for an answer, by client.
    private(set) var waiting: [Operation?]
    private var answered = Array(repeating: UInt64(0), count: RegisterMachine.registers)
    /// Floors of writes that were not seen in the log yet, answered or not.
    private var openWrites: [UInt64: UInt64] = [:]
    /// Where every write of the run stands in the log.
    private var places: [UInt64: UInt64] = [:]
    private var nextNumber: UInt64 = 1
    private(set) var answers = 0
    /// Of them reads.
    private(set) var reads = 0
    /// Writes that were seen in the log, answered or not.
    private(set) var writes = 0

    init(clients: Int) {
        waiting = Array(repeating: nil, count: clients)
    }

    mutating func call(
        client: Int, register: Int, isRead: Bool, node: Int, life: Int
    ) -> Operation {
        let operation = Operation(
            number: nextNumber, client: client, register: register, isRead: isRead, node: node,
            life: life, floor: answered[register])
        nextNumber += 1
        waiting[client] = operation
        if !isRead { openWrites[operation.number] = operation.floor }
        return operation
    }

    /// The call was refused: it has no effect.
    mutating func refuse(_ operation: Operation) {
        waiting[operation.client] = nil
        openWrites[operation.number] = nil
    }

    /// The client waits no longer; a write may still happen.
    mutating func giveUp(client: Int, number: UInt64) -> Bool {
        guard waiting[client]?.number == number else { return false }
        waiting[client] = nil
        return true
    }

    /// A write is in the log at this index, on some node: at most once, and only if it was taken.
    mutating func applied(_ number: UInt64, index: UInt64) -> String? {
        if let place = places[number] {
            return place == index ? nil : "write \(number) is in the log at \(place) and \(index)"
        }
        places[number] = index
        guard let floor = openWrites.removeValue(forKey: number) else {
            return "write \(number) is in the log at \(index) and was refused"
        }
        writes += 1
        if index > floor { return nil }
        return "write \(number) at \(index) is before \(floor), answered when it was called"
    }

    /// The operation for which this node and incarnation has an answer now.
    func operation(_ number: UInt64, node: Int, life: Int) -> Operation? {
        waiting.lazy.compactMap { $0 }
            .first { $0.number == number && $0.node == node && $0.life == life }
    }

    /// Answers an operation with the place in the log that it stands for.
    mutating func answer(_ operation: Operation, at index: UInt64) -> String? {
        waiting[operation.client] = nil
        answers += 1
        if operation.isRead { reads += 1 }
        if index < operation.floor {
            return "read \(operation.number) saw \(index), but \(operation.floor) was answered "
                + "before it was called"
        }
        answered[operation.register] = max(answered[operation.register], index)
        return nil
    }
}
