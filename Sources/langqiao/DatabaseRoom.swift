internal import Consensus
internal import Foundation
internal import Logging
internal import Node
internal import Replica
internal import Shares
internal import Store

/// Watches the disk of the database: tells when room grows short, and has the node refuse what
/// would need more before the database fails it. Reads go on.
final class DatabaseRoom: Sendable {
    private enum Room {
        case enough, short, none

        init(_ bytes: UInt64, _ bound: UInt64) {
            self = bytes < bound ? .none : bytes / 4 < bound ? .short : .enough
        }
    }

    /// Seconds from one try to hand over to the next: others may have no more room.
    private static let pause = 60

    private let task: Task<Void, Never>

    private init(_ task: Task<Void, Never>) { self.task = task }

    /// Begins to look, once a second.
    ///
    /// - Parameter megabytes: below which nothing is written; told at four times that.
    /// - Returns: nil where the room cannot be known: the database is on another machine.
    static func watch(
        _ address: DatabaseAddress, megabytes: Int, of node: RunningNode, _ logger: Logger
    ) async throws -> DatabaseRoom? {
        let space = try await WorkerThread.run("room") { try FreeSpace.find(address) }
        guard let space, megabytes > 0 else { return nil }
        let bound = UInt64(megabytes) << 20
        return DatabaseRoom(
            Task {
                var last = Room.enough
                var handedOver = 0
                while !Task.isCancelled {
                    if let bytes = space.bytes {
                        // What was too little is enough only with some more.
                        let room = Room(bytes, last == .none ? bound / 4 * 5 : bound)
                        if room != last { tell(room, bytes, node, logger) }
                        if room == .none, handedOver == 0 { handOver(node) }
                        handedOver = room == .none ? (handedOver + 1) % DatabaseRoom.pause : 0
                        last = room
                    }
                    try? await Task.sleep(for: .seconds(1))
                }
            })
    }

    private static func tell(_ room: Room, _ bytes: UInt64, _ node: RunningNode, _ logger: Logger) {
        node.setFull(room == .none)
        let metadata: Logger.Metadata = ["megabytes": "\(bytes >> 20)"]
        switch room {
        case .enough: logger.info("the database has room again", metadata: metadata)
        case .short: logger.warning("the database's disk fills", metadata: metadata)
        case .none:
            logger.error(
                "the database's disk is nearly full: no caller's command is taken",
                metadata: metadata)
        }
    }

    /// Somebody else may have room.
    private static func handOver(_ node: RunningNode) {
        guard let status = node.status, status.role.role == .leader, status.transferee == noNode
        else { return }
        let others = status.members.filter { $0.id != status.id && $0.isActive == true }
        guard let best = others.max(by: { ($0.match ?? 0) < ($1.match ?? 0) }) else { return }
        node.requestTransfer(to: best.id)
    }

    func end() { task.cancel() }
}
