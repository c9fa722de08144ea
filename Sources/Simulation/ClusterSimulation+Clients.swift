internal import Chance
internal import Consensus

/// Clients write and read registers, one operation at a time each.
extension ClusterSimulation {
    mutating func scheduleClient(_ client: Int) {
        queue.schedule(.client(client), at: now + span(scenario.thinkTime))
    }

    mutating func act(_ client: Int) {
        guard let node = chooseNode() else {
            scheduleClient(client)
            return
        }
        let operation = history.call(
            client: client, register: random.below(RegisterMachine.registers),
            isRead: random.below(100) < scenario.readShare, node: node, life: nodes[node].life)
        let number = operation.number
        let padding = scenario.payload
        var isRefused = false
        let wasTransferring = nodes[node].raft!.transferee != noNode
        step(node) { raft in
            do {
                if operation.isRead {
                    try raft.requestRead(Word.bytes(number))
                } else {
                    let write = WriteCommand(operation: number, register: operation.register)
                    try raft.propose(write.encoded(padding: padding))
                }
            } catch {
                isRefused = true
            }
        }
        if !operation.isRead {
            checker.require(
                isRefused || !wasTransferring,
                "node \(nodes[node].id) takes a proposal while it hands over")
        }
        if isRefused {
            history.refuse(operation)
            scheduleClient(client)
        } else {
            queue.schedule(.giveUp(client: client, operation: number), at: now + scenario.patience)
        }
    }

    /// Mostly one that thinks that it leads, even if it no longer does; else anybody who runs.
    private mutating func chooseNode() -> Int? {
        let running = nodes.indices.filter { nodes[$0].isUp && !nodes[$0].isBusy }
        let leaders = running.filter { nodes[$0].raft!.role == .leader }
        let choice = leaders.isEmpty || random.below(10) < 3 ? running : leaders
        return choice.isEmpty ? nil : choice[random.below(choice.count)]
    }

    /// A write is applied; the node that took it answers.
    mutating func finish(_ write: WriteCommand, at index: UInt64, on node: Int) {
        let writes = history.writes
        if let reason = history.applied(write.operation, index: index) { checker.fail(reason) }
        if history.writes > writes { calm.lastWrite = now }
        guard
            let operation = history.operation(
                write.operation, node: node, life: nodes[node].life)
        else { return }
        finish(operation, at: index)
    }

    /// Reads whose index is applied see the state as it is now.
    mutating func answerReads(_ node: Int) {
        let machine = nodes[node].machine
        let ready = nodes[node].reads.filter { $0.index <= machine.applied }
        if ready.isEmpty { return }
        nodes[node].reads.removeAll { $0.index <= machine.applied }
        for read in ready {
            guard
                let operation = history.operation(
                    read.operation, node: node, life: nodes[node].life)
            else { continue }
            finish(operation, at: machine.lastWrites[operation.register])
        }
    }

    private mutating func finish(_ operation: RegisterHistory.Operation, at index: UInt64) {
        if let reason = history.answer(operation, at: index) { checker.fail(reason) }
        if operation.isRead { calm.lastRead = now }
        scheduleClient(operation.client)
    }
}
