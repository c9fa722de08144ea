internal import Chance
internal import Domain
internal import Evidence
internal import Hexadecimal

/// What callers want carried out, and what they have heard of it.
struct WishBook {
    struct Wish {
        let command: Command
        let details: [UInt8]
        /// What the caller was told, once that is binding.
        var known: Outcome?
        /// Somebody who asked has heard nothing, or nothing definite.
        var isPerhapsRecorded = false
        /// Submissions under way.
        var underWay = 0
        /// Refused for good, and never said again.
        var isDropped = false
    }

    private(set) var all: [Wish] = []
    /// The commands before the cluster, a batch each.
    let opening: [SealedCommands]
    /// Orders by their content, of which several attempts can be made.
    private var byContent: [UInt128: [Int]] = [:]
    /// Contents of orders, and identifications of operators' commands, that nobody says again.
    private var refusedForGood: Set<UInt128> = []
    private var salts: SplitMix64

    init(seed: UInt64, hasPolicy: Bool, hasDays: Bool) {
        salts = SplitMix64(seed: seed ^ 0x5A17)
        var salts = salts
        opening = LedgerBanks.opening(hasPolicy: hasPolicy, hasDays: hasDays).map {
            WishBook.sealed($0.map { ($0, []) }, &salts)
        }
    }

    /// The command that gives a ledger the key of its content hashes.
    static func contentKey(_ seed: UInt64) -> SealedCommands {
        var salts = SplitMix64(seed: seed ^ 0x6E79)
        let key = (0..<4).map { _ in hexadecimal(salts.next()) }.joined()
        return sealed([(.declared(SetContentKey(number: 1)), Array(key.utf8))], &salts)
    }

    var count: Int { all.count }

    subscript(_ wish: Int) -> Wish { all[wish] }

    /// - Returns: its number.
    mutating func add(_ command: Command, details: [UInt8] = []) -> Int {
        all.append(Wish(command: command, details: details))
        if case .submitPayment(let order) = command {
            byContent[order.contentHash, default: []].append(all.count - 1)
            // It is said again after all.
            refusedForGood.remove(order.contentHash)
        }
        return all.count - 1
    }

    /// The wish behind a payment.
    func wish(of payment: PaymentRow) -> Int? { byContent[payment.contentHash]?.first }

    /// Wishes as one caller submits them.
    mutating func submit(_ wishes: [Int]) -> SealedCommands {
        for wish in wishes { all[wish].underWay += 1 }
        return WishBook.sealed(wishes.map { (all[$0].command, all[$0].details) }, &salts)
    }

    private static func sealed(
        _ commands: [(Command, [UInt8])], _ salts: inout SplitMix64
    ) -> SealedCommands {
        var packed = EncodedCommands()
        for (command, details) in commands { packed.append(command, attachment: details) }
        let hasher = SHA256Hasher()
        return SealedCommands(
            packed,
            salt: { salt in
                for place in salt.indices { salt[place] = UInt8(1 + salts.below(255)) }
            },
            seal: { hasher.hash($0, into: $1) })
    }

    // MARK: What callers hear

    /// No answer, or one that says nothing.
    mutating func heardNothing(_ wishes: [Int]) {
        for wish in wishes {
            all[wish].underWay -= 1
            all[wish].isPerhapsRecorded = true
        }
    }

    /// They were never recorded. Some callers leave it at that.
    mutating func refused(_ wishes: [Int]) {
        for wish in wishes {
            all[wish].underWay -= 1
            guard !all[wish].isPerhapsRecorded, all[wish].underWay == 0, all[wish].known == nil,
                wish % 2 == 0, let key = key(ofSingle: wish)
            else { continue }
            all[wish].isDropped = true
            refusedForGood.insert(key)
        }
    }

    /// By what a row of the wish would be known; nil where other wishes share it.
    private func key(ofSingle wish: Int) -> UInt128? {
        switch all[wish].command {
        case .submitPayment(let order):
            byContent[order.contentHash]?.count == 1 ? order.contentHash : nil
        case .declared(_, by: let actor): actor.commandID
        case .cancelPayment: nil
        }
    }

    /// Whether nothing that a batch records was refused for good.
    func mayBeRecorded(_ applied: AppliedBatch) -> Bool {
        guard !refusedForGood.isEmpty else { return true }
        let effects = applied.effects
        if effects.payments.contains(where: { refusedForGood.contains($0.contentHash) }) {
            return false
        }
        guard !effects.declared.isEmpty else { return true }
        return !effects.declared[AttemptRow.self]
            .contains { refusedForGood.contains($0.contentHash) }
            && !effects.declared[OperatorCommandRow.self]
                .contains { refusedForGood.contains($0.commandID.bits) }
    }

    /// An answer to a wish. Gives what does not hold.
    ///
    /// - Parameter known: what was known when it was asked.
    mutating func answered(
        _ wish: Int, _ answer: CommandAnswer, known: Outcome?, _ common: CommonLedger
    ) -> String? {
        all[wish].underWay -= 1
        let outcome = answer.outcome
        let kind = all[wish].command.kind
        // An order with a date is answered as an order.
        guard outcome.kind == (kind.isOrder ? .submitPayment : kind) else {
            return "an answer to another command"
        }
        switch all[wish].command {
        case .submitPayment(let order):
            if outcome.payment > 0 {
                guard common.has(outcome.payment) else { return "an answer of no payment" }
                let row = common.latest(outcome.payment)
                if answer.applied == nil, !outcome.tells(row) {
                    return "the record answers with another state of payment \(row.id)"
                }
                guard row.uetr == order.uetr, row.contentHash == order.contentHash else {
                    return "an order is answered with another one, \(row.uetr)"
                }
            }
            let isBinding = outcome.payment > 0 || outcome.code.isPassing
            if let known, order.payer == order.submitter, !outcome.mayFollow(known) {
                return "\(order.uetr) was \(known.code), payment \(known.payment), "
                    + "and is \(outcome.code), payment \(outcome.payment)"
            }
            if isBinding { all[wish].known = outcome }
        case .declared:
            // What was proposed is decided once.
            if let known, known.code != outcome.code, known.code != .proposed {
                return "a command has two answers, \(known.code) and \(outcome.code)"
            }
            if outcome.code.leavesTrace { all[wish].known = outcome }
        case .cancelPayment(let wish):
            guard outcome.payment > 0 else { break }
            guard common.has(outcome.payment), common.latest(outcome.payment).uetr == wish.uetr
            else { return "a cancellation is answered with another payment" }
        }
        return nil
    }
}

extension ResultCode {
    /// Whether an operator's command that is answered so is answered so for ever.
    fileprivate var leavesTrace: Bool {
        switch self {
        case .proposalWaits, .proposalsFull, .roleMissing: false
        default: true
        }
    }
}

extension Outcome {
    /// Whether the record tells this of a payment that is final.
    fileprivate func tells(_ row: PaymentRow) -> Bool {
        row.status.isFinal && status == row.status && paid == row.paid && received == row.received
    }

    /// Whether an order that was answered so earlier may be answered like this.
    fileprivate func mayFollow(_ earlier: Outcome) -> Bool {
        guard code == earlier.code, payment == earlier.payment else { return false }
        guard let status, let before = earlier.status else { return true }
        return status.mayFollow(before)
    }
}
