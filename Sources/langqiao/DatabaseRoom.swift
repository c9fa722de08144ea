internal import Consensus
internal import Foundation
internal import Logging
internal import Node
internal import Replica
internal import Shares
internal import Store

/// Watches the disk of the database: tells when room grows short, and has the node refuse what
/// would need more before the database fails it. Reads go on.
///
/// Below the bound callers' commands are refused here, and whoever leads hands over. Below half of
/// it a follower takes nothing any more that others write. What a leader has on its way when it
/// refuses fits between the two: disks that fill alike stop no follower, so that one can lead.
final class DatabaseRoom: Sendable {
    private enum Room {
        case enough, short, little, none

        /// What was too little is enough only with some more.
        init(_ bytes: UInt64, _ bound: UInt64, after last: Room) {
            func isBelow(_ bound: UInt64, _ isBack: Bool) -> Bool {
                bytes < (isBack ? bound / 4 * 5 : bound)
            }
            self =
                isBelow(bound / 2, last == .none)
                ? .none
                : isBelow(bound, last == .none || last == .little)
                    ? .little : bytes / 4 < bound ? .short : .enough
        }

        var refuses: Bool { self == .little || self == .none }
    }

    /// When a leader is to hand over: as soon as it leads, and then now and then, for others may
    /// have no more room.
    private struct Tries {
        /// Looks from one try to the next, a second each.
        private static let pause = 60
        private var term: UInt64 = 0
        private var looks = 0

        mutating func isDue(in term: UInt64) -> Bool {
            looks += 1
            guard term != self.term || looks > Tries.pause else { return false }
            (self.term, looks) = (term, 0)
            return true
        }
    }

    private let space: FreeSpace
    private let bound: UInt64
    private let task: Task<Void, Never>

    private init(_ space: FreeSpace, _ bound: UInt64, _ task: Task<Void, Never>) {
        self.space = space
        self.bound = bound
        self.task = task
    }

    /// What to do, for whom the node has ended, if it may have ended for want of room.
    var advice: String? {
        guard let bytes = space.bytes, bytes < bound else { return nil }
        return "the disk of the database has \(bytes >> 20) MB left: make room there, then start "
            + "this node again"
    }

    /// Begins to look, once a second.
    ///
    /// - Parameter megabytes: below which callers' commands are refused, and below half of which
    ///   nothing is taken from others; told at four times that.
    /// - Returns: nil where the room cannot be known: the database is on another machine.
    static func watch(
        _ address: DatabaseAddress, megabytes: Int, of node: RunningNode, _ logger: Logger
    ) async throws -> DatabaseRoom? {
        let space = try await WorkerThread.run("room") { try FreeSpace.find(address) }
        guard let space, megabytes > 0 else { return nil }
        let bound = UInt64(megabytes) << 20
        node.setRoom(.enough)
        return DatabaseRoom(
            space, bound,
            Task {
                var last = Room.enough
                var tries = Tries()
                while !Task.isCancelled {
                    if let bytes = space.bytes {
                        let room = Room(bytes, bound, after: last)
                        if room != last { tell(room, bytes, node, logger) }
                        if room.refuses { handOver(node, &tries) }
                        last = room
                    }
                    try? await Task.sleep(for: .seconds(1))
                }
            })
    }

    private static func tell(_ room: Room, _ bytes: UInt64, _ node: RunningNode, _ logger: Logger) {
        node.setRoom(room == .none ? .none : room == .little ? .little : .enough)
        let metadata: Logger.Metadata = ["megabytes": "\(bytes >> 20)"]
        switch room {
        case .enough: logger.info("the database has room again", metadata: metadata)
        case .short: logger.warning("the database's disk fills", metadata: metadata)
        case .little:
            logger.error(
                "the database's disk is nearly full: no caller's command is taken",
                metadata: metadata)
        case .none:
            logger.error(
                "the database's disk is nearly full: nothing is taken from other nodes either",
                metadata: metadata)
        }
    }

    /// Somebody else may have room.
    private static func handOver(_ node: RunningNode, _ tries: inout Tries) {
        guard let status = node.status, status.role.role == .leader, status.transferee == noNode,
            tries.isDue(in: status.role.term)
        else { return }
        let ways = node.network?.ways ?? [:]
        let others = status.members.filter {
            $0.id != status.id && $0.isActive == true && ways[$0.id]?.hasRoom == true
        }
        guard let best = others.max(by: { ($0.match ?? 0) < ($1.match ?? 0) }) else { return }
        node.requestTransfer(to: best.id)
    }

    func end() { task.cancel() }
}
