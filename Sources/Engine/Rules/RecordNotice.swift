internal import Domain

extension RecordNotice: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard amount >= 0, amount <= Limits.maximumAmount else { return .refused(.amountInvalid) }
        guard asOf == 0 || ledger.isRecent(asOf) else { return .refused(.recordOutdated) }
        let sender = ledger.participants.find(submitter, under: ledger.rules)
        guard sender != 0 else { return .refused(.participantUnknown) }
        let identity = RecentNotices.Identity(sender: sender, contentHash: contentHash)
        guard !ledger.recentNotices.contains(identity) else { return .repetition }
        guard ledger.recentNotices.hasRoom(for: sender) else { return .refused(.noticesFull) }

        // From here on it must succeed.
        ledger.putNotice(self, of: sender, attachment)
        return .accepted
    }
}

extension LedgerEngine where Book: ~Copyable {
    fileprivate mutating func putNotice(
        _ command: RecordNotice, of sender: ParticipantID, _ attachment: AttachmentRange
    ) {
        let row = NoticeRow(
            id: recentNotices.nextID(in: position.logIndex + 1), timestamp: now, sender: sender,
            command, attachment: attachment)
        recentNotices.add(row)
        position.finalsHash &+= row.stateHash
        effects.declared.append(row)
    }

    /// Takes over what the tables say.
    mutating func loadNotices(_ image: LedgerImage) throws(LoadError) {
        for row in image.declared[NoticeRow.self].sorted(by: { $0.id < $1.id }) {
            guard row.sender > 0, Int(row.sender) < participants.count,
                row.logIndex <= image.position.logIndex, recentNotices.add(row)
            else { throw .inconsistent("\(NoticeRow.table) \(row.id)") }
        }
    }
}
