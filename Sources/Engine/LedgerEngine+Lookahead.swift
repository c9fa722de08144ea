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
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.ringMask + 1) { ring in
            ring.initialize(repeating: 0)
            var commands = commands
            var coming = commands
            for number in 0..<Self.placeDistance { ring[number] = fetchPlace(coming.next()) }
            var number = 0
            while let command = commands.next() {
                ring[(number + Self.placeDistance) & Self.ringMask] = fetchPlace(coming.next())
                fetchOrder(ring[(number + Self.orderDistance) & Self.ringMask])
                fetchNeighbours(ring[(number + Self.neighbourDistance) & Self.ringMask])
                execute(command, ring[number & Self.ringMask])
                number += 1
            }
        }
    }

    // A word of the ring is the hash of a command's UETR. Its low 24 bits have no part in the
    // search; some of them say that there is a UETR, that an order is to be cancelled, and else on
    // which side of which corridor an order arrives.
    private static var present: UInt64 { 1 }
    private static var cancels: UInt64 { 2 }
    private static var sideBit: UInt64 { 2 }
    private static var foreignBit: UInt64 { 8 }
    private static var unused: UInt64 { 0xFF_FFFF }

    /// Fetches where the identifier will be looked for.
    @inline(__always)
    private func fetchPlace(_ view: CommandView?) -> UInt64 {
        guard let view else { return 0 }
        prefetch_line(view.address + Self.byteDistance)
        switch view.kind {
        case .submitPayment:
            prefetch_line(view.address + Self.byteDistance + 64)
            let hash = ordersByUETR.hash(view.uetrBits) & ~Self.unused | Self.present
            prefetch_line(ordersByUETR.place(hash))
            return hash | UInt64(view.order.side.rawValue) << Self.sideBit
                | UInt64(view.order.foreign.rawValue) << Self.foreignBit
        case .cancelPayment:
            let hash = ordersByUETR.hash(view.uetrBits) & ~Self.unused | Self.present
            prefetch_line(ordersByUETR.place(hash))
            return hash | Self.cancels
        case .registerParticipant, .setParticipantState, .configureCorridor, .setCorridorState,
            .setReferenceRate, .fund, .setCreditLimit:
            return 0
        }
    }

    /// Fetches the order that is probably to be cancelled.
    @inline(__always)
    private func fetchOrder(_ hash: UInt64) {
        guard hash & Self.cancels != 0 else { return }
        let slot = ordersByUETR.guess(hash)
        if slot != 0 { orders.fetch(slot) }
    }

    /// Fetches what taking that order out of the book touches, or whom an arriving order will
    /// probably meet first.
    @inline(__always)
    private func fetchNeighbours(_ word: UInt64) {
        guard word & Self.cancels != 0 else {
            if word != 0 { fetchOpposite(word) }
            return
        }
        let slot = ordersByUETR.guess(word)
        guard slot != 0 else { return }
        let order = orders.pointer(slot)
        guard order.pointee.state.contains(.resting) else { return }
        if order.pointee.next != 0 { prefetch_line(orders.pointer(order.pointee.next)) }
        if order.pointee.previous != 0 { prefetch_line(orders.pointer(order.pointee.previous)) }
        book.fetch(slot, in: orders)
    }

    @inline(__always)
    private func fetchOpposite(_ word: UInt64) {
        let side = unsafeBitCast(UInt8(truncatingIfNeeded: word >> Self.sideBit & 1), to: Side.self)
        let foreign = unsafeBitCast(
            UInt8(truncatingIfNeeded: word >> Self.foreignBit), to: Currency.self)
        orders.fetch(book.first(side.opposite, of: foreign, in: orders))
    }
}
