internal import Domain

/// R14: what banks are told without asking.
extension PlainLedger {
    struct Messaging {
        var wishes: MessageWishes = []
        var versions = MessageVersions.usual
        var minutes = 0
        var usageRules = UsageRuleSetting.none
        /// When its accounts are reported next.
        var next = Timestamp.never
        var messages: [Message] = []
        var acknowledged = 0
    }

    struct Message: Equatable {
        var kind: MessageKind
        var time: Timestamp
        /// Its number; of a case that of the case, of a return 0.
        var payment = 0
        var fill = 0
        var status = PaymentStatus.received
        var reason = EndReason.none
        var credit = CreditStatus.none
        var caseState = CaseState.none
        var code = ReasonCode.none
        var paid: Int128 = 0
        var received: Int128 = 0
        var currency: Currency?
        var since: Timestamp = 0
        var until: Timestamp = 0
        var part = 1
        var parts = 1
        /// Of a statement; 0 of other messages.
        var day = 0
    }

    /// What was booked on an account since its bank was told.
    struct Untold {
        var since: Timestamp
        var first: Timestamp
        var entries: Int
    }

    /// What of an order is told when it changes.
    struct Stand: Equatable {
        var status: PaymentStatus
        var remaining: Int128
        var held: Int128
        var waits: Bool

        init(_ order: Order) {
            status = order.status
            remaining = order.remaining
            held = order.held
            waits = order.waits
        }
    }

    /// The command's outcome, if it is one of these.
    mutating func carryOutMessaging(_ command: any DeclaredCommand) -> Outcome? {
        let (code, isRepetition): (ResultCode, Bool)
        switch command {
        case let it as SetMessaging: (code, isRepetition) = set(it)
        case let it as AcknowledgeMessages: (code, isRepetition) = acknowledge(it)
        default: return nil
        }
        return Outcome(code: code, kind: type(of: command).kind, isRepetition: isRepetition)
    }

    private mutating func set(_ wish: SetMessaging) -> (ResultCode, Bool) {
        guard let bank = registered(wish.participant) else { return (.participantUnknown, false) }
        let hasBoth =
            wish.wishes.contains(.creditTransfers) && wish.wishes.contains(.creditTransferParts)
        if wish.wishes.rawValue > 15 || hasBoth || wish.reportInterval > 1_440 {
            return (.messagingInvalid, false)
        }
        var known = messaging[bank] ?? Messaging()
        if known.wishes == wish.wishes, known.versions == wish.versions,
            known.minutes == Int(wish.reportInterval), known.usageRules == wish.usageRules
        {
            return (.accepted, true)
        }
        // Open ones, and those that ended in this batch.
        let concerned = standsBefore.map(\.order) + orders.values.filter { isNew($0) }
        let isPartly = concerned.contains { $0.terms.creditor == bank && $0.received > 0 }
        let change = known.wishes.symmetricDifference(wish.wishes)
        if change.contains(.creditTransferParts), isPartly { return (.messagingInUse, false) }
        if known.wishes.contains(.notifications), !wish.wishes.contains(.notifications) {
            for account in untold.keys where account.owner == "\(bank)" {
                notify(account, until: lastTime)
            }
            known = messaging[bank] ?? known
        }
        known.wishes = wish.wishes
        known.versions = wish.versions
        known.minutes = Int(wish.reportInterval)
        known.usageRules = wish.usageRules
        known.next = next(known.minutes)
        messaging[bank] = known
        return (.accepted, false)
    }

    private func isNew(_ order: Order) -> Bool { order.number > paymentsBefore }

    private func next(_ minutes: Int) -> Timestamp {
        guard minutes > 0 else { return .never }
        let step = Int128(minutes) * 60_000_000_000
        return Timestamp(exactly: (Int128(now) / step + 1) * step) ?? .never
    }

    private mutating func acknowledge(_ word: AcknowledgeMessages) -> (ResultCode, Bool) {
        guard let bank = participant(word.participant) else { return (.participantUnknown, false) }
        let known = messaging[bank] ?? Messaging()
        guard word.number > 0, word.number <= known.messages.count else {
            return (.messageUnknown, false)
        }
        guard word.number > known.acknowledged else { return (.accepted, true) }
        messaging[bank]?.acknowledged = Int(word.number)
        return (.accepted, false)
    }

    mutating func tell(_ bank: BIC, _ message: Message) {
        messaging[bank, default: Messaging()].messages.append(message)
    }

    func wishes(_ bank: BIC) -> MessageWishes { messaging[bank]?.wishes ?? [] }

    // MARK: The batch

    /// What falls due by the time of the batch, before its commands.
    mutating func tellWhatIsDue() {
        for (account, known) in untold where known.first + 5_000_000_000 <= now {
            notify(account, until: lastTime)
        }
        for (bank, known) in messaging where known.next <= now {
            for account in accounts.keys where account.owner == "\(bank)" {
                tell(
                    bank,
                    Message(
                        kind: .accountReport, time: now,
                        received: accounts[account]?.balance ?? 0, currency: account.currency,
                        until: lastTime))
            }
            let following = next(known.minutes)
            messaging[bank]?.next = following
        }
        standsBefore = open.map { ($0, Stand($0)) }
        paymentsBefore = orders.count
        fillsBefore = fills.count
        entriesInBatch = [:]
        answered = [:]
        wishesForCancellation = []
    }

    /// What the batch changed, at its end.
    mutating func tellOfBatch() {
        let byNumber = orders.values.sorted { $0.number < $1.number }
        for (number, fill) in fills.enumerated().dropFirst(fillsBefore) {
            tell(byNumber[fill.renminbiPayment - 1], number + 1, fill.renminbi, fill.foreign)
            tell(byNumber[fill.foreignPayment - 1], number + 1, fill.foreign, fill.renminbi)
        }
        let changed = standsBefore.filter { $0.stand != Stand($0.order) }.map(\.order)
        let new = byNumber.dropFirst(paymentsBefore)
        for order in changed.sorted(by: { $0.number < $1.number }) {
            if wishes(order.terms.payer).contains(.statusReports) {
                tell(order.terms.payer, message(.statusReport, order))
            }
            tellCreditor(order)
        }
        for order in new {
            let stand = message(.statusReport, order)
            let isAnswered = answered[order.number, default: stand] == stand
            if !isAnswered, wishes(order.terms.payer).contains(.statusReports) {
                tell(order.terms.payer, stand)
            }
            tellCreditor(order)
        }
        for (bank, message) in wishesForCancellation where !wishes(bank).isEmpty {
            tell(bank, message)
        }
        for (account, entries) in entriesInBatch { count(entries, account) }
        lastTime = now
    }

    func message(_ kind: MessageKind, _ order: Order) -> Message {
        Message(
            kind: kind, time: now, payment: order.number, status: order.status,
            reason: order.reason, code: ReasonCode(order.refusal.isoReason) ?? .none,
            paid: order.paid, received: order.received)
    }

    private mutating func tellCreditor(_ order: Order) {
        guard !order.isOpen, order.received > 0, order.terms.payer != order.terms.creditor,
            !ownReturns.contains(order.number),
            wishes(order.terms.creditor).contains(.creditTransfers)
        else { return }
        tell(order.terms.creditor, message(.creditTransfer, order))
    }

    private mutating func tell(
        _ order: Order, _ fill: Int, _ paid: Int128, _ received: Int128
    ) {
        guard order.terms.payer != order.terms.creditor, !ownReturns.contains(order.number),
            wishes(order.terms.creditor).contains(.creditTransferParts)
        else { return }
        var told = message(.creditTransfer, order)
        told.fill = fill
        told.paid = paid
        told.received = received
        tell(order.terms.creditor, told)
    }

    // MARK: Accounts

    private mutating func count(_ entries: Int, _ account: AccountKey) {
        guard let bank = BIC(account.owner), wishes(bank).contains(.notifications) else { return }
        untold[account, default: Untold(since: lastTime, first: now, entries: 0)].entries +=
            entries
        if untold[account, default: Untold(since: 0, first: 0, entries: 0)].entries >= 1_000 {
            notify(account, until: now)
        }
    }

    private mutating func notify(_ account: AccountKey, until: Timestamp) {
        guard let known = untold.removeValue(forKey: account), let bank = BIC(account.owner) else {
            return
        }
        let parts = (known.entries + 999) / 1_000
        for part in 1...parts {
            tell(
                bank,
                Message(
                    kind: .notification, time: now, currency: account.currency,
                    since: known.since, until: until, part: part, parts: parts))
        }
    }
}
