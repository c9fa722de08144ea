internal import Domain
internal import Engine
internal import Scenarios
internal import Testing

/// R16.5 The engine keeps a bounded number of notices in mind, and forgets them in time.
@Suite struct NoticeTests {
    private static let start: Timestamp = 1_767_578_400_000_000_000

    private func notice(_ bank: BIC, _ content: Int) -> EncodedCommand {
        var notice = RecordNotice()
        notice.submitter = bank
        notice.contentHash = UInt128(content)
        return EncodedCommand(.declared(notice))
    }

    /// A bank fills its part; others go on, and so does it when batches have passed.
    @Test func aBankHasItsPart() throws {
        var ledger = LedgerEngine<LadderBook>()
        var effects = Effects()
        var index: UInt64 = 0
        func apply(_ commands: [EncodedCommand]) -> [Outcome] {
            index += 1
            let batch = Batch(commands, timestamp: Self.start + Timestamp(index))
            ledger.apply(batch, at: index, into: &effects)
            return effects.outcomes
        }
        let banks = Banks.registrations.map { Command.given(RegisterParticipant($0)) }
        for bank in banks { _ = apply([EncodedCommand(bank)]) }
        let (most, size) = (Limits.recentNoticesOfBank, Limits.commandsPerBatch)
        for first in stride(from: 0, to: most, by: size) {
            let outcomes = apply((first..<first + size).map { notice(Banks.beijing, $0) })
            #expect(outcomes.allSatisfy { $0.code == .accepted && !$0.isRepetition })
        }
        let full = apply([
            notice(Banks.beijing, most), notice(Banks.beijing, 7), notice(Banks.bangkok, most),
        ])
        #expect(full.map(\.code) == [.noticesFull, .accepted, .accepted])
        #expect(full.map(\.isRepetition) == [false, true, false])
        #expect(ledger.noticesInMemory == most + 1)
        // The first of them leaves memory, and with it its batch.
        for _ in 0..<Limits.finalBatches - most / size - 1 {
            #expect(apply([notice(Banks.beijing, most)])[0].code == .noticesFull)
        }
        #expect(apply([notice(Banks.beijing, most)])[0].code == .accepted)
        #expect(ledger.noticesInMemory == most + 2 - size)
        for _ in 0..<Limits.finalBatches { _ = apply([]) }
        #expect(ledger.noticesInMemory == 0)
    }
}
