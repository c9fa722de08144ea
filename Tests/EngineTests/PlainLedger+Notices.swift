internal import Domain

/// R16: what is only announced. Nothing is ever forgotten here, and there are never too many.
extension PlainLedger {
    struct NoticeKey: Hashable {
        var bank: BIC
        var content: UInt128
    }

    mutating func carryOutNotice(_ command: any DeclaredCommand) -> Outcome? {
        guard let it = command as? RecordNotice else { return nil }
        func outcome(_ code: ResultCode, _ isRepetition: Bool = false) -> Outcome {
            Outcome(code: code, kind: RecordNotice.kind, isRepetition: isRepetition)
        }
        if it.amount < 0 || it.amount > 10_000_000_000_000_000 { return outcome(.amountInvalid) }
        guard let bank = participant(it.submitter) else { return outcome(.participantUnknown) }
        let isNew = notices.insert(NoticeKey(bank: bank, content: it.contentHash)).inserted
        return outcome(.accepted, !isNew)
    }
}
