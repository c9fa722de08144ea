import Chance
import Consensus
import Domain
import NIOCore
import Node
import Replica
import Scenarios
import Shares
import Testing

/// What travels between nodes, as bytes.
@Suite struct PeerFrameTests {
    /// What is written is read as it was.
    @Test func framesGoThereAndBack() throws {
        let seed = FreshSeed.draw()
        var random = RandomFrames(seed: seed)
        for number in 0..<4_000 {
            let frame = random.frame(number)
            let bytes = written(frame)
            let read = try PeerFrame(bytes)
            #expect(written(read) == bytes, "seed \(seed), frame \(number)")
            #expect(isSame(frame, read), "seed \(seed), frame \(number)")
        }
    }

    /// Bytes that something has happened to are refused, or are another frame; never more.
    @Test func damagedFramesAreRefusedOrRead() throws {
        let seed = FreshSeed.draw()
        var random = RandomFrames(seed: seed)
        let frames = (0..<400).map { written(random.frame($0)) }
        var refused = 0
        for number in 0..<100_000 {
            let damaged = random.damage(frames[number % frames.count], frames)
            guard let frame = try? PeerFrame(damaged) else {
                refused += 1
                continue
            }
            // What was read can be written, and stays what it is.
            let bytes = written(frame)
            #expect(
                try isSame(frame, PeerFrame(bytes)), "seed \(seed), damaged frame \(number)")
            if case .message(.submission(let forwarded)) = frame {
                #expect(!forwarded.commands.isEmpty)
                _ = forwarded.submission(from: 1, at: .max)
            }
        }
        #expect(refused > 20_000 && refused < 100_000, "seed \(seed): \(refused) refused")
    }

    /// No length is believed before so many bytes are there.
    @Test(arguments: [UInt32.max, 1 << 31, 1 << 28, 100])
    func lengthsAreHeldAgainstWhatIsThere(_ length: UInt32) {
        let head = [UInt8](repeating: 1, count: 2 + 7 * 8)
        for (kind, before) in [(UInt8(3), [4, 0] + head.dropFirst(2)), (4, [] + head.prefix(24))] {
            var bytes = ByteBuffer(bytes: [kind] + before)
            bytes.writeInteger(length, endianness: .little)
            #expect(throws: PeerFrameError.self) { try PeerFrame(bytes) }
            bytes.writeBytes([UInt8](repeating: 0, count: 60))
            #expect(throws: PeerFrameError.self) { try PeerFrame(bytes) }
        }
        var reply = ByteBuffer(bytes: [5] + head.prefix(8) + [2])
        reply.writeInteger(length, endianness: .little)
        #expect(throws: PeerFrameError.self) { try PeerFrame(reply) }
    }

    private func isSame(_ one: PeerFrame, _ other: PeerFrame) -> Bool {
        switch (one, other) {
        case (.message(.consensus(let one)), .message(.consensus(let other))): one == other
        case (.message(.reply(let one)), .message(.reply(let other))): one == other
        case (.message(.submission(let one)), .message(.submission(let other))):
            one.commands == other.commands && one.owner == other.owner && one.term == other.term
                && one.ticket == other.ticket && one.patience == other.patience
        case (.hello(let one, let rules), .hello(let other, let otherRules)):
            one == other && rules == otherRules
        case (.ping(let one), .ping(let other)): one == other
        case (.pong(let one, let wall, let room), .pong(let other, let otherWall, let otherRoom)):
            one == other && wall == otherWall && room == otherRoom
        case (.welcome, .welcome): true
        default: false
        }
    }
}

/// The bytes of a frame without its length.
func written(_ frame: PeerFrame) -> ByteBuffer {
    var buffer = ByteBuffer()
    frame.write(into: &buffer)
    buffer.moveReaderIndex(forwardBy: 5)
    return buffer.slice()
}

/// Frames of every kind with any values that they can have.
private struct RandomFrames {
    private var random: SplitMix64
    private static let kinds = Consensus.MessageKind.allCases.filter {
        !$0.isLocal && $0 != .snapshot && $0 != .propose
    }

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func frame(_ number: Int) -> PeerFrame {
        switch number % 8 {
        case 0: hello
        case 1: number % 16 == 1 ? .welcome : .ping(word)
        case 2: .pong(word, wall: Int64(bitPattern: word), hasRoom: number % 16 == 2)
        case 3, 4: .message(.reply(reply))
        case 5: .message(.submission(submission))
        default:
            .message(.consensus(message(RandomFrames.kinds[number / 8 % RandomFrames.kinds.count])))
        }
    }

    private var word: UInt64 {
        mutating get { random.next() >> UInt64(random.next() % 64) }
    }

    private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    private mutating func bytes(_ most: Int) -> [UInt8] {
        (0..<below(most + 1)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    private var hello: PeerFrame {
        mutating get {
            let low = UInt16(truncatingIfNeeded: word)
            guard let cluster = ClusterName("demo-\(below(100))"),
                let name = NodeName(cluster: cluster, number: UInt64(1 + below(255)))
            else { preconditionFailure("they are names") }
            return .hello(
                PeerIdentification(
                    name: name, rules: low...max(low, UInt16(truncatingIfNeeded: word))),
                ledgerRules: UInt16(truncatingIfNeeded: word))
        }
    }

    private mutating func message(_ kind: Consensus.MessageKind) -> Message {
        var message = Message(
            kind, from: word, to: word, term: word, logTerm: word, index: word, commit: word,
            isRejected: random.next() % 2 == 0, hint: word, context: bytes(40))
        message.entries = (0..<below(4)).map { _ in
            Entry(
                term: word, index: word, kind: EntryKind(rawValue: UInt8(below(3))) ?? .normal,
                data: bytes(200))
        }
        return message
    }

    private var submission: ForwardedSubmission {
        mutating get {
            let commands = (0...below(5)).map { _ in
                EncodedCommand(
                    .declared(SetParticipantState(bic: .none, state: .active)),
                    attachment: bytes(100))
            }
            var packed = EncodedCommands()
            for command in commands { packed.append(command) }
            return ForwardedSubmission(
                commands: SealedCommands(sealing: packed), owner: Owner("bank \(below(1_000))"),
                term: word, ticket: word, life: word, patience: word)
        }
    }

    private var reply: ForwardReply {
        mutating get {
            let fate: ForwardReply.Fate =
                switch below(3) {
                case 0:
                    .placed(
                        EntryID(term: word, index: word), first: below(1 << 20),
                        recorded: recorded)
                case 1: .recorded(recorded, at: word)
                default:
                    .refused(
                        [
                            .overloaded, .unavailable, .notAlone, .outcomeUnknown, .noSpace,
                            .leaderless,
                        ][
                            below(6)])
                }
            return ForwardReply(ticket: word, life: word, fate: fate)
        }
    }

    private var recorded: [RecordedOutcome] {
        mutating get {
            var position = -1
            return (0..<below(4)).map { _ in
                position += 1 + below(1_000)
                return RecordedOutcome(
                    position: position,
                    outcome: Outcome(
                        code: .accepted, kind: .submitPayment, isRepetition: true,
                        payment: PaymentID(word >> 1), paid: Int64(word >> 1),
                        received: Int64(word >> 1)))
            }
        }
    }

    /// Flips, cuts, lengthens, or goes on as another frame.
    mutating func damage(_ frame: ByteBuffer, _ others: [ByteBuffer]) -> ByteBuffer {
        var bytes = Array(frame.readableBytesView)
        switch below(4) {
        case 0:
            for _ in 0...below(3) where !bytes.isEmpty {
                bytes[below(bytes.count)] ^= UInt8(1 << below(8))
            }
        case 1: bytes.removeLast(below(bytes.count + 1))
        case 2: bytes += self.bytes(40)
        default:
            bytes.removeLast(below(bytes.count + 1))
            bytes += others[below(others.count)].readableBytesView.dropFirst(below(40))
        }
        return ByteBuffer(bytes: bytes)
    }
}
