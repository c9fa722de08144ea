internal import CMemory
internal import Domain

// Orders are found by identifiers that are spread over all of memory, and a batch names them long
// before their turn. Fetching what commands will need while earlier ones are carried out hides most
// of that time. It changes nothing: a wrong guess costs a line of cache.

extension LedgerEngine where Book: ~Copyable {
    /// Commands between the three steps of fetching and the carrying out.
    private static var placeDistance: Int { 24 }
    private static var orderDistance: Int { 14 }
    private static var neighbourDistance: Int { 6 }
    private static var ringMask: Int { 31 }
    /// Bytes of the batch between the fetching of its own lines and their reading.
    private static var byteDistance: Int { 2_048 }

    /// Carries out the commands of a batch in their order.
    @inline(__always)
    mutating func executeAll(_ commands: CommandViews) {
        withUnsafeTemporaryAllocation(of: Coming.self, capacity: Self.ringMask + 1) { ring in
            var commands = commands
            let count = commands.count
            var fetched = 0
            for number in 0..<count {
                while fetched < count, fetched <= number + Self.placeDistance,
                    let command = commands.next()
                {
                    ring[fetched & Self.ringMask] = fetchPlace(command)
                    fetched += 1
                }
                if number + Self.orderDistance < count {
                    fetchOrder(ring[(number + Self.orderDistance) & Self.ringMask])
                }
                if number + Self.neighbourDistance < count {
                    fetchNeighbours(ring[(number + Self.neighbourDistance) & Self.ringMask])
                }
                let next = ring[number & Self.ringMask]
                execute(next.command, next.hash)
            }
        }
    }

    /// Fetches where the identifier will be looked for.
    @inline(__always)
    private func fetchPlace(_ command: CommandView) -> Coming {
        prefetch_line(command.address + Self.byteDistance)
        prefetch_line(command.address + Self.byteDistance + 64)
        guard command.isOfPayment else { return Coming(command: command, hash: 0) }
        let hash = ordersByUETR.hash(command.uetrBits)
        prefetch_line(ordersByUETR.place(hash))
        return Coming(command: command, hash: hash)
    }

    /// Fetches the order that is probably to be cancelled.
    @inline(__always)
    private func fetchOrder(_ coming: Coming) {
        guard coming.command.kind == .cancelPayment else { return }
        let slot = ordersByUETR.guess(coming.hash)
        if slot != 0 { orders.fetch(slot) }
    }

    /// Fetches what taking that order out of the book touches, or whom an arriving order will
    /// probably meet first.
    @inline(__always)
    private func fetchNeighbours(_ coming: Coming) {
        switch coming.command.kind {
        case .submitPayment:
            let order = coming.command.order
            orders.fetch(book.first(order.side.opposite, of: order.foreign, in: orders))
        case .cancelPayment:
            let slot = ordersByUETR.guess(coming.hash)
            guard slot != 0 else { return }
            let order = orders.pointer(slot)
            guard order.pointee.state.contains(.resting) else { return }
            orders.fetchOrder(order.pointee.next)
            orders.fetchOrder(order.pointee.previous)
            book.fetch(slot, in: orders)
        default: break
        }
    }
}

/// A command of the batch whose turn will come.
private struct Coming: BitwiseCopyable {
    var command: CommandView
    /// That of its UETR, if it is about a payment.
    var hash: UInt64
}
