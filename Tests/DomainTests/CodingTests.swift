internal import Chance
internal import Domain
internal import Scenarios
internal import Testing

@Suite struct CodingTests {
    @Test func everyCommandComesBack() throws {
        var random = SplitMix64(seed: 4)
        for round in 0..<500 {
            let commands = CommandKind.all.map { random.command($0) }
            let batch = encode(commands, &random, timestamp: Timestamp(round))
            let decoded = try Batch(decoding: batch.bytes, contents: batch.contents)
            #expect(decoded == batch)
            #expect(self.commands(decoded) == commands)
        }
    }

    /// Packed commands and their batches are the same bytes as single commands one by one.
    @Test func packedCommandsHaveTheBytesOfSingleOnes() {
        var random = SplitMix64(seed: 6)
        for _ in 0..<200 {
            var groups: [EncodedCommands] = []
            var single: [EncodedCommand] = []
            for _ in 0..<random.below(4) {
                var group = EncodedCommands()
                for _ in 0..<random.below(8) {
                    let command = random.command(random.pick(CommandKind.all))
                    let attachment = (0..<random.below(20)).map { UInt8($0) }
                    group.append(command, attachment: attachment)
                    single.append(EncodedCommand(command, attachment: attachment))
                }
                groups.append(group)
            }
            #expect(groups.flatMap(\.bytes) == single.flatMap(\.bytes))
            let packed = groups.map { SealedCommands(fake: $0) }
            #expect(
                Batch(packed: packed, rules: .v2, timestamp: 7)
                    == Batch(single, rules: .v2, timestamp: 7))
        }
    }

    /// A batch has one encoded form: what decodes at all, encodes to the same bytes.
    @Test func mutatedBatchesAreRefusedOrMeanWhatTheySay() {
        var random = SplitMix64(seed: 5)
        var refused = 0
        for _ in 0..<20_000 {
            let kinds = (0..<1 + random.below(5)).map { _ in random.pick(CommandKind.all) }
            let batch = encode(kinds.map { random.command($0) }, &random, timestamp: 1)
            var bytes = batch.bytes
            mutate(&bytes, &random)
            guard let decoded = try? Batch(decoding: bytes, contents: batch.contents) else {
                refused += 1
                continue
            }
            let again = Batch(
                packed: [resealed(decoded)], rules: decoded.rules, timestamp: decoded.timestamp,
                hashedIndex: decoded.hashedIndex, stateHash: decoded.stateHash)
            #expect(again.bytes == bytes && again.contents == batch.contents)
        }
        #expect(refused > 2_000 && refused < 18_000)
    }

    @Test func whatIsNoBatchIsNamed() {
        let bytes = Batch([], timestamp: 1).bytes
        #expect(throws: BatchError.notABatch) { try Batch(decoding: []) }
        #expect(throws: BatchError.notABatch) { try Batch(decoding: Array(bytes.dropLast())) }
        #expect(throws: BatchError.malformedCommand(offset: 40)) {
            try Batch(decoding: bytes + [0])
        }
        var later = bytes
        let unknown = RuleVersion.current.rawValue + 1
        later[4] = UInt8(unknown)
        #expect(throws: BatchError.unknownRules(unknown)) { try Batch(decoding: later) }
    }

    /// The engine reads commands in place, without the checks of decoding.
    @Test func commandsReadInPlaceAreThoseDecoded() {
        var random = SplitMix64(seed: 11)
        for _ in 0..<200 {
            let commands = (0..<random.below(40)).map { _ in
                random.command(random.pick(CommandKind.all))
            }
            let batch = encode(commands, &random, timestamp: 1)
            var decoded: [Batch.Item] = []
            batch.forEachCommand { decoded.append($1) }
            batch.withCommands { views in
                var views = views
                for (command, item) in zip(commands, decoded) {
                    guard let view = views.next() else {
                        Issue.record("a command is missing")
                        return
                    }
                    #expect(view.command == command && view.kind == command.kind)
                    #expect(view.attachment == item.attachment)
                    switch command {
                    case .submitPayment(let order):
                        #expect(view.paymentOrder == order && view.recordKey == order.uetr)
                    case .cancelPayment(let wish):
                        #expect(view.cancellation == wish && view.recordKey == wish.uetr)
                    case .declared(_, by: let actor):
                        let isNamed = actor != .none
                        #expect(view.actor == (isNamed ? actor : nil))
                        #expect(view.recordKey?.bits == (isNamed ? actor.commandID : nil))
                    }
                }
                #expect(views.next() == nil)
            }
        }
    }

    /// The commands encoded anew, with the salts and seals that they had.
    private func resealed(_ batch: Batch) -> SealedCommands {
        var commands = EncodedCommands()
        batch.forEachCommand { _, item in
            let attachment = batch.attachment(item.attachment) ?? []
            commands.append(item.command, attachment: Array(attachment))
        }
        var seals: [Batch.Seal] = []
        batch.forEachSeal { seals.append($0) }
        var (salts, digests) = (seals[...], seals[...])
        return SealedCommands(
            commands,
            salt: { $0.copyBytes(from: salts.removeFirst().content.prefix($0.count)) },
            seal: { $1.copyBytes(from: digests.removeFirst().digest) })
    }

    private func encode(
        _ commands: [Command], _ random: inout SplitMix64, timestamp: Timestamp
    ) -> Batch {
        let encoded = commands.map { command in
            let attachment = (0..<random.below(20)).map { _ in
                UInt8(truncatingIfNeeded: random.next())
            }
            return EncodedCommand(command, attachment: attachment)
        }
        return Batch(fake: encoded, timestamp: timestamp, hashedIndex: random.next(), stateHash: 9)
    }

    private func commands(_ batch: Batch) -> [Command] {
        var commands: [Command] = []
        batch.forEachCommand { _, item in commands.append(item.command) }
        return commands
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        for _ in 0..<1 + random.below(3) {
            let position = random.below(bytes.count)
            switch random.below(6) {
            case 0: bytes[position] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: position)
            case 2: bytes.insert(0, at: position)
            case 3: bytes.removeLast(random.below(min(bytes.count, 16)))
            default: bytes[position] ^= 1 << UInt8(random.below(8))
            }
            if bytes.isEmpty { return }
        }
    }
}
