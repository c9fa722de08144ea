/// What is left to do when a connection has ended.
extension Connection {
    /// Streams that one of its turns ends.
    private static let endedAtOnce = 16

    /// Ends the streams that the end of the connection has left open. Each of them wakes a handler
    /// and gives memory back, and many connections may end in the same moment; so a server ends
    /// some, and others in its owner's next turns.
    func endStreams() {
        let some = Array(streams.values.prefix(turns == nil ? .max : Self.endedAtOnce))
        for stream in some {
            streams[stream.id] = nil
            retire(stream, .closed)
        }
        guard streams.isEmpty else {
            turns?.add(.rest(self))
            return
        }
        turns?.leave()
        // Only now its place is free.
        role.closed(self, unserved: unserved)
        unserved = []
    }
}
